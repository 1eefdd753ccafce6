"""A whole city in one sheet: looked through as a stream, then read by slices, without a second copy in memory.

`container` copies what it checked, which is right for sheets of an office and too much for half a million rows. Here
the parts are inflated piece by piece, counted, searched for what may not be there, and thrown away; the reader then
opens the same bytes.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from genmai.kernel.sheets.columns import names_of, plain_name
from genmai.kernel.sheets.container import BROKEN, Limits, check_directory, file_kind, part_name, sheet_names_of
from genmai.kernel.sheets.header import LOOKED_AT, Header, Merge, find_header
from genmai.kernel.sheets.markup import column_index, elements
from genmai.kernel.sheets.messages import SheetRefused
from genmai.kernel.sheets.values import Cell, Field, Oddity
from genmai.kernel.sheets.workbook import rows_of_csv

LARGE = Limits(
    max_bytes=512 * 1024 * 1024, max_inflated=4 * 1024 * 1024 * 1024, max_rows=1_048_576, max_columns=60,
    max_cells=40_000_000,
)  # fmt: skip
_PIECE = 1 << 20
_OVERLAP = 512  # no tag of a cell is longer
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
# Looked for first: plain words are found ten times as fast as patterns.
_MAY_BE_ODD = (b"<f", b'"e"', b"'e'")
_ODD = re.compile(rb"""<f[\s/>]|\st\s*=\s*["']e["']""")
_ODD_CELL = re.compile(
    rb"""<c\s[^<>]*?r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^<>]*?(?:(\st\s*=\s*["']e["'])[^<>]*)?>(\s*<f[\s/>])?"""
)
_MOST_ODD = 100_000
_SMALL_PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[content_types].xml")

Odd = dict[int, list[tuple[int, Oddity]]]


class Slice(NamedTuple):
    """Some rows one after another: their numbers on the screen and their cells, all as wide as the header."""

    numbers: list[int]
    cells: list[list[Cell]]


class LargeSheet:
    """One table: header, and its rows by slices as often as asked (each time from the start)."""

    def __init__(self, name: str, header: Header, height: int, source: _Table) -> None:
        self.name, self.header, self.height, self._source = name, header, height, source
        self.epoch_1904 = source.epoch_1904

    def slices(self, size: int) -> Iterator[Slice]:
        """Rows below the header that hold anything, about `size` at a time."""
        width = len(self.header.names)
        rows = self._source.rows()
        number = 0
        while block := list(islice(rows, size)):
            first = number + 1
            number += len(block)
            numbers = list(range(first, number + 1))
            self._source.mark(numbers, block)
            if any(_odd_shape(cells, width) for cells in block) or first <= self.header.last:
                kept = [(n, c) for n, c in zip(numbers, block, strict=True) if n > self.header.last and any(c)]
                numbers, block = [n for n, _ in kept], [_fit(c, width) for _, c in kept]
            if block:
                yield Slice(numbers, block)


def _odd_shape(cells: list[Cell], width: int) -> bool:
    return len(cells) != width or not any(cells)


def _fit(cells: list[Cell], width: int) -> list[Cell]:
    return [*cells, *[""] * (width - len(cells))] if len(cells) < width else cells


class LargeBook:
    """A file opened: names of its sheets, SHA-256 of its bytes."""

    def __init__(self, sha256: str, tables: dict[str, _Table]) -> None:
        self.sha256, self._tables = sha256, tables

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._tables)

    def sheet(self, name: str = "", fields: Sequence[Field] = ()) -> LargeSheet:
        """The sheet of that name; without one, the sheet whose header holds most of the fields' names.

        Raises SheetRefused: `sheet_no_rows`, `sheet_unknown_name`.
        """
        if not self._tables:
            raise SheetRefused("sheet_no_rows")
        if name and name not in self._tables:
            raise SheetRefused("sheet_unknown_name", name=name, names="、".join(self._tables))
        known = names_of(fields)
        sheets = [self._opened(each, fields) for each in ([name] if name else [*self._tables][:20])]
        return max(sheets, key=lambda sheet: sum(plain_name(one) in known for one in sheet.header.names if one))

    def _opened(self, name: str, fields: Sequence[Field]) -> LargeSheet:
        table = self._tables[name]
        first = list(enumerate(islice(table.rows(), LOOKED_AT), 1))
        header = find_header(first, table.merges, fields)
        if not header.names:
            raise SheetRefused("sheet_no_rows")
        return LargeSheet(name, header, table.height, table)


class _Table(ABC):
    """Where rows come from: the sheet reader, or a csv already read."""

    epoch_1904 = False
    merges: Sequence[Merge] = ()
    height = 0

    @abstractmethod
    def rows(self) -> Iterator[list[Cell]]:
        """Every row from the first, as wide as it is."""

    @abstractmethod
    def mark(self, numbers: Sequence[int], block: list[list[Cell]]) -> None:
        """Put formulas and error cells in place of what the reader gives for them."""


