"""Quiet hours, pure: whether a moment is quiet, and the next one that is not. Minutes after midnight of the place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from genmai.kernel.worktime import Calendar

DAY = 1440
NIGHT, REST_DAY, OWN = "night", "rest_day", "own"
_MOST_STEPS = 60  # a holiday of eight days takes at most two steps a day


@dataclass(frozen=True, slots=True)
class Window:
    """Quiet from `begins` up to `ends` (over midnight when `ends` is not later; equal: never), and on rest days."""

    begins: int
    ends: int
    rest_days: bool = False

    def holds(self, minute: int) -> bool:
        """Whether this minute of any day is quiet."""
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends

    def minutes(self) -> int:
        """How long a day it is quiet."""
        return (self.ends - self.begins) % DAY

    def covers(self, other: Window) -> bool:
        """Whether every minute that is quiet by the other is quiet by this one."""
        if other.rest_days and not self.rest_days:
            return False
        if not other.minutes():
            return True
        start = (other.begins - self.begins) % DAY
        return start + other.minutes() <= self.minutes()


def why_quiet(window: Window, calendar: Calendar, at: datetime) -> str:
    """NIGHT or REST_DAY; empty when the moment is not quiet."""
    local = at.astimezone(calendar.zone)
    if window.holds(local.hour * 60 + local.minute):
        return NIGHT
    return REST_DAY if window.rest_days and not calendar.is_workday(local.date()) else ""


def next_allowed(window: Window, calendar: Calendar, at: datetime) -> datetime:
    """`at` itself when it is not quiet, else the first minute after it that is not."""
    moment = at
    for _ in range(_MOST_STEPS):
        why = why_quiet(window, calendar, moment)
        if not why:
            return moment
        local = moment.astimezone(calendar.zone)
        if why == NIGHT:
            minute = local.hour * 60 + local.minute
            days = 1 if minute >= window.ends else 0
            ends = local.replace(hour=window.ends // 60, minute=window.ends % 60, second=0, microsecond=0)
            moment = (ends + timedelta(days=days)).astimezone(at.tzinfo)
        else:
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
            moment = (midnight + timedelta(days=1)).astimezone(at.tzinfo)
    return moment
