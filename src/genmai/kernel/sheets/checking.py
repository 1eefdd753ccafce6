"""Going through the rows: good ones stream out, what is wrong is noted by row and column, in words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from genmai.kernel.sheets.cells import convert
from genmai.kernel.sheets.markup import column_letter
from genmai.kernel.sheets.messages import PROBLEMS, SheetRefused
from genmai.kernel.sheets.values import Cell, CellProblem, Field, Oddity, Value
from genmai.kernel.sheets.workbook import Row, Sheet
from genmai.kernel.text import shorten

# From here on only the first problem of a row is kept: nobody reads twenty thousand, and memory stays bounded.
_MANY = 20_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one cell: where it stands, what stands there (shortened, masked), what is allowed."""

    row: int
    column: str
    column_name: str
    field: str
    shown: str
    code: str
    allowed: str = ""

    @property
    def message(self) -> str:
        """The msgid of what is wrong."""
        return PROBLEMS[self.code]

    def text(self, translate: Callable[[str], str] = str) -> str:
        """What is wrong and what is allowed, as a sentence to show."""
        return translate(self.message) + (f"（{self.allowed}）" if self.allowed else "")


class GoodRow(NamedTuple):
    """A row without problems: values by field key (None where blank) and a fingerprint of what it says."""

    number: int
    values: dict[str, Value]
    fingerprint: str


class Checked(NamedTuple):
    """`good` streams; `problems` grows while it does and is complete when it ends."""

    good: Iterator[GoodRow]
    problems: list[Problem]


def check_rows(sheet: Sheet, columns: Mapping[str, int], fields: Sequence[Field]) -> Checked:
    """Convert every row of the sheet by `columns` (field key → column index). Fields without a column are None.

    Raises SheetRefused `sheet_mapping` for a column or field that isn't there. Nothing is read before `good` is asked.
    """
    wanted = {field.key: field for field in fields}
    for key, index in columns.items():
        if key not in wanted or not 0 <= index < len(sheet.header.names):
            raise SheetRefused("sheet_mapping", name=key)
    problems: list[Problem] = []
    return Checked(
        _good_rows(sheet, [(wanted[key], index) for key, index in columns.items()], fields, problems), problems
    )


def _good_rows(
    sheet: Sheet, placed: Sequence[tuple[Field, int]], fields: Sequence[Field], problems: list[Problem]
) -> Iterator[GoodRow]:
    empty: dict[str, Value] = dict.fromkeys(field.key for field in fields)
    for row in sheet.rows():
        values, wrong = _check_row(sheet, row, placed, empty)
        if wrong:
            problems.extend(wrong if len(problems) < _MANY else wrong[:1])
        else:
            yield GoodRow(row.number, values, fingerprint(values))


def _check_row(
    sheet: Sheet, row: Row, placed: Sequence[tuple[Field, int]], empty: Mapping[str, Value]
) -> tuple[dict[str, Value], list[Problem]]:
    values, wrong = dict(empty), []
    cells, epoch_1904 = row.cells, sheet.epoch_1904
    for field, index in placed:
        try:
            values[field.key] = convert(cells[index], field, epoch_1904=epoch_1904)
        except CellProblem as problem:
            wrong.append(_problem(sheet, row, index, field, problem))
    width = len(sheet.header.names)
    if len(cells) > width and any(cell != "" for cell in cells[width:]):
        shown = show(cells[width])
        wrong.append(Problem(row.number, column_letter(width), "", "", shown, "extra_cells"))
    return values, wrong


def _problem(sheet: Sheet, row: Row, index: int, field: Field, problem: CellProblem) -> Problem:
    return Problem(
        row=row.number,
        column=column_letter(index),
        column_name=sheet.header.names[index],
        field=field.key,
        shown=show(row.cells[index], field),
        code=problem.code,
        allowed=problem.allowed,
    )


_LONG_NUMBER = re.compile(r"\d(?:[\d\s-]{5,})\d[\dXx]?")


def show(cell: Cell, field: Field | None = None) -> str:
    """A cell as it may stand in a list of problems: one line, short, long numbers masked wherever they stand."""
    if isinstance(cell, Oddity):
        return ""
    text = shorten(_written(cell), 40)
    text = text.replace("\x00", "�")
    if field is not None and field.kind in ("date", "datetime", "integer", "number", "choice", "boolean"):
        return text
    return _LONG_NUMBER.sub(lambda found: f"{found[0][:3]}****{found[0][-2:]}", text)


def _written(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)) if abs(cell) < 1e15 else f"{cell:.5E}"  # as a spreadsheet shows it: the rest is noise
    return str(cell)


def fingerprint(values: Mapping[str, Value]) -> str:
    """SHA-256 of what a row says, the same whatever the order of columns, the way dates are written, or blank columns.

    The same row in the same file twice, or in two files, has the same fingerprint.
    """
    said = "\x1f".join(f"{key}\x1e{_canonical(value)}" for key, value in sorted(values.items()) if value is not None)
    return hashlib.sha256(said.encode("utf-8")).hexdigest()


def _canonical(value: Value) -> str:
    if isinstance(value, datetime):
        return str(int(value.timestamp()))
    return value if isinstance(value, str) else str(value)
