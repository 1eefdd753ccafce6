"""A long sheet in pieces of whole rows, each handed to the reader as a small workbook of its own.

The reader takes a sheet into memory whole before it gives the first row. Here the sheet's XML is inflated as a stream,
counted, searched for what may not be there, and cut after every few megabytes where a row ends: memory stays that of a
piece however long the sheet is, and the first rows are at work while the rest is still packed.

Only the plain form that programs write is read so: no prefixes, rows and cells that say where they stand. Of a small
table of shared strings the reader gets a copy with every piece, of a long one never (`strings`). Any other form `large`
reads whole.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from python_calamine import CalamineError, CalamineWorkbook

from genmai.kernel.sheets.container import BROKEN, Limits, part_name
from genmai.kernel.sheets.header import Merge
from genmai.kernel.sheets.looking import Odd, forbid, note_odd
from genmai.kernel.sheets.markup import column_index
from genmai.kernel.sheets.messages import SheetRefused
from genmai.kernel.sheets.strings import SharedStrings
from genmai.kernel.sheets.tables import Block, Table, mark
from genmai.kernel.sheets.values import Cell

_FIRST, _PIECE = 1 << 18, 1 << 22  # bytes inflated at once: little for the header, then as much as 4,000 rows have
_LONGEST_HEAD, _LONGEST_ROW = 1 << 20, 1 << 24
_LONGEST_TAG = 64
_GAP = 1000  # rows left out: the reader would fill them in memory
_END_OF_ROW = b"</row>"
_ROOT = re.compile(rb"<worksheet(?:\s[^<>]*)?>")
_DATA = re.compile(rb"<sheetData(?:\s[^<>]*)?(?<!/)>")
_ROW = re.compile(rb"""<row\s(?:[^<>]*?\s)?r\s*=\s*["'](\d{1,7})["']""")
_CELL = re.compile(rb"""<c\s(?:[^<>]*?\s)?r\s*=\s*["']""")
_DIMENSION = re.compile(rb"""<dimension\s+ref\s*=\s*["'][A-Z]{1,3}\d{1,7}:[A-Z]{1,3}(\d{1,7})["']""")
_MERGE = re.compile(rb"""<mergeCell\s+ref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_FAR = re.compile(rb"""r="[A-Z]{3}\d""")  # further right than column ZZ


class PieceTable(Table):
    """One sheet of a zip that stays open as long as this. `strings`: those it points to, unless they are in `small`."""

    def __init__(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, small: Mapping[str, bytes], limits: Limits,
        strings: SharedStrings | None = None,
    ) -> None:  # fmt: skip
        self._archive, self._entry, self._name, self._small, self._limits = archive, entry, name, small, limits
        self._strings, self._root, self.height = strings, b"", 0

    def open(self, epoch_1904: bool) -> bool:
        """Whether the sheet is in the plain form; how high it is about."""
        self.epoch_1904 = epoch_1904
        with self._archive.open(self._entry) as stream:
            begun = stream.read(_FIRST)
        root, data = _ROOT.search(begun), _DATA.search(begun)
        if root is None or data is None:
            return False
        rows = begun[data.end() :]
        first = _ROW.match(rows.lstrip())
        if first is None:
            return b"</sheetData>" in rows  # nothing in it
        if _END_OF_ROW not in rows or (b"<c" in rows and not _CELL.match(rows, rows.index(b"<c"))):
            return False
        self._root = root[0]
        self.height = self._about(begun, rows)
        return True

    def _about(self, begun: bytes, rows: bytes) -> int:
        """The last row's number as the sheet says it, or by the bytes that the first rows take."""
        count = rows.count(b"<row ")
        if count < 2 and b"</sheetData>" in rows:
            return 0  # a header and nothing below
        said = _DIMENSION.search(begun)
        if said is not None and int(said[1]) >= count:
            return int(said[1])
        return max(count, count * self._entry.file_size // len(begun))

    def blocks(self, size: int) -> Iterator[Block]:
        try:
            yield from self._blocks(size)
        except (*BROKEN, CalamineError) as error:
            raise SheetRefused("sheet_broken") from error

    def _blocks(self, size: int) -> Iterator[Block]:
        last = unfolded = 0
        for piece in self._rows():
            for part in _at_gaps(piece):
                block = self._read(part)
                unfolded += self._strings.unfolded(block.rows) if self._strings is not None else 0
                if unfolded > self._limits.max_text:
                    raise SheetRefused("sheet_too_many_cells")
                if block.rows and block.first <= last:
                    raise SheetRefused("sheet_broken")  # rows out of order: whose number is whose?
                for start in range(0, len(block.rows), size):
                    yield Block(block.first + start, block.rows[start : start + size])
                last = block.first + len(block.rows) - 1

    def merges(self) -> Sequence[Merge]:
        """They stand behind the rows: the whole sheet is inflated for them."""
        kept, behind = b"", False
        with self._archive.open(self._entry) as stream:
            while piece := stream.read(_PIECE):
                kept = (kept if behind else kept[-_LONGEST_TAG:]) + piece
                behind = behind or b"<mergeCells" in kept
        return [
            Merge(int(top), column_index(left.decode()), int(bottom), column_index(right.decode()))
            for left, top, right, bottom in _MERGE.findall(kept if behind else b"")
        ]

    def _rows(self) -> Iterator[bytes]:
        """Whole rows of XML, looked at; what stands behind the rows is looked at too."""
        left, held, inside, size = self._limits.max_inflated, b"", False, _FIRST
        with self._archive.open(self._entry) as stream:
            while piece := stream.read(size):
                left -= len(piece)
                if left < 0:
                    raise SheetRefused("sheet_bomb")
                held += piece
                if not inside:
                    data = _DATA.search(held)
                    if data is None:
                        raise SheetRefused("sheet_broken")
                    forbid(held[: data.end()])
                    held, inside = held[data.end() :], True
                end = held.find(b"</sheetData>")
                cut = end if end >= 0 else held.rfind(_END_OF_ROW) + len(_END_OF_ROW)
                if cut < len(_END_OF_ROW) and end < 0:
                    if len(held) > _LONGEST_ROW:
                        raise SheetRefused("sheet_broken")
                    continue
                forbid(held[:cut])
                if cut:
                    yield held[:cut]
                if end >= 0:
                    return
                held, size = held[cut:], _PIECE
        raise SheetRefused("sheet_broken")  # it ended within the rows

    def _read(self, piece: bytes) -> Block:
        """The reader's values of one piece, at their numbers, as wide as the sheet is at that place."""
        odd: Odd = {}
        note_odd(piece, odd)
        if _FAR.search(piece):
            raise SheetRefused("sheet_too_many_columns", most=self._limits.max_columns)
        top, left, rows = self._values(piece)
        if not rows and odd:
            top = min(odd) - 1
        if left:
            rows = [[*[""] * left, *values] for values in rows]
        first = min([top + 1, *odd])
        rows = [[] for _ in range(top + 1 - first)] + rows
        rows.extend([] for _ in range(max(odd, default=0) + 1 - first - len(rows)))
        mark(first, rows, odd)
        return Block(first, rows)

    def _values(self, piece: bytes) -> tuple[int, int, list[list[Cell]]]:
        """Where the reader's values begin (row and column from 0), and they."""
        strings = self._strings
        if strings is None:
            return self._given(piece)
        if not strings.mixed(piece):
            try:
                top, left, rows = self._given(strings.as_numbers(piece))
                return top, left, strings.put_in(rows)
            except CalamineError:
                pass  # a cell points in a way of its own
        return self._given(strings.in_place(piece))

    def _given(self, piece: bytes) -> tuple[int, int, list[list[Cell]]]:
        book = CalamineWorkbook.from_filelike(io.BytesIO(self._book(piece)))
        table = book.get_sheet_by_name(self._name)
        if table.start is None:
            return 0, 0, []
        return *table.start, table.to_python(skip_empty_area=True)  # type: ignore[return-value]  # its lists are ours to extend

    def _book(self, piece: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as book:
            for name, part in self._small.items():
                book.writestr(name, part)
            rows = (self._root, b"<sheetData>", piece, b"</sheetData></worksheet>")
            book.writestr(part_name(self._entry), b"".join(rows))
        return out.getvalue()


def _at_gaps(piece: bytes) -> Iterator[bytes]:
    """The piece itself, or cut where many rows are left out, as below a table with a stray cell at the very bottom."""
    first, last = _ROW.search(piece), _ROW.match(piece, max(piece.rfind(b"<row "), 0))
    if first is None:
        return
    if last is None:
        raise SheetRefused("sheet_broken")  # a row that doesn't say where it stands
    if int(last[1]) - int(first[1]) < piece.count(b"<row ") + _GAP:
        yield piece
        return
    start, before = 0, int(first[1])
    for row in _ROW.finditer(piece):
        if int(row[1]) - before > _GAP:
            yield piece[start : row.start()]
            start = row.start()
        before = int(row[1])
    yield piece[start:]
