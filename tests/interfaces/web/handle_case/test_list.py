"""All matters: each filter narrows and stands in the address; tabs count; the number of queries is constant."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.handle_case.test_case_page import queries

from genmai.interfaces.jobs.minutely import milestones

pytestmark = pytest.mark.django_db


def titles(d: Desks, query: str = "") -> list[str]:
    page = text(d.as_(d.world.town).get(f"/cases/{query}"))
    return re.findall(r'class="row-link"[^>]*>([^<]+)</a>', page)


@pytest.fixture
def some(d: Desks) -> Desks:
    d.world.at_state("in_hand", text="河边护栏断了", category="010203", channel="hotline")
    d.world.at_state("closed", text="楼道堆了杂物")
    d.world.receive(text="路灯不亮", place_id=d.world.district.places["n2"].pk, urgency="urgent")
    return d


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"河边护栏断了", "楼道堆了杂物", "路灯不亮"}),
        ("?state=closed", {"楼道堆了杂物"}),
        ("?state=nonsense", {"河边护栏断了", "楼道堆了杂物", "路灯不亮"}),
        ("?q=护栏", {"河边护栏断了"}),
        ("?q=没有的词", set()),
        ("?subject=01", {"河边护栏断了"}),
        ("?channel=hotline", {"河边护栏断了"}),
        ("?org=330299001001", {"路灯不亮"}),
        ("?org=330299001201&state=in_hand", {"河边护栏断了"}),
        ("?level=4", set()),
        ("?page=99", {"河边护栏断了", "楼道堆了杂物", "路灯不亮"}),
        ("?q=%00", {"河边护栏断了", "楼道堆了杂物", "路灯不亮"}),
    ],
)
def test_a_filter_narrows_the_list(some: Desks, query: str, found: set[str]) -> None:
    assert set(titles(some, query)) == found


def test_late_ones_alone(some: Desks) -> None:
    some.world.later(days=3)
    assert titles(some, "?late=1") == []
    milestones.run(at=some.world.at)
    assert set(titles(some, "?late=1")) == {"河边护栏断了", "路灯不亮"}


def test_a_number_leads_to_its_matter(some: Desks) -> None:
    case = some.world.receive(text="只有编号找得到")
    assert titles(some, f"?q={case.number}") == ["只有编号找得到"]


def test_tabs_count_each_state_whatever_tab_is_open(some: Desks) -> None:
    for query in ("", "?state=closed"):
        page = text(some.as_(some.world.town).get(f"/cases/{query}"))
        counted = dict(re.findall(r'<a href="\?state=(\w+)"[^>]*>[^<]*<span class="count">(\d+)', page))
        assert counted == {"in_hand": "1", "closed": "1", "received": "1"}


def test_queries_stay_the_same_for_a_long_list(d: Desks, django_assert_num_queries: Any) -> None:
    client = d.as_(d.world.town)
    for n in range(4):
        d.world.receive(text=f"第 {n} 件")
    asked = queries(client, "/cases/")
    assert asked <= 12
    for n in range(60):
        d.world.receive(text=f"又一件 {n}")
    with django_assert_num_queries(asked):
        page = client.get("/cases/")
    assert len(page.content) < 150_000
    assert "共 64 条" in text(page)
    with django_assert_num_queries(asked):
        assert len(titles(d, "?page=2")) == 14


def test_the_empty_list_says_what_will_come(d: Desks) -> None:
    assert "还没有事项" in text(d.as_(d.world.town).get("/cases/"))
