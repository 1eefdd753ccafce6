"""The hour's hot spots of a place, or where the hour is quiet those of the last days; looked for once a minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from genmai.kernel.viewer import Viewer
from genmai.processes.cases.queries import hot_spots
from genmai.processes.cases.queries.hot_spots import HotSpot
from genmai.reports.board.limits import limits
from genmai.reports.board.policies import check_board, within
from genmai.reports.board.standing import Place

HOURS, DAYS = "hours", "days"


@dataclass(frozen=True, slots=True)
class Hottest:
    """`span`: whether these are of the last hour or of the last days; as they stood at `at`."""

    spots: tuple[HotSpot, ...]
    span: str
    at: datetime


_kept: dict[str, Hottest] = {}  # by path: what one viewer of a place's board sees, every other does, too


def hottest(viewer: Viewer, *, place: Place, at: datetime) -> Hottest:
    """At most a minute old, and saying so. Raises NotPermitted, NotFound."""
    check_board(viewer, place.path)
    kept = _kept.get(place.path)
    if kept is None or not abs(at - kept.at) < timedelta(seconds=limits().hot_kept_seconds):
        _kept[place.path] = kept = _found(within(viewer, place.path), at)
    return kept


def forget() -> None:
    """Look anew at the next question."""
    _kept.clear()


def _found(viewer: Viewer, at: datetime) -> Hottest:
    most = limits().hot_shown
    found = hot_spots.of(viewer, at=at, hours=limits().hot_hours, limit=most)
    if found:
        return Hottest(tuple(found), HOURS, at)
    return Hottest(tuple(hot_spots.of(viewer, at=at, days=limits().hot_days, limit=most)), DAYS, at)
