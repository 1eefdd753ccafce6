"""What a cell of an export holds, and its one canonical form.

The form is the same whether the value comes from the query, from our file, or from the file after another program has
saved it: such programs change styles, write dates as numbers and numbers as text, but not what a reader sees.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
LONGEST = 32_767  # what a spreadsheet takes in one cell
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  a spreadsheet's day 0; it knows no zones
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_DATED = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+)?([eE][-+]?\d+)?")

Value = str | int | float | Decimal | date | datetime | None


class Kind(StrEnum):
    """How a column is written, read and compared."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"  # a fraction of one, shown in percent
    DAY = "day"
    MOMENT = "moment"  # to the minute, in the time of the place


def written(kind: Kind, value: Value) -> Value:
    """What is put into the cell: text without what a sheet can't hold, moments to the minute without a zone."""
    if value is None or value == "":
        return None
    if kind is Kind.MOMENT and isinstance(value, datetime):
        local = value.astimezone(ZONE).replace(tzinfo=None) if value.tzinfo else value
        return local.replace(second=0, microsecond=0)
    if kind is Kind.DAY and isinstance(value, datetime):
        return (value.astimezone(ZONE) if value.tzinfo else value).date()
    if isinstance(value, str):
        return plain(value)[:LONGEST] or None
    return value


def plain(text: str) -> str:
    """Text as a sheet keeps it: one kind of line end, no control characters, no blanks at either end."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")).strip()


def canonical(kind: Kind, value: object) -> bytes:
    """The bytes a digest is taken of."""
    if value is None or value == "":
        return b""
    if kind in (Kind.DAY, Kind.MOMENT):
        seconds = _seconds(value)
        return b"d:%d" % seconds if seconds is not None else _text(value)
    if kind is Kind.TEXT:
        return _text(value)
    number = _number(value)
    return b"n:" + number if number is not None else _text(value)


def _text(value: object) -> bytes:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool):
        value = str(value).upper()
    text = plain(str(value))
    return b"t:" + text.encode() if text else b""


def _number(value: object) -> bytes | None:
    """Twelve digits: more than people write, fewer than binary fractions blur."""
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            return None
        value = Decimal(text.replace(",", ""))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        rounded = Decimal(format(Decimal(repr(value) if isinstance(value, float) else value), ".12g"))
    except InvalidOperation:
        return None
    return format(rounded.normalize() + 0, "f").encode()


def _seconds(value: object) -> int | None:
    """Seconds since a spreadsheet's day 0; None for what is no moment."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return round(float(value) * 86_400)
    if isinstance(value, str):
        found = _DATED.fullmatch(value.strip())
        if not found:
            return None
        try:
            value = datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
        except ValueError:
            return None
    if isinstance(value, datetime):
        naive = value.astimezone(ZONE).replace(tzinfo=None) if value.tzinfo else value
        return round((naive - _DAY_ZERO) / timedelta(seconds=1))
    if isinstance(value, date):
        return round((datetime.combine(value, time()) - _DAY_ZERO) / timedelta(seconds=1))
    return None
