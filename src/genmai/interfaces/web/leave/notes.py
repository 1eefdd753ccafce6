"""The lines above the inbox: whom I stand in for, and, on the first day back, what happened meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext

from genmai.directory.roster.models import Away
from genmai.directory.roster.queries import around
from genmai.directory.territory.days import SHANGHAI, day_of
from genmai.interfaces.web.edge.posting import new_key
from genmai.kernel.viewer import Viewer
from genmai.kernel.worktime import Calendar, built_in_calendar
from genmai.processes.cases.queries import lists
from genmai.records.deeds import kinds
from genmai.records.deeds.queries import counts_by_kind

# What somebody wants to know who was away, in this order.
TOLD = (
    "case.received", "case.dispatched", "case.accepted", "case.replied", "case.closed", "case.returned",
    "milestone.missed",
)  # fmt: skip


@dataclass(frozen=True)
class ForOther:
    """One person I stand in for today; `waiting`: what waits at their desk, when it is not mine."""

    away: Away
    waiting: int
    late: int
    same_desk: bool
    key: object


@dataclass(frozen=True)
class Back:
    """My absence that has just ended, and what our desk did in it."""

    away: Away
    counts: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Notes:
    """For the inbox."""

    for_others: Sequence[ForOther]
    back: Back | None
    acting: str


def notes(viewer: Viewer, *, at: datetime) -> Notes:
    """One query, one more for each whom I stand in for elsewhere, and one on the first day back."""
    if viewer.acts_for:
        return Notes((), None, viewer.acts_for)
    others, ended = around(viewer, at=at)
    return Notes([_for_other(viewer, away) for away in others], _back(viewer, ended, at), "")


def _for_other(viewer: Viewer, away: Away) -> ForOther:
    same = away.organisation_id in (None, viewer.organisation_id)
    waiting, late = (0, 0) if same else lists.waiting_at(viewer, organisation_id=away.organisation_id or 0)
    return ForOther(away, waiting, late, same, new_key())


def _back(viewer: Viewer, away: Away | None, at: datetime) -> Back | None:
    """Only until the first working day back is over."""
    calendar = built_in_calendar()
    if away is None or day_of(at) > _first_workday(calendar, away.until + timedelta(days=1)):
        return None
    organisation_id = away.organisation_id or viewer.organisation_id
    if organisation_id is None:
        return None
    since, until = _midnight(away.first_day), _midnight(away.until + timedelta(days=1))
    counted = counts_by_kind(viewer, organisation_id=organisation_id, since=since, until=until, kinds=TOLD)
    return Back(away, [(gettext(kinds.title(kind)), counted[kind]) for kind in TOLD if kind in counted])


def _first_workday(calendar: Calendar, day: date) -> date:
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return day


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
