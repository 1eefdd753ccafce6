"""Where one subject piles up at one place: the hour's, the day's or the week's hot spots, beside the weeks before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from genmai.directory.roster.models import Organisation
from genmai.kernel.viewer import Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.definition_likeness import HotSpots
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.likeness.unusual import chance_of, expected
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries.lists import visible

ROOT_CAUSE = "root_cause"  # the channel of cases the house opens itself: no event of their own
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Window:
    """The span looked at and the weeks before it."""

    since: datetime
    until: datetime
    before: datetime  # where the weeks before begin

    @property
    def spans(self) -> float:
        """How many such spans the weeks before hold."""
        return (self.since - self.before) / (self.until - self.since)


@dataclass(frozen=True, slots=True)
class HotSpot:
    """One place and subject. `n`: matters received in the span, repeats merged since included (`merged` of them).

    `before`: matters of the weeks before; `usual`: on average in a span of this length then; `chance`: of so many or
    more had nothing changed. `unusual` when that is below the mechanism's threshold.
    """

    home_id: int
    home: UUID
    place: str
    category: str
    n: int
    merged: int
    still_open: int
    before: int
    usual: float
    chance: float
    unusual: bool


def window(viewer: Viewer, *, at: datetime, hours: float | None = None, days: float = 7) -> Window:
    """The last `hours` (or `days`) up to `at`, and the weeks before that the mechanism compares with."""
    since = at - (timedelta(hours=hours) if hours is not None else timedelta(days=days))
    return Window(since, at, since - WEEK * _rules().weeks)


def of(
    viewer: Viewer, *, at: datetime, hours: float | None = None, days: float = 7, limit: int | None = None
) -> list[HotSpot]:
    """Hot spots in the viewer's scope, the most unusual first; two queries for any number. A leader board asks `hours=1`."""
    rules = _rules()
    span = window(viewer, at=at, hours=hours, days=days)
    now = Q(received_at__gt=span.since)
    rows = (
        _counted(viewer, span)
        .order_by()
        .values("home_id", "category")
        .annotate(
            n=Count("id", filter=now),
            repeats=Count("id", filter=now & Q(state="merged")),
            still_open=Count("id", filter=now & Q(state__in=OPEN)),
            before=Count("id", filter=~now),
        )
        .filter(n__gte=rules.least)
    )
    found = [(row, chance_of(row["n"], before=row["before"], spans=span.spans)) for row in rows]
    found.sort(key=lambda one: (one[1], -one[0]["n"], one[0]["home_id"], one[0]["category"]))
    found = found[: limit or rules.shown]
    homes = Organisation.objects.in_bulk({row["home_id"] for row, _ in found})
    return [
        HotSpot(
            home_id=row["home_id"],
            home=homes[row["home_id"]].public_id,
            place=homes[row["home_id"]].short_name,
            category=row["category"],
            n=row["n"],
            merged=row["repeats"],
            still_open=row["still_open"],
            before=row["before"],
            usual=expected(before=row["before"], spans=span.spans),
            chance=chance,
            unusual=chance < rules.chance,
        )
        for row, chance in found
    ]


def matters(
    viewer: Viewer, *, home: UUID, category: str, at: datetime, hours: float | None = None, days: float = 7
) -> QuerySet[Case]:
    """The matters behind one hot spot, newest first; nothing outside the viewer's scope."""
    span = window(viewer, at=at, hours=hours, days=days)
    rows = _counted(viewer, span).filter(home__public_id=home, category=category, received_at__gt=span.since)
    rows = rows.select_related("home", "holder", "lead").defer("words", "reach", "answers")
    return rows.order_by("-received_at", "-id")


def unclassified(viewer: Viewer, *, at: datetime, hours: float | None = None, days: float = 7) -> int:
    """Matters of the span that nobody has given a subject yet: they stand in no hot spot."""
    span = window(viewer, at=at, hours=hours, days=days)
    rows = visible(viewer).filter(received_at__gt=span.since, received_at__lte=span.until, category="")
    return rows.exclude(state="declined").exclude(channel=ROOT_CAUSE).count()


def _counted(viewer: Viewer, span: Window) -> QuerySet[Case]:
    """Events with a subject in the span and the weeks before; neither declined nor left out of the count."""
    rows = visible(viewer).filter(received_at__gt=span.before, received_at__lte=span.until, excluded=False)
    return rows.exclude(category="").exclude(state="declined").exclude(channel=ROOT_CAUSE)


def _rules() -> HotSpots:
    return mechanism.definition_of(mechanism.loop()).hot_spots


__all__ = ["HotSpot", "Window", "matters", "of", "unclassified", "window"]
