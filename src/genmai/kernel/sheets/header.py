"""Finding the header: below title rows and notes, over one line or two, with merged cells or without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genmai.kernel.sheets.columns import LEVEL, names_of, plain_name
from genmai.kernel.sheets.values import Cell, Field

# Rows looked at; official forms have a title, a filling unit, a date and notes above the header, not fifty lines.
LOOKED_AT = 30
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Merge:
    """A merged range; rows count from 1, columns from 0, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Header:
    """Names of the columns (empty where a column has none) and the rows they stand in; `first` 0: no header at all."""

    names: tuple[str, ...]
    first: int
    last: int


def find_header(rows: Sequence[tuple[int, Sequence[Cell]]], merges: Sequence[Merge], fields: Sequence[Field]) -> Header:
    """The header among the first rows of a sheet: where most known names stand, else the first full row of words."""
    filled = [(number, cells) for number, cells in rows if any(cell != "" for cell in cells)]
    if not filled:
        return Header((), 0, 0)
    number = _row_of_known_names(filled, fields) or _first_row_of_words(filled)
    first, last = _extent(number, dict(rows), merges)
    width = max(len(cells) for _, cells in rows)
    return Header(_names(dict(rows), merges, first, last, width), first, last)


def _row_of_known_names(rows: Sequence[tuple[int, Sequence[Cell]]], fields: Sequence[Field]) -> int:
    known = names_of(fields)
    enough = min(2, len(fields))
    best, number = 0, 0
    for row, cells in rows:
        hits = sum(1 for cell in cells if isinstance(cell, str) and cell and plain_name(cell) in known)
        if hits > best and hits >= enough:
            best, number = hits, row
    return number


def _first_row_of_words(rows: Sequence[tuple[int, Sequence[Cell]]]) -> int:
    width = max(sum(cell != "" for cell in cells) for _, cells in rows)
    for number, cells in rows:
        words = [cell for cell in cells if cell != ""]
        if len(words) < 0.6 * width or (len(words) == 1 and width > 1):
            continue
        if all(_may_be_a_name(word) for word in words):
            return number
    return rows[0][0]


def _may_be_a_name(cell: Cell) -> bool:
    """Words, not numbers, and not a filled-in line of a form (填报单位：某街道)."""
    if not isinstance(cell, str):
        return False
    name = cell.strip()
    return len(name) <= _LONGEST_NAME and not name.replace(".", "").isdigit() and "：" not in name[:-1]


def _extent(number: int, rows: dict[int, Sequence[Cell]], merges: Sequence[Merge]) -> tuple[int, int]:
    """First and last row of a header that takes two lines: told by its merged cells."""
    first = last = number
    for merge in merges:
        if merge.top <= number <= merge.bottom and merge.bottom - merge.top <= 3:
            first, last = min(first, merge.top), max(last, merge.bottom)
    if first == last == number:
        if _is_over(number, number + 1, rows, merges):
            last = number + 1
        elif _is_over(number - 1, number, rows, merges):
            first = number - 1
    return first, last


def _is_over(upper: int, lower: int, rows: dict[int, Sequence[Cell]], merges: Sequence[Merge]) -> bool:
    """Whether names in `upper` are merged over several names in `lower`, and nothing else stands below names."""
    above, below = rows.get(upper, ()), rows.get(lower, ())
    groups = [merge for merge in merges if merge.top == merge.bottom == upper and merge.right > merge.left]
    covered = {column for merge in groups for column in range(merge.left, merge.right + 1)}
    words = [column for column, cell in enumerate(below) if cell != ""]
    if not groups or not words or sum(cell != "" for cell in above) < 2:
        return False
    under = [column for column in words if column in covered]
    alone = [column for column in words if column not in covered and column < len(above) and above[column] != ""]
    return len(under) >= 2 and not alone and all(_may_be_a_name(below[column]) for column in words)


def _names(
    rows: dict[int, Sequence[Cell]], merges: Sequence[Merge], first: int, last: int, width: int
) -> tuple[str, ...]:
    grid = {row: [_word(cell) for cell in rows.get(row, ())] + [""] * width for row in range(first, last + 1)}
    for merge in merges:
        if first <= merge.top <= last and merge.left < width:
            for row in range(merge.top, min(merge.bottom, last) + 1):
                for column in range(merge.left, min(merge.right, width - 1) + 1):
                    grid[row][column] = grid[merge.top][merge.left]
    levels = [[grid[row][column] for row in range(first, last + 1)] for column in range(width)]
    names = [LEVEL.join(dict.fromkeys(word for word in level if word)) for level in levels]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _word(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(cell.split()) if isinstance(cell, str) else str(cell)
