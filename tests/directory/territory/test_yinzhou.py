"""The real district: its towns, what was left out, names and codes."""

from __future__ import annotations

from collections import Counter

import pytest

from genmai.directory.territory.divisions import grids_of, ground_name, initials, read_divisions
from genmai.directory.territory.models import PlaceKind
from genmai.kernel.refusal import BadInput


def test_twenty_one_towns_and_streets_without_the_statistical_units() -> None:
    towns = {d.name for d in read_divisions("330212") if d.kind == PlaceKind.TOWN}
    assert len(towns) == 21
    assert {"姜山镇", "下应街道", "福明街道"} <= towns
    assert not towns & {"梅墟街道", "新明街道", "聚贤街道", "东钱湖镇"}


def test_every_division_has_its_parent_before_it_and_a_code_of_its_own() -> None:
    seen: set[str] = set()
    for division in read_divisions("330212"):
        assert division.code not in seen
        assert division.parent_code in seen or division.code == "3302"
        assert division.code.startswith(division.parent_code)
        seen.add(division.code)
    assert len(seen) == 1 + 1 + 21 + 354


def test_villages_and_communities_are_told_apart_by_code() -> None:
    kinds = {d.committee: d.kind for d in read_divisions("330212") if len(d.code) == 12}
    for committee, kind in kinds.items():
        if committee.endswith("村委会"):
            assert kind == PlaceKind.VILLAGE, committee
        if committee.endswith(("社区居委会", "社区")):
            assert kind == PlaceKind.COMMUNITY, committee
    assert Counter(kinds.values())[PlaceKind.VILLAGE] > 150


@pytest.mark.parametrize(
    ("written", "ground"),
    [
        ("新张俞村村委会", "新张俞村"),
        ("长丰社区居委会", "长丰社区"),
        ("宝幢居委会", "宝幢居委会"),
        ("王家社区", "王家社区"),
        ("姜山镇", "姜山镇"),
    ],
)
def test_the_ground_is_named_without_its_committee(written: str, ground: str) -> None:
    assert ground_name(written) == ground


def test_grids_are_two_or_three_with_codes_below_their_village() -> None:
    villages = [d for d in read_divisions("330212") if len(d.code) == 12]
    counts = Counter(len(grids_of(village)) for village in villages)
    assert set(counts) == {2, 3}
    for grid in grids_of(villages[0]):
        assert len(grid.code) == 15
        assert grid.parent_code == villages[0].code


def test_initials_are_what_people_type() -> None:
    assert initials("新张俞村") == "xzyc"
    assert initials("A座") == "az"


@pytest.mark.parametrize("code", ["999999", "../../etc/passwd", "", "330212.csv"])
def test_an_unknown_district_is_refused_with_what_is_known(code: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_divisions(code)
    assert "330212" in refused.value.allowed
