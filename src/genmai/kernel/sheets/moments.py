"""Dates and times as they stand in sheets: real ones, day numbers, and a dozen ways to type them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from genmai.kernel.identity_numbers import half_width
from genmai.kernel.sheets.values import Cell, CellProblem, Oddity

# China keeps one time zone; it had summer time only from 1986 to 1991.
CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
_ALLOWED = "2026-01-31, 2026-01-31 15:20"

_CLOCK = (
    r"(?:\s*(?P<half>上午|中午|下午|晚上|AM|PM)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})?"
    r"\s*(?:[:分]\s*(?P<second>\d{1,2})?(?:\.\d+)?\s*秒?)?\s*(?P<half_after>AM|PM)?)?"
)
_WEEKDAY = r"(?:\s*\(?(?:星期|周)[一二三四五六日天]\)?)?"
_ZONE = r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_WRITTEN = re.compile(
    rf"(?P<year>\d{{4}})\s*[-/.年]\s*(?P<month>\d{{1,2}})\s*[-/.月]\s*(?P<day>\d{{1,2}})\s*日?{_WEEKDAY}[\sT]*{_CLOCK}{_ZONE}",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:\s*(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2})?)?"
)
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?:\s.*)?")
_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30, tzinfo=CHINA), datetime(1904, 1, 1, tzinfo=CHINA)
# Day numbers of 1927 to 2119; a smaller number in a date column is a year or a count, not a day.
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000


def as_moment(cell: Cell, *, epoch_1904: bool = False) -> datetime:
    """The moment in China's time, to the second; midnight where only a day is given.

    Raises CellProblem: `not_date`, or `date_ambiguous` where day and month can't be told apart (3/4/2026).
    """
    if isinstance(cell, str):
        moment = _written(half_width(cell))
    elif isinstance(cell, datetime):
        moment = to_second(cell).replace(tzinfo=CHINA) if cell.tzinfo is None else to_second(cell)
    elif isinstance(cell, date):
        moment = datetime(cell.year, cell.month, cell.day, tzinfo=CHINA)
    elif isinstance(cell, bool | Oddity) or not isinstance(cell, int | float):
        raise CellProblem("not_date", _ALLOWED)
    else:
        moment = _number(cell, epoch_1904)
    if not 1900 <= moment.year <= 2100:
        raise CellProblem("not_date", _ALLOWED)
    return moment


def to_second(moment: datetime) -> datetime:
    """Day numbers are fractions: 09:59:59.9999 means ten o'clock."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0) if moment.microsecond else moment


def _number(number: float, epoch_1904: bool) -> datetime:
    if _FIRST_SERIAL <= number < _LAST_SERIAL:
        return to_second((_EPOCH_1904 if epoch_1904 else _EPOCH_1900) + timedelta(days=number))
    if 10**7 <= number < 10**8 and number == int(number):
        return _written(str(int(number)))
    raise CellProblem("not_date", _ALLOWED)


def _written(text: str) -> datetime:
    found = _WRITTEN.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is None:
        raise CellProblem("date_ambiguous" if _YEAR_LAST.fullmatch(text) else "not_date", _ALLOWED)
    parts = found.groupdict()
    half = (parts.get("half") or parts.get("half_after") or "").upper()
    try:
        moment = datetime(
            int(parts["year"]),
            int(parts["month"]),
            int(parts["day"]),
            _hour(int(parts["hour"] or 0), half),
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
            tzinfo=_zone(parts.get("zone")),
        )
    except ValueError:
        raise CellProblem("not_date", _ALLOWED) from None
    return moment.astimezone(CHINA)


def _hour(hour: int, half: str) -> int:
    """The hour of the day from 下午3点 or 3 PM; 下午15点 is written too and means what it says."""
    if half in ("下午", "晚上", "PM") and hour < 12:
        return hour + 12
    return 0 if half in ("上午", "AM") and hour == 12 else hour


def _zone(zone: str | None) -> timezone:
    if not zone:
        return CHINA
    if zone.upper() == "Z":
        return UTC
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timezone(timedelta(minutes=minutes if zone[0] == "+" else -minutes))
