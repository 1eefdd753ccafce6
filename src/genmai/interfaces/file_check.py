"""A file against the record its check code names: the same from the page, from the background and from the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from genmai.kernel.refusal import Refused
from genmai.kernel.sheets.container import Limits as SheetLimits
from genmai.kernel.sheets.grid import Grid, grids
from genmai.kernel.sheets.messages import SheetRefused
from genmai.kernel.viewer import Viewer
from genmai.reports.exports import checking, queries
from genmai.reports.exports.digests import codes_in
from genmai.reports.exports.findings import Fault, Finding
from genmai.reports.exports.limits import limits
from genmai.reports.exports.models import ExportRecord

LOOKED_AT = 60  # rows at the top of each sheet in which a code is looked for
TOLD_EVERY = 5000
Progress = Callable[[int, int], None]  # rows gone through so far, over all passes; rows of the record


@dataclass(frozen=True)
class Verdict:
    """The export the file belongs to, and every difference; none: unchanged."""

    export: ExportRecord
    findings: Sequence[Finding]


class TooLong(Refused):
    """For the page; `about` rows where the record says it."""

    def __init__(self, most: int, about: int) -> None:
        super().__init__(
            "too_many_rows",
            "这张表超过 {most} 行，要在后台核对：请登录后再传，文件没有留下；也可以请系统管理员在服务器上运行 "
            "./genmai records check 文件名",
            allowed=f"≤ {most}", most=f"{most:,}",
        )  # fmt: skip
        self.about = about


def check(
    viewer: Viewer, *, data: bytes, code: str = "", most: int | None = None, progress: Progress | None = None
) -> Verdict:
    """Raises Refused for what is no sheet, has no code, or carries one that was never printed here; TooLong.

    A whole city's roll takes half a minute: the page stops at `check_rows`, told by the record before the file is gone
    through; background and command line go on to `most`, so that there is no file made here that can't be checked.
    `progress` is told the rows gone through, of two passes, every some thousand.
    """
    rows = most or limits().check_rows
    opened = SheetLimits(
        max_bytes=limits().check_megabytes * 1024 * 1024, max_inflated=1024**3, max_rows=rows, max_cells=rows * 40
    )
    try:
        sheets = grids(data, opened)
        return _checked(viewer, sheets, code, rows, progress)
    except SheetRefused as refused:
        if refused.code not in ("sheet_too_many_rows", "sheet_too_many_cells") or most is not None:
            raise
        raise TooLong(rows, 0) from refused


def _checked(viewer: Viewer, sheets: Sequence[Grid], code: str, rows: int, progress: Progress | None) -> Verdict:
    candidates = [code] if code.strip() else _codes(sheets)
    if not candidates:
        raise Refused(
            "no_code", "这个文件里没有校验码：不是从这里导出的，或者校验码一行被删掉了；知道校验码的话可以另外填写"
        )
    for each in candidates:
        found = queries.by_code(viewer, code=each)
        if found is not None:
            if found.export.rows > rows:
                raise TooLong(rows, found.export.rows)
            if progress is not None:
                sheets = [_Told(one, progress, found.export.rows) for one in sheets[:1]] + [*sheets[1:]]
            broken = [] if found.sound else [Finding(Fault.RECORD)]
            return Verdict(found.export, [*broken, *checking.check(found.kept, sheets)])
    raise Refused("unknown_code", "校验码 {named} 不是这里发出的；请核对有没有抄错", named=candidates[0])


class _Told(Grid):
    """A sheet whose rows are counted as they are gone through, over all passes."""

    def __init__(self, grid: Grid, progress: Progress, about: int) -> None:
        super().__init__(grid.name)
        self._grid, self._progress, self._about, self._count = grid, progress, about, 0

    @property
    def formulas(self) -> frozenset[tuple[int, int]]:
        return self._grid.formulas

    def rows(self) -> Iterator[Sequence[object]]:
        for row in self._grid.rows():
            self._count += 1
            if self._count % TOLD_EVERY == 0:
                self._progress(self._count, self._about)
            yield row


def _codes(sheets: Sequence[Grid]) -> list[str]:
    """Every code in the first rows, each once, in order."""
    found: dict[str, None] = {}
    for sheet in sheets[:4]:
        for row in islice(sheet.rows(), LOOKED_AT):
            for cell in row:
                if isinstance(cell, str):
                    found.update(dict.fromkeys(codes_in(cell)))
    return list(found)[:5]
