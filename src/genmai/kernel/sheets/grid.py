"""Every cell of every sheet just as it stands, for who compares a file and doesn't read it for its content.

Opened within the same limits as sheets that are handed in: no bombs, no macros, no links to elsewhere.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from genmai.kernel.sheets.container import Limits, file_kind, safe_xlsx
from genmai.kernel.sheets.messages import SheetRefused


@dataclass(frozen=True)
class Grid:
    """One sheet: rows from the first one of the screen on. `formulas`: cells that compute, as (row from 1, column from 0)."""

    name: str
    formulas: frozenset[tuple[int, int]]
    _sheet: CalamineSheet = field(repr=False)

    def rows(self) -> Iterator[Sequence[object]]:
        """Cells from column A on; blanks are "". Empty rows on top are given, too."""
        left = self._sheet.start[1] if self._sheet.start else 0
        for values in self._sheet.iter_rows():
            yield [*[""] * left, *values] if left else values


def grids(data: bytes, limits: Limits | None = None) -> list[Grid]:
    """The sheets of an xlsx in their order. Raises SheetRefused with the reason and what to do."""
    limits = limits or Limits()
    if len(data) > limits.max_bytes:
        raise SheetRefused("sheet_too_large", allowed=f"≤ {limits.max_bytes // 1024 // 1024} MB")
    if file_kind(data) != "xlsx":
        raise SheetRefused("sheet_not_a_sheet", kind="csv", allowed="xlsx")
    safe = safe_xlsx(data, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(safe.data))
        names = [meta.name for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        return [
            Grid(
                name,
                frozenset(safe.findings[name].formulas if name in safe.findings else ()),
                book.get_sheet_by_name(name),
            )
            for name in names
        ]
    except (CalamineError, OSError, ValueError) as error:
        raise SheetRefused("sheet_broken") from error
