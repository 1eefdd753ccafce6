"""Why is it due then: the counting of a clock, day by day, as rows a person can check with a wall calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from .calendar import ONE_DAY, Calendar, Day
from .clocks import Clock, Deadline, begin_us, deadline_of, run_ticks
from .kinds import ClockKind, DayKind, to_ticks
from .tracks import from_us, to_us


class Note(StrEnum):
    """Why a date counts nothing, or not in full."""

    ARRIVAL_DAY = "arrival_day"  # 次日起算
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CLOSED = "closed"
    PAUSED = "paused"
    OUTSIDE_HOURS = "outside_hours"  # the office was open, but not while the clock ran
    FULL = "full"  # the limit was used up before; the deadline waits for a resumption and the close of a day


@dataclass(frozen=True, slots=True)
class Row:
    """One date: what it is, what it counts, and the running total, in the clock's own units."""

    day: Day
    amount: Fraction
    running_total: Fraction
    note: Note | None
    pauses: tuple[tuple[datetime, datetime | None], ...]  # the parts of this date on which the clock was paused
    due_at: datetime | None  # on the last row only

    @property
    def counted(self) -> bool:
        """Whether the date counts at all."""
        return self.amount > 0

    def as_json(self) -> dict[str, Any]:
        """Plain values for an API or a template."""
        return {
            "date": self.day.date.isoformat(),
            "kind": str(self.day.kind),
            "name": self.day.name,
            "notice": self.day.notice,
            "hours": [str(segment) for segment in self.day.hours],
            "provisional": self.day.provisional,
            "counted": self.counted,
            "amount": str(self.amount),
            "running_total": str(self.running_total),
            "note": self.note and str(self.note),
            "pauses": [[start.isoformat(), end and end.isoformat()] for start, end in self.pauses],
            "due_at": self.due_at and self.due_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole counting. `total` equals the clock's limit, unless an open pause keeps the clock from ending."""

    deadline: Deadline
    rows: tuple[Row, ...]

    @property
    def total(self) -> Fraction:
        """The sum of the rows."""
        return sum((row.amount for row in self.rows), Fraction(0))


def explain(of: Clock, calendar: Calendar) -> Explanation:
    """The day-by-day table, from the day of arrival to the day of the deadline (or to the day of an open pause)."""
    due = deadline_of(of, calendar)
    return Explanation(due, tuple(_rows(of, calendar, due)))


def _rows(of: Clock, calendar: Calendar, due: Deadline) -> Iterator[Row]:
    track, unit = calendar.track(of.kind), of.kind.unit_ticks
    limit, begin = to_ticks(of.kind, of.total), begin_us(of, calendar)
    on, last = calendar.local_date(of.start), _last_date(of, calendar, due)
    ran = 0
    while on <= last:
        start, end = to_us(calendar.local_midnight(on)), to_us(calendar.local_midnight(on + ONE_DAY))
        upto = min(limit, run_ticks(of, track, begin, max(begin, end)))
        pauses = tuple(_pauses_between(of, start, end))
        note = None if upto > ran else _why_nothing(of, calendar, on, start < begin, bool(pauses), ran == limit)
        due_at = due.due_at if on == last else None
        yield Row(calendar.day(on), Fraction(upto - ran, unit), Fraction(upto, unit), note, pauses, due_at)
        ran, on = upto, on + ONE_DAY


def _last_date(of: Clock, calendar: Calendar, due: Deadline) -> date:
    if due.due_on is not None:
        return due.due_on
    return max(calendar.local_date(of.start), calendar.local_date(from_us(of.merged[-1][0])))


def _pauses_between(of: Clock, start: int, end: int) -> Iterator[tuple[datetime, datetime | None]]:
    for low, high in of.merged:
        if low < end and (high is None or high > start):
            yield from_us(max(low, start)), None if high is None else from_us(min(high, end))


def _why_nothing(of: Clock, calendar: Calendar, on: date, before_begin: bool, paused: bool, full: bool) -> Note:
    day = calendar.day(on)
    if of.kind.by_whole_days and before_begin:
        return Note.ARRIVAL_DAY
    if full:
        return Note.FULL
    if of.kind.needs_calendar_data:
        shut = {DayKind.HOLIDAY: Note.HOLIDAY, DayKind.WEEKEND: Note.WEEKEND, DayKind.CLOSED: Note.CLOSED}
        if day.kind in shut and (not day.hours or of.kind is ClockKind.WORKING_DAYS):
            return shut[day.kind]
    return Note.PAUSED if paused else Note.OUTSIDE_HOURS
