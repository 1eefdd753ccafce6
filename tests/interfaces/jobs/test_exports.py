"""Long exports: made by the worker a slice at a time, cancelled, taken over, failed in words, thrown away in time."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import override_settings
from tests.interfaces.web.exports.files import body, book, checked, content, export
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks, text

from genmai.directory.access.models import Account, Grant
from genmai.interfaces import export_files
from genmai.interfaces.jobs.continuous import exports as job
from genmai.interfaces.jobs.hourly import expired_exports
from genmai.kernel.secrets import SealBroken
from genmai.reports.exports import limits as numbers
from genmai.reports.exports.limits import Limits, limits
from genmai.reports.exports.models import DigestBlock, ExportRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def d(db: None, tmp_path: Path) -> Iterator[Desks]:
    """More than three rows are a long export here; blocks of two rows."""
    found = desks()
    few = Limits(
        **{**{name: getattr(limits(), name) for name in Limits.__annotations__}, "at_once_rows": 3, "block_rows": 2}
    )
    places = [
        "genmai.interfaces.web.exports.views.limits",
        "genmai.interfaces.exporting.limits",
        "genmai.interfaces.web.handle_case.exports.limits",
        "genmai.reports.exports.commands.limits",
    ]
    job._under_way.clear()
    with (
        patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)),
        override_settings(GENMAI_DATA=tmp_path),
        patch(places[0], lambda: few), patch(places[1], lambda: few), patch(places[2], lambda: few),
        patch(places[3], lambda: few),
    ):  # fmt: skip
        assert numbers.limits().at_once_rows == 2000
        yield found


def asked(d: Desks, rows: int = 7) -> ExportRecord:
    for n in range(rows):
        d.world.receive(text=f"第{n}盏路灯")
    answer = export(d, d.world.town, "cases")
    record = ExportRecord.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/exports/{record.public_id}/"
    assert record.state == "queued"
    return record


def turns() -> Iterator[float]:
    """A clock by which a turn has time for one block."""
    return (4.0 * n for n in count())


def test_it_is_made_a_slice_at_a_turn_with_progress_and_found_again(d: Desks) -> None:
    record = asked(d)
    browser = d.as_(d.world.town)
    page = text(browser.get(f"/exports/{record.public_id}/"))
    assert "排队中" in page
    assert "停下" in page
    seen = []
    clock = turns()
    for _ in range(12):
        told = job.run(at=datetime.now(UTC), clock=lambda: next(clock))
        record.refresh_from_db()
        seen.append(record.rows)
        if record.state == "done":
            break
        moving = text(browser.get(f"/exports/{record.public_id}/progress"))
        assert f"{record.rows} / 7" in moving
        assert ("正在收尾" in moving) == (record.rows == 7)
    assert told.endswith("done, 7 rows")
    assert len(set(seen)) > 2, "progress was to be seen"
    assert browser.get(f"/exports/{record.public_id}/progress").headers["HX-Refresh"] == "true"
    data = content(browser.get(f"/exports/{record.public_id}/file.xlsx"))
    assert len(body(book(data)["清单"])) == 7
    assert "没有改动：" in text(checked(d, d.world.town, data))
    assert [block.rows for block in DigestBlock.objects.order_by("ordinal")] == [2, 2, 2, 1]
    assert job.run(at=datetime.now(UTC)) == ""


def test_cancelled_half_way_nothing_is_left(d: Desks) -> None:
    record = asked(d)
    clock = turns()
    job.run(at=datetime.now(UTC), clock=lambda: next(clock))
    d.as_(d.world.town).post(f"/exports/{record.public_id}/cancel", {"key": str(d.world.key())})
    record.refresh_from_db()
    assert record.state == "cancelled"
    assert job.run(at=datetime.now(UTC)) == ""
    assert not DigestBlock.objects.exists()
    assert export_files.lying() == []
    page = text(d.as_(d.world.town).get(f"/exports/{record.public_id}/"))
    assert "没有留下" in page
    assert "行数" not in page, "rows of a file that is none"
    other = d.as_(d.world.south).post(f"/exports/{record.public_id}/cancel", {"key": str(d.world.key())})
    assert other.status_code == 404


def test_one_left_lying_by_a_killed_worker_is_begun_anew(d: Desks) -> None:
    record = asked(d)
    clock = turns()
    job.run(at=datetime.now(UTC), clock=lambda: next(clock))
    job._under_way.clear()  # as if that worker were gone
    assert job.run(at=datetime.now(UTC)) == "", "it may still be at work"
    told = job.run(at=datetime.now(UTC) + timedelta(minutes=5))
    assert told.endswith("done, 7 rows")
    assert sum(block.rows for block in DigestBlock.objects.all()) == 7
    assert "没有改动：" in text(checked(d, d.world.town, b"".join(export_files.read(record.public_id))))


def test_no_row_lies_in_clear_while_it_is_made_nor_afterwards(d: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the data folder nor in a file of the system; sealed, the same bytes as the person gets are not there."""

    def no_file(*_args: object, **_more: object) -> None:
        raise AssertionError("a temporary file in clear")

    for name in ("mkstemp", "TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, no_file)
    record, clock, seen = asked(d), turns(), 0
    while record.state in ("queued", "running"):
        job.run(at=datetime.now(UTC), clock=lambda: next(clock))
        record.refresh_from_db()
        for path in export_files.lying():
            lies = path.read_bytes()
            assert lies.startswith(b"genmai-sealed-1") or not lies
            assert b"PK\x03\x04" not in lies
            seen += 1
    data = b"".join(export_files.read(record.public_id))
    assert zipfile.is_zipfile(io.BytesIO(data))
    assert (seen > 2, len(data)) == (True, record.size)
    answer = d.as_(d.world.town).get(f"/exports/{record.public_id}/file.xlsx")
    assert (answer.headers["Content-Length"], content(answer)) == (str(len(data)), data)
    with override_settings(GENMAI_MASTER_KEY=b"z" * 32), pytest.raises(SealBroken):
        b"".join(export_files.read(record.public_id))


def test_files_from_before_are_sealed_and_what_belongs_to_none_is_thrown_away(d: Desks) -> None:
    record = asked(d)
    job.run(at=datetime.now(UTC))
    data = b"".join(export_files.read(record.public_id))
    sealed = export_files.path_of(record.public_id)
    sealed.with_suffix(".xlsx").write_bytes(data)
    sealed.unlink()
    parts = sealed.with_name("019a0000-0000-7000-8000-000000000000.part")  # as they lay there once, after a crash
    parts.mkdir()
    (parts / "file.xlsx").write_bytes(data)
    sealed.with_name("019a0000-0000-7000-8000-000000000001.part").write_bytes(b"genmai-sealed-1")
    told = expired_exports.run(at=datetime.now(UTC))
    assert told == "sealed 1 that lay in clear; threw away 2 that belonged to none"
    assert export_files.lying() == [sealed]
    assert content(d.as_(d.world.town).get(f"/exports/{record.public_id}/file.xlsx")) == data
    assert expired_exports.run(at=datetime.now(UTC)) == ""


def test_one_being_made_is_left_alone_by_the_keeping(d: Desks) -> None:
    record, clock = asked(d), turns()
    job.run(at=datetime.now(UTC), clock=lambda: next(clock))
    assert expired_exports.run(at=datetime.now(UTC)) == ""
    for _ in range(12):
        job.run(at=datetime.now(UTC), clock=lambda: next(clock))
    assert "没有改动：" in text(checked(d, d.world.town, b"".join(export_files.read(record.public_id))))


def test_rights_are_those_of_the_moment_it_is_made(d: Desks) -> None:
    record = asked(d)
    Grant.objects.filter(account=Account.objects.get(pk=record.account_id)).update(valid_to=datetime(2026, 1, 1).date())
    job.run(at=datetime.now(UTC))
    record.refresh_from_db()
    assert (record.state, record.rows) == ("failed", 0)
    assert "没有导出的权限" in record.trouble
    assert export_files.lying() == []


def test_a_bad_one_fails_in_words_and_does_not_hold_up_the_next(d: Desks) -> None:
    bad = asked(d)
    w = d.world
    w.later(minutes=5)
    export(d, w.office, "cases")
    good = ExportRecord.objects.exclude(pk=bad.pk).get()
    ExportRecord.objects.filter(pk=bad.pk).update(what="no_such_thing")
    for _ in range(4):
        job.run(at=datetime.now(UTC))
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == ("failed", "done")
    assert "请再试一次" in text(d.as_(w.town).get(f"/exports/{bad.public_id}/"))


def test_after_its_days_the_file_goes_and_the_record_stays_to_check_by(d: Desks) -> None:
    record = asked(d)
    job.run(at=datetime.now(UTC))
    record.refresh_from_db()
    data = b"".join(export_files.read(record.public_id))
    assert expired_exports.run(at=datetime.now(UTC) + timedelta(days=limits().kept_days - 1)) == ""
    assert (
        expired_exports.run(at=datetime.now(UTC) + timedelta(days=limits().kept_days + 1)) == "removed 1 exported files"
    )
    assert export_files.lying() == []
    browser = d.as_(d.world.town)
    assert "已过保存期，只留记录" in text(browser.get(f"/exports/{record.public_id}/"))
    assert browser.get(f"/exports/{record.public_id}/file.xlsx").status_code == 404
    assert "没有改动：" in text(checked(d, d.world.town, data))
