"""Looking at the raw XML of a sheet, a piece at a time: what may not be there, and cells that hold no plain value."""

from __future__ import annotations

import re

from genmai.kernel.sheets.markup import column_index
from genmai.kernel.sheets.messages import SheetRefused
from genmai.kernel.sheets.values import Oddity

Odd = dict[int, list[tuple[int, Oddity]]]

_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
# Looked for first: words that end in a rare sign are found many times as fast as patterns. Errors are written #N/A, #REF!
_MAY_BE_ODD = (b"<f", b">#")
_ODD = re.compile(rb"""<f[\s/>]|\st\s*=\s*["']e["']""")
_ODD_CELL = re.compile(
    rb"""<c\s[^<>]*?r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^<>]*?(?:(\st\s*=\s*["']e["'])[^<>]*)?>(\s*<f[\s/>])?"""
)
_MOST_ODD = 100_000


def forbid(piece: bytes) -> None:
    """Raises SheetRefused for document types and entities, which can grow without end, and for another encoding."""
    if (b"<!" in piece and any(word in piece for word in _FORBIDDEN)) or b"\x00" in piece[:400]:
        raise SheetRefused("sheet_broken")


def note_odd(piece: bytes, odd: Odd) -> None:
    """Add formulas and error cells by row and column."""
    if not any(word in piece for word in _MAY_BE_ODD) or not _ODD.search(piece):
        return
    for found in _ODD_CELL.finditer(piece):
        if found[3] or found[4]:
            place = (column_index(found[1].decode()), Oddity.FORMULA if found[4] else Oddity.ERROR)
            cells = odd.setdefault(int(found[2]), [])
            if place not in cells:
                cells.append(place)
            if len(odd) > _MOST_ODD:
                raise SheetRefused("sheet_too_many_cells")
