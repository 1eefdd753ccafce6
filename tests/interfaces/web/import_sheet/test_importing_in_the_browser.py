"""A sheet through the pages: dry run, columns, confirmation, the worker, the result, and who may."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from tests.factories.accounts import account
from tests.factories.organisations import SmallDistrict
from tests.interfaces.web.import_sheet.handing_in import HEADER, NOW, ROW, checked, confirm, send, work, xlsx
from tests.interfaces.web.pages import text_of

from genmai.interfaces.jobs.continuous import imports
from genmai.kernel.ids import key_of
from genmai.processes.cases.models import Caller, Case, SheetImport

pytestmark = pytest.mark.django_db


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
