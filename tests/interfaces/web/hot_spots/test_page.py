"""The page of hot spots: each opens to its matters, a town sees nothing of another, empty says what will come."""

from __future__ import annotations

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.processes.cases.models import Case


def bring(d: Desks, n: int, category: str = "010204", place: str = "n1") -> list[Case]:
    w = d.world
    made = [w.receive(place_id=w.district.places[place].pk, category=category, title="<b>灯</b>") for _ in range(n)]
    w.later(minutes=5)
    return made


def test_a_spot_opens_to_exactly_its_matters(d: Desks) -> None:
    made = bring(d, 5)
    bring(d, 1, "010215")
    client = d.as_(d.world.town)
    page = text(client.get("/hot-spots/"))
    assert "反常地多" in page
    assert "北一村" in page
    address = re.search(r'href="(/hot-spots/[^"]+/010204/[^"]*)"', page)
    assert address
    behind = text(client.get(address[1].replace("&amp;", "&")))
    assert all(case.number in behind for case in made)
    assert "<b>灯" not in behind
    assert "5 件" in behind


def test_a_town_sees_nothing_of_another(d: Desks) -> None:
    bring(d, 5, place="s1")
    w = d.world
    page = text(d.as_(w.town).get("/hot-spots/"))
    assert "东村" not in page
    assert "没有热点" in page
    found = re.search(r'href="(/hot-spots/[^"]+/010204/[^"]*)"', text(d.as_(w.south).get("/hot-spots/")))
    assert found
    answer = d.as_(w.town).get(found[1].replace("&amp;", "&"))
    assert answer.status_code == 404
    assert "东村" not in text(answer)


def test_the_hour_the_day_and_the_week(d: Desks) -> None:
    bring(d, 4)
    d.world.later(hours=3)
    client = d.as_(d.world.town)
    assert "没有热点" in text(client.get("/hot-spots/?span=hour"))
    assert "北一村" in text(client.get("/hot-spots/?span=day"))
    assert "北一村" in text(client.get("/hot-spots/?span=%00nonsense"))


def test_what_nobody_has_classified_is_said(d: Desks) -> None:
    d.world.receive()
    d.world.later(minutes=1)
    assert "另有 1 件还没分类" in text(d.as_(d.world.town).get("/hot-spots/"))


def test_as_many_questions_for_one_spot_as_for_many(d: Desks) -> None:
    client = d.as_(d.world.town)
    counts = []
    for place in ("n1", "n2"):
        bring(d, 3, place=place)
        bring(d, 3, "010215", place=place)
        client.get("/hot-spots/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/hot-spots/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
