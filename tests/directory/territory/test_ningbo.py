"""The whole city's ground: the counts of the table, parents, and one name a code with the district's own table."""

from __future__ import annotations

from collections import Counter

from genmai.directory.territory.divisions import read_divisions
from genmai.directory.territory.models import PlaceKind


def test_ten_districts_and_what_lies_in_them() -> None:
    kinds = Counter(division.kind for division in read_divisions("3302"))
    assert kinds[PlaceKind.CITY] == 1
    assert kinds[PlaceKind.DISTRICT] == 10
    assert kinds[PlaceKind.TOWN] == 162
    assert kinds[PlaceKind.VILLAGE] + kinds[PlaceKind.COMMUNITY] == 3042
    assert kinds[PlaceKind.COMMUNITY] == 875


def test_parents_come_first_and_are_the_codes_beginning() -> None:
    seen: set[str] = set()
    for division in read_divisions("3302"):
        assert division.code not in seen
        assert division.parent_code in seen or division.code == "3302"
        assert division.code.startswith(division.parent_code)
        seen.add(division.code)


def test_the_city_calls_yinzhous_ground_as_the_districts_own_table_does() -> None:
    whole = {division.code: division.committee for division in read_divisions("3302")}
    for division in read_divisions("330212"):
        assert whole[division.code] == division.committee
