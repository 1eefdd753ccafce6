"""Deadlines worked out by hand on the wall calendar, around holidays, make-up Saturdays and every boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from genmai.kernel.worktime import (
    ClockKind,
    Pause,
    breached,
    built_in_calendar,
    clock,
    deadline,
    deadline_of,
    elapsed,
    explain,
    remaining,
)

from .moments import ALL_DAY, at, calendar, shown

CN = built_in_calendar()  # 08:30-12:00 and 13:30-17:00; from May to September 14:00-17:30


@pytest.mark.parametrize(
    ("kind", "amount", "start", "due", "why"),
    [
        # Ordinary week; 16 November 2026 is a Monday.
        ("working_days", 5, "2026-11-16 09:00", "2026-11-23 17:00", "Tue Wed Thu Fri Mon"),
        ("working_days", 1, "2026-11-20 09:00", "2026-11-23 17:00", "arrival on Friday: Monday is day one"),
        ("working_days", 1, "2026-11-20 23:59", "2026-11-23 17:00", "the hour of arrival does not matter"),
        ("working_days", 1, "2026-11-21 00:00", "2026-11-23 17:00", "24:00 of Friday is Saturday"),
        ("working_days", 1, "2026-11-22 12:00", "2026-11-23 17:00", "arrival on Sunday: Monday is day one"),
        ("working_days", 1, "2026-11-23 00:00", "2026-11-24 17:00", "24:00 of Sunday is Monday, which does not count"),
        ("working_days", 1, "2026-11-22 23:59:59", "2026-11-23 17:00", "a second before"),
        ("working_days", 3, "2026-06-01 09:00", "2026-06-04 17:30", "summer hours close at 17:30"),
        ("working_days", 3, "2026-09-29 09:00", "2026-10-09 17:00", "30 Sep, 8 and 9 Oct; winter hours again"),
        # Spring Festival 2026: 15-23 February off, Saturdays 14 and 28 worked.
        ("working_days", 1, "2026-02-13 16:00", "2026-02-14 17:00", "make-up Saturday counts"),
        ("working_days", 5, "2026-02-13 16:00", "2026-02-27 17:00", "14, 24, 25, 26, 27"),
        ("working_days", 6, "2026-02-13 16:00", "2026-02-28 17:00", "the second make-up Saturday"),
        ("working_days", 1, "2026-02-17 10:00", "2026-02-24 17:00", "arrival in the holiday"),
        ("working_hours", 4, "2026-02-14 16:00", "2026-02-24 11:30", "1 h before the holiday, 3 h after"),
        # National Day 2026: 1-7 October off, Sunday 20 September and Saturday 10 October worked.
        ("working_days", 2, "2026-09-18 10:00", "2026-09-21 17:30", "make-up Sunday 20, Monday 21"),
        ("working_days", 4, "2026-09-30 10:00", "2026-10-12 17:00", "8, 9, make-up Saturday 10, Monday 12"),
        # National Day and Mid-autumn 2025: 1-8 October.
        ("working_days", 2, "2025-09-27 10:00", "2025-09-29 17:30", "make-up Sunday 28, Monday 29"),
        # 2020: the holiday was extended over Friday 31 January and the planned make-up Saturday 1 February.
        ("working_days", 1, "2020-01-23 10:00", "2020-02-03 17:00", "first workday after the extension"),
        ("working_hours", 8, "2020-01-23 10:00", "2020-02-03 11:00", "5.5 h and 2.5 h"),
        # 2015: two days for the anniversary.
        ("working_days", 2, "2015-09-02 10:00", "2015-09-07 17:30", "Sunday 6 worked, Monday 7"),
        # December arranged by the next year's notice.
        ("working_days", 1, "2018-12-28 10:00", "2018-12-29 17:00", "Saturday 29 December 2018 worked"),
        ("working_days", 2, "2018-12-28 10:00", "2019-01-02 17:00", "31 December 2018 off"),
        # Working hours.
        ("working_hours", 1, "2026-11-20 16:30", "2026-11-23 09:00", "chatwoot 13392: never past the close"),
        ("working_hours", "1.5", "2026-11-16 11:00", "2026-11-16 14:00", "over lunch"),
        ("working_hours", 1, "2026-11-16 12:00", "2026-11-16 14:30", "arrival at the start of lunch"),
        ("working_hours", 1, "2026-11-16 16:00", "2026-11-16 17:00", "used up at the close: that close"),
        ("working_hours", 1, "2026-11-16 17:00", "2026-11-17 09:30", "arrival in the closing second"),
        ("working_hours", 1, "2026-11-16 16:59:59", "2026-11-17 09:29:59", "a second before the close counts"),
        ("working_hours", 7, "2026-11-16 03:00", "2026-11-16 17:00", "arrival before the opening: the whole day"),
        ("working_hours", 7, "2026-11-21 10:00", "2026-11-23 17:00", "arrival on Saturday"),
        ("working_hours", 7, "2026-04-30 17:00", "2026-05-06 17:30", "over Labour Day into summer hours"),
        # Urgent clocks run day and night, through holidays.
        ("urgent_hours", 3, "2026-02-16 22:30", "2026-02-17 01:30", "New Year's Eve at night"),
        ("urgent_hours", "0.5", "2026-11-20 23:45", "2026-11-21 00:15", "half an hour over midnight"),
        ("urgent_days", 2, "2026-02-14 16:30", "2026-02-16 16:30", "48 hours"),
        # Calendar days end at 24:00, here written as the start of the next date.
        ("calendar_days", 7, "2026-11-16 09:00", "2026-11-24 00:00", "17 to 23 November"),
        ("calendar_days", 1, "2026-11-16 00:00", "2026-11-18 00:00", "00:00 belongs to the 16th"),
        ("calendar_days", 15, "2026-02-13 09:00", "2026-03-01 00:00", "through the holiday, to 28 February"),
    ],
)
def test_due(kind: str, amount: int | str, start: str, due: str, why: str) -> None:
    assert shown(deadline(ClockKind(kind), amount, at(start), CN).due_at) == due, why


def test_a_calendar_day_limit_belongs_to_the_day_whose_end_it_is() -> None:
    due = deadline(ClockKind.CALENDAR_DAYS, 7, at("2026-11-16 09:00"), CN)
    assert due.due_on == date(2026, 11, 23)


def test_the_deadline_itself_is_in_time_and_a_microsecond_later_is_not() -> None:
    of = deadline(ClockKind.WORKING_DAYS, 5, at("2026-11-16 09:00"), CN).clock
    assert not breached(of, at("2026-11-23 17:00"), CN)
    assert breached(of, at("2026-11-23 17:00:00.000001"), CN)


def test_a_deadline_past_the_horizon_is_provisional_only_where_it_counts_working_time() -> None:
    late = {kind: deadline(kind, 30, at("2026-12-10 09:00"), CN).provisional for kind in ClockKind}
    assert late == {
        ClockKind.URGENT_HOURS: False,
        ClockKind.URGENT_DAYS: False,
        ClockKind.WORKING_HOURS: False,
        ClockKind.WORKING_DAYS: True,
        ClockKind.CALENDAR_DAYS: False,
    }


def test_the_last_close_before_the_horizon_is_firm_and_the_next_is_not() -> None:
    assert not deadline(ClockKind.WORKING_DAYS, 1, at("2026-12-30 09:00"), CN).provisional
    assert deadline(ClockKind.WORKING_DAYS, 2, at("2026-12-30 09:00"), CN).provisional


@pytest.mark.parametrize(
    ("kind", "amount", "pauses", "due"),
    [
        # All from Monday 16 November 2026, 09:00.
        ("working_hours", 7, ["2026-11-16 10:00/2026-11-16 11:00"], "2026-11-17 10:00"),
        ("working_hours", 7, ["2026-11-16 12:00/2026-11-16 13:30"], "2026-11-17 09:00"),
        ("working_hours", 7, ["2026-11-16 17:00/2026-11-17 08:30"], "2026-11-17 09:00"),
        ("working_hours", 7, ["2026-11-16 10:00/2026-11-20 10:00"], "2026-11-23 09:00"),
        (
            "working_hours",
            7,
            ["2026-11-16 10:00/2026-11-16 11:00", "2026-11-16 10:30/2026-11-16 11:30"],
            "2026-11-17 10:30",
        ),
        ("working_hours", 7, ["2026-11-16 10:00/2026-11-16 10:00"], "2026-11-17 09:00"),
        ("working_hours", 7, ["2026-11-01 00:00/2026-11-16 10:00"], "2026-11-17 10:00"),
        ("working_hours", 7, ["2026-11-18 09:00/"], "2026-11-17 09:00"),
        ("working_hours", 7, ["2026-11-17 09:00/"], "2026-11-17 09:00"),
        (
            "working_hours",
            7,
            ["2026-11-16 10:00/2026-11-16 12:00", "2026-11-16 10:30/2026-11-16 11:00"],
            "2026-11-17 11:00",
        ),
        ("working_hours", 7, ["2026-11-16 10:00/", "2026-11-16 09:30/2026-11-16 12:00"], None),
        ("working_hours", 7, ["2026-11-16 10:00/"], None),
        ("working_hours", 7, ["2026-11-16 10:00/2026-11-16 10:30", "2026-11-16 11:00/"], None),
        # A day clock: what is lost is added, and the limit still ends with a day's close.
        ("working_days", 5, ["2026-11-17 08:30/2026-11-19 08:30"], "2026-11-25 17:00"),
        ("working_days", 5, ["2026-11-17 10:00/2026-11-19 10:00"], "2026-11-25 17:00"),
        ("working_days", 5, ["2026-11-17 10:00/2026-11-17 11:00"], "2026-11-24 17:00"),
        (
            "working_days",
            5,
            ["2026-11-17 10:00/2026-11-17 11:00", "2026-11-18 10:00/2026-11-18 11:00"],
            "2026-11-24 17:00",
        ),
        ("working_days", 5, ["2026-11-20 17:00/2026-11-23 08:30"], "2026-11-23 17:00"),
        ("working_days", 5, ["2026-11-16 09:00/2026-11-16 17:00"], "2026-11-23 17:00"),
        (
            "working_days",
            5,
            ["2026-11-17 10:00/2026-11-17 11:00", "2026-11-24 16:00/2026-11-26 10:00"],
            "2026-11-26 17:00",
        ),
        (
            "working_days",
            5,
            ["2026-11-17 10:00/2026-11-17 11:00", "2026-11-24 16:00/2026-11-26 17:00"],
            "2026-11-27 17:00",
        ),
        ("working_days", 5, ["2026-11-17 10:00/2026-11-17 11:00", "2026-11-24 16:00/"], None),
        # Resumed in the closing second is resumed at the next opening: the night between costs nothing.
        (
            "working_days",
            1,
            ["2026-11-17 10:00/2026-11-17 11:00", "2026-11-18 16:00/2026-11-18 17:00"],
            "2026-11-19 17:00",
        ),
        (
            "working_days",
            1,
            ["2026-11-17 10:00/2026-11-17 11:00", "2026-11-18 16:00/2026-11-19 08:30"],
            "2026-11-19 17:00",
        ),
        ("calendar_days", 7, ["2026-11-18 00:00/2026-11-20 00:00"], "2026-11-26 00:00"),
        ("urgent_hours", 3, ["2026-11-16 10:00/2026-11-16 20:00"], "2026-11-16 22:00"),
    ],
)
def test_pauses(kind: str, amount: int, pauses: list[str], due: str | None) -> None:
    spans = [Pause(at(start), at(end) if end else None) for start, end in (text.split("/") for text in pauses)]
    found = deadline(ClockKind(kind), amount, at("2026-11-16 09:00"), CN, spans)
    assert shown(found.due_at) == due
    assert found.suspended == (due is None)


def test_days_of_23_and_25_hours_elsewhere_count_one_day_each() -> None:
    berlin = replace(CN, zone=ZoneInfo("Europe/Berlin"))  # summer time begins on 29 March and ends on 25 October 2026
    spring, autumn = datetime(2026, 3, 28, 12, tzinfo=berlin.zone), datetime(2026, 10, 24, 12, tzinfo=berlin.zone)
    for start in (spring, autumn):
        due = deadline(ClockKind.CALENDAR_DAYS, 1, start, berlin)
        assert due.due_on == start.date() + timedelta(days=1)
        assert [row.amount for row in explain(due.clock, berlin).rows] == [0, 1]
    assert deadline(ClockKind.URGENT_HOURS, 24, spring, berlin).due_at == datetime(2026, 3, 29, 13, tzinfo=berlin.zone)


def test_an_office_open_at_midnight_on_the_last_known_day_is_still_firm_then() -> None:
    always = calendar(range(7), ALL_DAY)
    firm = deadline(ClockKind.WORKING_HOURS, 4, at("2026-12-31 20:00"), always)
    assert (shown(firm.due_at), firm.provisional) == ("2027-01-01 00:00", False)


def test_nothing_is_used_between_the_close_and_the_opening() -> None:
    running = clock(ClockKind.WORKING_HOURS, 20, at("2026-11-16 16:00"))
    closed = ("2026-11-16 17:00", "2026-11-16 17:00:00.5", "2026-11-16 23:00", "2026-11-17 08:30")
    assert [elapsed(running, at(moment), CN) for moment in closed] == [1, 1, 1, 1]


def test_an_open_pause_stops_the_clock_and_breaches_nothing() -> None:
    of = deadline(ClockKind.WORKING_HOURS, 7, at("2026-11-16 09:00"), CN, [Pause(at("2026-11-16 10:00"))]).clock
    assert remaining(of, at("2030-01-01 00:00"), CN) == 6
    assert not breached(of, at("2030-01-01 00:00"), CN)
    assert explain(of, CN).total == 1


def test_an_extension_adds_units_of_the_same_clock_and_the_original_limit_stays_known() -> None:
    of = deadline(ClockKind.WORKING_DAYS, 5, at("2026-11-16 09:00"), CN).clock.extended(3)
    assert shown(deadline_of(of, CN).due_at) == "2026-11-26 17:00"
    assert [of.total, of.original().total] == [Fraction(8), Fraction(5)]
