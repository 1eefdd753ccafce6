"""The five clock kinds, the kinds of day, and exact amounts of time.

Every clock counts in whole *ticks*, so sums are exact. A tick of the hour clocks and of urgent days is a microsecond of
counted time; clocks by whole days have DAY_TICKS a day, however long the office is open on that day.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

HOUR_TICKS: Final = 3_600_000_000

#: Divisible by the minutes of all common office days (of 5.5, 6.5 and 7 hours too): an hour of a seven-hour day
#: is a seventh of it to the last digit.
DAY_TICKS: Final = 7 * 11 * 13 * 24 * HOUR_TICKS

#: Longest limit accepted, in days (ten years). A longer one is a slip of the pen; the bound keeps searches short.
LONGEST_DAYS: Final = 3660


class ClockError(ValueError):
    """A clock was asked something it cannot answer; the message says what was given and what is allowed."""


class ClockKind(StrEnum):
    """How a time limit is counted (GB/T 30428 practice; DOMAIN §4.3). Start and end rules: this package's README."""

    URGENT_HOURS = "urgent_hours"  # 紧急工作时: hours, day and night, every day
    URGENT_DAYS = "urgent_days"  # 紧急工作日: spans of 24 hours, every day
    WORKING_HOURS = "working_hours"  # 工作时: hours inside office hours
    WORKING_DAYS = "working_days"  # 工作日: the state calendar with make-up workdays, to the close of office
    CALENDAR_DAYS = "calendar_days"  # 自然日: every day, to its end

    @property
    def unit_ticks(self) -> int:
        """Ticks in one unit of this kind."""
        if self.by_whole_days:
            return DAY_TICKS
        return 24 * HOUR_TICKS if self is ClockKind.URGENT_DAYS else HOUR_TICKS

    @property
    def by_whole_days(self) -> bool:
        """True when the day of arrival does not count and the limit ends with a day (次日起算)."""
        return self in (ClockKind.WORKING_DAYS, ClockKind.CALENDAR_DAYS)

    @property
    def needs_calendar_data(self) -> bool:
        """True when the answer depends on holidays and office hours, so that it can be provisional."""
        return self in (ClockKind.WORKING_HOURS, ClockKind.WORKING_DAYS)


class DayKind(StrEnum):
    """What a date is for the office."""

    WORKDAY = "workday"
    MAKEUP = "makeup_workday"  # 调休上班
    WEEKEND = "weekend"
    CLOSED = "closed"  # Monday to Friday, but this office keeps no hours on that weekday
    HOLIDAY = "holiday"


def exact(amount: int | Decimal | Fraction | str) -> Fraction:
    """The amount as an exact fraction. Floats are refused: 0.1 of an hour must not depend on binary rounding."""
    if isinstance(amount, bool | float):
        raise ClockError(f"amount = {amount!r}: give a whole number, a Decimal, a Fraction or text such as '1.5'")
    try:
        return Fraction(amount)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise ClockError(f"amount = {amount!r}: not a number; allowed are e.g. 5, '1.5', '3/2'") from error


def check_amount(kind: ClockKind, amount: Fraction) -> None:
    """Refuse an amount the kind cannot count: not positive, too long, or parts of a day where days are whole."""
    longest = LONGEST_DAYS * (24 if kind.unit_ticks == HOUR_TICKS else 1)
    if not 0 < amount <= longest:
        raise ClockError(f"amount = {amount} {kind}: must be more than 0 and at most {longest}")
    if kind.by_whole_days and amount.denominator != 1:
        raise ClockError(f"amount = {amount} {kind}: this kind counts whole days; use an hour clock for parts of a day")
    if (amount * kind.unit_ticks).denominator != 1:
        raise ClockError(f"amount = {amount} {kind}: must be a whole number of microseconds")


def to_ticks(kind: ClockKind, amount: Fraction) -> int:
    """The amount in whole ticks, rounded down."""
    return amount.numerator * kind.unit_ticks // amount.denominator


def rounded(amount: Fraction, places: int = 2) -> Decimal:
    """For screens: the amount as a decimal with `places` places, half up."""
    exponent = Decimal(1).scaleb(-places)
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(exponent, ROUND_HALF_UP)
