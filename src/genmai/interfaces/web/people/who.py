"""Who may see this? Of a unit for who keeps the accounts; of one matter or one member's file for whoever can open it, too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from genmai.directory.access import queries
from genmai.directory.access.reaching import Holder, line_above, who_may, who_reaches
from genmai.directory.access.roles import PERMISSIONS
from genmai.directory.roster.models import Membership, Organisation, Tree
from genmai.directory.roster.queries.keeping import ground_of
from genmai.directory.roster.queries.members import member_file
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.people.forms import AboutForm, WhoForm
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach
from genmai.kernel.walled import house
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import matter

OF_A_MEMBER = ("members:view", "members:discipline", "people:reveal")
_PLACE = re.compile(r"(members|cases)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True)
class Answer:
    """What it is about, where it stands, and by permission who may."""

    what: str
    where: str
    blocks: Sequence[tuple[str, list[tuple[Holder, str]], int]]
    member: bool


@never_cache
@signed_in
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The question stands in the address."""
    asked = cast(AskedRequest, request)
    keeps = bool(asked.viewer.paths("accounts:manage", Reach.VIEW))
    about = AboutForm(request.GET if "about" in request.GET else None)
    if not keeps and not about.is_bound:
        queries.accounts(asked.viewer)  # raises for who doesn't keep accounts
    unit = "organisation" in request.GET and keeps
    form = WhoForm(request.GET if unit else None, viewer=asked.viewer, at=asked.now)
    found: list[Holder] | None = None
    if form.is_bound and form.is_valid():
        permission, body = form.cleaned_data["permission"], form.cleaned_data["organisation"]
        reach = Reach.VIEW if permission.endswith(":view") else Reach.CAPTURE
        found = who_may(asked.viewer, permission=permission, organisation_id=body.pk, at=asked.now, reach=reach)
    answer = _answer(asked, about, keeps=keeps) if about.is_bound and about.is_valid() else None
    context = {
        "nav_key": "people" if keeps else "", "form": form, "about": about, "keeps": keeps, "answer": answer,
        "asked": found is not None, "people": sum(len(one.names) for one in found or ()),
        "rows": [(one, _(one.role)) for one in found or ()],
        "body": form.cleaned_data.get("organisation") if found is not None else None,
    }  # fmt: skip
    faulty = (form.is_bound and form.errors) or (about.is_bound and about.errors)
    return render(request, "people/who.html", context, status=422 if faulty else 200)


def _answer(asked: AskedRequest, form: AboutForm, *, keeps: bool) -> Answer | None:
    """Of what was named; what is not there, or not in the viewer's scope, is told at the field."""
    typed = form.cleaned_data["about"]
    place = _PLACE.search(typed.lower())
    try:
        if place is not None and place[1] == "members":
            return _member(asked, UUID(place[2]), keeps=keeps)
        return _matter(asked, UUID(place[2]) if place is not None else None, typed, keeps=keeps)
    except NotFound:
        form.add_error("about", _("没有找到，或者不在您能看的范围内"))
        return None


def _member(asked: AskedRequest, public_id: UUID, *, keeps: bool) -> Answer:
    """Who opens the file may ask; and who keeps the accounts there, who is not told whose file it is."""
    try:
        file = member_file(asked.viewer, public_id=public_id, at=asked.now)
        what, branch = _("%(name)s的档案") % {"name": file.person.display_name}, file.current.branch
    except NotFound:
        if not keeps:
            raise
        what, branch = _("一份党员档案"), _branch_of(public_id)
        _check_kept(asked, ground_of(asked.viewer, organisation=branch, at=asked.now))
    heads = line_above(asked.viewer, organisation_id=branch.pk, at=asked.now, tree=Tree.PARTY)
    return Answer(what, branch.name, _blocks(asked, OF_A_MEMBER, heads, Tree.PARTY), member=True)


def _branch_of(public_id: UUID) -> Organisation:
    with house("who keeps the accounts asks where a file stands; the file itself is not shown"):
        rows = Membership.objects.filter(valid_to=None, person__public_id=public_id).select_related("branch")
        found = rows.first()
    if found is None:
        raise NotFound
    return found.branch


def _matter(asked: AskedRequest, public_id: UUID | None, number: str, *, keeps: bool) -> Answer:
    """The same of a matter, by its address or the number people quote."""
    with house("a matter is asked about by its number; the viewer's own scope is asked next"):
        case = Case.objects.filter(public_id=public_id).first() if public_id else _numbered(number)
    if case is None:
        raise NotFound
    try:
        seen = matter.find(asked.viewer, public_id=case.public_id)
        what = f"{seen.number} {words.title_of(seen, 30)}"
    except NotFound:
        if not keeps:
            raise
        what = case.number
    home = Organisation.objects.get(pk=case.home_id)
    heads = line_above(asked.viewer, organisation_id=home.pk, at=asked.now, tree=Tree.ADMINISTRATIVE)
    if what == case.number:  # not seen: asked by who keeps the accounts
        _check_kept(asked, heads)
    nearest = [pk for pk in heads if pk in case.reach]
    order = [*nearest, *(pk for pk in case.reach if pk not in nearest)]
    return Answer(what, home.short_name, _blocks(asked, ("cases:view",), order, Tree.ADMINISTRATIVE), member=False)


def _numbered(number: str) -> Case | None:
    """The matter of a number people quote, whole."""
    tail = number.strip().rsplit("-", 1)[-1]
    found = Case.objects.filter(pk=int(tail)).first() if tail.isdecimal() and len(tail) <= 12 else None
    return found if found is not None and number.strip() == found.number else None


def _check_kept(asked: AskedRequest, line: Sequence[int]) -> None:
    """Raises NotFound unless the viewer keeps the accounts somewhere on this line of the administration."""
    if not set(line) & set(asked.viewer.organisation_ids("accounts:manage", Reach.VIEW)):
        raise NotFound


def _blocks(
    asked: AskedRequest, permissions: Sequence[str], heads: Sequence[int], tree: str
) -> list[tuple[str, list[tuple[Holder, str]], int]]:  # fmt: skip
    """By permission, who; a query each."""
    made = []
    for permission in permissions:
        found = who_reaches(asked.viewer, permission=permission, heads=heads, at=asked.now, tree=tree)
        rows = [(one, _(one.role)) for one in found]
        made.append((_(PERMISSIONS[permission]), rows, len({name for one in found for name in one.names})))
    return made
