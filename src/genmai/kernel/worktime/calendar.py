"""A working calendar: holidays and make-up workdays by notice, and office hours by date. Values only, no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .kinds import DAY_TICKS, ClockKind, DayKind
from .tracks import CalendarDays, Continuous, OfficeDays, OfficeTime, Piece, Track, from_us, local_us, to_us

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class Segment(NamedTuple):
    """Office time within one day, in minutes after midnight, half open; 1440 is the end of the day."""

    start: int
    end: int

    def __str__(self) -> str:
        return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in self)


class SpecialDay(NamedTuple):
    """What a notice orders for one date."""

    off: bool  # True: holiday. False: make-up workday.
    name: str  # name of the holiday it belongs to, Chinese, from the data
    notice: str  # number of the notice that decides


@dataclass(frozen=True, slots=True)
class OfficeWeek:
    """Opening segments for Monday (0) to Sunday (6), for make-up workdays, and the weekdays that are never workdays.

    A weekday can have hours and still be a rest day: a service hall open on Saturdays counts working hours then, but
    Saturday does not become one of the state's working days.
    """

    days: tuple[tuple[Segment, ...], ...]
    makeup: tuple[Segment, ...]
    rest: frozenset[int]

    def on_makeup(self, weekday: int) -> tuple[Segment, ...]:
        """Hours of a make-up workday: the weekday's own if it has any, else those named for make-up workdays."""
        return self.days[weekday] or self.makeup


@dataclass(frozen=True, slots=True)
class Season:
    """An office week for a part of every year, from and to inclusive as (month, day); may run over New Year."""

    start: tuple[int, int]
    end: tuple[int, int]
    week: OfficeWeek

    def holds(self, day: date) -> bool:
        """Whether the date falls in this season."""
        at = (day.month, day.day)
        return self.start <= at <= self.end if self.start <= self.end else at >= self.start or at <= self.end


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """One dated version of the office hours, in force until the next version begins."""

    start: date
    week: OfficeWeek
    seasons: tuple[Season, ...] = ()
    basis: str = ""
    status: str = "example"

    def week_on(self, day: date) -> OfficeWeek:
        """The week that applies on the date: the season's, else the base."""
        return next((season.week for season in self.seasons if season.holds(day)), self.week)


@dataclass(frozen=True, slots=True)
class Day:
    """One date as the office knows it."""

    date: date
    kind: DayKind
    name: str  # holiday the day belongs to, also on make-up workdays; empty otherwise
    notice: str  # number of the deciding notice; empty on ordinary days
    hours: tuple[Segment, ...]
    provisional: bool  # past the calendar's horizon: the yearly notice is not in yet

    @property
    def is_workday(self) -> bool:
        """Whether the working-day clock counts this date."""
        return self.kind in (DayKind.WORKDAY, DayKind.MAKEUP)


@dataclass(frozen=True)
class Calendar:
    """Holidays, make-up workdays and office hours of one place. Build it with calendar_files.load_calendar.

    `first` and `horizon` bound the dates for which the yearly notices are known. Before `first` questions are refused;
    after `horizon` the plain week is assumed and answers are provisional. `edition` changes whenever any day or hour
    does: a stored deadline with another edition is recomputed.
    """

    key: str
    title: str
    zone: ZoneInfo
    first: date
    horizon: date
    special: Mapping[date, SpecialDay]
    office_hours: tuple[OfficeHours, ...]  # ascending by start
    edition: str

    def day(self, on: date) -> Day:
        """The date's kind, name, hours and deciding notice."""
        week = self._week_on(on)
        weekday = on.weekday()
        special = self.special.get(on)
        provisional = on > self.horizon
        if special is not None:
            kind = DayKind.HOLIDAY if special.off else DayKind.MAKEUP
            hours = () if special.off else week.on_makeup(weekday)
            return Day(on, kind, special.name, special.notice, hours, provisional)
        hours = week.days[weekday]
        if hours and weekday not in week.rest:
            kind = DayKind.WORKDAY
        else:
            kind = DayKind.WEEKEND if weekday >= SATURDAY else DayKind.CLOSED
        return Day(on, kind, "", "", hours, provisional)

    def is_workday(self, on: date) -> bool:
        """Whether the working-day clock counts the date."""
        return self.day(on).is_workday

    def is_open(self, at: datetime) -> bool:
        """Whether the moment lies in office hours, the closing moment included."""
        return self.office_time.is_open(to_us(at))

    def next_opening(self, at: datetime) -> datetime:
        """The moment itself when the office is open, else the next moment it opens (UTC)."""
        us = to_us(at)
        return from_us(us if self.office_time.is_open(us) else self.office_time.next_start(us))

    def last_office_moment(self, at: datetime) -> datetime | None:
        """The moment itself when the office is open, else the last moment it was (UTC); None before the first."""
        us = to_us(at)
        end = us if self.office_time.is_open(us) else self.office_time.last_end(us)
        return None if end is None else from_us(end)

    def local_date(self, at: datetime) -> date:
        """The date on the wall at the moment. 24:00 is 00:00 of the following date."""
        return at.astimezone(self.zone).date()

    def local_midnight(self, on: date) -> datetime:
        """The moment the date begins (UTC)."""
        return from_us(local_us(on, 0, self.zone))

    def is_provisional(self, until: datetime) -> bool:
        """Whether an answer that rests on office time up to the moment rests on days past the horizon."""
        return until > self.local_midnight(self.horizon + ONE_DAY)

    def track(self, kind: ClockKind) -> Track:
        """The counting of one clock kind on this calendar."""
        if kind is ClockKind.WORKING_HOURS:
            return self.office_time
        if kind is ClockKind.WORKING_DAYS:
            return self._working_days
        return self._calendar_days if kind is ClockKind.CALENDAR_DAYS else self._continuous

    @cached_property
    def office_time(self) -> OfficeTime:
        """Ticks are microseconds of office time."""
        return OfficeTime(self.first.year, self.zone, self._hour_pieces)

    @cached_property
    def _working_days(self) -> OfficeDays:
        return OfficeDays(self.first.year, self.zone, self._day_pieces)

    @cached_property
    def _calendar_days(self) -> CalendarDays:
        return CalendarDays(self.zone)

    @cached_property
    def _continuous(self) -> Continuous:
        return Continuous()

    def _week_on(self, on: date) -> OfficeWeek:
        for version in reversed(self.office_hours):
            if version.start <= on:
                return version.week_on(on)
        return self.office_hours[0].week_on(on)

    def _stretches(self, year: int) -> Iterator[tuple[Day, list[tuple[int, int]]]]:
        on = date(year, 1, 1)
        while on.year == year:
            day = self.day(on)
            spans = [(local_us(on, s.start, self.zone), local_us(on, s.end, self.zone)) for s in day.hours]
            # Summer time in other zones can swallow a stretch; in Asia/Shanghai none has since 1991.
            yield day, [(start, end) for start, end in spans if end > start]
            on += ONE_DAY

    def _hour_pieces(self, year: int) -> Iterator[Piece]:
        for _day, spans in self._stretches(year):
            for start, end in spans:
                yield Piece(start, end, end - start, spans[-1][1])

    def _day_pieces(self, year: int) -> Iterator[Piece]:
        """A working day is one day however long it is open, spread evenly over its office time."""
        for day, spans in self._stretches(year):
            if not day.is_workday:
                continue
            whole = sum(end - start for start, end in spans)
            counted = passed = 0
            for start, end in spans:
                passed += end - start
                share = passed * DAY_TICKS // whole - counted
                counted += share
                yield Piece(start, end, share, spans[-1][1])
