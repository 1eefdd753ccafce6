"""Any one cell changed is named exactly; rows moved, added, removed and headers changed are said; a mere save is not."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from tests.reports.exports.sheets import COLUMNS, FIRST, KEY, found, made, opened, rows, saved, told

from genmai.reports.exports.digests import code_of, codes_in, read_code
from genmai.reports.exports.findings import Fault

PATHS = ["编号", "事项", "响应率 / 分子", "响应率 / 分母", "响应率 / 占比", "收到", "哪天"]


def test_our_own_file_and_one_saved_by_another_program_are_unchanged(tmp_path: Path) -> None:
    data, kept = made(tmp_path, rows(12))
    assert found(kept, data) == []
    assert found(kept, saved(opened(data))) == []


@settings(max_examples=60, deadline=None)
@given(
    row=st.integers(0, 11),
    column=st.integers(0, COLUMNS - 1),
    value=st.one_of(
        st.integers(-(10**9), 10**9).filter(lambda n: n > 100),
        st.text(
            st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf", "Cn", "Co")),
            min_size=1,
            max_size=9,
        ).map("改".__add__),
        st.dates(date(2030, 1, 1), date(2090, 1, 1)),
        st.none(),
    ),
)
def test_any_one_changed_cell_is_named_exactly(row: int, column: int, value: object) -> None:
    with TemporaryDirectory() as folder:
        data, kept = made(Path(folder), rows(12))
    book = opened(data)
    book["清单"].cell(FIRST + row, column + 1).value = value
    (one,) = found(kept, saved(book))
    assert one.fault is Fault.CELL
    assert one.params["address"] == f"{get_column_letter(column + 1)}{FIRST + row}"
    assert one.params["column"] == PATHS[column]
    if column:
        assert f"编号：2601-{row}" in one.text()


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(range(8)))
def test_rows_in_another_order_are_said_and_nothing_else(order: list[int]) -> None:
    with TemporaryDirectory() as folder:
        data, kept = made(Path(folder), rows(8))
    book = opened(data)
    page = book["清单"]
    values = [[cell.value for cell in row] for row in page.iter_rows(min_row=FIRST, max_row=FIRST + 7)]
    for place, index in enumerate(order):
        for column, value in enumerate(values[index], 1):
            page.cell(FIRST + place, column).value = value
    findings = found(kept, saved(book))
    assert bool(findings) is (order != list(range(8)))
    assert {one.fault for one in findings} <= {Fault.ORDER}


def test_two_rows_sorted_are_said_with_their_old_place(tmp_path: Path) -> None:
    data, kept = made(tmp_path, rows(5))
    book = opened(data)
    page = book["清单"]
    for column in range(1, COLUMNS + 1):
        one, other = page.cell(FIRST + 1, column), page.cell(FIRST + 2, column)
        one.value, other.value = other.value, one.value
    (said,) = told(kept, book)
    assert "换了位置" in said
    assert "编号：2601-" in said


def test_a_row_taken_out_and_one_put_in_are_told_apart(tmp_path: Path) -> None:
    data, kept = made(tmp_path, rows(6))
    book = opened(data)
    book["清单"].delete_rows(FIRST + 2)
    assert told(kept, book) == [f"少了一行：导出时的第 3 条，原在第 {FIRST + 2} 行"]
    book = opened(data)
    book["清单"].append(["2601-99", "多出来的", 1, 1, 1, None, None])
    (said,) = told(kept, book)
    assert said == f"工作表“清单”第 {FIRST + 6} 行是多出来的（编号：2601-99）"


def test_headers_lines_notes_columns_and_formulas(tmp_path: Path) -> None:
    data, kept = made(tmp_path, rows(4))
    book = opened(data)
    book["清单"]["D6"] = "分母（改）"
    assert told(kept, book) == ["工作表“清单” D6：列名改过，原来这一列是“响应率 / 分母”"]
    book = opened(data)
    book["清单"]["A2"] = "数据截至：昨天"
    assert "表头上方的说明改过" in told(kept, book)[0]
    book = opened(data)
    book["说明"]["B1"] = "全市"
    assert "说明页改过" in told(kept, book)[0]
    book = opened(data)
    del book["说明"]
    assert told(kept, book) == ["少了工作表“说明”"]
    book = opened(data)
    book["清单"]["C8"] = "=0+1"
    (said,) = told(kept, book)
    assert "换成了公式（编号：2601-1）" in said
    assert "C8" in said


def test_an_inserted_column_is_one_finding_not_a_hundred(tmp_path: Path) -> None:
    data, kept = made(tmp_path, rows(20))
    book = opened(data)
    page = book["清单"]
    for merged in list(page.merged_cells.ranges):
        page.unmerge_cells(str(merged))
    page.insert_cols(8)
    page["H6"] = "备注"
    page["H9"] = "看这里"
    assert told(kept, book) == ["工作表“清单”第 H 列是多出来的"]
    book = opened(data)
    page = book["清单"]
    for merged in list(page.merged_cells.ranges):
        page.unmerge_cells(str(merged))
    page.delete_cols(7)
    assert "少了一列：“哪天”" in told(kept, book)


def test_what_was_recorded_is_never_told(tmp_path: Path) -> None:
    data, kept = made(tmp_path, rows(3))
    book = opened(data)
    book["清单"]["B8"] = "别的"
    assert "第1件" not in " ".join(told(kept, book))
    assert b"\xe7\xac\xac1" not in kept.rows
    assert "第1件" not in str(kept.layout)


def test_numbers_as_text_and_dates_as_numbers_are_no_change(tmp_path: Path) -> None:
    """What some programs do on saving: the reader sees the same."""
    data, kept = made(tmp_path, rows(4))
    book = opened(data)
    page = book["清单"]
    page["C8"] = "1"
    page["C8"].number_format = "@"
    moment = page["F8"].value
    assert isinstance(moment, datetime)
    page["F8"] = (moment - datetime(1899, 12, 30)).total_seconds() / 86_400
    page["F8"].number_format = "General"
    page["G9"] = page["G9"].value.date().isoformat()
    assert told(kept, book) == []


def test_codes_are_read_as_people_type_them() -> None:
    code = code_of(KEY)
    assert read_code(code) == code
    assert read_code(code.lower().replace("-", " ")) == code
    assert codes_in(f"校验码：{code}。改动") == [code]
    wrong = ("1" if code[0] != "1" else "2") + code[1:]
    assert read_code(wrong) == ""
    assert read_code("") == ""


@pytest.mark.parametrize("other", ["x", "长" * 40, "0000-0000-00000"])
def test_what_is_no_code_is_none(other: str) -> None:
    assert codes_in(other) == []
