"""The city's sheets in the browser: check, confirm, progress, failing rows and back again; nobody beyond their ground."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.coordination.test_registry import LI, WANG, member, sheet
from tests.factories.party import PartyTree
from tests.interfaces.web.registry.handing_in import NOW, browser, confirm, send, text

from genmai.directory.roster.models import Membership, Person, RegistryImport
from genmai.interfaces import registry_import
from genmai.kernel.sheets import open_large

pytestmark = pytest.mark.django_db


def test_checked_confirmed_and_in(tree: PartyTree, officer: Client) -> None:
    assert "还没有导入过" in text(officer.get("/registry/"))
    upload = send(officer, [member(), member(identity=LI, name="李四", sex="女", born_on="")])
    page = text(officer.get(f"/registry/{upload.public_id}/"))
    assert "现在还什么都没有写入" in page
    assert "新增 2 行" in page
    assert not Person.objects.filter(display_name="曾祥").exists()
    assert confirm(officer, upload).state == "done"
    assert Membership.objects.filter(person__display_name__in=("曾祥", "李四")).count() == 2
    assert "已完成" in text(officer.get(f"/registry/{upload.public_id}/"))
    assert not registry_import.store().path(upload.stored).exists(), "nothing failed: the sheet is gone"


def test_the_same_sheet_again_is_said_to_change_nothing(tree: PartyTree, officer: Client) -> None:
    rows = [member(), member(identity=LI, name="李四", sex="女", born_on="")]
    confirm(officer, send(officer, rows))
    again = send(officer, rows)
    page = officer.get(f"/registry/{again.public_id}/")
    assert "2 行都已经在册，和表里写的一样，不用再导入。" in text(page)
    assert "导入这" not in text(page)
    confirm(officer, again)
    assert "2 行都已经在册，和表里写的一样，什么也没有改动。" in text(officer.get(f"/registry/{again.public_id}/"))
    some = send(officer, [*rows, member(identity=LI[:-1], name="李四")])
    assert "都已经在册" in text(officer.get(f"/registry/{some.public_id}/"))
    other = send(officer, [member(phone="13805740009"), *rows[1:]])
    page = officer.get(f"/registry/{other.public_id}/")
    assert "都已经在册" not in text(page)
    assert "导入这 1 行" in text(page)


def test_many_errors_are_summed_up_and_told_in_the_order_of_the_sheet(tree: PartyTree, officer: Client) -> None:
    wrong = [member(identity=f"3302{at:014d}") if at % 3 else member(phone="138") for at in range(150)]
    upload = send(officer, wrong)
    page = text(officer.get(f"/registry/{upload.public_id}/"))
    assert "共 150 行有问题" in page
    assert "100 处 身份证号码不对，请对照证件检查" in page
    assert "50 处 电话号码不对" in page
    assert "下面是前 100 处" in page
    rows = [one["row"] for one in upload.problems]
    assert rows == sorted(rows)
    assert rows[:3] == [3, 4, 5]
    confirm(officer, upload)
    assert "100 处 身份证号码不对" in text(officer.get(f"/registry/{upload.public_id}/"))


def test_failing_rows_come_back_and_are_taken_when_repaired(tree: PartyTree, officer: Client) -> None:
    upload = send(officer, [member(), member(identity=LI, name="李四", sex="男", born_on="")])
    page = text(officer.get(f"/registry/{upload.public_id}/"))
    assert "性别和身份号码里的不一样" in page
    assert "第 4 行" in page
    assert LI[6:14] not in page
    confirm(officer, upload)
    response = officer.get(f"/registry/{upload.public_id}/failing.xlsx")
    table = open_large(io.BytesIO(response.content)).sheet()
    rows = [cells for part in table.slices(10) for cells in part.cells]
    assert len(rows) == 1
    assert table.header.names[-1] == "哪里不对"
    assert "性别和身份号码里的不一样" in str(rows[0][-1])
    named = dict(zip(table.header.names, rows[0], strict=False))
    repaired = send(officer, [member(identity=str(named["公民身份号码"]), name="李四", sex="女", born_on="")])
    assert confirm(officer, repaired).new == 1
    unrepaired = send(officer, response.content)
    assert (unrepaired.state, unrepaired.failed) == ("checked", 1), "taken back as it is, and refused again"


def test_the_kept_file_can_not_be_read_beside_the_database(tree: PartyTree, officer: Client) -> None:
    upload = send(officer, [member()])
    kept = registry_import.store().path(upload.stored).read_bytes()
    assert not kept.startswith(b"PK")
    assert registry_import.file_of(upload).read(2) == b"PK"


@pytest.mark.django_db(transaction=True)
def test_cancelled_before_and_under_way_nothing_stays(tree: PartyTree, officer: Client) -> None:
    upload = send(officer, [member()])
    officer.post(f"/registry/{upload.public_id}/cancel", {"key": str(uuid4())})
    assert confirm(officer, upload).state == "cancelled"
    other = send(officer, [member()])
    officer.post(f"/registry/{other.public_id}/confirm", {"key": str(uuid4())})
    RegistryImport.objects.filter(pk=other.pk).update(state="running")
    officer.post(f"/registry/{other.public_id}/cancel", {"key": str(uuid4())})
    other.refresh_from_db()
    assert registry_import.carry(at=NOW, upload=other, clock=lambda: NOW).state == "cancelled"
    assert not Person.objects.filter(display_name="曾祥").exists()
    assert "什么也没有写入" in text(officer.get(f"/registry/{other.public_id}/"))
    wrong = send(officer, [member(), member(phone="138")])
    officer.post(f"/registry/{wrong.public_id}/cancel", {"key": str(uuid4())})
    page = officer.get(f"/registry/{wrong.public_id}/").content.decode()
    assert "notice-late" not in page, "who cancels is not told of rows"


def test_progress_shows_and_ends(tree: PartyTree, officer: Client) -> None:
    upload = send(officer, [member()])
    RegistryImport.objects.filter(pk=upload.pk).update(state="running", done=40, about=100)
    part = officer.get(f"/registry/{upload.public_id}/progress")
    assert "40" in part.content.decode()
    assert "HX-Refresh" not in part.headers
    RegistryImport.objects.filter(pk=upload.pk).update(state="done")
    assert officer.get(f"/registry/{upload.public_id}/progress").headers["HX-Refresh"] == "true"


def test_a_file_that_is_none_is_told_and_nothing_happens(tree: PartyTree, officer: Client) -> None:
    upload = send(officer, b"%PDF-1.7 something")
    assert upload.state == "failed"
    assert "PDF" in text(officer.get(f"/registry/{upload.public_id}/"))


def test_columns_are_pointed_at_by_hand(tree: PartyTree, officer: Client) -> None:
    upload = send(officer, sheet("members", [member()], labels={"identity": "甲栏"}).getvalue())
    assert "没有认出来，请指一列" in text(officer.get(f"/registry/{upload.public_id}/"))
    headers = upload.plan["headers"]
    columns = {f"column-{key}": str(index) for key, index in upload.plan["columns"].items()}
    columns["column-identity"] = str(headers.index("甲栏"))
    officer.post(f"/registry/{upload.public_id}/columns", {"key": str(uuid4()), **columns})
    upload.refresh_from_db()
    assert (upload.state, upload.new, upload.failed) == ("checked", 1, 0)


def test_a_town_touches_only_its_own_branches_and_sees_only_its_own_files(tree: PartyTree, officer: Client) -> None:
    town = browser(tree, "party_office", "town1")
    upload = send(town, [member(), member(identity=LI, name="李四", sex="女", born_on="", branch="party-branch3")])
    page = text(town.get(f"/registry/{upload.public_id}/"))
    assert (upload.new, upload.failed) == (1, 1)
    assert "没有这个党支部" in page
    assert "东村" not in page
    other = browser(tree, "party_office", "town2")
    for rest in ("", "progress", "failing.xlsx"):
        assert other.get(f"/registry/{upload.public_id}/{rest}").status_code == 404
    assert "全区党员" not in text(other.get("/registry/"))
    assert other.post(f"/registry/{upload.public_id}/confirm", {"key": str(uuid4())}).status_code == 404
    assert "全区党员" in text(officer.get("/registry/"))
    secretary = browser(tree, "branch_secretary", "branch1")
    assert secretary.get("/registry/").status_code == 403
    assert WANG[6:14] not in page


def test_the_list_asks_as_often_for_many_as_for_one(tree: PartyTree, officer: Client) -> None:
    send(officer, [member()])
    officer.get("/registry/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        officer.get("/registry/")
    for _ in range(3):
        send(officer, [member()])
    with CaptureQueriesContext(connection) as many:
        officer.get("/registry/")
    assert len(many) == len(one)


@pytest.mark.parametrize("kind", ["organisations", "members"])
def test_templates_are_fetched(tree: PartyTree, officer: Client, kind: str) -> None:
    response = officer.get(f"/registry/template/{kind}.xlsx")
    assert response.content.startswith(b"PK")
    assert officer.get("/registry/template/nothing.xlsx").status_code == 404
