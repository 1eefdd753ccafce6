"""Laws of the clocks, tried on generated limits, moments, pauses and office weeks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from genmai.kernel.worktime import (
    Calendar,
    Clock,
    ClockKind,
    Deadline,
    Pause,
    breached,
    clock,
    deadline,
    deadline_of,
    elapsed,
    explain,
    overrun,
    remaining,
    warn_at,
)

from .moments import ALL_DAY, SHANGHAI, calendar

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
SUBSETS = [subset for size in range(1, 8) for subset in combinations(range(7), size)]

patient = settings(deadline=None)  # the first question to a calendar builds its table; machines are shared

moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 30)).map(lambda moment: moment.replace(tzinfo=SHANGHAI))
kinds = st.sampled_from(ClockKind)
weeks = st.sampled_from(SUBSETS).map(calendar)


@st.composite
def pauses(draw: st.DrawFn, open_too: bool = True) -> Pause:
    start = draw(moments)
    length = draw(st.timedeltas(timedelta(0), timedelta(days=40)) | (st.none() if open_too else st.just(timedelta(0))))
    return Pause(start, None if length is None else start + length)


@st.composite
def clocks(draw: st.DrawFn, open_too: bool = True) -> Clock:
    kind = draw(kinds)
    extensions = draw(st.lists(st.integers(1, 5), max_size=2))
    return clock(
        kind, draw(st.integers(1, 40)), draw(moments), draw(st.lists(pauses(open_too), max_size=4)), extensions
    )


def due(of: Clock, on: Calendar) -> datetime:
    return deadline_of(of, on).due_at or NEVER


@patient
@given(kinds, st.integers(1, 60), st.integers(0, 60), moments, weeks)
def test_more_time_is_never_due_earlier(kind: ClockKind, amount: int, more: int, start: datetime, on: Calendar) -> None:
    assert due(clock(kind, amount, start), on) <= due(clock(kind, amount + more, start), on)


@patient
@given(kinds, st.integers(1, 60), moments, st.timedeltas(timedelta(0), timedelta(days=30)), weeks)
def test_a_later_arrival_is_never_due_earlier(
    kind: ClockKind, amount: int, start: datetime, later: timedelta, on: Calendar
) -> None:
    assert due(clock(kind, amount, start), on) <= due(clock(kind, amount, start + later), on)


@patient
@given(
    st.sampled_from([kind for kind in ClockKind if kind is not ClockKind.CALENDAR_DAYS]),
    st.integers(1, 60),
    st.integers(1, 60),
    moments,
    weeks,
)
def test_limits_add_up(kind: ClockKind, first: int, then: int, start: datetime, on: Calendar) -> None:
    """Not for calendar days: they end at 24:00, and an arrival at that moment belongs to the next date."""
    assert due(clock(kind, first + then, start), on) == due(clock(kind, then, due(clock(kind, first, start), on)), on)


@patient
@given(clocks(), weeks)
def test_working_time_is_never_due_outside_office_hours(of: Clock, on: Calendar) -> None:
    assume(of.kind.needs_calendar_data)
    found = deadline_of(of, on)
    if found.due_at is not None and found.due_on is not None:
        assert on.is_open(found.due_at)
        assert on.day(found.due_on).hours
        assert of.kind is ClockKind.WORKING_HOURS or not on.is_open(found.due_at + timedelta(microseconds=1))


@patient
@given(clocks(), pauses(), weeks)
def test_one_more_pause_is_never_due_earlier(of: Clock, pause: Pause, on: Calendar) -> None:
    assert due(of, on) <= due(of.paused(pause), on)


@patient
@given(clocks(), pauses(open_too=False), pauses(open_too=False))
def test_pausing_longer_is_never_due_earlier(of: Clock, pause: Pause, other: Pause) -> None:
    longer = Pause(pause.start, max(pause.end or pause.start, other.end or other.start, pause.start))
    assert due(of.paused(pause), calendar()) <= due(of.paused(longer), calendar())


@patient
@given(clocks(), moments, weeks)
def test_a_pause_outside_office_hours_costs_nothing(of: Clock, moment: datetime, on: Calendar) -> None:
    assume(of.kind.needs_calendar_data and not on.is_open(moment))
    closed = on.last_office_moment(moment) or on.local_midnight(on.first)
    assert due(of, on) == due(of.paused(Pause(closed, on.next_opening(moment))), on)


@patient
@given(clocks(), weeks)
def test_a_clock_is_never_due_while_it_is_paused(of: Clock, on: Calendar) -> None:
    found = deadline_of(of, on).due_at
    assert found is None or not any(p.start < found <= (p.end or NEVER) for p in of.pauses)


@patient
@given(clocks(), moments, weeks)
def test_elapsed_and_remaining_make_the_limit_and_breach_means_nothing_remains(
    of: Clock, moment: datetime, on: Calendar
) -> None:
    assert elapsed(of, moment, on) + remaining(of, moment, on) == of.total
    assert 0 <= elapsed(of, moment, on) <= of.total
    if breached(of, moment, on):
        assert remaining(of, moment, on) == 0
    else:
        assert overrun(of, moment, on) == 0
    if moment <= of.start:
        assert elapsed(of, moment, on) == 0


@patient
@given(clocks(), moments, st.timedeltas(timedelta(0), timedelta(days=9)), weeks)
def test_elapsed_never_falls(of: Clock, moment: datetime, later: timedelta, on: Calendar) -> None:
    assert elapsed(of, moment, on) <= elapsed(of, moment + later, on)


@patient
@given(clocks(), weeks)
def test_the_explanation_adds_up_and_ends_with_the_deadline(of: Clock, on: Calendar) -> None:
    told = explain(of, on)
    found = deadline_of(of, on)
    assert told.deadline == found
    assert [row.day.date for row in told.rows] == sorted({row.day.date for row in told.rows})
    assert told.rows[0].day.date == on.local_date(of.start)
    assert told.rows[-1].running_total == told.total
    assert told.rows[-1].due_at == found.due_at
    assert all((row.note is None) == row.counted for row in told.rows)
    if found.due_at is not None:
        assert told.total == of.total
        assert told.rows[-1].day.date == found.due_on


@patient
@given(clocks(), st.fractions(Fraction(1, 100), Fraction(99, 100)), weeks)
def test_a_warning_comes_before_the_breach_and_inside_office_hours_if_the_clock_meets_any(
    of: Clock, share: Fraction, on: Calendar
) -> None:
    found, warning = deadline_of(of, on).due_at, warn_at(of, on, share=share)
    assert (warning is None) <= (found is None)
    if warning is None or found is None:
        return
    assert of.start <= warning <= found
    if not on.is_open(warning):
        assert on.next_opening(warning) >= found


@patient
@given(clocks(), weeks)
def test_clocks_and_deadlines_survive_storage(of: Clock, on: Calendar) -> None:
    found = deadline_of(of, on)
    assert Clock.from_json(json.loads(json.dumps(of.as_json()))) == of
    assert Deadline.from_json(json.loads(json.dumps(found.as_json()))) == found
    json.dumps([row.as_json() for row in explain(of, on).rows])


@patient
@given(clocks())
def test_an_office_that_never_closes_counts_like_the_urgent_clock(of: Clock) -> None:
    """A round-the-clock week without a missing minute at midnight; holidays left out of the calendar."""
    always = replace(calendar(range(7), ALL_DAY), special={})
    working, urgent = (
        Clock(kind, of.amount, of.start, of.pauses, of.extensions)
        for kind in (ClockKind.WORKING_HOURS, ClockKind.URGENT_HOURS)
    )
    assert due(working, always) == due(urgent, always)


@pytest.mark.parametrize("subset", SUBSETS)
def test_every_set_of_weekdays_agrees_with_counting_on_the_fingers(subset: tuple[int, ...]) -> None:
    on, start = calendar(subset), datetime(2026, 2, 11, 10, 0, tzinfo=SHANGHAI)
    for amount in (1, 3, 9):
        assert deadline(ClockKind.WORKING_DAYS, amount, start, on).due_on == _nth_open_day(on, start.date(), amount)
        hours = deadline(ClockKind.WORKING_HOURS, amount, start, on).due_at
        assert hours == _minute_by_minute(on, start, amount * 60)


def _nth_open_day(on: Calendar, day: date, amount: int) -> date:
    while amount:
        day += timedelta(days=1)
        special = on.special.get(day)
        amount -= (day.weekday() in _open_weekdays(on)) if special is None else not special.off
    return day


def _minute_by_minute(on: Calendar, moment: datetime, minutes: int) -> datetime:
    while minutes:
        special = on.special.get(moment.date())
        open_today = (moment.weekday() in _open_weekdays(on)) if special is None else not special.off
        minute = moment.hour * 60 + moment.minute
        minutes -= open_today and (510 <= minute < 720 or 810 <= minute < 1020)
        moment += timedelta(minutes=1)
    return moment


def _open_weekdays(on: Calendar) -> set[int]:
    return {weekday for weekday, hours in enumerate(on.office_hours[0].week.days) if hours}
