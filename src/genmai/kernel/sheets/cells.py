"""One cell: what the sheet holds made into the value a field wants, or a reason why not.

No converter guesses: a date that can be read two ways, a number whose last digits the spreadsheet has already lost, a
formula (whose result could be anything by tomorrow) are given back to the person who knows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final

from genmai.kernel.identity_numbers import half_width, normalise_credit_code, normalise_identity, normalise_phone
from genmai.kernel.refusal import BadInput
from genmai.kernel.sheets.moments import as_moment, to_second
from genmai.kernel.sheets.values import REFILL, Cell, CellProblem, Field, Kind, Oddity, Value
from genmai.kernel.text import clean, fold

# Spreadsheets keep 15 significant digits; from here on the last digits are noise.
_DIGITS_LOST_FROM = 1e15


# How people say "nothing" where a number belongs; in free text these stay what they are.
_NOTHING = frozenset(("-", "—", "——", "/", "\\", "（空）", "(空)"))
_NOT_KNOWN = frozenset(("无", "不详", "未提供", "没有"))
_NUMBERED = frozenset(("phone", "identity", "credit_code"))


def convert(cell: Cell, field: Field, *, epoch_1904: bool = False) -> Value:
    """The value of `cell` as `field` wants it; None for a blank cell. Raises CellProblem."""
    if isinstance(cell, Oddity):
        raise CellProblem(cell.value)
    if isinstance(cell, str):
        if _says_nothing(cell, field.kind):
            _check_not_required(field)
            return None
        if cell[0] == "#" and _ERROR_TEXT.fullmatch(cell):
            raise CellProblem("error_value")
        if cell == REFILL:
            raise CellProblem("refill")
    if field.kind in ("date", "datetime"):
        moment = as_moment(cell, epoch_1904=epoch_1904)
        return moment.date() if field.kind == "date" else moment
    value = _CONVERTERS[field.kind](cell, field)
    if value == "":
        _check_not_required(field)
        return None
    return value


def _says_nothing(cell: str, kind: Kind) -> bool:
    if not cell or cell.isspace():
        return True
    if kind == "text" or kind == "multiline":
        return False
    return cell.strip() in _NOTHING or (kind in _NUMBERED and cell.strip() in _NOT_KNOWN)


def _check_not_required(field: Field) -> None:
    if field.required:
        raise CellProblem("missing", field.label)


_ERROR_TEXT = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")


def as_text(cell: Cell) -> str:
    """The cell as a person sees it: 12.0 as 12, a date in ISO form. Raises CellProblem where digits are lost."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            raise CellProblem("error_value")
        if abs(cell) >= _DIGITS_LOST_FROM:
            raise CellProblem("digits_lost", "330212199001010000")
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return to_second(cell).isoformat(" ")
    if isinstance(cell, Oddity):
        raise CellProblem(cell.value)
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _text(cell: Cell, field: Field) -> str:
    try:
        return clean(as_text(cell), field.max_length, multiline=field.kind == "multiline")
    except BadInput as refused:
        raise CellProblem(refused.code, refused.allowed) from refused


def _integer(cell: Cell, field: Field) -> int:
    number = _number(cell, field, code="not_integer", allowed="12")
    if number != number.to_integral_value():
        raise CellProblem("not_integer", "12")
    return int(number)


def _number(cell: Cell, field: Field, code: str = "not_number", allowed: str = "12.5") -> Decimal:
    del field
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise CellProblem(code, allowed)
    written = half_width(as_text(cell)).replace(",", "").replace(" ", "")
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise CellProblem(code, allowed) from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise CellProblem(code, allowed)
    return number


_YES = frozenset(("是", "有", "对", "√", "✓", "y", "yes", "true", "1", "t"))
_NO = frozenset(("否", "无", "没有", "不是", "错", "×", "✗", "x", "n", "no", "false", "0", "f"))


def _boolean(cell: Cell, field: Field) -> bool:
    del field
    word = fold(as_text(cell))
    if word in _YES or word in _NO:
        return word in _YES
    raise CellProblem("not_boolean", "是 / 否")


def _choice(cell: Cell, field: Field) -> str:
    word, choices = fold(as_text(cell)), field.choices or {}
    for value, others in choices.items():
        if word == fold(value) or any(word == fold(other) for other in others):
            return value
    raise CellProblem("not_choice", " / ".join([*choices][:12]) + (" …" if len(choices) > 12 else ""))


def _phone(cell: Cell, field: Field) -> str:
    del field
    number = normalise_phone(as_text(cell))
    if number is None:
        raise CellProblem("not_phone", "13800000000, 0574-80000000")
    return number


def _identity(cell: Cell, field: Field) -> str:
    del field
    number = normalise_identity(as_text(cell))
    if number is None:
        raise CellProblem("not_identity", "18 位")
    return number


def _credit_code(cell: Cell, field: Field) -> str:
    del field
    code = normalise_credit_code(as_text(cell))
    if code is None:
        raise CellProblem("not_credit_code", "18 位")
    return code


_CONVERTERS: Final[Mapping[Kind, Callable[[Cell, Field], Value]]] = {
    "text": _text,
    "multiline": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "choice": _choice,
    "phone": _phone,
    "identity": _identity,
    "credit_code": _credit_code,
}
