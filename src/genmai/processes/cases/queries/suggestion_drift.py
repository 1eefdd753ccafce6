"""How suggestions fare: taken and changed by week from deeds, how many were sure, and how far the subjects have moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import Substr, TruncWeek

from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.cases.models import Learning, Suggestion
from genmai.processes.cases.queries.lists import visible
from genmai.processes.cases.suggestion.drift import distance
from genmai.records.deeds.models import Deed

TAKEN, CHANGED = "case.suggestion_taken", "case.suggestion_changed"
WEEKS = 8


@dataclass(slots=True)
class Week:
    """A week from its Monday: dispatches with a decided suggestion, taken or changed; `measured` carried a confidence."""

    monday: datetime
    taken: int = 0
    changed: int = 0
    measured: int = 0
    thousandths: int = 0

    @property
    def all(self) -> int:
        return self.taken + self.changed

    @property
    def confidence(self) -> int | None:
        """Mean confidence in whole percent."""
        return self.thousandths // (10 * self.measured) if self.measured else None


@dataclass(frozen=True, slots=True)
class Moved:
    """The subjects of the last weeks beside those learned from; `distance` None while there are too few."""

    since: datetime
    cases: int
    now: Mapping[str, int]
    distance: float | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of matters that wait: how many have a suggestion, and in how many it is decided."""

    suggested: int
    decided: int


def weeks(viewer: Viewer, *, at: datetime, many: int = WEEKS) -> list[Week]:
    """The last weeks at the viewer's desks, oldest first; a week without a dispatch is not in it. One query."""
    path = _path(viewer)
    if not path:
        return []
    rows = Deed.objects.filter(
        kind__in=(TAKEN, CHANGED), path__startswith=path, at__gt=at - timedelta(weeks=many), at__lte=at
    )
    counted = rows.annotate(week=TruncWeek("at")).values("week", "kind").order_by("week")
    found: dict[datetime, Week] = {}
    for row in counted.annotate(n=Count("id"), measured=Count("quantity"), thousandths=Sum("quantity")):
        week = found.setdefault(row["week"], Week(row["week"]))
        week.taken += row["n"] if row["kind"] == TAKEN else 0
        week.changed += row["n"] if row["kind"] == CHANGED else 0
        week.measured += row["measured"]
        week.thousandths += int(row["thousandths"] or 0)
    return list(found.values())


def moved(viewer: Viewer, *, at: datetime, learned: Mapping[str, int], span: timedelta, least: int) -> Moved:
    """First-level subjects of what came in lately beside the labels learned from. One query."""
    rows = visible(viewer).filter(received_at__gt=at - span, received_at__lte=at).exclude(category="")
    counted = rows.order_by().values(first=Substr("category", 1, 2)).annotate(n=Count("id"))
    now = {row["first"]: row["n"] for row in counted}
    cases = sum(now.values())
    return Moved(at - span, cases, now, distance(learned, now) if learned and cases >= least else None)


def waiting(viewer: Viewer) -> Waiting:
    """What stands at the viewer's desks now. One query."""
    rows = Suggestion.objects.filter(case__in=visible(viewer).filter(state="received"))
    found = rows.aggregate(suggested=Count("id"), decided=Count("id", filter=Q(decided=True)))
    return Waiting(found["suggested"], found["decided"])


def learnings(viewer: Viewer, *, limit: int = 8) -> list[Learning]:
    """The last runs of learning, newest first: the same for everybody who works here."""
    return [] if viewer.anonymous else list(Learning.objects.order_by("-id")[:limit])


def _path(viewer: Viewer) -> str:
    """The subtree whose desks the viewer may see; one's own."""
    return viewer.path if viewer.path and viewer.may("cases:view", viewer.path, Reach.VIEW) else ""


__all__ = ["Moved", "Waiting", "Week", "learnings", "moved", "waiting", "weeks"]
