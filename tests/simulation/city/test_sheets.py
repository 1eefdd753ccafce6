"""The sheets of a small city: same seed same bytes, read back as written, not made twice, never half a file."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from genmai.directory.roster.registry.definition import definition
from genmai.simulation.city import figures
from genmai.simulation.city.sheets import KINDS, MEMBERS, City, labels, write
from genmai.simulation.city.written import write_sheet

SHARE = 50


def _city(seed: int = 7) -> City:
    return City(figures.read(share=SHARE), seed)


def test_same_seed_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    one, two, other = (
        write(_city(seed), tmp_path / name).files for seed, name in ((7, "one"), (7, "two"), (8, "other"))
    )
    for kind in KINDS:
        assert one[kind].read_bytes() == two[kind].read_bytes()
        assert one[kind].read_bytes() != other[kind].read_bytes()


def test_read_back_as_written(tmp_path: Path) -> None:
    written = write(_city(), tmp_path)
    assert written.rows[MEMBERS] == 11_220
    rows = CalamineWorkbook.from_path(str(written.files[MEMBERS])).get_sheet_by_index(0).to_python()
    assert rows[0] == labels(definition(MEMBERS))
    assert len(rows) == 11_221
    members = list(_city().members())
    for row, member in zip(rows[1:], members, strict=True):
        assert row[rows[0].index("公民身份号码")] == member.identity
        assert row[rows[0].index("出生日期")] == member.born_on
        assert row[rows[0].index("转正日期")] == (member.full_on or "")


def test_what_stands_complete_is_not_made_again(tmp_path: Path) -> None:
    first = write(_city(), tmp_path)
    before = {kind: first.files[kind].stat().st_mtime_ns for kind in KINDS}
    assert write(_city(), tmp_path) == first
    assert {kind: first.files[kind].stat().st_mtime_ns for kind in KINDS} == before
    write(_city(8), tmp_path)
    assert first.files[MEMBERS].stat().st_mtime_ns != before[MEMBERS]


def test_a_sheet_that_broke_off_leaves_no_file_under_its_name(tmp_path: Path) -> None:
    def rows() -> list[list[str]]:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_sheet(tmp_path / "a.xlsx", "表", ["一"], (row for _ in range(1) for row in rows()))
    assert not (tmp_path / "a.xlsx").exists()


def test_another_program_reads_texts_dates_and_signs_of_markup(tmp_path: Path) -> None:
    write_sheet(
        tmp_path / "a.xlsx", "表 & 页", ["甲", "乙", "丙"], [["a<b>&c", date(2026, 6, 30), None], ["", None, 3]]
    )
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "a.xlsx").read_bytes()))
    page = book.worksheets[0]
    assert page.title == "表 & 页"
    assert [cell.value for cell in page[1]] == ["甲", "乙", "丙"]
    assert page["A2"].value == "a<b>&c"
    assert page["B2"].value.date() == date(2026, 6, 30)
    assert page["C3"].value == 3


@pytest.mark.parametrize("share", [10, 25, 50])
def test_a_fraction_adds_up_too(share: int) -> None:
    told = figures.read(share=share)
    city = City(told, 7)
    assert len(city.bodies) == sum(told.organisations.values())
    assert sum(body.members for body in city.bodies) == told.members
    assert len(city.ground.villages) == told.villages


def test_a_city_too_small_for_its_own_bodies_is_refused() -> None:
    with pytest.raises(ValueError, match=r"so small|organisations in"):
        City(figures.read(share=400), 7)
