"""The real messages, which are not part of this repository, are read to the last row."""

import os
from pathlib import Path

import pytest

from genmai.kernel.sheets import Field, check_rows, match_columns, open_sheet

SHARED = Path(os.environ.get("GENMAI_SHARED_DATA") or Path(__file__).parents[4] / "shared" / "data")
FIELDS = (
    Field(key="number", label="工单编号", aliases=("编号", "留言编号"), required=True),
    Field(key="sender", label="来电人", aliases=("留言用户",)),
    Field(key="title", label="标题", aliases=("主题", "留言主题"), required=True),
    Field(key="at", label="时间", aliases=("受理时间", "留言时间"), kind="datetime", required=True),
    Field(key="text", label="内容", aliases=("详情", "留言详情"), kind="multiline", required=True),
)


@pytest.mark.parametrize(
    ("name", "rows"), [("workorders.xlsx", 1756), ("answered.xlsx", 888), ("unlabelled_with_votes.xlsx", 2108)]
)
def test_every_real_message_is_read_without_a_problem(name: str, rows: int) -> None:
    path = SHARED / "messages" / name
    if not path.exists():
        pytest.skip(f"NOT RUN: the real messages are not here ({name}); set GENMAI_SHARED_DATA to their folder")
    sheet = open_sheet(path.read_bytes(), name).sheet(fields=FIELDS)
    matching = match_columns(sheet.header.names, FIELDS)
    matching.check()
    checked = check_rows(sheet, matching.columns, FIELDS)
    good = list(checked.good)
    assert (len(good), checked.problems) == (rows, [])
    assert len(matching.columns) == len(FIELDS)
    assert {row.number for row in good} == set(range(2, rows + 2))
    assert all(row.values["title"] and row.values["text"] for row in good)
