"""Sheets as offices make them: the header is found, rows keep the number people see, merged cells read as they look."""

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genmai.kernel.sheets import Field, SheetRefused, open_sheet
from genmai.kernel.sheets.markup import column_index, column_letter, scan_sheet
from genmai.kernel.sheets.values import Oddity

Make = Callable[..., bytes]
FIELDS = (
    Field(key="number", label="工单编号", required=True),
    Field(key="name", label="来电人姓名", aliases=("姓名",)),
    Field(key="phone", label="来电人电话", aliases=("电话",), kind="phone"),
    Field(key="text", label="内容", required=True),
)
PLAIN = [["工单编号", "姓名", "电话", "内容"], ["1", "张三", "110", "灯不亮"], ["2", "李四", "120", "水管漏"]]


@pytest.mark.parametrize("fields", [FIELDS, ()])
def test_header_in_the_first_row_is_found(xlsx: Make, fields: tuple[Field, ...]) -> None:
    sheet = open_sheet(xlsx(PLAIN), "a.xlsx").sheet(fields=fields)
    assert sheet.header.names == ("工单编号", "姓名", "电话", "内容")
    assert [row.number for row in sheet.rows()] == [2, 3]


@pytest.mark.parametrize("fields", [FIELDS, ()])
def test_header_is_found_below_a_merged_title_and_notes(xlsx: Make, fields: tuple[Field, ...]) -> None:
    above = [["某街道热线工单汇总表", "", "", ""], ["填报单位：某街道", "", "", "2026年1月"], []]
    sheet = open_sheet(xlsx(above + PLAIN, merged=["A1:D1", "A2:C2"]), "a.xlsx").sheet(fields=fields)
    assert sheet.header.first == 4
    assert sheet.header.names == ("工单编号", "姓名", "电话", "内容")
    assert [row.number for row in sheet.rows()] == [5, 6]


@pytest.mark.parametrize("fields", [FIELDS, ()])
def test_header_over_two_lines_is_joined_from_its_merged_cells(xlsx: Make, fields: tuple[Field, ...]) -> None:
    rows = [["工单编号", "来电人", "", "内容"], ["", "姓名", "电话", ""], ["1", "张三", "110", "灯"]]
    sheet = open_sheet(xlsx(rows, merged=["A1:A2", "B1:C1", "D1:D2"]), "a.xlsx").sheet(fields=fields)
    assert sheet.header.names == ("工单编号", "来电人·姓名", "来电人·电话", "内容")
    assert [tuple(row) for row in sheet.rows()] == [(3, ["1", "张三", "110", "灯"])]


def test_header_over_two_lines_is_joined_where_only_the_group_is_merged(xlsx: Make) -> None:
    rows = [["工单编号", "来电人", "", "内容"], ["", "姓名", "电话", ""], ["1", "张三", "110", "灯"]]
    sheet = open_sheet(xlsx(rows, merged=["B1:C1"]), "a.xlsx").sheet()
    assert sheet.header.names == ("工单编号", "来电人·姓名", "来电人·电话", "内容")


def test_cells_merged_in_the_body_read_as_they_look(xlsx: Make) -> None:
    rows = [["社区", "事项"], ["甲社区", "一"], ["", "二"], ["", "三"], ["乙社区", "四"]]
    sheet = open_sheet(xlsx(rows, merged=["A2:A4"]), "a.xlsx").sheet()
    assert [row.cells[0] for row in sheet.rows()] == ["甲社区", "甲社区", "甲社区", "乙社区"]


def test_empty_rows_and_columns_do_not_shift_numbers_or_letters(xlsx: Make) -> None:
    rows = [[], [], ["", "", "工单编号", "内容"], [], ["", "", "1", "灯"]]
    sheet = open_sheet(xlsx(rows), "a.xlsx").sheet(fields=FIELDS)
    assert sheet.header.names == ("", "", "工单编号", "内容")
    assert [tuple(row) for row in sheet.rows()] == [(5, ["", "", "1", "灯"])]


