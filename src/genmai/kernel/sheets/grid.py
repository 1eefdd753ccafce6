"""Every cell of every sheet just as it stands, for who compares a file and doesn't read it for its content.

Opened within the same limits as sheets that are handed in: no bombs, no macros, no links to elsewhere. A sheet in plain
form is read in pieces each time its rows are asked for, so that a whole city's fits into little memory.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from genmai.kernel.sheets.container import Limits, file_kind, safe_xlsx
from genmai.kernel.sheets.large import in_pieces
from genmai.kernel.sheets.markup import Findings
from genmai.kernel.sheets.messages import SheetRefused
from genmai.kernel.sheets.tables import Table
from genmai.kernel.sheets.values import Oddity

_BLOCK = 1000
_SLACK = 1000  # rows of titles above and notes below


class Grid(ABC):
    """One sheet by its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def rows(self) -> Iterator[Sequence[object]]:
        """Cells from column A on; blanks are "". Empty rows on top are given, too."""

    @property
    @abstractmethod
    def formulas(self) -> frozenset[tuple[int, int]]:
        """Cells that compute, as (row from 1, column from 0); of rows that were gone through."""


class _Whole(Grid):
    def __init__(self, name: str, sheet: CalamineSheet, findings: Findings | None) -> None:
        super().__init__(name)
        self._sheet, self._formulas = sheet, frozenset(findings.formulas if findings else ())

    @property
    def formulas(self) -> frozenset[tuple[int, int]]:
        return self._formulas

    def rows(self) -> Iterator[Sequence[object]]:
        left = self._sheet.start[1] if self._sheet.start else 0
        for values in self._sheet.iter_rows():
            yield [*[""] * left, *values] if left else values


class _Pieces(Grid):
    """In place of what a formula shows stands that it is one."""

    def __init__(self, name: str, table: Table, limits: Limits) -> None:
        super().__init__(name)
        self._table, self._limits = table, limits
        self._formulas: set[tuple[int, int]] = set()

    @property
    def formulas(self) -> frozenset[tuple[int, int]]:
        return frozenset(self._formulas)

    def rows(self) -> Iterator[Sequence[object]]:
        line = cells = 0
        for first, block in self._table.blocks(_BLOCK):
            for _ in range(first - 1 - line):
                yield []
            line = first - 1 + len(block)
            cells += sum(map(len, block))
            self._within(line, max(map(len, block), default=0), cells)
            for number, row in enumerate(block, first):
                if Oddity.FORMULA in row:
                    self._note(number, row)
                yield row

    def _note(self, number: int, row: Sequence[object]) -> None:
        self._formulas.update((number, column) for column, cell in enumerate(row) if cell is Oddity.FORMULA)

    def _within(self, rows: int, columns: int, cells: int) -> None:
        if rows > self._limits.max_rows + _SLACK:
            raise SheetRefused("sheet_too_many_rows", most=self._limits.max_rows)
        if columns > self._limits.max_columns:
            raise SheetRefused("sheet_too_many_columns", most=self._limits.max_columns)
        if cells > self._limits.max_cells:
            raise SheetRefused("sheet_too_many_cells")


def grids(data: bytes, limits: Limits | None = None) -> list[Grid]:
    """The sheets of an xlsx in their order. Raises SheetRefused with the reason and what to do, `rows` too."""
    limits = limits or Limits()
    if len(data) > limits.max_bytes:
        raise SheetRefused("sheet_too_large", allowed=f"≤ {limits.max_bytes // 1024 // 1024} MB")
    if file_kind(data) != "xlsx":
        raise SheetRefused("sheet_not_a_sheet", kind="csv", allowed="xlsx")
    tables = in_pieces(io.BytesIO(data), limits)
    if tables is not None:
        return [_Pieces(name, table, limits) for name, table in tables.items()]
    return _whole(data, limits)


def _whole(data: bytes, limits: Limits) -> list[Grid]:
    safe = safe_xlsx(data, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(safe.data))
        names = [meta.name for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        return [_Whole(name, book.get_sheet_by_name(name), safe.findings.get(name)) for name in names]
    except (CalamineError, OSError, ValueError) as error:
        raise SheetRefused("sheet_broken") from error
