"""The list of matters as a file: the same rows as on the page, within the same scope, harmless to open."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.interfaces.web.exports.files import body, book, checked, content, export, fetched, header_row, saved
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.records.deeds.models import Deed
from genmai.reports.exports.models import DigestBlock, ExportRecord

pytestmark = pytest.mark.django_db


def test_the_file_has_the_rows_of_the_page(d: Desks) -> None:
    w = d.world
    cases = [w.receive(text=f"第{n}盏路灯坏了") for n in range(7)]
    w.at_state("in_hand", text="井盖没了")
    page = text(d.as_(w.town).get("/cases/"))
    sheet = book(fetched(d, w.town, "cases"))["清单"]
    shown = re.findall(r'<td class="number faint small"[^>]*>([\d-]+)</td>', page)
    rows = body(sheet)
    assert [row[0] for row in rows] == shown
    assert len(rows) == len(cases) + 1
    words = re.findall(r'<a class="row-link"[^>]*>([^<]+)</a>', page)
    assert [row[1] for row in rows] == words
    states = [one.split("</svg>")[-1].strip() for one in re.findall(r'data-label="到哪一步">(.*?)</td>', page, re.S)]
    assert len(states) == len(rows)
    for row, state in zip(rows, states, strict=True):
        assert row[2] in state


def test_filters_of_the_address_hold_for_the_file_and_stand_above_it(d: Desks) -> None:
    w = d.world
    w.receive(text="路灯坏了")
    w.at_state("in_hand", text="井盖没了")
    sheet = book(fetched(d, w.town, "cases", "state=in_hand"))["清单"]
    assert [row[1] for row in body(sheet)] == ["井盖没了"]
    above = "\n".join(str(sheet.cell(n, 1).value) for n in range(1, header_row(sheet)))
    assert "条件：正在办" in above
    assert "范围：北镇" in above or "范围：" in above
    assert "数据截至" in above
    assert "校验码：" in above


def test_a_town_never_exports_another_towns_matters(d: Desks) -> None:
    w = d.world
    w.receive(text="北边的路灯")
    w.receive(text="南边的秘密", place_id=w.district.places["s1"].pk)
    for who, mine, theirs in ((w.town, "北边", "南边"), (w.south, "南边", "北边")):
        data = fetched(d, who, "cases")
        everything = " ".join(str(v) for page in book(data) for row in page.iter_rows(values_only=True) for v in row)
        assert mine in everything
        assert theirs not in everything
    assert len(body(book(fetched(d, w.office, "cases"))["清单"])) == 2
    # a code of the other town as a filter opens nothing
    rows = body(book(fetched(d, w.town, "cases", f"org={w.district.south.code}"))["清单"])
    assert not [row for row in rows if row[0]]


def test_without_the_permission_there_is_no_button_and_no_file(d: Desks) -> None:
    w = d.world
    w.receive()
    answer = export(d, w.village, "cases")
    assert answer.status_code == 403
    assert not ExportRecord.objects.exists()
    for who, shown in ((w.village, False), (w.town, True)):
        assert ("导出 Excel" in text(d.as_(who).get("/cases/"))) is shown


def test_text_that_looks_like_a_formula_stays_text(d: Desks) -> None:
    w = d.world
    nasty = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x","y")']
    for each in nasty:
        w.receive(text=each)
    data = fetched(d, w.town, "cases")
    sheet = book(data)["清单"]
    cells = [row[1] for row in sheet.iter_rows(min_row=header_row(sheet) + 1)]
    assert {cell.value for cell in cells} == set(nasty)
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)
    assert "没有改动" in text(checked(d, w.town, data))


def test_the_sheet_is_made_for_paper_and_for_the_desk(d: Desks) -> None:
    w = d.world
    w.receive()
    sheet = book(fetched(d, w.town, "cases"))["清单"]
    last = header_row(sheet)
    assert sheet.freeze_panes == f"B{last + 1}"
    assert sheet.print_title_rows == f"${last - 1}:${last}"
    assert sheet.page_setup.orientation == "landscape"
    merged = {str(each) for each in sheet.merged_cells.ranges}
    assert f"A{last - 1}:A{last}" in merged, "a single column reaches down both header rows"
    assert f"D{last - 1}:F{last - 1}" in merged, "a group lies over its columns"
    row = list(sheet[last + 1])
    assert row[9].is_date
    assert row[7].value == 1
    assert row[7].data_type == "n"
    code = ExportRecord.objects.get().code
    assert code in sheet.oddFooter.left.text
    assert code in sheet.oddHeader.right.text


def test_an_export_is_recorded_with_a_deed_and_found_again(d: Desks) -> None:
    w = d.world
    w.receive()
    data = fetched(d, w.town, "cases")
    record = ExportRecord.objects.get()
    assert record.state == "done"
    assert record.rows == 1
    assert record.blocks.count() == 1
    deed = Deed.objects.get(kind="export.made")
    assert (deed.source_id, deed.quantity) == (record.public_id, 1)
    assert deed.payload["root"] == bytes(record.root).hex()
    mine = text(d.as_(w.town).get("/exports/"))
    assert record.code in mine
    assert record.code not in text(d.as_(w.office).get("/exports/")), "another's exports are not mine"
    again = d.as_(w.town).get(f"/exports/{record.public_id}/file.xlsx")
    assert content(again) == data
    for page in ("", "file.xlsx", "progress"):
        assert d.as_(w.south).get(f"/exports/{record.public_id}/{page}").status_code == 404


def test_the_same_form_twice_is_one_export(d: Desks) -> None:
    w = d.world
    w.receive()
    data = {"what": "cases", "query": "", "key": str(w.key())}
    first, second = (content(d.as_(w.town).post("/exports/ask", data)) for _ in range(2))
    assert first == second
    assert ExportRecord.objects.count() == 1
    w.later(minutes=10)
    w.receive()
    third = content(d.as_(w.town).post("/exports/ask", data))
    assert len(body(book(third)["清单"])) == 2, "later the same button asks anew"


def test_queries_do_not_grow_with_the_rows(d: Desks) -> None:
    w = d.world
    counts = []
    for more in (3, 30):
        for n in range(more):
            w.receive(text=f"路灯{more}-{n}")
        w.later(minutes=5)
        export(d, w.town, "cases")
        w.later(minutes=5)
        with CaptureQueriesContext(connection) as queries:
            fetched(d, w.town, "cases")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_hand_edited_file_is_told_and_another_programs_save_is_not(d: Desks) -> None:
    w = d.world
    for n in range(4):
        w.receive(text=f"第{n}盏路灯")
    data = fetched(d, w.town, "cases")
    assert "没有改动" in text(checked(d, w.office, data))
    workbook = book(data)
    assert "没有改动：" in text(checked(d, w.office, saved(workbook)))
    sheet = workbook["清单"]
    row = header_row(sheet) + 2
    number = sheet.cell(row, 1).value
    sheet.cell(row, 8).value = 99
    answer = text(checked(d, w.office, saved(workbook)))
    assert "有 1 处" in answer
    assert f"H{row}：“谁 / 几人反映”一格改过（编号：{number}）" in answer
    assert "99" not in re.findall(r"<ol.*?</ol>", answer, re.S)[0]


def test_what_is_no_export_is_refused_in_words(d: Desks) -> None:
    w = d.world
    import openpyxl

    plain: Any = openpyxl.Workbook()
    plain.active["A1"] = "一张别的表"
    for data, words in (
        (saved(plain), "没有校验码"),
        (b"hello", "不是表格文件"),
        (b"%PDF-1.4", "不是表格文件"),
        (b"PK\x03\x04broken", "打不开"),
        (b"", "空的"),
    ):
        answer = checked(d, w.town, data)
        assert answer.status_code == 422, words
        assert words in text(answer)
    plain.active["A2"] = "校验码：0000-0000-0000"
    assert "不是这里发出的" in text(checked(d, w.town, saved(plain)))
    assert DigestBlock.objects.count() == 0
