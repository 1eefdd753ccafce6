"""Year-end tables: each bucket with n, of how many, and the way to the roll; one table spread over the bodies below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.directory.roster import mechanism
from genmai.directory.roster.buckets import keys_of
from genmai.directory.roster.commands.tally import ask_for_day
from genmai.directory.roster.definition import Table
from genmai.directory.roster.queries.membership_sql import Asked
from genmai.interfaces.web.edge.posting import actor, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.scope import Scope, asked_scope, scope_of
from genmai.reports.statistics import tables
from genmai.reports.statistics.tables import Part, YearEnd

PAGE = 50  # bodies: with nine columns of figures that open, a page weighs a third of what it may


@dataclass(frozen=True)
class Cell:
    """One figure; `url` opens the members it counts."""

    title: str
    n: int
    of: int
    small: bool
    url: str


@dataclass(frozen=True)
class Block:
    """One table of the whole body."""

    key: str
    title: str
    cells: Sequence[Cell]
    spread_url: str


@dataclass(frozen=True)
class Spread:
    """One table over the bodies directly below."""

    title: str
    heads: Sequence[str]
    page: Page[Part]
    rows: Sequence[tuple[str, str, int, Sequence[Cell]]]


@never_cache
@signed_in
@require_safe
def year_end(request: HttpRequest) -> HttpResponse:
    """Nine queries at most, however many members and bodies. A day that takes long to count says so and comes by itself."""
    asked = cast(AskedRequest, request)
    scope = scope_of(asked, reverse("statistics"))
    wanted = wanted_of(scope)
    found = tables.at_once(asked.viewer, asked=wanted)
    if found is None and request.GET.get("now"):
        found = tables.year_end(asked.viewer, asked=wanted)
    every = tables.ordered()
    chosen = request.GET.get("table", "")
    chosen = chosen if chosen in every else next(iter(every))
    context = {
        "nav_key": "statistics", "now": asked.now, "scope": scope, "found": found,
        "members_url": _roll(scope), "last_year_end": tables.last_year_end(scope.today), "chosen": chosen,
        "tables": [(key, words.say(table.title)) for key, table in every.items()],
    }  # fmt: skip
    if found is None:
        ask_for_day(actor=actor(request), at=asked.now, key=new_key(), day=scope.day, known_at=scope.known_at)
        address = _address(scope, table=chosen)
        context |= {"ready_url": f"{reverse('statistics_ready')}?{address}", "now_url": f"?{address}&now=1"}
        return render(request, "statistics/year_end.html", context)
    context |= {
        "blocks": [_block(scope, key, table, found) for key, table in every.items()],
        "spread": _spread(scope, chosen, every[chosen], found, request.GET.get("page", "")),
        "stages": [(words.STAGES[key], found.whole.stages.get(key, 0)) for key in ("full", "probationary")],
    }
    return render(request, "statistics/year_end.html", context)


@never_cache
@signed_in
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Nothing to say while the day is being counted; then the page is asked for anew."""
    asked = cast(AskedRequest, request)
    found = tables.at_once(asked.viewer, asked=wanted_of(asked_scope(asked.viewer, asked.GET, asked.now)))
    answer = HttpResponse(status=204)
    if found is not None:
        answer.headers["HX-Refresh"] = "true"
    return answer


def wanted_of(scope: Scope) -> Asked:
    """The members of an address."""
    return Asked(scope.day, scope.today, scope.path, scope.known_at)


def _block(scope: Scope, key: str, table: Table, found: YearEnd) -> Block:
    total = found.whole.total
    cells = [
        _cell(scope, key, table, bucket, found.whole.n(key, bucket), total)
        for bucket in keys_of(table)
        if bucket in table.buckets or found.whole.n(key, bucket)
    ]
    return Block(key, words.say(table.title), cells, f"?{_address(scope, table=key)}#spread")


def _spread(scope: Scope, key: str, table: Table, found: YearEnd, number: str) -> Spread:
    """A page of the bodies below; a branch alone has nothing below it."""
    buckets = [one for one in keys_of(table) if one in table.buckets or found.whole.n(key, one)]
    parts = [part for part in found.parts if part.organisation is not None or len(found.parts) > 1]
    page = Paginator(parts, PAGE).get_page(number)
    rows = []
    for part in page:
        cells = [
            _cell(scope, key, table, bucket, part.counted.n(key, bucket), part.counted.total, part)
            for bucket in buckets
        ]
        name = part.organisation.short_name if part.organisation else _("直属")
        code = part.organisation.code if part.organisation else ""
        url = f"?{_address(scope, table=key, below=code)}" if code else ""
        rows.append((name, url, part.counted.total, cells))
    return Spread(words.say(table.title), [words.bucket(table, bucket) for bucket in buckets], page, rows)


def _cell(scope: Scope, key: str, table: Table, bucket: str, n: int, of: int, part: Part | None = None) -> Cell:
    code = part.organisation.code if part and part.organisation else ""
    url = _roll(scope, **{key: bucket}, **({"below": code} if code else {})) if n and (part is None or code) else ""
    return Cell(words.bucket(table, bucket), n, of, of < mechanism.statistics().small, url)


def _address(scope: Scope, **more: str) -> str:
    day, known = f"{scope.day}" if scope.day != scope.today else "", f"{scope.known}" if scope.known else ""
    given = {"branch": scope.body.code if scope.body else "", "day": day, "known": known, **more}
    return urlencode({name: value for name, value in given.items() if value})


def _roll(scope: Scope, **more: str) -> str:
    return f"{reverse('members')}?{_address(scope, **more)}"
