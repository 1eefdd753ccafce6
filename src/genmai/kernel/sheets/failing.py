"""The rows that failed, given back as a sheet: original columns, and one more that says what is wrong.

Repaired and handed in again it is read like any other sheet; the added column is ignored.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from typing import Any, Protocol

import xlsxwriter

from genmai.kernel.sheets.checking import Problem
from genmai.kernel.sheets.columns import WRONG_COLUMN
from genmai.kernel.sheets.header import Header
from genmai.kernel.sheets.markup import column_index
from genmai.kernel.sheets.values import REFILL, Cell, Oddity
from genmai.kernel.sheets.workbook import Row

# Excel's own limit for a cell.
_LONGEST = 32_767
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_MUST_BE_TYPED_ANEW = frozenset(("formula", "error_value", "digits_lost", "text_nul", "text_surrogate", "refill"))


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
    out = io.BytesIO()
    options = {"in_memory": True, "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        _write(_Writer(book, translate), sheet, by_row)
    return out.getvalue()


def _write(writer: _Writer, sheet: Rows, by_row: dict[int, list[Problem]]) -> None:
    names = sheet.header.names
    last_column = max([len(names), *(column_index(p.column) + 1 for found in by_row.values() for p in found)])
    writer.header([*names, *[""] * (last_column - len(names))])
    line = 0
    for row in sheet.rows():
        if row.number in by_row:
            line += 1
            writer.row(line, row, by_row[row.number], last_column)


class _Writer:
    """Writes cells with the method of their type only: the general `write` would take text for formulas or links."""

    def __init__(self, book: Any, translate: Callable[[str], str]) -> None:
        self._page = book.add_worksheet("Sheet1")
        self._translate = translate
        marked = {"bg_color": "#FCE8E6"}
        look = {"text_wrap": True, "valign": "top"}
        self._heading = book.add_format({"bold": True, "bottom": 1, **look})
        self._text = {
            wrong: book.add_format({"num_format": "@", **look, **(marked if wrong else {})}) for wrong in (0, 1)
        }
        # The quote prefix keeps the text a text even when somebody edits the cell.
        self._risky = {
            wrong: book.add_format({"num_format": "@", "quote_prefix": True, **look, **(marked if wrong else {})})
            for wrong in (0, 1)
        }
        self._number = {wrong: book.add_format({**look, **(marked if wrong else {})}) for wrong in (0, 1)}
        self._moment = {
            wrong: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", **look, **(marked if wrong else {})})
            for wrong in (0, 1)
        }

    def header(self, names: list[str]) -> None:
        self._page.freeze_panes(1, 0)
        self._page.set_column(0, max(len(names) - 1, 0), 18)
        self._page.set_column(len(names), len(names), 60)
        for column, name in enumerate([*names, WRONG_COLUMN]):
            self._page.write_string(0, column, name, self._heading)

    def row(self, line: int, row: Row, problems: list[Problem], reason_column: int) -> None:
        codes = {column_index(problem.column): problem.code for problem in problems}
        for column, cell in enumerate(row.cells[:reason_column]):
            wrong = codes.get(column)
            self._cell(line, column, REFILL if wrong in _MUST_BE_TYPED_ANEW else cell, int(wrong is not None))
        said = [f"{p.column_name or p.column}：{p.text(self._translate)}" for p in problems]
        reason = f"[{row.number}] " + "；".join(said)
        self._page.write_string(line, reason_column, reason[:_LONGEST], self._text[0])

    def _cell(self, line: int, column: int, cell: Cell, wrong: int) -> None:
        if isinstance(cell, bool):
            self._page.write_boolean(line, column, cell, self._number[wrong])
        elif isinstance(cell, int | float):
            self._page.write_number(line, column, cell, self._number[wrong])
        elif isinstance(cell, date | datetime) and cell.year >= 1900:
            self._page.write_datetime(line, column, cell, self._moment[wrong])
        elif isinstance(cell, Oddity):
            self._page.write_string(line, column, REFILL, self._text[wrong])
        elif cell != "":
            text = cell if isinstance(cell, str) else cell.isoformat() if isinstance(cell, date | time) else str(cell)
            look = self._risky if text.startswith(_RISKY) else self._text
            self._page.write_string(line, column, text[:_LONGEST], look[wrong])


def harmless_csv_text(text: str) -> str:
    """`text` for a csv cell, where a spreadsheet would compute what starts with = + - @: an apostrophe before it."""
    return "'" + text if text.startswith(_RISKY) else text
