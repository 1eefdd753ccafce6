"""A whole city in one sheet: read by slices, without a second copy in memory.

`container` copies what it checked, which is right for sheets of an office and too much for half a million rows. A sheet
in plain form is read in pieces (`pieces`). Of any other the parts are inflated piece by piece, counted, searched for what
may not be there, and thrown away; the reader then takes in the same bytes whole.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from genmai.kernel.sheets.columns import names_of, plain_name
from genmai.kernel.sheets.container import BROKEN, Limits, check_directory, file_kind, part_name, sheet_names_of
from genmai.kernel.sheets.header import LOOKED_AT, Header, find_header
from genmai.kernel.sheets.looking import Odd, forbid, note_odd
from genmai.kernel.sheets.markup import elements
from genmai.kernel.sheets.messages import SheetRefused
from genmai.kernel.sheets.pieces import PieceTable
from genmai.kernel.sheets.strings import read_strings
from genmai.kernel.sheets.tables import Table, TextTable, WholeTable
from genmai.kernel.sheets.values import Cell, Field
from genmai.kernel.sheets.workbook import rows_of_csv

LARGE = Limits(
    max_bytes=512 * 1024 * 1024, max_inflated=4 * 1024 * 1024 * 1024, max_rows=1_048_576, max_columns=60,
    max_cells=40_000_000,
)  # fmt: skip
_PIECE = 1 << 20
_OVERLAP = 512  # no tag of a cell is longer
_WORKBOOK, _RELATIONS, _TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[content_types].xml"
_STRINGS = "xl/sharedstrings.xml"
# What the reader needs besides the sheet itself, if small enough to be handed to it with every piece.
_WITH_EACH_PIECE = (_TYPES, "_rels/.rels", _WORKBOOK, _RELATIONS, "xl/styles.xml")
_SMALL = 1 << 20
_FEW = 1 << 16  # bytes of shared strings handed on with every piece; more are kept apart


class Slice(NamedTuple):
    """Some rows one after another: their numbers on the screen and their cells, all as wide as the header."""

    numbers: list[int]
    cells: list[list[Cell]]


class LargeSheet:
    """One table: header, and its rows by slices as often as asked (each time from the start)."""

    def __init__(self, name: str, header: Header, height: int, source: Table) -> None:
        self.name, self.header, self.height, self._source = name, header, height, source
        self.epoch_1904 = source.epoch_1904

    def slices(self, size: int) -> Iterator[Slice]:
        """Rows below the header that hold anything, about `size` at a time."""
        width = len(self.header.names)
        for first, rows in self._source.blocks(size):
            block = rows
            numbers = list(range(first, first + len(block)))
            if first <= self.header.last or set(map(len, block)) != {width} or not all(map(any, block)):
                kept = [(n, c) for n, c in zip(numbers, block, strict=True) if n > self.header.last and any(c)]
                numbers, block = [n for n, _ in kept], [_fit(c, width) for _, c in kept]
            if block:
                yield Slice(numbers, block)


def _fit(cells: list[Cell], width: int) -> list[Cell]:
    return [*cells, *[""] * (width - len(cells))] if len(cells) < width else cells


class LargeBook:
    """A file opened: names of its sheets, SHA-256 of its bytes."""

    def __init__(self, sha256: str, tables: dict[str, Table]) -> None:
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
        first = list(islice(_numbered(table), LOOKED_AT))
        header = find_header(first, (), fields)
        if not header.names:
            raise SheetRefused("sheet_no_rows")
        if isinstance(table, WholeTable) or _may_be_merged(header, dict(first)):
            header = find_header(first, table.merges(), fields)
        return LargeSheet(name, header, table.height, table)


def _numbered(table: Table) -> Iterator[tuple[int, list[Cell]]]:
    return chain.from_iterable(enumerate(rows, first) for first, rows in table.blocks(LOOKED_AT))


def _may_be_merged(header: Header, rows: Mapping[int, Sequence[Cell]]) -> bool:
    """Whether the header may have two lines: merging leaves cells without a name, or names stand above names."""
    above = sum(cell != "" for cell in rows.get(header.first - 1, ()))
    return above > 1 or not all(header.names)


def open_large(file: BinaryIO, limits: Limits = LARGE) -> LargeBook:
    """Open an xlsx (or a csv of an office's size) by what it is. Raises SheetRefused with the reason and what to do."""
    head = file.read(8192)
    file.seek(0)
    if file_kind(head) != "xlsx":
        return _csv(file.read(limits.max_bytes))
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # any file is good enough
    size = file.seek(0, io.SEEK_END)  # asked for: hashing bytes held in memory does not move on in them
    if size > limits.max_bytes:
        raise SheetRefused("sheet_too_large", allowed=f"≤ {limits.max_bytes // 1024 // 1024} MB")
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
        check_directory(archive, size, limits)
        tables = _in_pieces(archive, limits) or _whole(archive, file, limits)
    except (*BROKEN, CalamineError) as error:
        raise SheetRefused("sheet_broken") from error
    return LargeBook(sha256, {name: table for name, table in tables.items() if table.height})


def in_pieces(file: BinaryIO, limits: Limits) -> Mapping[str, Table] | None:
    """Every sheet of an xlsx to be read piece by piece, the file open as long; None when that can't be done with it.

    Raises SheetRefused as `open_large` does.
    """
    size = file.seek(0, io.SEEK_END)
    try:
        archive = zipfile.ZipFile(file)
        check_directory(archive, size, limits)
        return _in_pieces(archive, limits)
    except (*BROKEN, CalamineError) as error:
        raise SheetRefused("sheet_broken") from error


def _in_pieces(archive: zipfile.ZipFile, limits: Limits) -> Mapping[str, Table] | None:
    """The sheets, none of them inflated yet; None if one isn't in plain form."""
    entries = {part_name(entry).lower(): entry for entry in archive.infolist()}
    if any(entries[name].file_size > _SMALL for name in _WITH_EACH_PIECE if name in entries):
        return None
    shared, strings = entries.get(_STRINGS), None
    if shared is not None and shared.file_size > _FEW:
        strings = read_strings(archive, shared, limits)
        if strings is None:
            return None
    with_each = _WITH_EACH_PIECE if strings is not None else (*_WITH_EACH_PIECE, _STRINGS)
    parts = {name: archive.read(entries[name]) for name in with_each if name in entries}
    small = {part_name(entries[name]): part for name, part in parts.items()}
    for part in small.values():
        forbid(part)
    names, epoch_1904 = _told(parts)
    tables: dict[str, Table] = {}
    for path, name in names.items():
        if path in entries and path.startswith("xl/worksheets/"):
            table = PieceTable(archive, entries[path], name, small, limits, strings)
            if not table.open(epoch_1904):
                return None
            tables[name] = table
    return tables


def _told(parts: Mapping[str, bytes]) -> tuple[dict[str, str], bool]:
    """Sheets by their path, and whether days count from 1904. Raises SheetRefused for macros."""
    if b"macroEnabled" in parts.get(_TYPES, b""):
        raise SheetRefused("sheet_macros", allowed="xlsx, csv")
    workbook = parts.get(_WORKBOOK, b"")
    epoch = any(
        name == "workbookPr" and attributes.get("date1904") in {"1", "true"} for name, attributes in elements(workbook)
    )
    return sheet_names_of(workbook, parts.get(_RELATIONS, b"")), epoch


def _whole(archive: zipfile.ZipFile, file: BinaryIO, limits: Limits) -> Mapping[str, Table]:
    odd, epoch_1904 = _look_through(archive, limits)
    file.seek(0)
    book = CalamineWorkbook.from_filelike(file)
    names = [meta.name for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    tables = {name: WholeTable(book, name, odd.get(name, {}), epoch_1904) for name in names}
    book.close()
    return tables


def _csv(data: bytes) -> LargeBook:
    rows: list[list[Cell]] = []
    for number, cells in rows_of_csv(data):
        rows.extend([] for _ in range(number - len(rows) - 1))
        rows.append(cells)
    return LargeBook(hashlib.sha256(data).hexdigest(), {"csv": TextTable(rows)})


def _look_through(archive: zipfile.ZipFile, limits: Limits) -> tuple[dict[str, Odd], bool]:
    """Every part that will be read, as a stream within the budget; what is odd in which sheet."""
    entries = {part_name(entry).lower(): entry for entry in archive.infolist()}
    told = (_TYPES, _WORKBOOK, _RELATIONS)
    sheets, epoch_1904 = _told({name: archive.read(entries[name]) for name in told if name in entries})
    left = limits.max_inflated
    odd: dict[str, Odd] = {}
    for name, entry in entries.items():
        if not name.endswith((".xml", ".rels")):
            continue
        found: Odd = {}
        left = _look_at(archive, entry, left, found if name in sheets else None)
        if found:
            odd[sheets[name]] = found
    return odd, epoch_1904


def _look_at(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, odd: Odd | None) -> int:
    """One part, piece by piece with a little of the piece before; the budget that is left."""
    kept = b""
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise SheetRefused("sheet_bomb")
            piece = kept + piece
            forbid(piece)
            if odd is not None:
                note_odd(piece, odd)
            kept = piece[-_OVERLAP:]
    return left
