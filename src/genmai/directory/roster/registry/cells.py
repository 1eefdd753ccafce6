"""Columns of cells made into values, slice by slice: what the kernel's `convert` gives, each distinct cell asked once.

Dates come as ISO text, which compares in the order of time and is what the database takes; codes as codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from genmai.directory.roster.registry.definition import Column, SheetDefinition, code_of
from genmai.kernel.identity_numbers import IDENTITY_CHECKS, IDENTITY_WEIGHTS, normalise_identity
from genmai.kernel.sheets import Cell, CellProblem, Field, convert

# A city has some hundred thousand distinct names and dates; a sheet of nothing but distinct junk must not fill memory.
_MOST_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Wrong:
    """In place of a value: what is wrong with the cell and what is allowed."""

    code: str
    allowed: str = ""


CellValue = str | int | bool | None | Wrong
Read = Callable[[Sequence[Cell]], list[CellValue]]


class _Memo(dict[Cell, CellValue]):
    """Cell → value, asked of `convert` once. Numbers are not kept: 1, 1.0 and True would be one key."""

    def __init__(self, ask: Callable[[Cell], CellValue]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, cell: Cell) -> CellValue:
        value = self._ask(cell)
        if isinstance(cell, str | date):
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[cell] = value
        return value


class Reader:
    """One column, ready to read any number of slices."""

    def __init__(self, column: Column, field: Field, *, epoch_1904: bool) -> None:
        self.column, self._field, self._epoch = column, field, epoch_1904
        self._codes = code_of(column.codes) if column.codes else None
        self.doubted = False  # whether any cell was ever wrong: the values of a column without are not gone through
        fast = _FAST.get((column.kind, column.key)) or _FAST.get((column.kind, ""))
        self.read: Read = fast(self._answer) if fast else _remembered(_Memo(self._answer))

    def _answer(self, cell: Cell) -> CellValue:
        value = self._ask(cell)
        self.doubted = self.doubted or type(value) is Wrong
        return value

    def _ask(self, cell: Cell) -> CellValue:
        if isinstance(cell, str) and cell.strip() in self.column.nothing:
            return None
        if self.column.kind == "date" and (day := _day(cell)):
            return day
        try:
            value = convert(cell, self._field, epoch_1904=self._epoch)
        except CellProblem as problem:
            return Wrong(problem.code, problem.allowed)
        if isinstance(value, date):
            return value.isoformat()
        if value is None:
            return Wrong("missing", self.column.label) if self.column.required else None
        if self._codes is not None:
            return self._codes[str(value)]
        return value if isinstance(value, str | int) else str(value)


def _remembered(memo: _Memo) -> Read:
    ask = memo.__getitem__
    return lambda cells: list(map(ask, cells))


def readers(definition: SheetDefinition, *, epoch_1904: bool) -> dict[str, Reader]:
    """A reader for every column that is kept, by its key."""
    fields = {field.key: field for field in definition.fields}
    return {one.key: Reader(one, fields[one.key], epoch_1904=epoch_1904) for one in definition.kept}


# Taken as they stand; anything else, letters and rare characters included, is cleaned and checked the long way.
_PLAIN_NAME = re.compile("[一-鿿]{2,4}").fullmatch
_MOBILE = re.compile("1[3-9][0-9]{9}").fullmatch
_ISO_DAY = re.compile("(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}").fullmatch


def _day(cell: Cell) -> str:
    """A day that can be read in one way only, in ISO form; "" for anything else."""
    if type(cell) is date:
        return cell.isoformat() if 1900 <= cell.year < 2100 else ""
    if type(cell) is not str or not _ISO_DAY(cell):
        return ""
    try:
        date.fromisoformat(cell)
    except ValueError:
        return ""
    return cell


def _names(ask: Callable[[Cell], CellValue]) -> Read:
    """Whatever is not plainly right goes the long way, here and below."""
    plain = _PLAIN_NAME
    return lambda cells: [cell if type(cell) is str and plain(cell) else ask(cell) for cell in cells]


def _phones(ask: Callable[[Cell], CellValue]) -> Read:
    mobile = _MOBILE
    return lambda cells: [cell if type(cell) is str and mobile(cell) else ask(cell) for cell in cells]


class _Area(dict[str, int]):
    """First six digits → their part of the check sum, -1 where no such area can be."""

    def __missing__(self, digits: str) -> int:
        known = digits.isascii() and digits.isdigit() and normalise_identity(_completed(digits + "19900101001"))
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[digits] = _sum(digits, 0) if known else -1
        return self[digits]


class _Day(dict[str, tuple[int, str]]):
    """Eight digits of a day → their part of the check sum and the day in ISO form; -1 where there is no such day."""

    def __missing__(self, digits: str) -> tuple[int, str]:
        known = digits.isascii() and digits.isdigit() and normalise_identity(_completed("110101" + digits + "001"))
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[digits] = (_sum(digits, 6), f"{digits[:4]}-{digits[4:6]}-{digits[6:]}") if known else (-1, "")
        return self[digits]


def _sum(digits: str, first: int) -> int:
    return sum(int(digit) * IDENTITY_WEIGHTS[first + at] for at, digit in enumerate(digits))


def _completed(seventeen: str) -> str:
    return seventeen + IDENTITY_CHECKS[_sum(seventeen, 0) % 11]


_areas, _days = _Area(), _Day()
_orders = {f"{number:03d}": _sum(f"{number:03d}", 14) for number in range(1000)}


def _identities(ask: Callable[[Cell], CellValue]) -> Read:
    """Numbers of 18 characters that are right stand: three look-ups instead of a sum of seventeen."""
    areas, days, orders, checks = _areas, _days, _orders, IDENTITY_CHECKS

    def read(cells: Sequence[Cell]) -> list[CellValue]:
        found: list[CellValue] = []
        add = found.append
        for cell in cells:
            if type(cell) is str and len(cell) == 18:
                area, day, order = areas[cell[:6]], days[cell[6:14]][0], orders.get(cell[14:17], -1)
                if area >= 0 and day >= 0 and order >= 0 and checks[(area + day + order) % 11] == cell[17]:
                    add(cell)
                    continue
            add(ask(cell))
        return found

    return read


def born_on(identity: str) -> str:
    """The day of birth in a right number, in ISO form."""
    return _days[identity[6:14]][1]


_FAST: dict[tuple[str, str], Callable[[Callable[[Cell], CellValue]], Read]] = {
    ("identity", ""): _identities,
    ("phone", ""): _phones,
    ("text", "name"): _names,
}
