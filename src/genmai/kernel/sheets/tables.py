"""Where the rows of a large sheet come from: a sheet the reader has taken in whole, a csv, or pieces (see `pieces`)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from python_calamine import CalamineWorkbook

from genmai.kernel.sheets.header import Merge
from genmai.kernel.sheets.looking import Odd
from genmai.kernel.sheets.values import Cell


class Block(NamedTuple):
    """Rows one after another: the number of the first as the screen shows it, and the cells of each, as wide as it is."""

    first: int
    rows: list[list[Cell]]


class Table(ABC):
    """`height`: the number of the last row, for one that is not read whole an estimate."""

    epoch_1904 = False
    height = 0

    @abstractmethod
    def blocks(self, size: int) -> Iterator[Block]:
        """Every row that may hold anything, at most `size` at a time, formulas and errors in place of values."""

    @abstractmethod
    def merges(self) -> Sequence[Merge]:
        """Merged ranges."""


class WholeTable(Table):
    """A sheet in memory."""

    def __init__(self, book: CalamineWorkbook, name: str, odd: Odd, epoch_1904: bool) -> None:
        table = book.get_sheet_by_name(name)
        self._table, self._odd, self.epoch_1904 = table, odd, epoch_1904
        self._left = table.start[1] if table.start else 0
        self.height = table.total_height if table.end else 0

    def blocks(self, size: int) -> Iterator[Block]:
        rows, first = self._rows(), 1
        while block := list(islice(rows, size)):
            mark(first, block, self._odd)
            yield Block(first, block)
            first += len(block)

    def merges(self) -> Sequence[Merge]:
        ranges = self._table.merged_cell_ranges or []
        return [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]

    def _rows(self) -> Iterator[list[Cell]]:
        if not self._left:
            return self._table.iter_rows()  # type: ignore[return-value]  # its lists are ours to extend
        return ([*[""] * self._left, *values] for values in self._table.iter_rows())


class TextTable(Table):
    """A csv already read; it has neither formulas nor merged cells."""

    def __init__(self, rows: list[list[Cell]]) -> None:
        self._rows, self.height = rows, len(rows)

    def blocks(self, size: int) -> Iterator[Block]:
        for start in range(0, self.height, size):
            yield Block(start + 1, [list(row) for row in self._rows[start : start + size]])

    def merges(self) -> Sequence[Merge]:
        return ()


def mark(first: int, block: list[list[Cell]], odd: Odd) -> None:
    """Put formulas and error cells in place of what the reader gives for them; `first` is the number of the first row."""
    if not odd:
        return
    for at, cells in enumerate(block, first):
        for column, oddity in odd.get(at, ()):
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = oddity
