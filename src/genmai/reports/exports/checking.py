"""Compares a file with what was kept of it, and names every difference: the cell, the row, the order, the header."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice, zip_longest
from typing import Any

from genmai.kernel.sheets.grid import Grid
from genmai.kernel.sheets.markup import column_letter
from genmai.reports.exports import pairing
from genmai.reports.exports.digests import CELL, Keyed, size_of_row
from genmai.reports.exports.findings import Fault, Finding
from genmai.reports.exports.values import Kind, canonical

SHIFTED = 60  # rows looked at for a header that was moved down

Cells = Sequence[object]


@dataclass(frozen=True)
class Kept:
    """What the record holds: the key, the layout, the digests of all rows one after another."""

    keyed: Keyed
    layout: Mapping[str, Any]
    rows: bytes

    @property
    def kinds(self) -> list[Kind]:
        return [Kind(column["kind"]) for column in self.layout["columns"]]

    @property
    def titles(self) -> list[str]:
        return [column["title"] for column in self.layout["columns"]]

    @property
    def keys(self) -> list[int]:
        named = [index for index, column in enumerate(self.layout["columns"]) if column["key"]]
        return named or [0]

    def row(self, index: int) -> bytes:
        size = size_of_row(len(self.layout["columns"]))
        return self.rows[index * size : (index + 1) * size]

    def __len__(self) -> int:
        return len(self.rows) // size_of_row(len(self.layout["columns"]))


def check(kept: Kept, sheets: Sequence[Grid]) -> list[Finding]:
    """Every difference, those of the table first; empty: unchanged."""
    names = kept.layout["sheets"]
    table = _sheet(sheets, names[0], 0)
    if table is None:
        return [Finding(Fault.SHEET, {"sheet": names[0]})]
    return [*_Table(kept, table).findings(), *_notes(kept, sheets)]


def _sheet(sheets: Sequence[Grid], name: str, index: int) -> Grid | None:
    """By name; renamed, by its place."""
    named = next((sheet for sheet in sheets if sheet.name == name), None)
    return named or (sheets[index] if index < len(sheets) else None)


def _notes(kept: Kept, sheets: Sequence[Grid]) -> Iterator[Finding]:
    cells = [cell for cell in kept.layout["cells"] if cell[0] == 1]
    if not cells:
        return
    name = kept.layout["sheets"][1]
    found = _sheet(sheets, name, 1)
    if found is None:
        yield Finding(Fault.SHEET, {"sheet": name})
        return
    rows = list(found.rows())
    for _, row, column, digest, what in cells:
        if _frame(kept.keyed, what, _at(rows, row, column)) != digest:
            yield Finding(Fault.NOTE, {"sheet": found.name, "address": _address(row, column)})


class _Table:
    """The first sheet, its columns found again under their headers wherever they stand now.

    A sheet may hold half a million rows: of the body only digests are kept, and the cells of rows that are named.
    """

    def __init__(self, kept: Kept, grid: Grid) -> None:
        self.kept, self.grid, self.kinds = kept, grid, kept.kinds
        self.top = list(islice(grid.rows(), kept.layout["first_row"] + SHIFTED))
        self.named: dict[int, Cells] = {}
        self.header = [cell for cell in kept.layout["cells"] if cell[4] == "header"]
        self.shift = self._shift()
        self.place: dict[int, int] = {}  # recorded column → column of the file
        self.added: list[int] = []
        self.removed: list[int] = []
        self._align()

    def findings(self) -> Iterator[Finding]:
        yield from self._columns()
        yield from self._body()
        yield from self._headers()
        yield from self._lines()

    # -- where things are

    def _shift(self) -> int:
        """How many rows the header has moved: the place where most of its cells are found; its own at a draw."""
        top = self.kept.layout["header_row"]
        candidates = sorted(range(-top, SHIFTED), key=abs)
        return max(candidates, key=lambda shift: (self._matching(shift), -abs(shift)))

    def _matching(self, shift: int) -> int:
        return sum(
            _frame(self.kept.keyed, "header", _at(self.top, row + shift, column)) == digest
            for _, row, column, digest, _ in self.header
        )

    def _align(self) -> None:
        top, first = self.kept.layout["header_row"], self.kept.layout["first_row"]
        by_place = {(row, column): digest for _, row, column, digest, _ in self.header}
        recorded = [
            tuple(by_place.get((row, column), "") for row in range(top, first))
            for column in range(len(self.kept.titles))
        ]
        span = range(top + self.shift, first + self.shift)
        now = [tuple(self._header_digest(row, column) for row in span) for column in range(self._width())]
        matcher = SequenceMatcher(None, recorded, now, autojunk=False)
        for _, left, left_end, right, right_end in matcher.get_opcodes():
            for one, other in zip_longest(range(left, left_end), range(right, right_end)):
                if one is None:
                    self.added.append(other)
                elif other is None:
                    self.removed.append(one)
                else:
                    self.place[one] = other

    def _header_digest(self, row: int, column: int) -> str:
        value = _at(self.top, row, column)
        return _frame(self.kept.keyed, "header", value) if value not in ("", None) else ""

    def _width(self) -> int:
        """Columns that hold anything from the header down."""
        top = max(self.kept.layout["header_row"] + self.shift, 0)
        return max((len(row) - _blanks_at_end(row) for row in islice(self.grid.rows(), top, None)), default=0)

    # -- what differs

    def _columns(self) -> Iterator[Finding]:
        for column in self.removed:
            yield Finding(Fault.COLUMN_REMOVED, {"column": self.kept.titles[column]})
        for column in self.added:
            yield Finding(Fault.COLUMN_ADDED, {"sheet": self.grid.name, "letter": column_letter(column)})

    def _headers(self) -> Iterator[Finding]:
        for _, row, column, digest, what in self.header:
            if column not in self.place:
                continue
            here = row + self.shift, self.place[column]
            if _frame(self.kept.keyed, what, _at(self.top, *here)) != digest:
                params = {"sheet": self.grid.name, "address": _address(*here), "column": self.kept.titles[column]}
                yield Finding(Fault.HEADER, params)

    def _lines(self) -> Iterator[Finding]:
        for _, row, column, digest, what in self.kept.layout["cells"]:
            if what not in ("title", "line"):
                continue
            rows = {row, row + self.shift}
            if not any(_frame(self.kept.keyed, what, _at(self.top, each, column)) == digest for each in rows):
                yield Finding(Fault.LINE, {"sheet": self.grid.name, "address": _address(row, column)})

    def _body(self) -> Iterator[Finding]:
        first = self.kept.layout["first_row"] + self.shift
        columns = sorted(self.place)
        lines, now = self._read(max(first, 0), columns)
        then = [self._recorded(self.kept.row(index), columns) for index in range(len(self.kept))]
        keys = [columns.index(key) for key in self.kept.keys if key in columns]
        found = pairing.pair(then, now, keys)
        computing = self._computing(lines)
        moved = [here for _, here in found.moved]
        named = {lines[here] for here in (*(here for _, here in found.pairs), *found.added, *moved)}
        self._name(named | {line for line, _ in computing})
        for was, here in found.pairs:
            for column in self._changed(then[was], now[here], columns):
                if (lines[here], column) not in computing:
                    yield Finding(Fault.CELL, self._cell(lines[here], column))
        for line, column in computing:
            yield Finding(Fault.FORMULA, self._cell(line, column))
        for here in found.added:
            yield Finding(Fault.ROW_ADDED, {**self._row(lines[here]), "line": lines[here] + 1})
        for was in found.removed:
            yield Finding(Fault.ROW_REMOVED, {"was": was + 1, "line": self.kept.layout["first_row"] + was + 1})
        for was, here in found.moved:
            yield Finding(Fault.ORDER, {**self._row(lines[here]), "line": lines[here] + 1, "was": was + 1})

    def _read(self, first: int, columns: Sequence[int]) -> tuple[array[int], list[bytes]]:
        """Where rows of the body stand, and their digests; blank rows are none."""
        lines, digests = array("L"), []
        for line, row in enumerate(islice(self.grid.rows(), first, None), first):
            if any(cell not in ("", None) for cell in row):
                lines.append(line)
                digests.append(self._digests(row, columns))
        return lines, digests

    def _name(self, lines: Collection[int]) -> None:
        """Fetch the cells of rows that are told of."""
        if lines:
            self.named = {line: row for line, row in enumerate(self.grid.rows()) if line in lines}

    def _digests(self, row: Cells, columns: Iterable[int]) -> bytes:
        kinds, keyed = self.kinds, self.kept.keyed
        return b"".join(
            keyed.cell(
                column, canonical(kinds[column], row[self.place[column]] if self.place[column] < len(row) else "")
            )
            for column in columns
        )

    def _recorded(self, row: bytes, columns: Sequence[int]) -> bytes:
        if len(columns) * CELL == len(row):
            return row
        return b"".join(row[CELL * column : CELL * (column + 1)] for column in columns)

    def _changed(self, then: bytes, now: bytes, columns: Sequence[int]) -> list[int]:
        return [column for index, column in enumerate(columns) if pairing.cell(then, index) != pairing.cell(now, index)]

    def _computing(self, lines: Collection[int]) -> list[tuple[int, int]]:
        """Cells that compute: not what was written, even where they still show the same."""
        body, back = set(lines), {here: column for column, here in self.place.items()}
        return [(row - 1, back[here]) for row, here in sorted(self.grid.formulas) if row - 1 in body and here in back]

    def _cell(self, line: int, column: int) -> dict[str, object]:
        here = _address(line, self.place[column])
        return {**self._row(line), "address": here, "column": self.kept.titles[column]}

    def _row(self, line: int) -> dict[str, object]:
        """The row as its own key cells in the file name it."""
        shown = [
            (self.kept.titles[key], str(_cell_of(self.named.get(line, ()), self.place[key])))
            for key in self.kept.keys
            if key in self.place
        ]
        column = "、".join(title for title, _ in shown)
        return {"sheet": self.grid.name, "row": (column, "、".join(value for _, value in shown), line + 1)}


def _frame(keyed: Keyed, what: str, value: object) -> str:
    return keyed.frame(what, canonical(Kind.TEXT, value))


def _at(rows: Sequence[Cells], row: int, column: int) -> object:
    return _cell_of(rows[row], column) if 0 <= row < len(rows) else ""


def _cell_of(cells: Cells, column: int) -> object:
    return cells[column] if column < len(cells) else ""


def _blanks_at_end(row: Cells) -> int:
    count = 0
    for cell in reversed(row):
        if cell not in ("", None):
            break
        count += 1
    return count


def _address(row: int, column: int) -> str:
    """B7, as the sheet shows it."""
    return f"{column_letter(column)}{row + 1}"
