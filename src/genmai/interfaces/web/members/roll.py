"""The roll: members of a branch or a subtree, filtered, as at any day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from genmai.directory.roster import mechanism
from genmai.directory.roster.models import Stage, Status
from genmai.directory.roster.queries import members as queries
from genmai.directory.roster.queries import roll as leaves
from genmai.directory.roster.queries import roll_pages
from genmai.directory.roster.queries.as_at import MEMBERS
from genmai.directory.roster.queries.members import MemberRow
from genmai.directory.roster.queries.membership_sql import IN_STANDING, Asked
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.listing import Told
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.leafing import PAGE, page_number, place, turning
from genmai.interfaces.web.members.scope import Scope, scope_of, with_code, words_of
from genmai.reports.statistics.tables import ordered

_CODE = re.compile(r"(?=.*[0-9])[A-Za-z0-9-]{5,40}")  # of an organisation; who types it wants its members


@dataclass(frozen=True)
class Line:
    """One member in the list."""

    row: MemberRow
    stage: str
    status: str
    shape: str
    sex: str
    age: int | None


@dataclass(frozen=True)
class Choice:
    """One filter: its name in the address, what it is called, its choices, and the one chosen."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


@signed_in
@require_safe
def roll(request: HttpRequest) -> HttpResponse:
    """A page of the roll, or of those found. Fourteen queries at most, however many members."""
    asked = cast(AskedRequest, request)
    scope = scope_of(asked, reverse("members"))
    wanted, text = narrowed(asked.GET, scope), words_of(request)
    if _CODE.fullmatch(text) and (body := with_code(asked, text)):
        return redirect(f"{reverse('members')}?{urlencode({'branch': body.code})}")
    listed = _found(asked, wanted, text) if text else _leaf(asked, wanted)
    choices, particulars = _choices(asked.GET, scope), _particulars(asked.GET)
    particular = any(choice.value for choice in particulars)
    context = {
        "nav_key": "members", "now": asked.now, "scope": scope, "q": text, "choices": choices,
        "particulars": particulars, "particular": particular, **listed,
        "rows": [line(row, scope.day) for row in listed["rows"]],
        "narrowed": bool(text) or particular or any(choice.value for choice in choices),
        "may_keep": scope.body is not None and queries.may_keep(asked.viewer, scope.path),
        "mine": queries.own_membership(asked.viewer),
    }  # fmt: skip
    return render(request, "members/roll.html", context)


def _leaf(asked: AskedRequest, wanted: Asked) -> dict[str, Any]:
    """A page in the order of the roll, turned by where it begins."""
    given = asked.GET
    after, before = place(given.get("after", "")), place(given.get("before", ""))
    found, count = roll_pages.page(asked.viewer, asked=wanted, after=after, before=before, limit=PAGE)
    return {"rows": found.rows, "count": count, "turning": turning(given, found, count)}


def _found(asked: AskedRequest, wanted: Asked, text: str) -> dict[str, Any]:
    """A page of those found by what was typed: few enough to be numbered."""
    number = min(page_number(asked.GET.get("page", "")), leaves.MOST // PAGE)
    rows, count = leaves.found(asked.viewer, asked=wanted, text=text, limit=PAGE, offset=(number - 1) * PAGE)
    return {"rows": rows, "count": count, "page": Told(rows, number, count.number, PAGE)}


def narrowed(given: Mapping[str, str], scope: Scope) -> Asked:
    """The filters of an address; what is not a choice is no filter."""
    stage, status = given.get("stage", ""), given.get("status", "")
    tables = mechanism.statistics().tables
    buckets = {key: given[key] for key in tables if given.get(key) and given[key] in (*tables[key].buckets, "unknown")}
    return Asked(
        day=scope.day,
        today=scope.today,
        path=scope.path,
        known_at=scope.known_at,
        stages=(stage,) if stage in Stage.values else () if stage == "all" else MEMBERS,
        statuses=(status,) if status in Status.values else () if status == "all" else IN_STANDING,
        buckets=buckets,
    )


def line(row: MemberRow, day: date) -> Line:
    """As the list shows it."""
    born = row.born_on
    return Line(
        row, str(words.STAGES[row.stage]), str(words.STATUSES[row.status]), words.STATUS_SHAPES[row.status],
        str(words.SEXES.get(row.sex, "—")),
        day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else None,
    )  # fmt: skip


def _choices(given: Mapping[str, str], scope: Scope) -> list[Choice]:
    found = [
        Choice("branch", _("下级"), [(one.code, one.short_name) for one in scope.below], ""),
        Choice("stage", _("阶段"), [*words.options(words.STAGES), ("all", _("全部阶段"))], given.get("stage", "")),
        Choice("status", _("党籍状态"), [*words.options(words.STATUSES), ("all", _("全部状态"))], given.get("status", "")),
    ]  # fmt: skip
    return [choice for choice in found if choice.options]


def _particulars(given: Mapping[str, str]) -> list[Choice]:
    """By the buckets of the statistics: where a figure opens to."""
    found = []
    for key, table in ordered().items():
        options = [(bucket, words.bucket(table, bucket)) for bucket in (*table.buckets, "unknown")]
        found.append(Choice(key, words.say(table.title), options, given.get(key, "")))
    return found
