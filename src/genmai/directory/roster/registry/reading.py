"""A sheet opened against its definition: which column is which, and its rows by slices, converted and not yet judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from genmai.directory.roster.registry import messages  # noqa: F401  what may be wrong with a row is known from here
from genmai.directory.roster.registry.cells import CellValue, Reader, Wrong, readers
from genmai.directory.roster.registry.definition import SheetDefinition
from genmai.kernel.sheets import (
    Cell,
    FailingRows,
    Field,
    LargeSheet,
    Matching,
    Problem,
    match_columns,
    open_large,
    show,
)  # fmt: skip
from genmai.kernel.sheets.markup import column_letter

SLICE = 4000
# From here on only rows are counted: nobody reads ten thousand, and memory stays bounded.
_MOST_TOLD = 10_000


@dataclass(frozen=True)
class Table:
    """The sheet with its columns found: what the dry run shows and the import reads."""

    definition: SheetDefinition
    sheet: LargeSheet
    sheets: tuple[str, ...]
    matching: Matching
    sha256: str

    @property
    def total(self) -> int:
        """About how many rows, for a bar of progress."""
        return max(self.sheet.height - self.sheet.header.last, 0)


def open_table(
    definition: SheetDefinition, file: BinaryIO, *, sheet: str = "", columns: Mapping[str, int | None] | None = None
) -> Table:
    """Open and match; `columns` as a person chose them. Raises SheetRefused for a file that can't be taken."""
    book = open_large(file)
    fields = definition.fields
    found = book.sheet(sheet, fields)
    matching = match_columns(found.header.names, fields)
    if columns is not None:
        matching = matching.override(columns)
    return Table(definition, found, book.names, matching, book.sha256)


@dataclass
class Rows:
    """A slice after its cells were read: values by column key, and the rows that are out already."""

    numbers: list[int]
    cells: list[list[Cell]]
    values: dict[str, Sequence[CellValue]]
    bad: set[int] = field(default_factory=set)  # places within the slice

    def __len__(self) -> int:
        return len(self.numbers)


class Reading:
    """Goes through a table once. `problems` grows meanwhile; `failed` counts rows, whatever was said of them.

    `failing` gets every row that is out, and all that is wrong with it; a slice is settled when the next is asked for.
    """

    def __init__(self, table: Table, failing: FailingRows | None = None) -> None:
        table.matching.check()
        self.table, self._failing = table, failing
        self.problems: list[Problem] = []
        self.failed_rows: set[int] = set()
        self.kinds: Counter[tuple[str, str]] = Counter()  # by field and code: how often each thing is wrong
        self.done = 0
        columns = table.matching.columns
        self._readers = readers(table.definition, epoch_1904=table.sheet.epoch_1904)
        self._placed: list[tuple[Reader, int]] = [
            (reader, columns[key]) for key, reader in self._readers.items() if key in columns
        ]
        self._absent = [key for key in self._readers if key not in columns]
        self._columns = columns
        self._fields: Mapping[str, Field] = {one.key: one for one in table.definition.fields}

    @property
    def failed(self) -> int:
        return len(self.failed_rows)

    def slices(self) -> Iterator[Rows]:
        """Every row, SLICE at a time; cells that can't be read are noted and their rows marked bad."""
        for numbers, cells in self.table.sheet.slices(SLICE):
            across = list(zip(*cells, strict=False))
            nothing: list[CellValue] = [None] * len(cells)
            values: dict[str, Sequence[CellValue]] = dict.fromkeys(self._absent, nothing)
            rows = Rows(numbers, cells, values)
            for reader, index in self._placed:
                read = reader.read(across[index]) if index < len(across) else nothing
                rows.values[reader.column.key] = read
                if reader.doubted and Wrong in set(map(type, read)):
                    self._note(rows, reader.column.key, read)
            self.done += len(numbers)
            yield rows
            if self._failing is not None:
                self._failing.settle()

    def _note(self, rows: Rows, key: str, read: Sequence[CellValue]) -> None:
        for place, value in enumerate(read):
            if isinstance(value, Wrong):
                self.refuse(rows, place, key, value)

    def refuse(self, rows: Rows, place: int, key: str, wrong: Wrong) -> None:
        """Note what is wrong in a row, at the column of a field; the row is out."""
        rows.bad.add(place)
        number = rows.numbers[place]
        self.failed_rows.add(number)
        self.kinds[key, wrong.code] += 1
        told = len(self.problems) < _MOST_TOLD
        if not told and self._failing is None:
            return
        index = self._columns.get(key)
        cells = rows.cells[place]
        letter, name = self.named(key)
        problem = Problem(
            row=number,
            column=letter,
            column_name=name,
            field=key,
            shown=show(cells[index], self._fields[key]) if index is not None and index < len(cells) else "",
            code=wrong.code,
            allowed=wrong.allowed,
        )
        if told:
            self.problems.append(problem)
        if self._failing is not None:
            self._failing.note(cells, problem)

    def named(self, key: str) -> tuple[str, str]:
        """Letter and name of a field's column in this sheet; without a letter where it has none."""
        index = self._columns.get(key)
        if index is None:
            return "", self._fields[key].label
        return column_letter(index), self.table.sheet.header.names[index]
