"""Looking through the XML of a sheet for what its values don't tell: formulas, error cells, how far it reaches.

Reading XML element by element costs about a second for fifty thousand rows, so a few byte patterns first say whether
anything needs that: a plain sheet of up to 26 columns is settled by them. The patterns err on the side of looking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from xml.parsers import expat

from genmai.kernel.sheets.messages import SheetRefused

_WORTH_A_LOOK = tuple(
    re.compile(pattern)
    for pattern in (
        rb"<f[\s/>]",  # a formula
        rb"<[^\s<>/]+:(?:c|f|v|is|row)[\s/>]",  # elements with a prefix, which the other patterns would miss
        rb"""t\s*=\s*["']e["']""",  # an error cell
        rb"""r\s*=\s*["'](?:[A-Za-z]{2,}\d|[A-Za-z]*\d{6})""",  # a column past Z, a row of six digits
        rb"<c(?:[/>]|\s+(?!r\s*=))",  # a cell that doesn't say first where it stands
    )
)
_END_OF_STRING = re.compile(rb"</(?:[\w.-]+:)?si\s*>")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")


@dataclass
class Findings:
    """What is special in one sheet: cells by (row from 1, column from 0), the last row and the number of columns."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    last_row: int = 0
    last_column: int = 0
    shared_text: int = 0


def elements(part: bytes) -> list[tuple[str, dict[str, str]]]:
    """Local name and attributes of every element of a small part, in order."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))
    _parse(parser, part)
    return found


def longest_shared_string(shared: bytes) -> int:
    """An upper bound, in bytes of XML, for the longest string that cells can point to."""
    ends = [0, *(match.end() for match in _END_OF_STRING.finditer(shared)), len(shared)]
    return max(after - before for before, after in pairwise(ends))


def shared_string_lengths(shared: bytes) -> list[int]:
    """Bytes of XML of every shared string, by its index."""
    ends = [0, *(match.end() for match in _END_OF_STRING.finditer(shared))]
    return [after - before for before, after in pairwise(ends)]


def scan_sheet(part: bytes, shared_lengths: list[int] | None = None) -> Findings:
    """Go through the XML of one sheet; by elements only if a pattern says so or shared strings must be summed."""
    if shared_lengths is None and not any(pattern.search(part) for pattern in _WORTH_A_LOOK):
        return Findings()
    return _Scanner(shared_lengths).run(part)


class _Scanner:
    """Follows rows and cells the way sheet readers do: a cell without a place stands after the one before it."""

    def __init__(self, shared_lengths: list[int] | None) -> None:
        self.found = Findings()
        self._lengths = shared_lengths
        self._row = 0
        self._column = -1
        self._kind = ""
        self._pointer: list[str] | None = None

    def run(self, part: bytes) -> Findings:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        if self._lengths is not None:
            parser.buffer_text = True
            parser.EndElementHandler = self._end
            parser.CharacterDataHandler = self._characters
        _parse(parser, part)
        return self.found

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._cell(attributes)
        elif name in ("v", "is", "f"):
            self._content(name)
        elif name == "row":
            given = attributes.get("r", "")
            self._row = int(given) if given.isascii() and given.isdigit() else self._row + 1
            self._column = -1

    def _cell(self, attributes: Mapping[str, str]) -> None:
        place = _REFERENCE.fullmatch(attributes.get("r", ""))
        if place:
            self._column, self._row = column_index(place[1]), int(place[2])
        else:
            self._column += 1
        self._kind = attributes.get("t", "")

    def _content(self, name: str) -> None:
        """Only cells with something in them count: whole columns are often formatted down to the last row."""
        found = self.found
        if self._row > found.last_row:
            found.last_row = self._row
        if self._column >= found.last_column:
            found.last_column = self._column + 1
        if name == "f":
            found.formulas.add((self._row, self._column))
        elif self._kind == "e":
            found.errors.add((self._row, self._column))
        elif self._kind == "s":
            self._pointer = []

    def _characters(self, text: str) -> None:
        if self._pointer is not None:
            self._pointer.append(text)

    def _end(self, _name: str) -> None:
        if self._pointer is None or self._lengths is None:
            return
        index = "".join(self._pointer).strip()
        if index.isascii() and index.isdigit() and int(index) < len(self._lengths):
            self.found.shared_text += self._lengths[int(index)]
        self._pointer = None


def _parse(parser: expat.XMLParserType, part: bytes) -> None:
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise SheetRefused("sheet_broken") from error


def column_index(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA: the name of a column as people see it on the screen."""
    letters = ""
    index += 1
    while index > 0:
        index, place = divmod(index - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
