"""A file against the record its check code names: the same from the page and from the command line."""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True)
class Verdict:
    """The export the file belongs to, and every difference; none: unchanged."""

    export: ExportRecord
    findings: Sequence[Finding]


def check(viewer: Viewer, *, data: bytes, code: str = "", most: int | None = None) -> Verdict:
    """Raises Refused for what is no sheet, has no code, or carries one that was never printed here.

    A whole city's roll takes half a minute: the page stops at `check_rows`, told by the record before the file is gone
    through; the command line goes on to `most`, so that there is no file made here that can't be checked.
    """
    rows = most or limits().check_rows
    opened = SheetLimits(
        max_bytes=limits().check_megabytes * 1024 * 1024, max_inflated=1024**3, max_rows=rows, max_cells=rows * 40
    )
    try:
        return _checked(viewer, grids(data, opened), code, rows)
    except SheetRefused as refused:
        if refused.code not in ("sheet_too_many_rows", "sheet_too_many_cells") or most is not None:
            raise
        raise _too_many(rows) from refused


def _checked(viewer: Viewer, sheets: Sequence[Grid], code: str, rows: int) -> Verdict:
    candidates = [code] if code.strip() else _codes(sheets)
    if not candidates:
        raise Refused(
            "no_code", "这个文件里没有校验码：不是从这里导出的，或者校验码一行被删掉了；知道校验码的话可以另外填写"
        )
    for each in candidates:
        found = queries.by_code(viewer, code=each)
        if found is not None:
            if found.export.rows > rows:
                raise _too_many(rows)
            broken = [] if found.sound else [Finding(Fault.RECORD)]
            return Verdict(found.export, [*broken, *checking.check(found.kept, sheets)])
    raise Refused("unknown_code", "校验码 {named} 不是这里发出的；请核对有没有抄错", named=candidates[0])


def _too_many(rows: int) -> Refused:
    return Refused(
        "too_many_rows",
        "这张表超过 {most} 行，网页上核对不了，文件没有留下；请系统管理员在服务器上运行 ./genmai records check 文件名",
        allowed=f"≤ {rows}", most=f"{rows:,}",
    )  # fmt: skip


def _codes(sheets: Sequence[Grid]) -> list[str]:
    """Every code in the first rows, each once, in order."""
    found: dict[str, None] = {}
    for sheet in sheets[:4]:
        for row in islice(sheet.rows(), LOOKED_AT):
            for cell in row:
                if isinstance(cell, str):
                    found.update(dict.fromkeys(codes_in(cell)))
    return list(found)[:5]
