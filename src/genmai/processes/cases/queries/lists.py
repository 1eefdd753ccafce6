"""Lists of cases: the viewer's scope becomes part of the SQL; each list is a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from genmai.kernel.text import bigrams
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.cases.flow import FINAL, OPEN
from genmai.processes.cases.models import Case, CaseLink, Milestone, SheetImport
from genmai.processes.cases.queries.scope import Standing, Within

PAGE = 30
MANY = 1000  # beyond this a count says "1000+"; nobody reads further, and counting costs
Order = Literal["newest", "deadline", "oldest"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; every field comes from the address, so a view can be sent to a colleague."""

    states: tuple[str, ...] = ()
    late: bool = False
    category: str = ""
    level: int | None = None
    channel: str = ""
    organisation_id: int | None = None  # held, led or homed at or below this one
    undecided: bool = False
    holder_id: int | None = None  # whose move it is
    words: str = ""
    order: Order = "newest"


# Found in a round that has not sent its notices yet: the round does, in one go; the desk has nothing to decide.
_OF_A_ROUND = Q(channel="inspection", state="received", finding__notified_at__isnull=True)


def visible(viewer: Viewer, *, reach: Reach = Reach.VIEW) -> QuerySet[Case]:
    """Every case in the viewer's scope. Deny by default: no grant, no row."""
    mine = list(viewer.organisation_ids("cases:view", reach))
    return Case.objects.filter(Within(mine)) if mine else Case.objects.none()


def narrowed(viewer: Viewer, *, filters: Filters) -> QuerySet[Case]:
    """The visible cases that match; search uses the search scope, which may be narrower than the view."""
    rows = visible(viewer, reach=Reach.SEARCH if filters.words else Reach.VIEW)
    if filters.states:
        rows = rows.filter(Standing(filters.states))
    if filters.category:
        rows = rows.filter(category__startswith=filters.category)
    if filters.level:
        rows = rows.filter(level=filters.level)
    if filters.channel:
        rows = rows.filter(channel=filters.channel)
    if filters.organisation_id:
        rows = rows.filter(reach__contains=[filters.organisation_id])
    if filters.holder_id:
        rows = rows.filter(holder_id=filters.holder_id).exclude(_OF_A_ROUND)
    if filters.undecided:
        rows = rows.filter(duty_row="", state="received")
    if filters.late:
        rows = rows.filter(Standing(OPEN), pk__in=late_ids())
    return _matching(rows, filters.words.strip()) if filters.words.strip() else rows


def late_ids() -> QuerySet[Milestone, int]:
    """Cases with something overdue and still open (a subquery)."""
    late = Milestone.objects.filter(state=Milestone.State.RUNNING, missed_at__isnull=False)
    return late.values("case_id")  # type: ignore[return-value]


def _matching(rows: QuerySet[Case], words: str) -> QuerySet[Case]:
    """Chinese substring search: bigrams through the index, then the exact words; a number goes straight to its case."""
    tail = words.rsplit("-", 1)[-1]
    if tail.isdigit() and len(tail) <= 12 and set(words) <= set("0123456789-"):
        return rows.filter(pk=int(tail))
    pairs = [pair for pair in bigrams(words) if len(pair) == 2]
    if pairs:
        rows = rows.filter(words__contains=pairs)
    if len(pairs) == 1 and len(words) == 2:  # one pair is the whole of what was asked: nothing left to compare
        return rows
    return rows.filter(Q(text__icontains=words) | Q(title__icontains=words) | Q(place_text__icontains=words))


_ORDERS = {"newest": ("-received_at", "-id"), "oldest": ("received_at", "id"), "deadline": ("due_at", "id")}


def page(viewer: Viewer, *, filters: Filters, offset: int = 0, limit: int = PAGE) -> tuple[list[Case], bool]:
    """One page of the list and whether there is more. Sorted by index entries; whole rows are read for the page alone."""
    order = _ORDERS[filters.order]
    chosen = narrowed(viewer, filters=filters).order_by(*order).values("pk")[offset : offset + limit + 1]
    rows = Case.objects.filter(pk__in=chosen).order_by(*order)
    found = list(_whole(rows))
    return found[:limit], len(found) > limit


def chunks(viewer: Viewer, *, filters: Filters, size: int = PAGE) -> Iterator[list[Case]]:
    """All of the list in its order, so many at a time, read once by a cursor of the server: for exports."""
    rows = _whole(narrowed(viewer, filters=filters).order_by(*_ORDERS[filters.order]))
    found = rows.iterator(chunk_size=size)
    while chunk := list(islice(found, size)):
        yield chunk


def counts(viewer: Viewer, *, filters: Filters) -> dict[str, int]:
    """How many of the matching cases stand in each state, one query. Open ones exactly, ended ones up to `MANY` + 1; of a
    search all up to that, since no index holds them together.
    """
    rows = narrowed(viewer, filters=filters).order_by()
    if rows.query.is_empty():
        return {}
    each = [*OPEN, *FINAL] if filters.words.strip() else FINAL
    parts, given = [], []
    if each is FINAL:
        opened = rows if filters.late else rows.filter(Standing(OPEN))  # asked twice, the database expects too few
        sql, params = opened.values("state").annotate(n=Count("id")).query.sql_with_params()
        parts, given = [f"({sql})"], list(params)
    for state in () if filters.late and each is FINAL else each:  # what has ended is no longer late
        sql, params = rows.filter(Standing([state])).values("pk")[: MANY + 1].query.sql_with_params()
        parts.append(f"(SELECT '{state}', count(*) FROM ({sql}) AS found)")  # noqa: S608  the ORM's own statement
        given += params
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), given)
        return {state: n for state, n in cursor.fetchall() if n}


