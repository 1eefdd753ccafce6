"""A long table of shared strings, kept as one run of bytes and the places where each ends.

Spreadsheets save every distinct text once, in a part of its own, to which cells point by number: a city has millions. As
strings of Python they would take a hundred bytes each and the XML as much again; here they take their letters and four
bytes. What the reader gives for a cell that points is put in from here.
"""

from __future__ import annotations

import io
import re
import zipfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from python_calamine import CalamineWorkbook

from genmai.kernel.sheets.container import LONGEST_CELL, Limits
from genmai.kernel.sheets.looking import forbid
from genmai.kernel.sheets.messages import SheetRefused
from genmai.kernel.sheets.packing import PARTS, SPREADSHEET, xml_text
from genmai.kernel.sheets.values import Cell

_PIECE = 1 << 20
_LONGEST_HEAD = 1 << 16
_MOST_KEPT = 100_000  # texts made ready: the same few thousand words and days stand in most cells …
_MANY_ALIKE = 10  # … and longer rows of digits in one only: whose number it is
_WORTH_COUNTING = 255  # shorter texts can't unfold a sheet to anything its cells alone could not
_END = b"</si>"
_SHEET = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>'
_ROOT = re.compile(rb"<sst(?:\s[^<>]*)?(?<!/)>")
_ITEM = re.compile(rb"<si[\s/>]")
_PLAIN = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*)</t>(?:<phoneticPr[^<>]*/>)?</si>')
_NOT_PLAIN = (b"&", b"_x", b"\r")
_MIXED = (b"inlineStr", b'"str"', b"'")
_POINTER = re.compile(
    rb"""(<c\s[^<>]*?)\st\s*=\s*["']s["']([^<>/]*>\s*(?:<f(?:\s[^<>]*)?(?:/>|>[^<]*</f>)\s*)?)<v>\s*(\d{1,9})\s*</v>"""
)


class _NotPlainError(Exception):
    """Another program's way of writing; the reader then takes the whole file."""


class SharedStrings:
    """Texts by their number. `longest` in bytes."""

    def __init__(self) -> None:
        self._text, self._ends = bytearray(), array("I", [0])
        self.longest = 0
        self._ready = _Ready(self)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def text(self, number: int) -> str:
        """Raises SheetRefused where there is no such string."""
        if number + 1 >= len(self._ends):
            raise SheetRefused("sheet_broken")
        return self._text[self._ends[number] : self._ends[number + 1]].decode()

    def extend(self, texts: Sequence[bytes], limits: Limits) -> None:
        """Take more in. Raises SheetRefused for more than a sheet may hold."""
        self._ends.extend(list(accumulate(map(len, texts), initial=self._ends[-1]))[1:])
        self._text += b"".join(texts)
        self.longest = max(self.longest, max(map(len, texts), default=0))
        if self.longest > LONGEST_CELL:
            raise SheetRefused("sheet_cell_too_long")
        if len(self._text) > limits.max_shared or len(self) > limits.max_cells:
            raise SheetRefused("sheet_too_many_cells")

    def mixed(self, piece: bytes) -> bool:
        """Whether cells hold texts of their own, too: then numbers could not be told from them."""
        return any(word in piece for word in _MIXED)

    def as_numbers(self, piece: bytes) -> bytes:
        """Rows the reader can take without this table: it gives the numbers as texts, for `put_in`."""
        return piece.replace(b' t="s"', b' t="str"')

    def in_place(self, piece: bytes) -> bytes:
        """The same with each text in its cell, for rows written in another way. Slower."""
        return _POINTER.sub(self._in_place, piece)

    def put_in(self, rows: Iterable[Sequence[Cell]]) -> list[list[Cell]]:
        """Rows with the texts their cells point to."""
        ready = self._ready.__getitem__
        return [[*map(ready, row)] for row in rows]

    def unfolded(self, rows: Iterable[Sequence[Cell]]) -> int:
        """How much text stands in these rows, where it could be more than was handed in."""
        if self.longest <= _WORTH_COUNTING:
            return 0
        return sum(len(cell) for row in rows for cell in row if isinstance(cell, str))

    def _in_place(self, cell: re.Match[bytes]) -> bytes:
        text = xml_text(self.text(int(cell[3]))).encode()
        # A formula among it is told by its place; the reader is given the value alone.
        opened = cell[2][: cell[2].index(b">")]
        return cell[1] + b' t="inlineStr"' + opened + b'><is><t xml:space="preserve">' + text + b"</t></is>"


class _Ready(dict[Cell, Cell]):
    """What the reader gives → what the cell says. Only texts are kept: 1, 1.0 and True would be one key."""

    def __init__(self, strings: SharedStrings) -> None:
        super().__init__()
        self._text = strings.text

    def __missing__(self, cell: Cell) -> Cell:
        if type(cell) is not str:
            return cell
        try:
            text = self._text(int(cell))
        except ValueError:
            return cell  # an error, a day: no number of a string
        if len(text) <= _MANY_ALIKE or not text.isascii():
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[cell] = text
        return text


def read_strings(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> SharedStrings | None:
    """The table, inflated piece by piece; None when it isn't written plainly. Raises SheetRefused."""
    strings = SharedStrings()
    try:
        for piece in _pieces(archive, entry, limits):
            strings.extend(_texts(piece), limits)
    except _NotPlainError:
        return None
    return strings


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> Iterator[bytes]:
    """Whole strings as XML."""
    left, held, inside = limits.max_inflated, b"", False
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise SheetRefused("sheet_bomb")
            held += piece
            if not inside:
                root = _ROOT.search(held)
                if root is None and len(held) <= _LONGEST_HEAD:
                    continue
                if root is None:
                    raise _NotPlainError
                forbid(held[: root.end()])
                held, inside = held[root.end() :], True
            cut = held.rfind(_END) + len(_END)
            if cut < len(_END):
                if len(held) > _LONGEST_HEAD + LONGEST_CELL + _PIECE:
                    raise SheetRefused("sheet_cell_too_long")
                continue
            yield _looked_at(held[:cut])
            held = held[cut:]
    if not inside:
        raise _NotPlainError
    rest, closed, _ = held.partition(b"</sst>")
    if not closed:
        raise SheetRefused("sheet_broken")
    if rest.strip():
        yield _looked_at(rest)


def _looked_at(piece: bytes) -> bytes:
    forbid(piece)
    if b"<!" in piece:
        raise _NotPlainError
    return piece


def _texts(piece: bytes) -> list[bytes]:
    """By a pattern where every string is written plainly, else by the reader."""
    texts = _PLAIN.findall(piece)
    if len(texts) == piece.count(b"<si") and not any(sign in piece for sign in _NOT_PLAIN):
        return texts
    return _read(piece)


def _read(piece: bytes) -> list[bytes]:
    """A workbook of nothing but these strings. A number beside each keeps the rows of empty ones."""
    count = len(_ITEM.findall(piece))
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 1}</v></c><c r="B{n}"><v>1</v></c></row>' for n in range(1, count + 1)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as book:
        for name, part in PARTS.items():
            book.writestr(name, part)
        book.writestr("xl/worksheets/sheet1.xml", f"{_SHEET}{rows}</sheetData></worksheet>")
        book.writestr("xl/sharedStrings.xml", b"<sst>" + piece + b"</sst>")
    out.seek(0)
    found = CalamineWorkbook.from_filelike(out).get_sheet_by_index(0).to_python()
    return [str(row[0]).encode() if len(row) > 1 else b"" for row in found]
