"""Letters of introduction: to branches outside this house and from them; what waits for a receipt, what came of the others."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands import letters as commands
from genmai.directory.roster.commands.members import NewMember
from genmai.directory.roster.models import Letter, LetterState, Way
from genmai.directory.roster.queries import letters as queries
from genmai.directory.roster.queries.keeping import kept_path
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import new_key, seen
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.acting import by, page, tried, undo_by
from genmai.interfaces.web.members.life_forms import IncomingForm, LetterForm, ReceiptForm
from genmai.interfaces.web.members.scope import check_sees, kept_branch
from genmai.interfaces.web.members.standing import back_to, kept
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer

PAGE = 50
ABOUT = ("name", "identity", "phone", "education", "ethnicity", "occupation")


@never_cache
@signed_in
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Those that wait first. Three queries."""
    asked = cast(AskedRequest, request)
    check_sees(asked.viewer)
    rows = Paginator(queries.letters(asked.viewer, at=asked.now), PAGE).get_page(request.GET.get("page"))
    today, rules = day_of(asked.now), mechanism.members()
    lines = [
        (
            row,
            *words.LETTERS[row.state],
            words.chosen(rules.departures if row.way == Way.OUT else rules.arrivals, row.reach),
            (row.expires_on - today).days,
        )
        for row in rows.object_list
    ]
    open_states = (LetterState.ISSUED, LetterState.LAPSED)
    context = {
        "nav_key": "members", "now": asked.now, "page": rows, "key": new_key(), "keeps": _keeps(asked.viewer),
        "waiting": [one for one in lines if one[0].state in open_states],
        "settled": [one for one in lines if one[0].state not in open_states],
        "days": mechanism.members().letter_days, "rule": mechanism.ref_of(mechanism.MEMBERS),
    }  # fmt: skip
    return render(request, "members/letters.html", context)


def _keeps(viewer: Viewer) -> bool:
    return bool(viewer.paths("members:keep", Reach.CAPTURE, tree="party"))


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A letter for one who leaves."""
    asked = cast(AskedRequest, request)
    file = kept(asked, public_id)
    form = LetterForm(request.POST or None, initial={"issued_on": day_of(asked.now)})
    if form.is_bound and form.is_valid():
        made = tried(form, lambda: commands.issue_letter(
            person_id=file.person.pk, **form.cleaned_data, **by(request)
        ))  # fmt: skip
        if made:
            said = _("介绍信记下了，%(day)s 以前有效；收到回执以前他还在本支部") % {"day": made.expires_on}
            say(request, said, undo=undo_by("letter_withdraw", made.public_id))
            return redirect("members_letters")
    return page(request, form, nav="members", title=_("开介绍信转到外地"), button=_("记下介绍信"), back=back_to(file),
                lead=file.current.branch.name)  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def incoming(request: HttpRequest) -> HttpResponse:
    """Somebody comes with a letter, and is enrolled by it."""
    asked = cast(AskedRequest, request)
    branch = kept_branch(asked.viewer, request.POST.get("branch") or request.GET.get("branch", ""), asked)
    form = IncomingForm(request.POST or None, initial={"on": day_of(asked.now), "stage": "full"})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        made = tried(form, lambda: commands.take_by_letter(
            branch=branch, member=NewMember(**{name: given[name] for name in ABOUT}), reach=given["arrived"],
            **{name: given[name] for name in ("stage", "on", "place", "number", "issued_on", "valid_days", "receipt",
                                              "joined_on", "full_on")},
            **by(request),
        ))  # fmt: skip
        if made:
            say(request, _("转入了；请把回执 %(receipt)s 寄给对方") % {"receipt": made.receipt})
            return redirect("member", made.person.public_id)
    back = (f"{reverse('members')}?branch={branch.code}", branch.short_name)
    return page(request, form, nav="members", title=_("凭介绍信从外地转入"), button=_("转入这个支部"), back=back,
                lead=branch.name)  # fmt: skip


def _held(asked: AskedRequest, public_id: UUID) -> Letter:
    """A letter of a branch the viewer keeps. Raises NotFound."""
    found = queries.letter(asked.viewer, public_id=public_id, at=asked.now)
    if kept_path(asked.viewer, organisation=found.branch, at=asked.now) is None:
        raise NotFound("没有找到，或者不在您能登记的范围内")
    return found


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The receipt is here: from that day the member stands on no roll of this house."""
    asked = cast(AskedRequest, request)
    row = _held(asked, public_id)
    form = ReceiptForm(request.POST or None, initial={"on": day_of(asked.now)})
    if form.is_bound and form.is_valid():
        done = tried(form, lambda: commands.receipt_letter(letter=row, **form.cleaned_data, **by(request)))
        if done:
            said = _("回执记下了，%(name)s从 %(day)s 起不在本支部") % {
                "name": row.person.display_name,
                "day": done.settled_on,
            }
            say(request, said, undo=undo_by("letter_reopen", public_id))
            return redirect("members_letters")
    outcome: dict[str, Any] = {"lists": [(_("记下以后"), [_leaving(row)])], "said": []}
    return page(request, form, nav="members", title=_("登记回执"), button=_("记下回执"),
                back=(reverse("members_letters"), _("介绍信")), lead=f"{row.person.display_name} → {row.place} · {row.number}",
                outcome=outcome)  # fmt: skip


def _leaving(row: Letter) -> str:
    return _("%(name)s从对方接收那天起不在%(branch)s的名册上") % {
        "name": row.person.display_name, "branch": row.branch.short_name,
    }  # fmt: skip


@signed_in
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Taken back before it was used."""
    row = _held(cast(AskedRequest, request), public_id)
    commands.withdraw_letter(letter=row, seen=seen(request), **by(request))
    say(request, _("介绍信收回了，%(name)s还在本支部") % {"name": row.person.display_name})
    return redirect("members_letters")


@signed_in
@require_POST
def reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The receipt was entered by mistake."""
    row = _held(cast(AskedRequest, request), public_id)
    if row.way != Way.OUT:
        raise NotFound
    commands.reopen_letter(letter=row, **by(request))
    say(request, _("撤回了回执，%(name)s又在本支部") % {"name": row.person.display_name})
    return redirect("members_letters")
