"""Saved views: one's own and the organisation's, counted in one statement, never beyond what the viewer may see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.interfaces.web.handle_case.desk_people import Desks, text
from tests.interfaces.web.handle_case.test_case_page import queries

from genmai.processes.cases.models import SavedView

pytestmark = pytest.mark.django_db


def save(d: Desks, name: str, query: str = "state=in_hand", who: Any = None, **more: str) -> Any:
    data = {"key": str(d.world.key()), "name": name, "query": query, **more}
    return d.as_(who or d.world.town).post("/desk/views/save", data)


def do(d: Desks, view: SavedView, verb: str, who: Any = None, **more: str) -> Any:
    return d.as_(who or d.world.town).post(f"/desk/views/{view.public_id}/{verb}", {"key": str(d.world.key()), **more})


def tabs(d: Desks, who: Any = None) -> dict[str, str]:
    page = text(d.as_(who or d.world.town).get("/desk/?state=dispatched"))
    nav = re.findall(r'<nav class="views".*?</nav>', page, re.S)[0]
    return dict(re.findall(r">([^<]+)<span class=\"count\">([^<]+)</span>", nav))


def test_a_view_becomes_a_tab_with_its_number(d: Desks) -> None:
    d.world.at_state("in_hand")
    d.world.at_state("in_hand")
    assert save(d, "正在办的").status_code == 302
    assert tabs(d)["正在办的"] == "2"
    assert save(d, "正在办的").status_code == 422
    assert save(d, "  ").status_code == 422
    assert save(d, "没有条件", query="").status_code == 422


def test_only_known_filters_are_kept_in_one_order(d: Desks) -> None:
    save(d, "一样的", query="q=路灯&nonsense=1&state=received&mine=1")
    assert SavedView.objects.get().query == "mine=1&state=received&q=%E8%B7%AF%E7%81%AF"


def test_all_numbers_are_one_statement_however_many_views(d: Desks) -> None:
    d.world.receive()
    save(d, "第一个")
    asked = queries(d.as_(d.world.town), "/desk/?state=dispatched")
    for n in range(9):
        save(d, f"视图{n}", query=f"state=received&q={n}")
    with CaptureQueriesContext(
        connection,
    ) as found:
        page = d.as_(d.world.town).get("/desk/?state=dispatched")
    assert len(found) == asked
    assert sum("UNION ALL" in one["sql"] and "count(*)" in one["sql"] for one in found) == 1
    assert page.status_code == 200


def test_a_number_stops_at_a_thousand(d: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genmai.processes.cases.queries.views.MANY", 2)
    monkeypatch.setattr("genmai.processes.cases.queries.lists.MANY", 2)
    for n in range(5):
        d.world.receive(text=f"第 {n} 件")
    assert tabs(d)["等我们分派"] == "2+"


def test_shared_with_the_organisation_and_with_nobody_else(d: Desks) -> None:
    d.world.receive(text="北镇的")
    save(d, "自己的", query="state=received")
    save(d, "大家的", query="state=received", shared="1")
    colleague = d.world.actor("同事", "town_desk", d.world.district.north)
    assert "大家的" in tabs(d, colleague)
    assert "自己的" not in tabs(d, colleague)
    assert "大家的" not in tabs(d, d.world.south)
    shared = SavedView.objects.get(name="大家的")
    for who in (colleague, d.world.south):
        for verb in ("change", "up", "remove", "restore"):
            assert do(d, shared, verb, who, name="改了").status_code == 404
    assert SavedView.objects.get(name="大家的").removed_at is None


def test_a_view_sent_to_another_town_shows_what_they_may_see(d: Desks) -> None:
    case = d.world.receive(text="北镇的秘密")
    view = f"/desk/?state=received&org={d.world.district.north.code}"
    assert "北镇的秘密" in text(d.as_(d.world.town).get(view))
    page = text(d.as_(d.world.south).get(view))
    assert "北镇的秘密" not in page
    assert case.number not in page
    assert tabs(d, d.world.south)["等我们分派"] == "0"


def test_renamed_moved_opened_first_removed_and_brought_back(d: Desks) -> None:
    for name in ("甲", "乙", "丙"):
        save(d, name, query=f"q={name}")
    first, second, third = SavedView.objects.order_by("position")
    do(d, third, "up")
    assert list(tabs(d))[-3:] == ["甲", "丙", "乙"]
    do(d, second, "change", name="乙二", opens_first="1")
    assert "q=%E4%B9%99" in text(d.as_(d.world.town).get("/desk/"))
    assert "乙二" in tabs(d)
    do(d, first, "change", name="甲", opens_first="1")
    assert SavedView.objects.get(opens_first=True) == first
    do(d, first, "remove")
    page = text(d.as_(d.world.town).get("/desk/views/"))
    assert "甲" not in tabs(d)
    assert f"/desk/views/{first.public_id}/restore" in page
    do(d, first, "restore")
    assert "甲" in tabs(d)


def test_a_replayed_save_keeps_one(d: Desks) -> None:
    data = {"key": str(d.world.key()), "name": "一个", "query": "late=1"}
    for _ in range(2):
        d.as_(d.world.town).post("/desk/views/save", data)
    assert SavedView.objects.count() == 1


def test_the_page_of_views_is_empty_and_full(d: Desks) -> None:
    assert "还没有存过视图" in text(d.as_(d.world.town).get("/desk/views/"))
    save(d, "一个")
    asked = queries(d.as_(d.world.town), "/desk/views/")
    for n in range(5):
        save(d, f"又{n}", query=f"q={n}")
    assert queries(d.as_(d.world.town), "/desk/views/") == asked
