"""Tracks: how much counted time has passed at a moment, and when a given amount is reached.

A track is a function W from moments (microseconds since 1970, UTC) to ticks that never falls. Every clock kind is one
track; deadlines, remainders, warnings and explanations are differences of W, so they agree with each other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from .kinds import DAY_TICKS, ClockError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

#: No search goes past the end of this year: a bad calendar or a mistyped date is refused, it never hangs.
LAST_YEAR: Final = 2199


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware moment."""
    return (moment - EPOCH) // MICROSECOND


def from_us(us: int) -> datetime:
    """The aware UTC moment."""
    return EPOCH + timedelta(microseconds=us)


def local_us(day: date, minute: int, zone: ZoneInfo) -> int:
    """The moment the wall clock shows `minute` minutes after midnight; 1440 is the midnight that ends the day."""
    if minute == 24 * 60:
        day, minute = day + timedelta(days=1), 0
    return to_us(datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC))


class Track(Protocol):
    """Counted time as a function that never falls."""

    def ticks_at(self, us: int) -> int:
        """Ticks counted up to the moment."""

    def instant_of(self, ticks: int) -> int:
        """The earliest moment at which `ticks` are reached."""

    def close_from(self, us: int) -> int:
        """The end of the day the moment belongs to; the moment itself where limits do not end with a day."""

    def close_after(self, us: int) -> int:
        """Like close_from, but later than the moment: someone who resumes at the close gets the next day."""


class Continuous:
    """Day and night, every day."""

    def ticks_at(self, us: int) -> int:
        return us

    def instant_of(self, ticks: int) -> int:
        return ticks

    def close_from(self, us: int) -> int:
        return us

    def close_after(self, us: int) -> int:
        return us


class CalendarDays:
    """Every day counts one, from local midnight to local midnight, however many hours it has."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def ticks_at(self, us: int) -> int:
        day = from_us(us).astimezone(self._zone).date()
        start, end = self._bounds(day)
        return day.toordinal() * DAY_TICKS + (us - start) * DAY_TICKS // (end - start)

    def instant_of(self, ticks: int) -> int:
        ordinal, part = divmod(ticks, DAY_TICKS)
        start, end = self._bounds(date.fromordinal(ordinal))
        return start - (-part * (end - start) // DAY_TICKS)

    def close_from(self, us: int) -> int:
        start, end = self._bounds(from_us(us).astimezone(self._zone).date())
        return us if us == start else end

    def close_after(self, us: int) -> int:
        return self._bounds(from_us(us).astimezone(self._zone).date())[1]

    def _bounds(self, day: date) -> tuple[int, int]:
        return local_us(day, 0, self._zone), local_us(day, 24 * 60, self._zone)


class Piece(NamedTuple):
    """A stretch of office time [start, end) in which ticks accrue evenly; `close` ends the office day it lies in."""

    start: int
    end: int
    ticks: int
    close: int


class _Table(NamedTuple):
    """Immutable snapshot, so that a reading thread never meets a half-extended table."""

    starts: list[int]
    ends: list[int]
    closes: list[int]
    before: list[int]  # ticks before each piece; one longer than the others
    through_year: int
    covered_to: int


class OfficeTime:
    """Counted only inside office time, from a table of pieces built year by year on first use and kept."""

    def __init__(self, first_year: int, zone: ZoneInfo, pieces_of: Callable[[int], Iterable[Piece]]) -> None:
        self._origin = local_us(date(first_year, 1, 1), 0, zone)
        self._first_year, self._zone, self._pieces_of = first_year, zone, pieces_of
        self._lock = Lock()
        self._table = _Table([], [], [], [0], first_year - 1, self._origin)

    def ticks_at(self, us: int) -> int:
        table = self._covering(us)
        i = bisect_right(table.starts, us) - 1
        if i < 0:
            return 0
        start, end = table.starts[i], table.ends[i]
        if us >= end:
            return table.before[i + 1]
        return table.before[i] + (us - start) * (table.before[i + 1] - table.before[i]) // (end - start)

    def instant_of(self, ticks: int) -> int:
        table = self._table
        while table.before[-1] < ticks:
            table = self._extend(table)
        i = bisect_left(table.before, ticks) - 1
        if i < 0:
            return self._origin
        start, end = table.starts[i], table.ends[i]
        return start - (-(ticks - table.before[i]) * (end - start) // (table.before[i + 1] - table.before[i]))

    def close_from(self, us: int) -> int:
        return us

    def close_after(self, us: int) -> int:
        return us

    def is_open(self, us: int) -> bool:
        """Whether the moment lies in office time; the closing moment itself does (work handed in then is in time)."""
        table = self._covering(us)
        i = bisect_right(table.starts, us) - 1
        return i >= 0 and us <= table.ends[i]

    def last_end(self, us: int) -> int | None:
        """The latest end of an office stretch at or before the moment; None before the first."""
        table = self._covering(us)
        i = bisect_right(table.ends, us) - 1
        return table.ends[i] if i >= 0 else None

    def next_start(self, us: int) -> int:
        """The earliest start of an office stretch at or after the moment."""
        table = self._covering(us)
        while (i := bisect_left(table.starts, us)) == len(table.starts):
            table = self._extend(table)
        return table.starts[i]

    def _covering(self, us: int) -> _Table:
        if us < self._origin:
            raise ClockError(f"{from_us(us).isoformat()}: the calendar holds no data before {self._first_year}-01-01")
        table = self._table
        while us >= table.covered_to:
            table = self._extend(table)
        return table

    def _extend(self, known: _Table) -> _Table:
        with self._lock:
            if self._table.through_year > known.through_year:
                return self._table
            year = known.through_year + 1
            if year > LAST_YEAR:
                raise ClockError(
                    f"no answer before the end of {LAST_YEAR}: the limit, a date or the office hours are out of reach"
                )
            pieces = [piece for piece in self._pieces_of(year) if piece.end > piece.start]
            before = list(known.before)
            for piece in pieces:
                before.append(before[-1] + piece.ticks)
            self._table = _Table(
                known.starts + [p.start for p in pieces],
                known.ends + [p.end for p in pieces],
                known.closes + [p.close for p in pieces],
                before,
                year,
                local_us(date(year + 1, 1, 1), 0, self._zone),
            )
            return self._table


class OfficeDays(OfficeTime):
    """Office time of working days, where a limit ends with the close of a day."""

    def close_from(self, us: int) -> int:
        table = self._covering(us)
        i = bisect_left(table.starts, us) - 1
        return table.closes[i] if i >= 0 and us <= table.closes[i] else self.close_after(us)

    def close_after(self, us: int) -> int:
        table = self._covering(us)
        while (i := bisect_right(table.closes, us)) == len(table.closes):
            table = self._extend(table)
        return table.closes[i]
