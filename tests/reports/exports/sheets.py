"""A small export without a database, and the file saved again by another program."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from genmai.kernel.sheets.grid import grids
from genmai.reports.exports.checking import Kept, check
from genmai.reports.exports.digests import Keyed, code_of
from genmai.reports.exports.findings import Finding
from genmai.reports.exports.layout import Cover, lay_out
from genmai.reports.exports.shape import Column, Group, Row
from genmai.reports.exports.values import Kind
from genmai.reports.exports.workbook import Writer

KEY = bytes(range(32))
AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
TREE = (
    Column("编号", key=True),
    Column("事项", width=30),
    Group("响应率", (Column("分子", Kind.COUNT), Column("分母", Kind.COUNT), Column("占比", Kind.SHARE))),
    Column("收到", Kind.MOMENT),
    Column("哪天", Kind.DAY),
)
COLUMNS = 7


def rows(count: int) -> list[Row]:
    return [
        (
            f"2601-{n}",
            f"第{n}件 =不是公式",
            n,
            n + 3,
            (n + 1) / (n + 7),
            AT + timedelta(minutes=n),
            (AT + timedelta(days=n)).date(),
        )
        for n in range(count)
    ]


def made(path: Path, table: list[Row]) -> tuple[bytes, Kept]:
    """The file's bytes, and what is kept of it."""
    keyed = Keyed(KEY)
    cover = Cover(
        title="响应率", lines=("数据截至：今天", f"校验码：{code_of(KEY)}"), watermark="内部资料", code=code_of(KEY),
        footer="页脚", sheets=("清单", "说明"), notes=(("范围", "全区"),),
    )  # fmt: skip
    layout = lay_out(TREE, cover)
    with (path / "file.xlsx").open("wb") as out:
        writer = Writer(out, layout, keyed, AT)
        digests = b"".join(writer.row(row) for row in table)
        writer.close()
    return (path / "file.xlsx").read_bytes(), Kept(keyed, layout.kept(keyed), digests)


FIRST = 7  # of the body, as the sheet counts: title, two lines, watermark, two rows of header


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def found(kept: Kept, data: bytes) -> list[Finding]:
    return check(kept, grids(data))


def told(kept: Kept, book: Any) -> list[str]:
    return [finding.text() for finding in found(kept, saved(book))]
