"""Warnings worked out by hand."""

from __future__ import annotations

import pytest

from genmai.kernel.worktime import ClockError, ClockKind, Pause, built_in_calendar, clock, warn_at

from .moments import at, shown

CN = built_in_calendar()


@pytest.mark.parametrize(
    ("kind", "amount", "start", "ask", "moment", "why"),
    [
        ("working_hours", 4, "2026-11-16 09:00", {"share": "0.75"}, "2026-11-16 12:00", "three hours used"),
        ("working_hours", 2, "2026-11-16 20:00", {"before": 5}, "2026-11-17 08:30", "margin longer than the limit"),
        ("working_hours", 2, "2026-11-16 10:00", {"before": 2}, "2026-11-16 10:00", "margin as long as the limit"),
        ("working_days", 2, "2026-11-16 20:00", {"before": 2}, "2026-11-17 08:30", "not before it arrived"),
        ("working_hours", 4, "2026-11-20 15:00", {"before": 1}, "2026-11-23 09:30", "an office hour before 10:30"),
        (
            "working_hours",
            2,
            "2026-11-16 16:00",
            {"before": 1},
            "2026-11-16 17:00",
            "glpi 22678: the close, not midnight",
        ),
        (
            "working_days",
            5,
            "2026-11-16 09:00",
            {"before": 1},
            "2026-11-20 17:00",
            "a working day before Monday's close",
        ),
        (
            "working_days",
            5,
            "2026-11-16 09:00",
            {"share": "0.75"},
            "2026-11-20 15:15",
            "three days and 5.25 of 7 hours",
        ),
        ("working_days", 1, "2026-02-13 09:00", {"before": 1}, "2026-02-13 17:00", "due on the make-up Saturday"),
        ("urgent_hours", 24, "2026-11-16 20:00", {"share": "0.75"}, "2026-11-17 14:00", "already in office hours"),
        (
            "urgent_hours",
            24,
            "2026-11-16 09:00",
            {"share": "0.75"},
            "2026-11-16 17:00",
            "03:00 moves back to the close",
        ),
        (
            "urgent_hours",
            12,
            "2026-11-16 22:00",
            {"share": "0.75"},
            "2026-11-17 08:30",
            "no office since: next opening",
        ),
        ("urgent_hours", 3, "2026-11-16 22:00", {"share": "0.75"}, "2026-11-17 00:15", "all at night: duty staff"),
        (
            "urgent_days",
            2,
            "2026-11-20 09:00",
            {"before": "0.5"},
            "2026-11-20 17:00",
            "Saturday 21:00 to Friday's close",
        ),
        ("calendar_days", 7, "2026-11-16 09:00", {"before": 1}, "2026-11-20 17:00", "Sunday 00:00 to Friday's close"),
        (
            "calendar_days",
            15,
            "2026-02-10 09:00",
            {"before": 3},
            "2026-02-14 17:00",
            "in the holiday, to the day before it",
        ),
    ],
)
def test_warning(kind: str, amount: int, start: str, ask: dict[str, str], moment: str, why: str) -> None:
    assert shown(warn_at(clock(ClockKind(kind), amount, at(start)), CN, **ask)) == moment, why  # type: ignore[arg-type]


def test_a_warning_does_not_move_into_a_pause() -> None:
    paused = clock(
        ClockKind.URGENT_HOURS, 24, at("2026-11-16 09:00"), [Pause(at("2026-11-16 12:00"), at("2026-11-16 19:00"))]
    )
    # 75 % are used on 17 November at 10:00; at 92 % it would be 14:04.
    assert shown(warn_at(paused, CN, share="0.75")) == "2026-11-17 10:00"
    # half are used at 04:00; the last close was in the pause, so the next opening it is.
    assert shown(warn_at(paused, CN, share="0.5")) == "2026-11-17 08:30"


def test_no_warning_while_an_open_pause_comes_first() -> None:
    assert (
        warn_at(
            clock(ClockKind.WORKING_HOURS, 4, at("2026-11-16 09:00"), [Pause(at("2026-11-16 10:00"))]), CN, before=1
        )
        is None
    )


@pytest.mark.parametrize("ask", [{}, {"share": "0.5", "before": 1}, {"share": "0"}, {"share": "1"}, {"before": 0}])
def test_a_margin_that_means_nothing_is_refused(ask: dict[str, str]) -> None:
    with pytest.raises(ClockError, match=r"share|before"):
        warn_at(clock(ClockKind.WORKING_HOURS, 4, at("2026-11-16 09:00")), CN, **ask)  # type: ignore[arg-type]
