"""Deadlines: one clock, its pauses and extensions, and everything that is asked of it.

A clock is facts only (what was set, when it was paused, what was added); every figure is derived from them on demand,
so there is no running total to go wrong. No function here reads the time: moments are handed in, aware, any zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from .calendar import ONE_DAY, Calendar
from .kinds import ClockError, ClockKind, check_amount, exact, to_ticks
from .tracks import LAST_YEAR, Track, from_us, to_us

Quantity = int | Decimal | Fraction | str


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension (挂起): from `start` until `end`, or still open when `end` is None. Zero length is allowed."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        check_moment("pause.start", self.start)
        if self.end is not None:
            check_moment("pause.end", self.end)
            if self.end < self.start:
                raise ClockError(f"pause ends {self.end.isoformat()}, before it starts {self.start.isoformat()}")


@dataclass(frozen=True)
class Clock:
    """A time limit as set: `amount` units of `kind` from `start` (the arrival), with its pauses and extensions."""

    kind: ClockKind
    amount: Fraction
    start: datetime
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Fraction, ...] = ()

    def __post_init__(self) -> None:
        check_moment("start", self.start)
        for part in (self.amount, *self.extensions):
            check_amount(self.kind, part)
        check_amount(self.kind, self.total)

    @cached_property
    def total(self) -> Fraction:
        """The current limit: the amount first set plus all extensions, in the clock's own units."""
        return sum(self.extensions, self.amount)

    @cached_property
    def merged(self) -> tuple[tuple[int, int | None], ...]:
        """Pauses as disjoint ascending spans of microseconds; None marks the end of an open one."""
        spans: list[tuple[int, int | None]] = []
        for start, end in sorted(
            (to_us(p.start), None if p.end is None else to_us(p.end)) for p in self.pauses if p.end is not None
        ):
            _join(spans, start, end)
        opened = min((to_us(p.start) for p in self.pauses if p.end is None), default=None)
        if opened is not None:
            spans = [(start, end) for start, end in spans if start < opened]
            _join(spans, opened, None)
        return tuple(spans)

    def paused(self, pause: Pause) -> Clock:
        """The same clock with one more pause."""
        return replace(self, pauses=(*self.pauses, pause))

    def extended(self, amount: Quantity) -> Clock:
        """The same clock with `amount` more of its own units (延期)."""
        return replace(self, extensions=(*self.extensions, exact(amount)))

    def original(self) -> Clock:
        """The limit as first set, without its extensions; pauses stay. Statistics use this one (DOMAIN §4.3)."""
        return replace(self, extensions=())

    def as_json(self) -> dict[str, Any]:
        """Plain values for storage; `from_json` gives the equal clock back."""
        return {
            "kind": str(self.kind),
            "amount": str(self.amount),
            "start": self.start.isoformat(),
            "pauses": [[p.start.isoformat(), p.end and p.end.isoformat()] for p in self.pauses],
            "extensions": [str(extension) for extension in self.extensions],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Clock:
        """The clock that `as_json` wrote."""
        return clock(
            ClockKind(stored["kind"]),
            stored["amount"],
            datetime.fromisoformat(stored["start"]),
            [Pause(datetime.fromisoformat(a), b and datetime.fromisoformat(b)) for a, b in stored["pauses"]],
            stored["extensions"],
        )


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a clock is due.

    due_at: the last moment that is still in time (UTC); None while an open pause keeps the clock from ending.
    due_on: the local date whose close or end that is; 24:00 of a day stays with that day.
    provisional: rests on days past the calendar's horizon; compute again when the new year's notice is in.
    edition: of the calendar it was computed with; compute again when it differs.
    """

    clock: Clock
    due_at: datetime | None
    due_on: date | None
    provisional: bool
    calendar: str
    edition: str

    @property
    def suspended(self) -> bool:
        """Whether an open pause keeps the deadline unknown."""
        return self.due_at is None

    def as_json(self) -> dict[str, Any]:
        """Plain values for storage; `from_json` gives the equal deadline back."""
        return {
            "clock": self.clock.as_json(),
            "due_at": self.due_at and self.due_at.isoformat(),
            "due_on": self.due_on and self.due_on.isoformat(),
            "provisional": self.provisional,
            "calendar": self.calendar,
            "edition": self.edition,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Deadline:
        """The deadline that `as_json` wrote."""
        due_at, due_on = stored["due_at"], stored["due_on"]
        return cls(
            Clock.from_json(stored["clock"]),
            due_at and datetime.fromisoformat(due_at),
            due_on and date.fromisoformat(due_on),
            stored["provisional"],
            stored["calendar"],
            stored["edition"],
        )


def clock(
    kind: ClockKind,
    amount: Quantity,
    start: datetime,
    pauses: Iterable[Pause] = (),
    extensions: Iterable[Quantity] = (),
) -> Clock:
    """A clock from plain values. Raises ClockError for an amount or a moment that cannot be counted."""
    return Clock(ClockKind(kind), exact(amount), start, tuple(pauses), tuple(exact(more) for more in extensions))


def deadline(
    kind: ClockKind,
    amount: Quantity,
    start: datetime,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    extensions: Iterable[Quantity] = (),
) -> Deadline:
    """When `amount` units of `kind` after `start` are over on the calendar."""
    return deadline_of(clock(kind, amount, start, pauses, extensions), calendar)


def deadline_of(of: Clock, calendar: Calendar) -> Deadline:
    """When the clock is due on the calendar."""
    due = due_us(of, calendar)
    if due is None:
        return Deadline(of, None, None, False, calendar.key, calendar.edition)
    due_at = from_us(due)
    # 24:00 belongs to the day it ends; every other close lies inside its day.
    due_on = calendar.local_date(due_at - timedelta(microseconds=1) if of.kind.by_whole_days else due_at)
    provisional = of.kind.needs_calendar_data and calendar.is_provisional(due_at)
    return Deadline(of, due_at, due_on, provisional, calendar.key, calendar.edition)


def elapsed(of: Clock, at: datetime, calendar: Calendar) -> Fraction:
    """Time used up to the moment, in the clock's own units; from 0 up to the limit, never more."""
    return min(used(of, at, calendar), of.total)


def remaining(of: Clock, at: datetime, calendar: Calendar) -> Fraction:
    """Time left at the moment, in the clock's own units; elapsed + remaining is always the limit."""
    return of.total - elapsed(of, at, calendar)


def overrun(of: Clock, at: datetime, calendar: Calendar) -> Fraction:
    """Counted time since the deadline, in the clock's own units; 0 while in time."""
    due = due_us(of, calendar)
    if due is None or to_us(at) <= due:
        return Fraction(0)
    track = calendar.track(of.kind)
    return Fraction(run_ticks(of, track, due, to_us(at)), of.kind.unit_ticks)


def breached(of: Clock, at: datetime, calendar: Calendar) -> bool:
    """Whether the moment is past the deadline. The deadline itself is still in time; an open pause breaches nothing."""
    due = due_us(of, calendar)
    return due is not None and to_us(at) > due


def used(of: Clock, at: datetime, calendar: Calendar) -> Fraction:
    """Time the clock has run up to the moment, in its own units, past its limit too; pauses are left out."""
    check_moment("at", at)
    begin = begin_us(of, calendar)
    ticks = run_ticks(of, calendar.track(of.kind), begin, max(begin, to_us(at)))
    return Fraction(ticks, of.kind.unit_ticks)


def begin_us(of: Clock, calendar: Calendar) -> int:
    """The moment counting can begin: the arrival, or for whole-day kinds the midnight that ends the day of arrival."""
    if not of.kind.by_whole_days:
        return to_us(of.start)
    return to_us(calendar.local_midnight(calendar.local_date(of.start) + ONE_DAY))


def run_ticks(of: Clock, track: Track, begin: int, until: int) -> int:
    """Ticks counted between two moments, pauses left out."""
    ticks = track.ticks_at(until) - track.ticks_at(begin)
    for start, end in of.merged:
        low, high = max(start, begin), until if end is None else min(end, until)
        if low < high:
            ticks -= track.ticks_at(high) - track.ticks_at(low)
    return ticks


def reach_us(of: Clock, track: Track, begin: int, ticks: int) -> int | None:
    """The earliest moment by which the clock has run `ticks`; None when an open pause comes first."""
    cursor, need = begin, ticks
    for start, end in of.merged:
        if end is not None and end <= cursor:
            continue
        ran = max(0, track.ticks_at(max(start, cursor)) - track.ticks_at(cursor))
        if ran >= need:
            break
        if end is None:
            return None
        cursor, need = end, need - ran
    return track.instant_of(track.ticks_at(cursor) + need)


def due_us(of: Clock, calendar: Calendar) -> int | None:
    """The deadline in microseconds; None while an open pause comes before it."""
    track = calendar.track(of.kind)
    reached = reach_us(of, track, begin_us(of, calendar), to_ticks(of.kind, of.total))
    if reached is None:
        return None
    due = track.close_from(reached)
    for start, end in of.merged:  # a day's close that falls into a pause waits for the day the work is resumed
        if due == reached or not start < due or (end is not None and end < due):
            continue
        if end is None:
            return None
        due = track.close_after(end)
    return due


def check_moment(name: str, moment: datetime) -> None:
    """Refuse naive moments and dates no limit can reach."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ClockError(f"{name} = {moment.isoformat()}: has no time zone; give an aware datetime")
    if not 1900 <= moment.year <= LAST_YEAR - 1:
        raise ClockError(f"{name} = {moment.isoformat()}: the year must lie between 1900 and {LAST_YEAR - 1}")


def _join(spans: list[tuple[int, int | None]], start: int, end: int | None) -> None:
    if spans and spans[-1][1] is not None and start <= spans[-1][1]:
        start, last = spans.pop()
        end = None if end is None or last is None else max(last, end)
    spans.append((start, end))
