"""People find their village by part of a name; names that occur twice show where they lie."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.factories.places import place

from genmai.directory.territory import queries
from genmai.directory.territory.days import day_of
from genmai.directory.territory.models import PlaceKind
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import NOBODY

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> None:
    district = place("330299", "测试区")
    for code, town in (("330299001", "北镇"), ("330299002", "南镇")):
        inside = place(code, town, district)
        place(f"{code}201", "东村", inside)
        place(f"{code}202", "大东村", inside)
    place("330298", "邻区")


def test_a_name_that_occurs_twice_shows_its_parents_and_exact_names_come_first(ground: None) -> None:
    found = [one.path_name for one in queries.search(NOBODY, text="东村", within="330299")]
    assert found == ["测试区 / 北镇 / 东村", "测试区 / 南镇 / 东村", "测试区 / 北镇 / 大东村", "测试区 / 南镇 / 大东村"]


def test_search_stays_within_and_takes_initials_and_kinds(ground: None) -> None:
    assert [f.place.code for f in queries.search(NOBODY, text="ddc", within="330299002")] == ["330299002202"]
    assert queries.search(NOBODY, text="邻区", within="330299") == []
    assert queries.search(NOBODY, text="北", kinds=[PlaceKind.VILLAGE]) == []
    assert queries.search(NOBODY, text="  ") == []


@pytest.mark.parametrize("text", ["%", "_", "东%村", "\\", "'; --"])
def test_signs_of_sql_are_only_signs(ground: None, text: str) -> None:
    assert queries.search(NOBODY, text=text) == []


def test_one_query_names_any_number_of_places(ground: None, django_assert_num_queries) -> None:
    places = list(queries.places_by_code(NOBODY, codes=["330299001201", "330299002202", "nonsense"]).values())
    with django_assert_num_queries(1):
        names = queries.path_names(NOBODY, places=places)
    assert sorted(names.values()) == ["测试区 / 北镇 / 东村", "测试区 / 南镇 / 大东村"]


def test_children_come_by_code(ground: None) -> None:
    assert [p.name for p in queries.children(NOBODY, code="330299")] == ["北镇", "南镇"]
    with pytest.raises(NotFound):
        queries.place_by_code(NOBODY, code="0")


def test_a_day_begins_at_midnight_in_ningbo() -> None:
    assert day_of(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)).isoformat() == "2026-03-01"
    assert day_of(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)).isoformat() == "2026-03-02"
    with pytest.raises(ValueError, match="time zone"):
        day_of(datetime(2026, 3, 1))
