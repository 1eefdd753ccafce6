"""`genmai records check FILE`: unchanged by whom, when, of what scope; or the changed cell; or why it can't be told."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import override_settings
from tests.interfaces.web.exports.files import book, fetched, header_row, saved
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks

from genmai.interfaces.cli.commands import records
from genmai.reports.exports.models import DigestBlock, ExportRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def d(db: None, tmp_path: Path) -> Iterator[Desks]:
    found = desks()
    clock = patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world))
    with clock, override_settings(GENMAI_DATA=tmp_path / "data"):
        yield found


def run(file: Path, *more: str) -> int:
    parser = argparse.ArgumentParser()
    records.add_arguments(parser)
    return records.run(parser.parse_args(["check", str(file), *more]))


def exported(d: Desks, folder: Path) -> Path:
    for n in range(3):
        d.world.receive(text=f"第{n}盏路灯")
    file = folder / "事项.xlsx"
    file.write_bytes(fetched(d, d.world.town, "cases"))
    return file


def test_unchanged_says_who_when_and_what(d: Desks, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = exported(d, tmp_path)
    assert run(file) == 0
    said = capsys.readouterr().out
    assert "没有改动" in said
    for words in ("事项清单", "3 行", "镇指挥室", "2026年3月2日", "范围：北", ExportRecord.objects.get().code):
        assert words in said


def test_a_changed_cell_is_named(d: Desks, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = exported(d, tmp_path)
    workbook = book(file.read_bytes())
    row = header_row(workbook["清单"]) + 2
    workbook["清单"].cell(row, 8).value = 50
    file.write_bytes(saved(workbook))
    assert run(file) == 1
    said = capsys.readouterr().out
    assert f"H{row}：“谁 / 几人反映”一格改过（编号：" in said
    assert "有 1 处" in said


def test_without_its_code_it_is_checked_by_the_one_given(
    d: Desks, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = exported(d, tmp_path)
    code = ExportRecord.objects.get().code
    workbook = book(file.read_bytes())
    for page in workbook:
        for line in page.iter_rows():
            for cell in line:
                if code in str(cell.value):
                    cell.value = "抹掉了"
    file.write_bytes(saved(workbook))
    assert run(file) == 1
    assert "没有校验码" in capsys.readouterr().out
    assert run(file, "--code", code.lower()) == 1
    said = capsys.readouterr().out
    assert "表头上方的说明改过" in said
    assert "一格改过" not in said


def test_digests_changed_in_the_database_prove_nothing(
    d: Desks, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever can write to the table can't make a changed file pass: the sealed deed has the root."""
    file = exported(d, tmp_path)
    block = DigestBlock.objects.get()
    digests = bytearray(block.digests)
    digests[5] ^= 1
    DigestBlock.objects.update(digests=bytes(digests))
    assert run(file) == 1
    assert "核对记录本身对不上" in capsys.readouterr().out


def test_what_cannot_be_checked_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "x.xlsx"
    bad.write_bytes(b"no sheet")
    assert run(bad) == 1
    assert "不是表格文件" in capsys.readouterr().out
    assert run(tmp_path / "missing.xlsx") == 1
