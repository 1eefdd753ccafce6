"""The day-by-day table, read as a person would."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from genmai.kernel.worktime import ClockKind, Explanation, Pause, built_in_calendar, clock, explain

from .moments import at, shown

CN = built_in_calendar()


def lines(told: Explanation) -> list[str]:
    return [
        f"{row.day.date:%m-%d} {row.day.kind}{' ' + row.day.name if row.day.name else ''}: "
        f"{row.amount} = {row.running_total}{f' ({row.note})' if row.note else ''}"
        for row in told.rows
    ]


def test_working_days_over_the_spring_festival() -> None:
    told = explain(clock(ClockKind.WORKING_DAYS, 2, at("2026-02-13 16:00")), CN)
    assert lines(told) == [
        "02-13 workday: 0 = 0 (arrival_day)",
        "02-14 makeup_workday 春节: 1 = 1",
        *[f"02-{day} holiday 春节: 0 = 1 (holiday)" for day in range(15, 24)],
        "02-24 workday: 1 = 2",
    ]
    assert shown(told.rows[-1].due_at) == "2026-02-24 17:00"
    assert told.rows[1].day.notice == "国办发明电〔2025〕7号"


def test_working_hours_with_a_pause_and_a_weekend() -> None:
    pause = Pause(at("2026-11-20 10:00"), at("2026-11-20 15:00"))
    told = explain(clock(ClockKind.WORKING_HOURS, 8, at("2026-11-19 17:30"), [pause]), CN)
    assert lines(told) == [
        "11-19 workday: 0 = 0 (outside_hours)",
        "11-20 workday: 7/2 = 7/2",
        "11-21 weekend: 0 = 7/2 (weekend)",
        "11-22 weekend: 0 = 7/2 (weekend)",
        "11-23 workday: 9/2 = 8",
    ]
    assert [(shown(start), shown(end)) for start, end in told.rows[1].pauses] == [
        ("2026-11-20 10:00", "2026-11-20 15:00")
    ]
    assert shown(told.rows[-1].due_at) == "2026-11-23 14:30"


def test_a_day_clock_paused_for_two_days_and_a_half() -> None:
    pause = Pause(at("2026-11-17 08:30"), at("2026-11-19 12:30"))
    told = explain(clock(ClockKind.WORKING_DAYS, 1, at("2026-11-16 09:00"), [pause]), CN)
    assert lines(told) == [
        "11-16 workday: 0 = 0 (arrival_day)",
        "11-17 workday: 0 = 0 (paused)",
        "11-18 workday: 0 = 0 (paused)",
        "11-19 workday: 1/2 = 1/2",
        "11-20 workday: 1/2 = 1",
    ]
    assert shown(told.rows[-1].due_at) == "2026-11-20 17:00"


def test_a_limit_used_up_while_its_day_is_paused_waits_for_the_close_of_the_day_of_resumption() -> None:
    pauses = [
        Pause(at("2026-11-17 10:00"), at("2026-11-17 11:00")),
        Pause(at("2026-11-18 16:00"), at("2026-11-20 10:00")),
    ]
    told = explain(clock(ClockKind.WORKING_DAYS, 1, at("2026-11-16 09:00"), pauses), CN)
    assert lines(told) == [
        "11-16 workday: 0 = 0 (arrival_day)",
        "11-17 workday: 6/7 = 6/7",
        "11-18 workday: 1/7 = 1",
        "11-19 workday: 0 = 1 (full)",
        "11-20 workday: 0 = 1 (full)",
    ]
    assert shown(told.rows[-1].due_at) == "2026-11-20 17:00"


def test_an_open_pause_ends_the_table_on_its_day_and_leaves_the_deadline_unknown() -> None:
    told = explain(clock(ClockKind.WORKING_DAYS, 5, at("2026-11-16 09:00"), [Pause(at("2026-11-18 12:30"))]), CN)
    assert told.deadline.suspended
    assert [row.day.date.day for row in told.rows] == [16, 17, 18]
    assert told.total == Fraction(3, 2)
    assert told.rows[-1].pauses == ((at("2026-11-18 12:30"), None),)


def test_an_urgent_clock_counts_its_hours_on_every_kind_of_day() -> None:
    told = explain(clock(ClockKind.URGENT_HOURS, 8, at("2026-10-01 20:00")), CN)
    assert lines(told) == ["10-01 holiday 国庆节: 4 = 4", "10-02 holiday 国庆节: 4 = 8"]


def test_rows_past_the_horizon_say_so() -> None:
    told = explain(clock(ClockKind.WORKING_DAYS, 3, at("2026-12-30 09:00")), CN)
    assert [row.day.provisional for row in told.rows] == [False, False, True, True, True, True]
    assert told.deadline.provisional
    assert told.rows[-1].day.date - told.rows[0].day.date == timedelta(days=5)
