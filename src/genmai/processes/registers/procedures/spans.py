"""Calendar spans from a day on: a month after 31 January ends on the last of February. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from genmai.mechanisms.schema import Span


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or the month's last where it has no such day."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def after(day: date, span: Span, *, more_months: int = 0) -> date:
    """The day on which the span is full, with `more_months` put on top."""
    if span.unit in ("month", "year"):
        return add_months(day, span.amount * (12 if span.unit == "year" else 1) + more_months)
    ended = day + timedelta(days=span.amount * (7 if span.unit == "week" else 1))
    return add_months(ended, more_months) if more_months else ended
