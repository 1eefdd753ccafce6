"""A handed-in file opened as sheets, whatever it was made with."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from genmai.kernel.sheets.columns import names_of, plain_name
from genmai.kernel.sheets.container import Limits, file_kind, safe_xlsx
from genmai.kernel.sheets.delimited import decode, find_delimiter, read_rows
from genmai.kernel.sheets.header import LOOKED_AT, Header, Merge, find_header
from genmai.kernel.sheets.markup import Findings
from genmai.kernel.sheets.messages import SheetRefused
from genmai.kernel.sheets.values import Cell, Field, Oddity


class Row(NamedTuple):
    """A row of the body; `number` is the one the spreadsheet shows at its left."""

    number: int
    cells: list[Cell]


_Source = Callable[[], Iterator[tuple[int, list[Cell]]]]


@dataclass(frozen=True)
class Sheet:
    """One table: its header and, as often as asked, its rows one by one."""

    name: str
    header: Header
    epoch_1904: bool
    _source: _Source = field(repr=False)
    _limits: Limits = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """Rows below the header that hold anything. Raises SheetRefused when there are more than the limit."""
        width, count = len(self.header.names), 0
        for number, cells in self._source():
            if number <= self.header.last or not _holds_anything(cells):
                continue
            count += 1
            if count > self._limits.max_rows:
                raise SheetRefused("sheet_too_many_rows", most=self._limits.max_rows)
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            yield Row(number, cells)


def _holds_anything(cells: list[Cell]) -> bool:
    return any(cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in cells)


@dataclass(frozen=True)
class Workbook:
    """The sheets of a file that hold anything, visible ones first; `sha256` recognises the very same file again."""

    filename: str
    kind: str
    sha256: str
    names: tuple[str, ...]
    encoding: str
    _open: Callable[[str, Sequence[Field]], Sheet] = field(repr=False)

    def sheet(self, name: str | None = None, fields: Sequence[Field] = ()) -> Sheet:
        """The sheet of that name; without a name the one whose header holds most of the fields' names.

        `fields` help to find the header row. Raises SheetRefused: `sheet_no_rows`, `sheet_unknown_name`.
        """
        if not self.names:
            raise SheetRefused("sheet_no_rows")
        if name is not None and name not in self.names:
            raise SheetRefused("sheet_unknown_name", name=name, names="、".join(self.names))
        if name is not None or len(self.names) == 1:
            return self._open(name or self.names[0], fields)
        known = names_of(fields)
        sheets = [self._open(each, fields) for each in self.names[:20]]
        return max(
            sheets, key=lambda sheet: sum(plain_name(column) in known for column in sheet.header.names if column)
        )


def open_sheet(data: bytes, filename: str, limits: Limits | None = None) -> Workbook:
    """Open an xlsx or csv by what it is, not by its name. Raises SheetRefused with the reason and what to do."""
    limits = limits or Limits()
    if len(data) > limits.max_bytes:
        raise SheetRefused("sheet_too_large", allowed=f"≤ {limits.max_bytes // 1024 // 1024} MB")
    return _xlsx(data, filename, limits) if file_kind(data) == "xlsx" else _csv(data, filename, limits)


def _xlsx(data: bytes, filename: str, limits: Limits) -> Workbook:
    safe = safe_xlsx(data, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(safe.data))
        tables = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        tables.sort(key=lambda meta: meta.visible != SheetVisibleEnum.Visible)
        loaded = {meta.name: book.get_sheet_by_name(meta.name) for meta in tables}
    except (CalamineError, OSError, ValueError) as error:
        raise SheetRefused("sheet_broken") from error
    filled = {name: table for name, table in loaded.items() if table.end is not None}

    def opened(name: str, fields: Sequence[Field]) -> Sheet:
        source, merges = _table_source(filled[name], safe.findings.get(name, Findings())), _merges(filled[name])
        header = find_header(list(islice(source(), LOOKED_AT)), merges, fields)
        return Sheet(name, header, safe.epoch_1904, _filled_down(source, merges), limits)

    return Workbook(filename, "xlsx", hashlib.sha256(data).hexdigest(), tuple(filled), "", opened)


def _merges(table: CalamineSheet) -> list[Merge]:
    ranges = table.merged_cell_ranges or []
    return [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]


def _table_source(table: CalamineSheet, findings: Findings) -> _Source:
    """Rows numbered as on the screen; the reader leaves out empty columns on the left, so they are put back."""
    left = table.start[1] if table.start else 0
    odd: dict[int, list[tuple[int, Oddity]]] = {}
    for cells, oddity in ((findings.errors, Oddity.ERROR), (findings.formulas, Oddity.FORMULA)):
        for row, column in cells:
            odd.setdefault(row, []).append((column, oddity))

    def rows() -> Iterator[tuple[int, list[Cell]]]:
        for number, values in enumerate(table.iter_rows(), 1):
            cells: list[Cell] = [*[""] * left, *values] if left else list(values)
            for column, oddity in odd.get(number, ()):
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = oddity
            yield number, cells

    return rows


def _filled_down(source: _Source, merges: Sequence[Merge]) -> _Source:
    """Rows in which every cell of a merged range has its value, as people see it (one name merged over ten rows)."""
    if not merges:
        return source
    starting: dict[int, list[Merge]] = {}
    for merge in merges:
        starting.setdefault(merge.top, []).append(merge)

    def rows() -> Iterator[tuple[int, list[Cell]]]:
        active: list[tuple[Merge, Cell]] = []
        for number, cells in source():
            active = [(merge, value) for merge, value in active if merge.bottom >= number]
            active += ((merge, cells[merge.left]) for merge in starting.get(number, ()) if merge.left < len(cells))
            for merge, value in active:
                reach = min(merge.right + 1, len(cells))
                cells[merge.left : reach] = [value] * (reach - merge.left)
            yield number, cells

    return rows


def _csv(data: bytes, filename: str, limits: Limits) -> Workbook:
    text, encoding = decode(data)
    delimiter = find_delimiter(text)

    def source() -> Iterator[tuple[int, list[Cell]]]:
        return _within(read_rows(text, delimiter), limits)

    def opened(name: str, fields: Sequence[Field]) -> Sheet:
        header = find_header(list(islice(source(), LOOKED_AT)), (), fields)
        if not header.names:
            raise SheetRefused("sheet_no_rows")
        return Sheet(name, header, False, source, limits)

    return Workbook(filename, "csv", hashlib.sha256(data).hexdigest(), ("csv",), encoding, opened)


def rows_of_csv(data: bytes, limits: Limits | None = None) -> Iterator[tuple[int, list[Cell]]]:
    """Every row of a csv by the line it stands in. Raises SheetRefused: encoding, quotes, too many columns."""
    text, _ = decode(data)
    return _within(read_rows(text, find_delimiter(text)), limits or Limits())


def _within(rows: Iterable[tuple[int, list[Cell]]], limits: Limits) -> Iterator[tuple[int, list[Cell]]]:
    for number, cells in rows:
        if len(cells) > limits.max_columns:
            raise SheetRefused("sheet_too_many_columns", most=limits.max_columns)
        yield number, cells
