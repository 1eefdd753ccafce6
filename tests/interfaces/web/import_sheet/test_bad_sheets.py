"""Every bad sheet is told in its own words, and a bad upload holds up nobody."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from tests.interfaces.web.import_sheet.handing_in import HEADER, ROW, checked, confirm, send, work
from tests.interfaces.web.pages import text_of

from genmai.interfaces import sheet_import
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import Refused
from genmai.kernel.sheets import open_sheet
from genmai.processes.cases.commands import importing
from genmai.processes.cases.models import Case, SheetImport

pytestmark = pytest.mark.django_db


# -- bad sheets ------------------------------------------------------------------------------------------------------


def test_rows_that_fail_come_back_as_a_file_and_only_they_are_handed_in_again(desk: Client) -> None:
    rows = [HEADER, ROW, ("A2", "", "", "", ""), ("A3", "", "下雨天积水", "昨天下午", "")]
    upload, page = checked(desk, rows)
    assert "共 2 行有问题" in page
    assert "第 3 行" in page
    assert "C 列：内容" in page
    assert "必填，但这一格是空的" in page
    confirm(desk, upload)
    work()
    response = desk.get(f"/import/{upload.public_id}/failing.xlsx")
    table = open_sheet(response.content, "x.xlsx").sheet()
    kept = list(table.rows())
    assert [row.cells[0] for row in kept] == ["A2", "A3"]
    assert table.header.names[-1] == "哪里不对"


def test_the_wrong_sheet_is_named_with_what_it_lacks(desk: Client) -> None:
    _, page = checked(desk, [("姓名", "工资", "部门"), ("王芳", 5000, "财务")])
    assert "没有找到需要的列：内容" in page
    assert "表里有的列：姓名、工资、部门" in page


def test_the_right_sheet_among_several_is_found_and_another_can_be_chosen(desk: Client) -> None:
    upload, page = checked(desk, [("说明", "这里什么也没有")], [HEADER, ROW])
    assert "导入这 1 行" in page
    assert upload.sheet == "Sheet2"
    given = {"key": str(key_of("s")), "sheet": "Sheet1", "sheet_only": "1"}
    desk.post(f"/import/{upload.public_id}/columns", given)
    assert "没有找到需要的列" in text_of(desk.get(f"/import/{upload.public_id}/"))


def test_merged_header_cells_are_read_as_people_see_them(desk: Client) -> None:
    def merge(book: Any, page: Any) -> None:
        page.merge_range(0, 0, 0, 3, "某街道工单登记表")
        page.merge_range(1, 2, 1, 3, "来电人")

    rows = [("",), ("编号", "内容", "", ""), ("", "", "姓名", "电话"), ("B1", "窨井冒水", "王芳", "13805741234")]
    _, page = checked(desk, rows, change=merge)
    assert "导入这 1 行" in page
    assert "来电人·电话" in page


def test_dates_written_as_text_are_understood_or_pointed_at(desk: Client) -> None:
    rows = [HEADER, ("1", "", "甲", "2026年2月27日 8时30分", ""), ("2", "", "乙", "03/04/2026", "")]
    _, page = checked(desk, rows)
    assert "导入这 1 行" in page
    assert "分不清哪个是月、哪个是日" in page


def test_a_number_that_lost_its_digits_is_refused_not_guessed(desk: Client) -> None:
    _, page = checked(desk, [HEADER, ("1", "", "甲", "", 330212198001011234.0)])
    assert "出错 1 行" in page
    assert "第 2 行" in page


def test_a_formula_is_pointed_at(desk: Client) -> None:
    def formula(book: Any, page: Any) -> None:
        page.write_formula(1, 2, '="a"&"b"', None, "ab")

    _, page = checked(desk, [HEADER, ROW], change=formula)
    assert "这一格是公式" in page


def test_a_zip_bomb_is_not_opened(desk: Client) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"<workbook/>")
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    begun = time.process_time()
    response = send(desk, out.getvalue())
    assert response.status_code == 422
    assert "解压后大得不正常" in text_of(response)
    assert time.process_time() - begun < 2
    assert SheetImport.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "空的"), (b"%PDF-1.7 x", "不是表格文件"), (b"PK\x03\x04broken", "打不开"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧格式")],
)  # fmt: skip
def test_what_is_no_sheet_is_refused_in_words(desk: Client, data: bytes, said: str) -> None:
    response = send(desk, data)
    assert response.status_code == 422
    assert said in text_of(response)


def test_fifty_thousand_rows_with_two_percent_errors_are_checked_in_seconds_within_bounds(desk: Client) -> None:
    import resource

    lines = ["编号,标题,内容,时间"]
    lines += [f"N{n},灯坏了,{'' if n % 50 == 0 else '路口的灯坏了' * 8},2026-02-27" for n in range(50_000)]
    data = "\n".join(lines).encode()
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    response = send(desk, data, "大表.csv")
    page = text_of(desk.get(response.headers["Location"]))
    assert time.process_time() - begun < 15
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 200 * 1024
    assert "导入这 49,000 行" in page
    assert "共 1,000 行有问题" in page
    assert len(page.encode()) < 150_000


def test_an_upload_whose_file_is_gone_fails_in_words_and_holds_up_nobody(desk: Client) -> None:
    lost, _ = checked(desk, [HEADER, ("L1", "", "丢了文件", "", "")])
    good, _ = checked(desk, [HEADER, ROW])
    for upload in (lost, good):
        confirm(desk, upload)
    sheet_import.store().path(lost.sha256).unlink()
    work()
    assert "存下来的文件打不开了" in text_of(desk.get(f"/import/{lost.public_id}/"))
    good.refresh_from_db()
    assert (good.state, Case.objects.count()) == ("done", 1)


def test_a_row_that_breaks_the_import_fails_that_upload_alone(desk: Client) -> None:
    bad, _ = checked(desk, [HEADER, ("X1", "", "坏掉的一行", "", "")])
    confirm(desk, bad)
    with patch.object(importing, "_take_in", side_effect=RuntimeError("broken on purpose")):
        work()
    bad.refresh_from_db()
    assert (bad.state, Case.objects.count()) == ("failed", 0)
    assert "导入时出了意外" in text_of(desk.get(f"/import/{bad.public_id}/"))


def test_a_row_that_a_rule_refuses_is_a_failed_row_and_the_others_go_in(desk: Client) -> None:
    upload, _ = checked(desk, [HEADER, ("R1", "", "这一行", "", ""), ("R2", "", "那一行", "", "")])
    confirm(desk, upload)
    real = importing._take_in

    def strict(*given: Any) -> Case:
        if given[-1].ref == "R1":
            raise Refused("no_place", "请选择事情发生在哪里")
        return real(*given)

    with patch.object(importing, "_take_in", strict):
        work()
    upload.refresh_from_db()
    assert (upload.state, upload.created, upload.failed) == ("done", 1, 1)
    assert "第 2 行" in (page := text_of(desk.get(f"/import/{upload.public_id}/")))
    assert "请选择事情发生在哪里" in page
