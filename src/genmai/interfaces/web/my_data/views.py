"""One's own data and one's own reach. What lies outside is answered exactly like what does not exist."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from genmai.directory.access import queries
from genmai.directory.access.reaching import who_may_see_me
from genmai.directory.roster.models import Organisation, Tree
from genmai.directory.roster.queries import masked_people, organisations_by_id
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.my_data.forms import CASE, MEMBER, WhyForm
from genmai.interfaces.web.people.logs import FIELDS
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.cases.queries.family import by_number

SHOWN = 100
NOWHERE = "/0/"  # a path below no grant: the answer for what is not there and for what is elsewhere is one
ASKED = {CASE: ("cases:view", Tree.ADMINISTRATIVE), MEMBER: ("members:view", Tree.PARTY)}
REACHED = {
    "members:view": gettext_lazy("看得到我的党员信息（号码是遮住的）"),
    "people:reveal": gettext_lazy("写明用途以后，可以看到我的完整号码"),
}
OF_UNITS = ("directory:view", Tree.ADMINISTRATIVE)


@signed_in
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Name and masked number as they are kept, and every look at them."""
    asked = cast(AskedRequest, request)
    person_id = asked.viewer.person_id or 0
    looks = queries.looks_at_person(asked.viewer, person_id=person_id, limit=SHOWN)
    context = {
        "now": asked.now,
        "kept": masked_people(asked.viewer, ids=[person_id]).get(person_id),
        "reaching": [
            (REACHED[permission], [(one, _(one.role)) for one in holders])
            for permission, holders in who_may_see_me(asked.viewer, at=asked.now).items()
        ],
        "looks": [(look, FIELDS.get(look.fields, look.fields)) for look in looks],
    }
    return render(request, "my_data/mine.html", context)


@signed_in
@require_GET
def why(request: HttpRequest) -> HttpResponse:
    """Which of one's grants reach a thing, or why none does."""
    asked = cast(AskedRequest, request)
    form, answer = WhyForm(request.GET or None), None
    if form.is_bound and form.is_valid():
        what, which = form.cleaned_data["what"], form.cleaned_data["which"].strip()
        permission, tree = ASKED.get(what, OF_UNITS)
        path = _path(asked.viewer, what, which, tree, asked.now)
        answer = queries.why(asked.viewer, permission=permission, path=path, reach=Reach.VIEW, tree=tree)
    context = {
        "form": form,
        "answer": answer,
        "reasons": [reason.text(_) for reason in answer.reasons] if answer else [],
    }
    return render(request, "my_data/why.html", context, status=422 if form.is_bound and form.errors else 200)


def _path(viewer: Viewer, what: str, which: str, tree: str, at: datetime) -> str:
    """Where the thing stands, if one of the viewer's grants reaches it; else NOWHERE."""
    if what == CASE:
        case = by_number(viewer, number=which)
        reached = case.reach if case is not None else []
        heads = (path for path in viewer.paths("cases:view") if int(path.strip("/").rpartition("/")[2]) in reached)
        return next(heads, NOWHERE)
    named = Organisation.objects.filter(Q(code=which) | Q(name=which) | Q(short_name=which)).values_list(
        "pk", flat=True
    )
    bodies = organisations_by_id(viewer, ids=list(named[:SHOWN]), at=at, tree=tree).values()
    within = viewer.paths(ASKED.get(what, OF_UNITS)[0], tree=tree)
    return next((one.path for one in bodies if any(one.path.startswith(head) for head in within)), NOWHERE)
