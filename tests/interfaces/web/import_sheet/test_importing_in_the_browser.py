"""A sheet through the pages: dry run, columns, confirmation, the worker, the result; and every bad sheet's own words."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from tests.factories.accounts import account
from tests.factories.organisations import SmallDistrict, small_district

from genmai.interfaces import sheet_import
from genmai.interfaces.jobs.continuous import imports
from genmai.kernel.ids import key_of
from genmai.kernel.refusal import Refused
from genmai.kernel.sheets import open_sheet
from genmai.processes.cases.commands import importing
from genmai.processes.cases.models import Caller, Case, SheetImport

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HEADER = ("编号", "标题", "内容", "时间", "电话")
ROW = ("A1", "路灯不亮", "路口的路灯三天没亮了", "2026-02-27 08:30", "13805741234")


@pytest.fixture
def district() -> Iterator[SmallDistrict]:
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: NOW):
        yield small_district()


@pytest.fixture
def desk(district: SmallDistrict, client: Client) -> Client:
    client.force_login(account("beizhen", "town_desk", district.north))
    return client


def xlsx(*sheets: Sequence[Sequence[object]], change: Callable[[Any, Any], None] | None = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for rows in sheets:
            page = book.add_worksheet()
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
            if change:
                change(book, page)
    return out.getvalue()


count = iter(range(10**6))


def send(client: Client, data: bytes, name: str = "工单.xlsx", key: str = "") -> HttpResponse:
    given = {"key": key or str(key_of("upload", next(count))), "file": SimpleUploadedFile(name, data)}
    return client.post("/import/", given)


def text_of(response: HttpResponse) -> str:
    """What people read, without markup and with single blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def checked(client: Client, *sheets: Sequence[Sequence[object]], **more: Any) -> tuple[SheetImport, str]:
    response = send(client, xlsx(*sheets, **more))
    assert response.status_code == 302, text_of(response)
    upload = SheetImport.objects.order_by("-id")[0]
    return upload, text_of(client.get(response.headers["Location"]))


def confirm(client: Client, upload: SheetImport, **more: str) -> HttpResponse:
    return client.post(f"/import/{upload.public_id}/confirm", {"key": str(key_of("c", str(upload.public_id))), **more})


def work() -> None:
    while imports.run(at=NOW):
        pass


# -- the usual way ---------------------------------------------------------------------------------------------------


def test_a_sheet_goes_in_after_the_dry_run_and_the_result_tells_where_it_went(desk: Client) -> None:
    upload, page = checked(desk, [HEADER, ROW, ("A2", "树倒了", "河边的树倒在路上", "", "")])
    assert "导入这 2 行" in page
    assert Case.objects.count() == 0
    confirm(desk, upload)
    assert "排队中" in text_of(desk.get(f"/import/{upload.public_id}/"))
    work()
    page = text_of(desk.get(f"/import/{upload.public_id}/"))
    assert "新增 2 件" in page
    assert "留给分派台判定" in page
    assert sorted(Case.objects.values_list("external_ref", flat=True)) == ["A1", "A2"]
    assert Case.objects.get(external_ref="A1").callers.get().asked_at == datetime(2026, 2, 27, 0, 30, tzinfo=UTC)


def test_the_same_file_twice_makes_nothing_twice_and_says_so(desk: Client) -> None:
    rows = [HEADER, ROW, ("", "树倒了", "河边的树倒在路上", "", ""), ("", "树倒了", "河边的树倒在路上", "", "")]
    for _ in range(2):
        upload, page = checked(desk, rows)
        confirm(desk, upload)
        work()
    assert "都已经在系统里了，再导入也不会增加" in page
    assert Case.objects.count() == 2
    upload.refresh_from_db()
    assert (upload.created, upload.repeated, upload.state) == (0, 3, "done")


def test_the_columns_may_be_told_by_hand_and_what_is_left_out_is_listed(desk: Client) -> None:
    upload, page = checked(desk, [("序", "说了什么", "心情"), (1, "井盖没了", "急"), (2, "井盖又没了", "很急")])
    assert "没有找到需要的列：内容" in page
    assert "导入这" not in page
    assert confirm(desk, upload).status_code == 400
    response = desk.post(
        f"/import/{upload.public_id}/columns",
        {"key": str(key_of("columns")), "column-text": "1", "column-ref": "0", "sheet": upload.sheet},
    )
    page = text_of(desk.get(response.headers["Location"]))
    assert "导入这 2 行" in page
    assert "不会带进来的列：心情" in page
    confirm(desk, upload)
    work()
    assert sorted(Case.objects.values_list("text", flat=True)) == ["井盖又没了", "井盖没了"]


def test_one_column_cannot_be_two_things(desk: Client) -> None:
    upload, _ = checked(desk, [HEADER, ROW])
    given = {"key": str(key_of("x")), "column-text": "2", "column-title": "2", "sheet": upload.sheet}
    response = desk.post(f"/import/{upload.public_id}/columns", given)
    assert response.status_code == 422
    assert "列的对应关系有误：标题、内容" in text_of(response)


def test_who_confirms_columns_that_somebody_else_changed_is_told(desk: Client) -> None:
    upload, _ = checked(desk, [HEADER, ROW])
    page = desk.get(f"/import/{upload.public_id}/").content.decode()
    seen = re.search(r'name="version" value="(\w+)"', page)
    assert seen
    desk.post(
        f"/import/{upload.public_id}/columns",
        {"key": str(key_of("x")), "column-text": "1", "sheet": upload.sheet},
    )
    response = confirm(desk, upload, version=seen[1])
    assert response.status_code == 409
    upload.refresh_from_db()
    assert upload.state == "checked"


