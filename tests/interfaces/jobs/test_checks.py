"""Long files checked in the background: handed in sealed, found again, told as on the page, thrown away at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client, override_settings
from tests.interfaces.web.exports.files import book, checked, fetched, header_row, saved
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks, text

from genmai.interfaces import long_checks
from genmai.interfaces.jobs.continuous import checks as job
from genmai.interfaces.jobs.hourly import expired_exports
from genmai.interfaces.jobs.one_child import TRIES, OneChild
from genmai.interfaces.web.exports import check as page
from genmai.interfaces.web.language import COOKIE
from genmai.reports.exports.limits import Limits, limits
from genmai.reports.exports.models import FileCheck

pytestmark = pytest.mark.django_db
ROWS = 7


@pytest.fixture
def d(db: None, tmp_path: Path) -> Iterator[Desks]:
    """More than three rows are a long file here."""
    found = desks()
    few = Limits(**{**{name: getattr(limits(), name) for name in Limits.__annotations__}, "check_rows": 3})
    page.PACE.forget()
    with (
        patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)),
        override_settings(GENMAI_DATA=tmp_path),
        patch("genmai.interfaces.file_check.limits", lambda: few),
        patch("genmai.interfaces.web.exports.check.limits", lambda: few),
        patch("genmai.interfaces.file_check.TOLD_EVERY", 2),
    ):
        yield found


def exported(d: Desks) -> bytes:
    for n in range(ROWS):
        d.world.receive(text=f"第{n}盏路灯")
    return fetched(d, d.world.town, "cases")


def handed_in(d: Desks, data: bytes) -> tuple[FileCheck, str]:
    answer: Any = checked(d, d.world.town, data)
    assert answer.status_code == 302, text(answer)[-900:]
    row = FileCheck.objects.latest("id")
    assert answer.headers["Location"] == f"/exports/check/{row.public_id}/"
    return row, answer.headers["Location"]


def carried(row: FileCheck) -> str:
    return long_checks.carry(check_id=row.public_id, clock=lambda: datetime.now(UTC))


def test_it_is_handed_in_sealed_and_checked_in_the_background(d: Desks) -> None:
    data = exported(d)
    row, url = handed_in(d, data)
    browser = d.as_(d.world.town)
    shown = text(browser.get(url))
    assert "正在核对：a.xlsx" in shown
    assert "排队中" in shown
    assert "htmx-2.min.js" in shown, "it moves by itself"
    assert "htmx-2.min.js" not in text(browser.get("/exports/check")), "and weighs nothing where nothing moves"
    (path,) = long_checks.CHECKS.lying()
    assert path.read_bytes().startswith(b"genmai-sealed")
    told: list[int] = []
    tell = long_checks.checks.tell
    with patch.object(long_checks.checks, "tell", side_effect=lambda **all: (told.append(all["done"]), tell(**all))):
        assert carried(row) == "done"
    assert (told, max(told)) == (sorted(told), ROWS)
    assert len(told) > 3, "progress was to be seen"
    assert long_checks.CHECKS.lying() == [], "the file is gone"
    assert browser.get(f"{url}progress").headers["HX-Refresh"] == "true"
    shown = text(browser.get(url))
    for words in ("没有改动：和导出时一样", "a.xlsx", "行数"):
        assert words in shown
    assert url in browser.get("/exports/check").content.decode(), "found again"


def test_what_was_changed_is_named_and_lies_in_no_column_in_clear(d: Desks) -> None:
    workbook = book(exported(d))
    sheet = workbook.worksheets[0]
    line = header_row(sheet) + 2
    sheet.cell(line, 2).value = "改成这样"
    row, url = handed_in(d, saved(workbook))
    assert carried(row) == "done"
    row.refresh_from_db()
    shown = text(d.as_(d.world.town).get(url))
    assert "有 1 处和导出时不一样" in shown
    assert f"B{line}" in shown
    number = str(sheet.cell(line, 1).value)
    assert number in shown
    assert number.encode() not in bytes(row.verdict or b"")
    with override_settings(GENMAI_MASTER_KEY=b"z" * 32), pytest.raises(Exception, match="sealed"):
        long_checks.verdict_of(row)


def test_it_is_its_owners_alone(d: Desks) -> None:
    row, url = handed_in(d, exported(d))
    for path in (url, f"{url}progress"):
        assert d.as_(d.world.south).get(path).status_code == 404
        assert Client().get(path).status_code == 302
    assert url not in d.as_(d.world.south).get("/exports/check").content.decode()
    assert carried(row) == "done"
    assert d.as_(d.world.south).get(url).status_code == 404


def test_who_has_not_signed_in_is_asked_to_and_nothing_is_kept(d: Desks) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = Client().post("/exports/check", {"file": SimpleUploadedFile("a.xlsx", exported(d)), "code": ""})
    assert answer.status_code == 422
    assert "请登录后再传" in text(answer)
    assert (FileCheck.objects.count(), long_checks.CHECKS.lying()) == (0, [])


def test_the_same_file_twice_is_one_check_and_only_so_many_wait(d: Desks) -> None:
    data = exported(d)
    first, _url = handed_in(d, data)
    again, _url = handed_in(d, data)
    assert (again, len(long_checks.CHECKS.lying())) == (first, 1)
    d.world.later(minutes=2)
    handed_in(d, data)
    d.world.later(minutes=2)
    answer = checked(d, d.world.town, data)
    assert (answer.status_code, FileCheck.objects.count()) == (422, 2)
    assert "已经有几份大表在核对" in text(answer)
    assert len(long_checks.CHECKS.lying()) == 2


def test_what_breaks_is_told_in_the_readers_words_and_does_not_hold_up_the_next(
    d: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "PYTHONPATH", "/nowhere")
    monkeypatch.setitem(os.environ, "PYTHONHOME", "/nowhere")
    child = OneChild("check")
    monkeypatch.setattr(job, "_child", child)
    d.as_(d.world.town).cookies[COOKIE] = "en"
    row, url = handed_in(d, exported(d))
    for _ in range(TRIES):
        assert job.run(at=datetime.now(UTC)).endswith("begun")
        assert child._at_work is not None
        child._at_work[0].wait(30)
        assert "ended with 1" in job.run(at=datetime.now(UTC))
    assert job.run(at=datetime.now(UTC)).endswith("given up")
    assert job.run(at=datetime.now(UTC)) == ""
    row.refresh_from_db()
    assert (row.state, long_checks.CHECKS.lying()) == ("failed", [])
    assert "hand it in again" in text(d.as_(d.world.town).get(url))


def test_a_row_whose_file_is_gone_fails_in_words(d: Desks) -> None:
    row, url = handed_in(d, exported(d))
    long_checks.CHECKS.remove(row.public_id)
    assert carried(row) == "failed"
    assert "再传一次" in text(d.as_(d.world.town).get(url))


def test_after_its_days_nothing_is_left(d: Desks) -> None:
    row, url = handed_in(d, exported(d))
    stray = long_checks.CHECKS.path_of(row.public_id).with_name("019a0000-0000-7000-8000-000000000000.part")
    stray.write_bytes(b"genmai-sealed-1")
    assert carried(row) == "done"
    assert expired_exports.run(at=d.world.at) == ""
    assert stray.exists(), "its row may be a moment behind"
    os.utime(stray, (d.world.at.timestamp() - 7200,) * 2)
    assert expired_exports.run(at=d.world.at) == "threw away 1 that belonged to none"
    assert FileCheck.objects.count() == 1
    told = expired_exports.run(at=d.world.at + timedelta(days=limits().kept_days + 1))
    assert "removed 1 exported files" in told
    assert FileCheck.objects.count() == 0
    assert d.as_(d.world.town).get(url).status_code == 404
