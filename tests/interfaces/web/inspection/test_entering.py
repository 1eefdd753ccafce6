"""Findings come in once: from a phone that loses its connection, from a sheet handed in twice."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from PIL import Image
from tests.factories.rounds import Rounds
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.import_sheet.handing_in import work, xlsx
from tests.interfaces.web.pages import text_of

from genmai.kernel.sheets import open_sheet
from genmai.processes.cases.models import Attachment, Case, Finding, SheetImport

pytestmark = pytest.mark.django_db
HEAD = ("序号", "问题类型", "存在的问题", "责任单位", "点位", "时间")
GOOD = (1, "环境整治", "河边堆垃圾", "公路局", "桥头", "2026-02-26")


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    return SimpleUploadedFile("a.png", out.getvalue(), "image/png")


def enter(d: Desks, r: Rounds, **over: Any) -> HttpResponse:
    body = str(d.world.district.dept.public_id)
    typed = {
        "key": str(d.world.key()),
        "service": "environment",
        "text": "垃圾满溢",
        "place_text": "菜场",
        "body": body,
    }
    return d.as_(d.world.office).post(f"/inspection/{r.round.public_id}/enter", typed | over)


def test_the_next_one_keeps_class_place_and_body_and_the_words_begin_anew(d: Desks, r: Rounds) -> None:
    done = enter(d, r)
    assert done.status_code == 302
    page = text(d.as_(d.world.office).get(done.headers["Location"]))
    assert 'value="environment" ' in page or 'value="environment" id' in page
    assert 'value="菜场"' in page
    assert f'value="{d.world.district.dept.public_id}" selected' in page
    assert "垃圾满溢" not in page.split("<form")[2]
    assert f'data-draft-sent="finding-{r.round.public_id}"' in page, "the draft is done with"
    assert "已登记 1 条" in page


def test_sent_again_after_a_lost_connection_it_is_one(d: Desks, r: Rounds) -> None:
    key = str(d.world.key())
    for _ in range(3):
        assert enter(d, r, key=key).status_code == 302
    assert Finding.objects.count() == 1
    form = text(d.as_(d.world.office).get(f"/inspection/{r.round.public_id}/enter"))
    assert 'name="key"' in form
    assert "data-draft-keep" in form, "the key stays with the draft"


def test_a_picture_comes_with_it_and_is_not_asked_for(d: Desks, r: Rounds) -> None:
    assert enter(d, r, photos=picture()).status_code == 302
    assert Attachment.objects.get().stage == "before"
    assert enter(d, r, text="没有照片的").status_code == 302
    assert Finding.objects.count() == 2


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(d: Desks, r: Rounds) -> None:
    wrong = enter(d, r, service="", body="", photos=picture())
    assert wrong.status_code == 422
    page = text(wrong)
    assert "垃圾满溢" in page
    assert "请选一项" in page
    assert 'name="kept"' in page, "the picture is kept, too"
    assert not Finding.objects.exists()
    elsewhere = enter(d, r, body=str(d.world.district.district.public_id))
    assert elsewhere.status_code == 422


def test_nobody_else_enters_findings(d: Desks, r: Rounds) -> None:
    typed = {"key": str(d.world.key()), "service": "party", "text": "x", "body": str(d.world.district.dept.public_id)}
    for who in (d.world.dept, d.world.town, d.world.village):
        assert d.as_(who).post(f"/inspection/{r.round.public_id}/enter", typed).status_code == 404
    assert not Finding.objects.exists()


def hand_in(d: Desks, r: Rounds, *rows: tuple[object, ...], head: tuple[str, ...] = HEAD) -> tuple[SheetImport, str]:
    office = d.as_(d.world.office)
    data = xlsx([head, *rows])
    sent = office.post(
        f"/inspection/{r.round.public_id}/sheet",
        {"key": str(d.world.key()), "file": SimpleUploadedFile("问题清单.xlsx", data)},
    )
    assert sent.status_code == 302, text_of(sent)
    return SheetImport.objects.order_by("-id")[0], text_of(office.get(sent.headers["Location"]))


def confirm(d: Desks, upload: SheetImport) -> None:
    d.as_(d.world.office).post(f"/import/{upload.public_id}/confirm", {"key": str(d.world.key())})
    work()


def test_a_sheet_with_other_heads_becomes_findings(d: Desks, r: Rounds) -> None:
    upload, page = hand_in(d, r, GOOD, (2, "基层党建", "公开栏没换", "区公路局", "", ""))
    assert "导入这 2 行" in page
    assert not Finding.objects.exists(), "a dry run enters nothing"
    confirm(d, upload)
    rows = list(Finding.objects.order_by("no").values_list("case__service", "case__text", "body__short_name"))
    assert rows == [("environment", "河边堆垃圾", "区公路局"), ("party", "公开栏没换", "区公路局")]
    result = text_of(d.as_(d.world.office).get(f"/import/{upload.public_id}/"))
    assert "登记在这一批里" in result
    assert Case.objects.filter(state="received", channel="inspection").count() == 2


def test_what_fails_is_told_by_row_column_value_and_what_is_allowed_and_comes_back_as_a_file(
    d: Desks, r: Rounds
) -> None:
    upload, page = hand_in(
        d, r, GOOD, (2, "天气", "下雨", "区公路局", "", ""), (3, "环境整治", "没人管", "气象台", "", ""), (4, "环境整治", "", "北镇", "", "")
    )  # fmt: skip
    assert "共 3 行有问题" in page
    for said in (
        "第 3 行",
        "B 列：问题类型",
        "天气",
        "环境整治 / 社情民意 / 重点项目 / 基层党建",
        "D 列：责任单位",
        "气象台",
        "C 列：存在的问题",
    ):
        assert said in page, said
    confirm(d, upload)
    assert Finding.objects.count() == 1
    response = d.as_(d.world.office).get(f"/import/{upload.public_id}/failing.xlsx")
    table = open_sheet(response.content, "x.xlsx").sheet()
    assert [row.cells[0] for row in table.rows()] == [2, 3, 4]


def test_the_same_sheet_twice_and_a_changed_one_make_no_doubles(d: Desks, r: Rounds) -> None:
    upload, _ = hand_in(d, r, GOOD)
    confirm(d, upload)
    again, page = hand_in(d, r, GOOD, (2, "重点项目", "围挡太长", "南镇", "", ""))
    assert "已经有了" in page
    confirm(d, again)
    again.refresh_from_db()
    assert (again.created, again.repeated) == (1, 1)
    assert Finding.objects.count() == 2
    other = Rounds(d.world)
    third, _ = hand_in(d, other, GOOD)
    confirm(d, third)
    assert Finding.objects.count() == 3, "another round is another list"


def test_running_numbers_of_two_sheets_are_not_taken_for_one(d: Desks, r: Rounds) -> None:
    upload, _ = hand_in(d, r, GOOD)
    confirm(d, upload)
    second, _ = hand_in(d, r, (1, "环境整治", "另一张表的第一行", "区公路局", "", ""))
    confirm(d, second)
    assert Finding.objects.count() == 2


def test_a_column_can_be_pointed_at(d: Desks, r: Rounds) -> None:
    upload, page = hand_in(d, r, ("环境整治", "河边堆垃圾", "区公路局"), head=("甲", "乙", "丙"))
    assert "没有找到需要的列" in page
    office = d.as_(d.world.office)
    given = {"key": str(d.world.key()), "column-service": "0", "column-text": "1", "column-body": "2"}
    office.post(f"/import/{upload.public_id}/columns", given)
    assert "导入这 1 行" in text_of(office.get(f"/import/{upload.public_id}/"))


def test_rounds_sheets_are_not_among_the_work_orders(d: Desks, r: Rounds) -> None:
    hand_in(d, r, GOOD)
    assert "问题清单.xlsx" not in text(d.as_(d.world.office).get("/import/"))
    assert "问题清单.xlsx" in text(d.as_(d.world.office).get(f"/inspection/{r.round.public_id}/sheet"))
