"""Where everything stands in the file: the lines above the table, its header, the second sheet; and what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from genmai.reports.exports.digests import Keyed
from genmai.reports.exports.shape import Column, HeaderCell, Tree, depth, header, leaves, paths
from genmai.reports.exports.values import Kind, canonical, plain

FEWEST = 6  # columns the title runs over, however narrow the table
WIDTHS = {Kind.TEXT: 18.0, Kind.COUNT: 9.0, Kind.NUMBER: 11.0, Kind.SHARE: 9.5, Kind.DAY: 12.0, Kind.MOMENT: 17.0}


@dataclass(frozen=True)
class Cover:
    """The words of a file besides its table, in the reader's language. `sheets`: names of the two sheets."""

    title: str
    lines: tuple[str, ...]
    watermark: str
    code: str
    footer: str
    sheets: tuple[str, str]
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class FrameCell:
    """A cell outside the body of the table. `what`: title, line, header, note; `column`: of a header, its leaf."""

    sheet: int
    row: int
    column: int
    text: str
    what: str


@dataclass(frozen=True)
class Layout:
    """Of one file: columns, header, the first row of the body (counted from 0)."""

    cover: Cover
    columns: tuple[Column, ...]
    paths: tuple[str, ...]
    header: tuple[HeaderCell, ...]
    header_row: int
    first_row: int

    @property
    def span(self) -> int:
        """Columns the lines above run over."""
        return max(len(self.columns), FEWEST)

    def width(self, index: int) -> float:
        """Of a column, in digits; a Chinese sign takes two."""
        column = self.columns[index] if index < len(self.columns) else None
        if column is None:
            return 9.0
        words = max((wide(line) for line in column.title.split("\n")), default=0) + 2.0
        return column.width or max(WIDTHS[column.kind], min(words, 24.0))

    def lines_of(self, text: str) -> int:
        """Lines a text takes over the whole width."""
        return max(1, ceil(wide(text) / max(sum(self.width(n) for n in range(self.span)) - 2, 20)))

    def cells(self) -> list[FrameCell]:
        """Every cell of text around the body, as it is written."""
        cover = self.cover
        above = [FrameCell(0, 0, 0, cover.title, "title")]
        above += [FrameCell(0, n, 0, line, "line") for n, line in enumerate((*cover.lines, cover.watermark), 1)]
        above += [FrameCell(0, self.header_row + c.row, c.column, c.title, "header") for c in self.header]
        notes = [(n, column, text) for n, pair in enumerate(cover.notes) for column, text in enumerate(pair)]
        return above + [FrameCell(1, n, column, text, "note") for n, column, text in notes]

    def kept(self, keyed: Keyed) -> dict[str, object]:
        """What the record keeps of it: titles of columns in clear, all else as digests."""
        cells = [[c.sheet, c.row, c.column, place(c, keyed), c.what] for c in self.cells() if plain(c.text)]
        return {
            "sheets": list(self.cover.sheets),
            "columns": [
                {"title": path, "kind": str(column.kind), "key": column.key}
                for path, column in zip(self.paths, self.columns, strict=True)
            ],
            "header_row": self.header_row,
            "first_row": self.first_row,
            "cells": cells,
        }


def place(cell: FrameCell, keyed: Keyed) -> str:
    """The digest of a cell around the body, bound to what it is and not to its row: rows above may be inserted."""
    return keyed.frame(cell.what, canonical(Kind.TEXT, cell.text))


def lay_out(tree: Tree, cover: Cover) -> Layout:
    """Title, lines, watermark, header, body: from the top."""
    row = 1 + len(cover.lines) + 1
    return Layout(cover, tuple(leaves(tree)), tuple(paths(tree)), tuple(header(tree)), row, row + depth(tree))


def wide(text: str) -> float:
    """How wide a text is, in digits."""
    return sum(2.0 if ord(sign) > 0x2E7F else 1.0 for sign in text)


def keys_of(columns: Sequence[Column]) -> list[int]:
    """The columns that say which row a row is; the first where none is named."""
    return [index for index, column in enumerate(columns) if column.key] or [0]