def test_a_replayed_upload_is_one_upload_and_a_replayed_confirmation_one_import(desk: Client) -> None:
    data = xlsx([HEADER, ROW])
    key = str(key_of("once"))
    first, second = send(desk, data, key=key), send(desk, data, key=key)
    assert first.headers["Location"] == second.headers["Location"]
    upload = SheetImport.objects.get()
    confirm(desk, upload)
    work()
    assert confirm(desk, upload).status_code == 302
    work()
    assert Case.objects.count() == 1


def test_it_can_be_stopped_and_goes_on_when_the_file_comes_again(desk: Client) -> None:
    rows = [HEADER, *[(f"N{n}", "", f"第 {n} 件事", "", "") for n in range(120)]]
    upload, _ = checked(desk, rows)
    confirm(desk, upload)
    turns = iter((0.0, 0.0, 99.0))  # one batch fits into the turn
    imports.run(at=NOW, clock=lambda: next(turns))
    upload.refresh_from_db()
    assert (upload.state, upload.done) == ("running", 50)
    assert "50 / 120" in text_of(desk.get(f"/import/{upload.public_id}/progress"))
    desk.post(f"/import/{upload.public_id}/cancel", {"key": str(key_of("stop"))})
    work()
    assert Case.objects.count() == 50
    assert "停下以后的行没有导入" in text_of(desk.get(f"/import/{upload.public_id}/"))
    again, page = checked(desk, rows)
    assert "70 行" in page
    confirm(desk, again)
    work()
    again.refresh_from_db()
    assert (Case.objects.count(), again.created, again.repeated) == (120, 70, 50)


def test_a_worker_that_died_goes_on_where_it_was_and_counts_nothing_twice(desk: Client) -> None:
    rows = [HEADER, *[(f"N{n}", "", f"第 {n} 件事", "", "") for n in range(120)]]
    upload, _ = checked(desk, rows)
    confirm(desk, upload)
    turns = iter((0.0, 0.0, 99.0))
    imports.run(at=NOW, clock=lambda: next(turns))
    with patch.object(imports, "_carrier", imports.Carrier()):  # a new process remembers nothing
        work()
    upload.refresh_from_db()
    assert (upload.state, upload.done, upload.created, upload.repeated) == ("done", 120, 120, 0)
    assert Case.objects.count() == 120


def test_two_workers_at_one_upload_count_each_row_once(desk: Client) -> None:
    rows = [HEADER, *[(f"N{n}", "", f"第 {n} 件事", "", "") for n in range(220)]]
    upload, _ = checked(desk, rows)
    confirm(desk, upload)
    carriers = [imports.Carrier(), imports.Carrier()]
    for turn in range(40):
        with patch.object(imports, "_carrier", carriers[turn % 2]):
            turns = iter((0.0, 0.0, 99.0))
            imports.run(at=NOW, clock=lambda turns=turns: next(turns))
    upload.refresh_from_db()
    assert (upload.state, upload.created, Case.objects.count()) == ("done", 220, 220)


def test_two_people_of_one_name_stay_two_and_one_number_is_one_person(desk: Client) -> None:
    header = ("编号", "内容", "姓名", "电话")
    rows = [header, (1, "灯坏了", "王芳", ""), (2, "树倒了", "王芳", ""), (3, "路塌了", "王芳", "13805741234"),
            (4, "水停了", "李雷", "138 0574 1234")]  # fmt: skip
    upload, _ = checked(desk, rows)
    confirm(desk, upload)
    work()
    people = dict(Caller.objects.values_list("case__external_ref", "person_id"))
    assert people["3"] == people["4"]
    assert len(set(people.values())) == 3


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


# -- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["", "progress", "failing.xlsx", "confirm", "cancel", "columns"])
def test_outside_its_office_an_upload_is_not_there(desk: Client, district: SmallDistrict, way: str) -> None:
    upload, _ = checked(desk, [HEADER, ROW])
    for login, role, where in (
        ("nanzhen", "town_desk", district.south),
        ("beicun", "village_secretary", district.n1),
        ("guanli", "administrator", district.district),
    ):
        other = Client()
        other.force_login(account(login, role, where))
        address = f"/import/{upload.public_id}/{way}"
        response = (
            other.post(address, {"key": str(key_of(login))})
            if way in ("confirm", "cancel", "columns")
            else other.get(address)
        )
        assert response.status_code == 404, (login, address)
    upload.refresh_from_db()
    assert upload.state == "checked"


def test_only_dispatch_desks_may_import(district: SmallDistrict, client: Client) -> None:
    assert client.get("/import/").headers["Location"].startswith("/sign-in")
    client.force_login(account("beicun", "village_secretary", district.n1))
    assert client.get("/import/").status_code == 403
    assert send(client, xlsx([HEADER, ROW])).status_code == 403
    assert SheetImport.objects.count() == 0


def test_the_pages_cost_the_same_however_much_was_imported(desk: Client, django_assert_max_num_queries: Any) -> None:
    uploads = [checked(desk, [HEADER, (f"Q{n}", "", "灯坏了", "", "")])[0] for n in range(3)]
    SheetImport.objects.filter(pk=uploads[0].pk).update(finished_at=NOW - timedelta(days=1), state="done")
    with django_assert_max_num_queries(8):
        desk.get("/import/")
    with django_assert_max_num_queries(7):
        desk.get(f"/import/{uploads[1].public_id}/")
    with django_assert_max_num_queries(6):
        desk.get(f"/import/{uploads[1].public_id}/progress")


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
