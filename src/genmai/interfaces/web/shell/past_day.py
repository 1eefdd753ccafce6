"""The day an address asks for: today or before it."""

from __future__ import annotations

from datetime import date

from django.utils.dateparse import parse_date

from genmai.kernel.refusal import BadInput

FIRST_YEAR = 1921  # no member and no organisation is older


def past_day(typed: str, today: date) -> date:
    """Nothing typed is today, a day to come is today. Raises BadInput."""
    if not typed.strip():
        return today
    try:
        day = parse_date(typed.strip())
    except ValueError:
        day = None
    if day is None or day.year < FIRST_YEAR:
        raise BadInput("bad_day", "请填日期，例如 2026-11-22", field="day")
    return min(day, today)