def test_rows_can_be_read_again(xlsx: Make) -> None:
    sheet = open_sheet(xlsx(PLAIN), "a.xlsx").sheet()
    assert list(sheet.rows()) == list(sheet.rows())


def test_of_several_sheets_the_one_with_the_wanted_columns_is_taken(xlsx: Make) -> None:
    book = open_sheet(xlsx([["说明"], ["请填第二张表"]], 工单=PLAIN, 空=[]), "a.xlsx")
    assert book.names == ("Sheet", "工单")
    assert book.sheet(fields=FIELDS).name == "工单"
    assert book.sheet("Sheet").header.names == ("说明",)


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(xlsx: Make) -> None:
    with pytest.raises(SheetRefused) as refused:
        open_sheet(xlsx(PLAIN, 工单=PLAIN), "a.xlsx").sheet("别的")
    assert refused.value.code == "sheet_unknown_name"
    assert "工单" in refused.value.text()


def test_a_workbook_without_content_is_refused(xlsx: Make) -> None:
    with pytest.raises(SheetRefused) as refused:
        open_sheet(xlsx([]), "a.xlsx").sheet()
    assert refused.value.code == "sheet_no_rows"


def test_formula_cells_are_marked_wherever_they_stand(xlsx: Make) -> None:
    rows = [["编号", "", "数"], ["1", "", "=1+1"], ['=HYPERLINK("http://x")', "", 3]]
    sheet = open_sheet(xlsx(rows), "a.xlsx").sheet()
    assert [row.cells for row in sheet.rows()] == [["1", "", Oddity.FORMULA], [Oddity.FORMULA, "", 3.0]]


PREFIXED = '<x:row r="1"><x:c r="A1"><x:f>1</x:f><x:v>1</x:v></x:c></x:row>'


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>',
        '<row r="1"><c r="A1"><f t="shared" si="0"/><v>2</v></c></row>',
        '<row r="1"><c r="A1"><f\n>1</f></c></row>',
        "<row><c><f/></c></row>",
    ],
)
def test_formulas_are_found_however_they_are_written(rows: str) -> None:
    assert scan_sheet(f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()).formulas == {(1, 0)}


@pytest.mark.parametrize("prefix", ["x", "行"])
def test_formulas_are_found_behind_a_namespace_prefix(prefix: str) -> None:
    part = f'<x:worksheet xmlns:x="urn:x"><x:sheetData>{PREFIXED}</x:sheetData></x:worksheet>'.replace(
        "x:", f"{prefix}:"
    )
    assert scan_sheet(part.encode()).formulas == {(1, 0)}


def test_error_cells_are_marked_not_read_as_empty(raw_xlsx: Make) -> None:
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>编号</t></is></c></row>'
    sheet = open_sheet(raw_xlsx(head + '<row r="2"><c r="A2" t="e"><v>#REF!</v></c></row>'), "a.xlsx").sheet()
    assert [row.cells for row in sheet.rows()] == [[Oddity.ERROR]]


def test_real_dates_and_numbers_come_as_such(xlsx: Make) -> None:
    sheet = open_sheet(xlsx([["时间", "数"], [datetime(2020, 1, 8, 13, 54, 22), 1.5]]), "a.xlsx").sheet()
    assert [row.cells for row in sheet.rows()] == [[datetime(2020, 1, 8, 13, 54, 22), 1.5]]


def test_the_same_file_has_the_same_sum(xlsx: Make) -> None:
    data = xlsx(PLAIN)
    assert open_sheet(data, "a.xlsx").sha256 == open_sheet(data, "b.xlsx").sha256


@given(st.integers(0, 16_383))
def test_column_letters_and_numbers_are_each_others_inverse(index: int) -> None:
    assert column_index(column_letter(index)) == index


def test_column_letters_are_those_of_the_screen() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
