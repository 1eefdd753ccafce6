"""The rows that failed, given back as a sheet: original columns, and one more that says what is wrong.

Repaired and handed in again it is read like any other sheet; the added column is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, time
from math import isfinite
from typing import Protocol

from genmai.kernel.sheets.checking import Problem
from genmai.kernel.sheets.columns import WRONG_COLUMN
from genmai.kernel.sheets.header import Header
from genmai.kernel.sheets.markup import column_index
from genmai.kernel.sheets.packing import Look, PackedSheet, Written
from genmai.kernel.sheets.values import REFILL, Cell, Oddity
from genmai.kernel.sheets.workbook import Row

# Excel's own limit for a cell.
_LONGEST = 32_767
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_MUST_BE_TYPED_ANEW = frozenset(("formula", "error_value", "digits_lost", "text_nul", "text_surrogate", "refill"))
_HEADING = Look(bold=True)
_TEXT, _NUMBER = Look("@"), Look()
_QUOTED, _MOMENT = Look("@", quoted=True), Look("yyyy-mm-dd hh:mm:ss")
_PLAIN = (_TEXT, _NUMBER, _QUOTED, _MOMENT)
_MARKED = {look: look._replace(marked=True) for look in _PLAIN}


class Rows(Protocol):
    """What failing rows are written from: a `Sheet`, or a large one row by row."""

    @property
    def header(self) -> Header: ...

    def rows(self) -> Iterator[Row]: ...


def failing_rows_file(sheet: Rows, problems: Iterable[Problem], translate: Callable[[str], str] = str) -> bytes:
    """An xlsx with only the rows named in `problems`. No cell of it is ever computed, whatever it starts with.

    Cells whose value can't be carried over (a formula, lost digits, NUL) hold a mark that is refused until it is
    replaced, so that handing the file in again unrepaired loses nothing in silence.
    """
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        by_row.setdefault(problem.row, []).append(problem)
    names = sheet.header.names
    width = max([len(names), *(column_index(p.column) + 1 for found in by_row.values() for p in found)])
    failing = FailingRows([*names, *[""] * (width - len(names))], translate)
    for row in sheet.rows():
        for problem in by_row.get(row.number, ()):
            failing.note(row.cells, problem)
        failing.settle()
    return failing.close()


class FailingRows:
    """The same written while the sheet is gone through, for one too long to be kept: `note` what is wrong with a row,
    `settle` when no more will be said of the rows noted, `close` at the end."""

    def __init__(self, names: Sequence[str], translate: Callable[[str], str] = str) -> None:
        self.count = 0
        self._translate, self._width = translate, len(names)
        self._noted: dict[int, tuple[Sequence[Cell], list[Problem]]] = {}
        self._sheet = PackedSheet([18] * len(names) + [60], [_HEADING, *_PLAIN, *_MARKED.values()])
        self._sheet.row([(name, _HEADING) for name in (*names, WRONG_COLUMN)])

    def note(self, cells: Sequence[Cell], problem: Problem) -> None:
        """One thing wrong with a row, and the row."""
        self._noted.setdefault(problem.row, (cells, []))[1].append(problem)

    def settle(self) -> None:
        """Write what was noted, in the order of the sheet."""
        for number in sorted(self._noted):
            self._write(number, *self._noted[number])
        self._noted.clear()

    def close(self) -> bytes:
        """The whole file."""
        self.settle()
        return self._sheet.close()

    def _write(self, number: int, cells: Sequence[Cell], problems: Sequence[Problem]) -> None:
        self.count += 1
        codes = {column_index(problem.column): problem.code for problem in problems}
        written = [
            _cell(REFILL if codes.get(column) in _MUST_BE_TYPED_ANEW else cell, marked=column in codes)
            for column, cell in enumerate(cells[: self._width])
        ]
        written += [("", _NUMBER)] * (self._width - len(written))
        said = [f"{p.column_name or p.column}：{p.text(self._translate)}" for p in problems]
        reason = f"[{number}] " + "；".join(said)
        self._sheet.row([*written, (reason[:_LONGEST], _TEXT)])


def _cell(cell: Cell, *, marked: bool) -> tuple[Written, Look]:
    value, look = _as_written(cell)
    return value, _MARKED[look] if marked else look


def _as_written(cell: Cell) -> tuple[Written, Look]:
    if isinstance(cell, Oddity) or (isinstance(cell, float) and not isfinite(cell)):
        return REFILL, _TEXT
    if isinstance(cell, bool | int | float):
        return cell, _NUMBER
    if isinstance(cell, date) and cell.year >= 1900:
        return cell, _MOMENT
    text = cell if isinstance(cell, str) else cell.isoformat() if isinstance(cell, date | time) else str(cell)
    return text[:_LONGEST], _QUOTED if text.startswith(_RISKY) else _TEXT


def harmless_csv_text(text: str) -> str:
    """`text` for a csv cell, where a spreadsheet would compute what starts with = + - @: an apostrophe before it."""
    return "'" + text if text.startswith(_RISKY) else text
