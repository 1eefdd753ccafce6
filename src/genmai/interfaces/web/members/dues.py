"""A branch's dues of one month, on one sheet: who paid, who has not, who is excused. We record, we don't collect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands.dues import NewDues, record_dues, take_back_dues
from genmai.directory.roster.models import DuesMonth, DuesStatus, Organisation
from genmai.directory.roster.queries import members as queries
from genmai.directory.roster.queries.members import MemberRow
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.acting import undo_by
from genmai.interfaces.web.members.scope import kept_branch
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.viewer import Viewer

MOST = 200  # a branch has fifty members; a sheet of more is imported


@dataclass(frozen=True)
class Line:
    """One member's month."""

    row: MemberRow
    known: DuesMonth | None
    status: str
    payer: str


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest) -> HttpResponse:
    """The branch's own members, those of branches below have their own sheets."""
    asked = cast(AskedRequest, request)
    given = request.POST if request.method == "POST" else request.GET
    branch = kept_branch(asked.viewer, given.get("branch", ""), asked)
    month = month_of(given.get("month", ""), day_of(asked.now))
    today = day_of(asked.now)
    own, known = kept(asked.viewer, branch, month, today)
    fault = ""
    if request.method == "POST":
        try:
            made = record_dues(
                actor=actor(request), at=asked.now, key=key(request), branch=branch, month=month,
                rows=_typed(request, own, known),
            )  # fmt: skip
        except NotFound:
            raise
        except Refused as refused:
            fault = sentence_of(refused)
        else:
            said = ngettext("记下了 %(n)d 名党员的党费", "记下了 %(n)d 名党员的党费", len(made)) % {"n": len(made)}
            back = undo_by("members_dues_back", branch=branch.code, sheet=str(key(request))) if made else None
            say(request, said, undo=back)
            return redirect(f"{reverse('members_dues')}?branch={branch.code}&month={month:%Y-%m}")
    context = {
        "nav_key": "members", "branch": branch, "month": month, "key": new_key(), "fault": fault,
        "rows": [_line(row, known.get(row.person_id)) for row in own], "statuses": [(k, w) for k, (_s, w) in words.DUES.items()],
        "payers": [(k, words.say(p.title), words.say(p.base)) for k, p in mechanism.dues().payers.items()],
        "rule": mechanism.ref_of(mechanism.DUES),
    }  # fmt: skip
    return render(request, "members/dues.html", context, status=422 if fault else 200)


@never_cache
@signed_in
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """The sheet just recorded was wrong: what was known before it counts again."""
    asked = cast(AskedRequest, request)
    branch = kept_branch(asked.viewer, request.POST.get("branch", ""), asked)
    try:
        sheet = UUID(request.POST.get("sheet", ""))
    except ValueError as wrong:
        raise NotFound from wrong
    made = take_back_dues(actor=actor(request), at=asked.now, key=key(request), branch=branch, sheet=sheet)
    said = ngettext("撤回了 %(n)d 名党员的党费登记", "撤回了 %(n)d 名党员的党费登记", len(made)) % {"n": len(made)}
    say(request, said)
    return redirect(f"{reverse('members_dues')}?branch={branch.code}&month={made[0].month:%Y-%m}")


def kept(
    viewer: Viewer, branch: Organisation, month: date, today: date
) -> tuple[list[MemberRow], dict[int, DuesMonth]]:
    """The branch's own members and, by person, what is recorded of the month."""
    rows, _total = queries.members(viewer, asked=Asked(today, today, path=branch.path), limit=MOST)
    own = [row for row in rows if row.branch == branch.short_name]
    return own, queries.dues_of(viewer, person_ids=[row.person_id for row in own], month=month)


def _line(row: MemberRow, known: DuesMonth | None) -> Line:
    return Line(row, known, known.status if known else "", known.payer if known else "")


def _typed(request: HttpRequest, own: list[MemberRow], known: dict[int, DuesMonth]) -> list[NewDues]:
    """The lines in which a status was chosen anew, and with `rest` those nothing is known of; an untouched line says
    nothing. Raises BadInput.
    """
    found, rest = [], DuesStatus.PAID if request.POST.get("rest") == DuesStatus.PAID else ""
    for row in own:
        status = request.POST.get(f"status-{row.person_id}", "")
        base = request.POST.get(f"base-{row.person_id}", "").strip()
        held = known.get(row.person_id)
        status = status or (rest if held is None else "")
        if not status or (held is not None and held.status == status and not base):
            continue
        try:
            amount = Decimal(base or 0)
        except InvalidOperation as wrong:
            raise BadInput("bad_base", "{name}的基数要填数字", field="base", name=row.name) from wrong
        found.append(
            NewDues(
                row.person_id, status, request.POST.get(f"payer-{row.person_id}", ""), amount,
                request.POST.get(f"document-{row.person_id}", ""),
            )
        )  # fmt: skip
    return found


def month_of(typed: str, today: date) -> date:
    """The month of an address, as its first day; the current one for none, and none of the future."""
    try:
        found = parse_date(f"{typed[:7]}-01")
    except ValueError:
        found = None
    return min(found or today, today).replace(day=1)
