"""The real work orders through the public import: all in, none lost, none twice; three shares printed."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.factories.organisations import SETUP

from genmai.directory.roster.commands.district import Department, ensure_district
from genmai.interfaces.cli.commands import cases
from genmai.kernel.ids import key_of
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.models import Case, Milestone, SheetImport
from genmai.records.deeds.models import Deed

ROWS = 1756
AT = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def yinzhou(transactional_db: None) -> None:
    bodies = mechanisms.duties().bodies.values()
    departments = [Department(body.code, body.zh) for body in bodies if not body.code.startswith("base:")]
    ensure_district(
        actor=SETUP, at=AT, key=key_of("yinzhou"), code="330212", departments=departments, opened_on=date(2020, 1, 1)
    )


def _import(file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, SheetImport]:
    parser = argparse.ArgumentParser()
    cases.add_arguments(parser)
    assert cases.run(parser.parse_args(["import", str(file)])) == 0
    upload = SheetImport.objects.order_by("-id").first()
    assert upload is not None
    return capsys.readouterr().out.splitlines()[-1], upload


def test_every_real_message_is_in_once_with_a_body_or_undecided(
    yinzhou: None, shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = shared_data / "messages" / "workorders.xlsx"
    begun = time.process_time()
    said, upload = _import(file, capsys)
    with capsys.disabled():
        own = ROWS / (time.process_time() - begun)
        sys.stdout.write(f"\n{said}\n{own:.0f} rows a second of this process's own time\n")
    assert (upload.state, upload.created, upload.repeated, upload.failed) == ("done", ROWS, 0, 0)
    assert Case.objects.count() == ROWS
    assert upload.decided + upload.undecided == ROWS
    assert Case.objects.filter(duty_row="").count() == upload.undecided
    assert Case.objects.filter(lead__isnull=True, duty_row="").count() == upload.undecided
    assert Case.objects.exclude(category="").count() == upload.categorised
    assert Deed.objects.filter(kind="case.received").count() == ROWS
    assert Milestone.objects.filter(key="resolve").count() == upload.decided
    deeds = Deed.objects.count()
    said, again = _import(file, capsys)
    assert (again.state, again.created, again.repeated, again.failed) == ("done", 0, ROWS, 0)
    assert Case.objects.count() == ROWS
    assert Deed.objects.count() == deeds
    assert (again.decided, again.undecided) == (upload.decided, upload.undecided)