def said(*numbers: int) -> str:
    """Their sum as a list says it: with a plus where one of them was counted no further."""
    return f"{MANY}+" if any(n > MANY for n in numbers) else str(sum(numbers))


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing waiting for the viewer's organisation: the matter and the milestone that is due next."""

    milestone: Milestone
    case: Case
    also: tuple[Milestone, ...]

    @property
    def late(self) -> bool:
        return self.milestone.missed_at is not None


def inbox(viewer: Viewer, *, limit: int = 100) -> list[Waiting]:
    """Everything waiting for the viewer's own organisation, the nearest deadline first: one line a case."""
    if viewer.organisation_id is None or not viewer.paths("cases:view", Reach.VIEW):
        return []
    rows = Milestone.objects.filter(state=Milestone.State.RUNNING, owner_id=viewer.organisation_id)
    by_case: dict[int, list[Milestone]] = {}
    for milestone in rows.select_related("request").order_by("due_at", "id")[: limit * 3]:
        by_case.setdefault(milestone.case_id, []).append(milestone)
    # The cases by themselves, once each: joined to every limit, three times as many were read and built as are shown.
    cases = _whole(Case.objects.filter(pk__in=list(by_case)[:limit])).in_bulk()
    return [Waiting(ms[0], cases[pk], tuple(ms[1:])) for pk, ms in by_case.items() if pk in cases]


def _whole(rows: QuerySet[Case]) -> QuerySet[Case]:
    """With the bodies a row names, without what only comparing needs."""
    return rows.select_related("home", "holder", "lead").defer("words", "reach", "answers")


# By the owner's own index first: left to itself the database reads every running limit there is, because they lie in the
# order of their cases.
_WAITING = """
WITH mine AS MATERIALIZED (SELECT case_id, missed_at FROM cases_milestone WHERE state = 'running' AND owner_id = %s)
SELECT count(DISTINCT case_id), count(DISTINCT case_id) FILTER (WHERE missed_at IS NOT NULL) FROM mine
"""


def inbox_size(viewer: Viewer) -> tuple[int, int]:
    """How many cases wait for the viewer's organisation, and how many of them are late."""
    if viewer.organisation_id is None:
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [viewer.organisation_id])
        waiting, late = cursor.fetchone()
    return waiting, late


def waiting_at(viewer: Viewer, *, organisation_id: int) -> tuple[int, int]:
    """How many cases the viewer may see wait at another desk, and how many are late: for who stands in there."""
    theirs = Milestone.objects.filter(state=Milestone.State.RUNNING, owner_id=organisation_id)
    found = theirs.filter(case__in=visible(viewer)).aggregate(
        waiting=Count("case", distinct=True), late=Count("case", distinct=True, filter=Q(missed_at__isnull=False))
    )
    return found["waiting"], found["late"]


def desk(viewer: Viewer, *, limit: int = PAGE, offset: int = 0) -> tuple[list[Case], bool]:
    """Matters waiting to be dispatched by the viewer's organisation, oldest limit first."""
    rows = visible(viewer).filter(state="received", holder_id=viewer.organisation_id)
    rows = rows.exclude(_OF_A_ROUND)
    rows = _whole(rows).order_by("received_at", "id")
    found = list(rows[offset : offset + limit + 1])
    return found[:limit], len(found) > limit


def alike(viewer: Viewer, *, case: Case, since: datetime, limit: int = 5) -> list[Case]:
    """Open or recent cases at the same home on the same subject: offered for merging, never merged by themselves."""
    rows = visible(viewer).filter(home_id=case.home_id, received_at__gte=since, state__in=OPEN)
    if case.category:
        rows = rows.filter(category__startswith=case.category[:4])
    two = CaseLink.objects.filter(kind=CaseLink.Kind.NOT_SAME, ended_at=None)  # somebody looked: not offered again
    rows = rows.exclude(pk__in=two.filter(case=case).values("other")).exclude(
        pk__in=two.filter(other=case).values("case")
    )
    rows = _whole(rows.exclude(pk=case.pk))
    return list(rows.order_by("-received_at")[:limit])


def imports(viewer: Viewer, *, limit: int = 20) -> list[SheetImport]:
    """Uploads of the organisations where the viewer may import, newest first."""
    mine = viewer.organisation_ids("cases:import", Reach.CAPTURE)
    if not mine:
        return []
    return list(
        SheetImport.objects.filter(organisation_id__in=mine, round__isnull=True)
        .select_related("organisation")
        .order_by("-id")[:limit]
    )


def one_import(viewer: Viewer, *, public_id: UUID) -> SheetImport | None:
    """One upload, or None outside the viewer's scope."""
    mine = viewer.organisation_ids("cases:import", Reach.CAPTURE)
    return (
        SheetImport.objects.filter(public_id=public_id, organisation_id__in=mine)
        .select_related("organisation", "round")
        .first()
    )


__all__ = [
    "Filters",
    "Waiting",
    "alike",
    "chunks",
    "counts",
    "desk",
    "imports",
    "inbox",
    "inbox_size",
    "one_import",
    "page",
    "said",
    "visible",
    "waiting_at",
]
