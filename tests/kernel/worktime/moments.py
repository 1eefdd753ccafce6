"""Short ways to write moments and calendars in these tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from genmai.kernel.worktime import Calendar, OfficeHours, Segment, built_in_calendar
from genmai.kernel.worktime.calendar import OfficeWeek

SHANGHAI = ZoneInfo("Asia/Shanghai")
HALVES = (Segment(510, 720), Segment(810, 1020))  # 08:30-12:00, 13:30-17:00
ALL_DAY = (Segment(0, 1440),)


def at(text: str) -> datetime:
    """A moment in Shanghai, written as 2026-02-13 16:00."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def shown(moment: datetime | None) -> str | None:
    """The moment as `at` reads it, with seconds only where there are any."""
    if moment is None:
        return None
    text = moment.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(" ", "auto")
    return text.removesuffix(":00") if len(text) == 19 else text


@cache
def calendar(
    weekdays: Iterable[int] = range(5), hours: tuple[Segment, ...] = HALVES, rest: frozenset[int] = frozenset()
) -> Calendar:
    """State holidays from 2025 on with office hours on the given weekdays (Monday is 0), no summer hours."""
    week = OfficeWeek(tuple(hours if day in frozenset(weekdays) else () for day in range(7)), hours, rest)
    state = built_in_calendar()
    return replace(
        state,
        first=date(2025, 1, 1),
        special={day: what for day, what in state.special.items() if day.year >= 2025},
        office_hours=(OfficeHours(date(2025, 1, 1), week),),
    )