class _XlsxTable(_Table):
    def __init__(self, book: CalamineWorkbook, name: str, odd: Odd, epoch_1904: bool) -> None:
        table = book.get_sheet_by_name(name)
        self._table, self._odd, self.epoch_1904 = table, odd, epoch_1904
        self._left = table.start[1] if table.start else 0
        self.height = table.total_height if table.end else 0
        ranges = table.merged_cell_ranges or []
        self.merges = [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]

    def rows(self) -> Iterator[list[Cell]]:
        if not self._left:
            return self._table.iter_rows()  # type: ignore[return-value]  # its lists are ours to extend
        return ([*[""] * self._left, *values] for values in self._table.iter_rows())

    def mark(self, numbers: Sequence[int], block: list[list[Cell]]) -> None:
        if not self._odd or not numbers:
            return
        for number in range(numbers[0], numbers[-1] + 1):
            for column, oddity in self._odd.get(number, ()):
                cells = block[number - numbers[0]]
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = oddity


class _PlainTable(_Table):
    def __init__(self, rows: list[list[Cell]]) -> None:
        self._rows, self.height = rows, len(rows)

    def rows(self) -> Iterator[list[Cell]]:
        return iter([list(row) for row in self._rows])

    def mark(self, numbers: Sequence[int], block: list[list[Cell]]) -> None:
        """Plain text has neither formulas nor error cells."""


def open_large(file: BinaryIO, limits: Limits = LARGE) -> LargeBook:
    """Open an xlsx (or a csv of an office's size) by what it is. Raises SheetRefused with the reason and what to do."""
    head = file.read(8192)
    file.seek(0)
    if file_kind(head) != "xlsx":
        return _csv(file.read(limits.max_bytes))
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # any file is good enough
    size = file.tell()
    if size > limits.max_bytes:
        raise SheetRefused("sheet_too_large", allowed=f"≤ {limits.max_bytes // 1024 // 1024} MB")
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            check_directory(archive, size, limits)
            odd, epoch_1904 = _look_through(archive, limits)
        file.seek(0)
        book = CalamineWorkbook.from_filelike(file)
        names = [meta.name for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        tables = {name: _XlsxTable(book, name, odd.get(name, {}), epoch_1904) for name in names}
        book.close()
    except (*BROKEN, CalamineError) as error:
        raise SheetRefused("sheet_broken") from error
    return LargeBook(sha256, {name: table for name, table in tables.items() if table.height})


def _csv(data: bytes) -> LargeBook:
    rows: list[list[Cell]] = []
    for number, cells in rows_of_csv(data):
        rows.extend([] for _ in range(number - len(rows) - 1))
        rows.append(cells)
    return LargeBook(hashlib.sha256(data).hexdigest(), {"csv": _PlainTable(rows)})


def _look_through(archive: zipfile.ZipFile, limits: Limits) -> tuple[dict[str, Odd], bool]:
    """Every part that will be read, as a stream within the budget; what is odd in which sheet."""
    entries = {part_name(entry).lower(): entry for entry in archive.infolist()}
    small = {name: archive.read(entries[name]) if name in entries else b"" for name in _SMALL_PARTS}
    if b"macroEnabled" in small["[content_types].xml"]:
        raise SheetRefused("sheet_macros", allowed="xlsx, csv")
    sheets = sheet_names_of(small["xl/workbook.xml"], small["xl/_rels/workbook.xml.rels"])
    left = limits.max_inflated
    odd: dict[str, Odd] = {}
    for name, entry in entries.items():
        if not name.endswith((".xml", ".rels")):
            continue
        found: Odd = {}
        left = _look_at(archive, entry, left, found if name in sheets else None)
        if found:
            odd[sheets[name]] = found
    epoch = any(
        name == "workbookPr" and attributes.get("date1904") in {"1", "true"}
        for name, attributes in elements(small["xl/workbook.xml"])
    )
    return odd, epoch


def _look_at(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, odd: Odd | None) -> int:
    """One part, piece by piece with a little of the piece before; the budget that is left."""
    kept = b""
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise SheetRefused("sheet_bomb")
            piece = kept + piece
            if (b"<!" in piece and any(word in piece for word in _FORBIDDEN)) or b"\x00" in piece[:400]:
                raise SheetRefused("sheet_broken")
            if odd is not None and any(word in piece for word in _MAY_BE_ODD) and _ODD.search(piece):
                _note(piece, odd)
            kept = piece[-_OVERLAP:]
    return left


def _note(piece: bytes, odd: Odd) -> None:
    for found in _ODD_CELL.finditer(piece):
        if found[3] or found[4]:
            place = (column_index(found[1].decode()), Oddity.FORMULA if found[4] else Oddity.ERROR)
            cells = odd.setdefault(int(found[2]), [])
            if place not in cells:
                cells.append(place)
            if len(odd) > _MOST_ODD:
                raise SheetRefused("sheet_too_many_cells")
