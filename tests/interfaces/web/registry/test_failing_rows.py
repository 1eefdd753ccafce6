"""The rows that failed come back as a finished file: all of them, sealed while they lie, gone in time, good to hand in."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.test import Client
from tests.coordination.test_registry import LI, Row, member, number
from tests.factories.party import PartyTree
from tests.interfaces.web.registry.handing_in import NOW, confirm, send, text

from genmai.coordination import registry
from genmai.directory.roster.models import Organisation, Person, RegistryImport
from genmai.directory.roster.registry import reading
from genmai.interfaces import registry_import
from genmai.interfaces.jobs.daily import registry_files, unsent_pictures

pytestmark = pytest.mark.django_db


def wrong(count: int) -> list[Row]:
    """Members who are said to be men and whose numbers say women."""
    rows = (f"33021219{70 + at}0820002" for at in range(count))
    return [member(identity=number(one), name="李四", sex="男", born_on="") for one in rows]


def fetch(client: Client, upload: RegistryImport) -> bytes:
    response = client.get(f"/registry/{upload.public_id}/failing.xlsx")
    assert response.status_code == 200
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    return response.content


def cells(data: bytes) -> list[list[Any]]:
    page = openpyxl.load_workbook(io.BytesIO(data)).active
    assert page is not None
    return [[cell.value for cell in row] for row in page.iter_rows()]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_all_of_them_come_back_however_few_are_told(
    tree: PartyTree, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_MOST_TOLD", 3)
    monkeypatch.setattr(reading, "SLICE", 2)
    upload = send(officer, [*wrong(4), member(), *wrong(9)[4:]])
    assert (upload.new, upload.failed, len(upload.problems)) == (1, 9, 3)
    rows = cells(fetch(officer, upload))
    assert [row[-1].split("]")[0] for row in rows[1:]] == [f"[{n}" for n in (3, 4, 5, 6, 8, 9, 10, 11, 12)]
    assert all("性别和身份号码里的不一样" in row[-1] for row in rows[1:])


def test_fetching_it_reads_no_sheet(tree: PartyTree, officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = send(officer, [member(), *wrong(1)])
    monkeypatch.setattr(registry, "bring_in_table", None)
    monkeypatch.setattr(registry_import, "open_table", None)
    assert len(cells(fetch(officer, upload))) == 2
    monkeypatch.undo()
    confirm(officer, upload)
    monkeypatch.setattr(registry_import, "open_table", None)
    assert len(cells(fetch(officer, upload))) == 2


def test_it_is_repaired_and_handed_in_alone(tree: PartyTree, officer: Client) -> None:
    confirm(officer, upload := send(officer, [member(), *wrong(3)]))
    book = openpyxl.load_workbook(io.BytesIO(fetch(officer, upload)))
    page = book.active
    assert page is not None
    headers = [cell.value for cell in page[1]]
    for line in (2, 3, 4):
        page.cell(line, headers.index("性别") + 1).value = "女"
    out = io.BytesIO()
    book.save(out)
    repaired = confirm(officer, send(officer, out.getvalue()))
    assert (repaired.state, repaired.new, repaired.failed) == ("done", 3, 0)
    assert Person.objects.filter(display_name="李四").count() == 3
    again = send(officer, fetch(officer, upload))
    assert (again.state, again.failed) == ("checked", 3), "unrepaired it says the same again"


def test_what_is_known_only_at_the_end_of_a_sheet_is_in_it(tree: PartyTree, officer: Client) -> None:
    rows: list[Row] = [
        {
            "code": "a",
            "name": "转圈甲",
            "parent": "b",
            "category": "党支部",
            "sector": "企业",
            "opened_on": "2020-05-01",
        },
        {
            "code": "b",
            "name": "转圈乙",
            "parent": "a",
            "category": "党支部",
            "sector": "企业",
            "opened_on": "2020-05-01",
        },
    ]
    upload = send(officer, rows, kind="organisations")
    assert upload.failed == 2, upload.problems
    assert [row[-1].split("：")[1] for row in cells(fetch(officer, upload))[1:]] == [
        "上级绕回了自己，请核对上级编码"
    ] * 2
    assert not Organisation.objects.filter(code="a").exists()


def test_nothing_lies_there_in_clear_and_nothing_longer_than_it_is_needed(
    tree: PartyTree, officer: Client, tmp_path: Path
) -> None:
    upload = send(officer, [member(), *wrong(2)])
    assert len(files(tmp_path)) == 2, "the sheet, and what failed of it"
    assert not any(path.read_bytes()[:2] == b"PK" or LI.encode() in path.read_bytes() for path in files(tmp_path))
    confirm(officer, upload)
    assert [path.name for path in files(tmp_path)] == [str(upload.public_id)], "the sheet itself is done with"
    registry_files.run(at=NOW)
    assert len(files(tmp_path)) == 1
    os.utime(files(tmp_path)[0], (0, (NOW - timedelta(days=31)).timestamp()))
    assert registry_files.run(at=NOW) == "1 sheets thrown away"
    response = officer.get(f"/registry/{upload.public_id}/failing.xlsx")
    assert response.status_code == 404
    assert "重新上传" in text(response)


def test_a_sheet_that_waits_for_its_officer_is_not_taken_for_a_forgotten_picture(
    tree: PartyTree, officer: Client
) -> None:
    upload = send(officer, [member()])
    os.utime(registry_import.store().path(upload.stored), (0, (NOW - timedelta(days=9)).timestamp()))
    unsent_pictures.run(at=NOW)
    registry_files.run(at=NOW)
    assert confirm(officer, upload).state == "done"


def test_stopped_or_read_with_other_columns_the_old_file_goes(tree: PartyTree, officer: Client, tmp_path: Path) -> None:
    upload = send(officer, [member(), *wrong(1)])
    columns = {f"column-{key}": str(at) for key, at in upload.plan["columns"].items() if key != "sex"}
    officer.post(f"/registry/{upload.public_id}/columns", {"key": str(uuid4()), **columns})
    upload.refresh_from_db()
    assert upload.plan.get("refused") or not upload.failed
    assert len(files(tmp_path)) == 1, "none failed: no sheet of them"
    officer.post(f"/registry/{upload.public_id}/cancel", {"key": str(uuid4())})
    assert not files(tmp_path)


def test_it_speaks_the_language_of_who_handed_the_sheet_in(tree: PartyTree, officer: Client) -> None:
    officer.post("/switch/language", {"language": "en", "key": str(uuid4())})
    upload = send(officer, wrong(1))
    assert upload.plan["language"] == "en"
    assert "sex" in cells(fetch(officer, upload))[1][-1].lower()
