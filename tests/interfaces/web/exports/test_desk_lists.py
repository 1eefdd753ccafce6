"""The lists of the desk, of estates, meetings and rounds as files: the rows of the page, within the reader's scope."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.rounds import Rounds
from tests.interfaces.web.exports.files import body, book, checked, export, fetched, header_row
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.interfaces.web.exports.registry import registry
from genmai.kernel.viewer import Actor

pytestmark = pytest.mark.django_db


def sheet(d: Desks, who: Actor, what: str, query: str = "") -> Any:
    return book(fetched(d, who, what, query))["清单"]


def first_cells(d: Desks, who: Actor, address: str) -> list[str]:
    """What the rows of a page are called."""
    page = text(d.as_(who).get(address))
    return [
        unescape(re.sub(r"<[^>]+>", "", one)).strip()
        for one in re.findall(r'<a class="row-link"[^>]*>(.*?)</a>', page, re.S)
    ]


def test_the_desk_exports_the_view_it_shows(d: Desks) -> None:
    w = d.world
    for n in range(3):
        w.receive(text=f"第{n}盏路灯坏了")
    w.at_state("in_hand", text="井盖没了")
    waiting = [row[1] for row in body(sheet(d, w.town, "desk"))]
    assert waiting == ["第0盏路灯坏了", "第1盏路灯坏了", "第2盏路灯坏了"], (
        "a bare address is the desk's first view, oldest first"
    )
    assert [row[1] for row in body(sheet(d, w.town, "desk", "state=in_hand"))] == ["井盖没了"]
    page = sheet(d, w.town, "desk")
    above = "\n".join(str(page.cell(n, 1).value) for n in range(1, header_row(page)))
    assert "等我们分派" in above
    assert export(d, w.village, "desk").status_code == 403
    south = sheet(d, w.south, "desk")
    assert not [row for row in body(south) if row[0]]


def test_what_runs_out_soon_rounds_notices_and_deeds_are_files_too(d: Desks) -> None:
    w, r = d.world, Rounds(d.world)
    r.enter("垃圾成堆")
    r.enter("值班空岗", body_id=w.district.north.pk)
    given = f"round={r.round.public_id}"
    assert [row[1] for row in body(sheet(d, w.office, "round-notices", given))] == [1, 1]
    r.notify()
    assert [row[1] for row in body(sheet(d, w.office, "rounds"))] == first_cells(d, w.office, "/inspection/")
    deeds = body(sheet(d, w.office, "round-deeds", f"{given}&cell=found"))
    page = text(d.as_(w.office).get(f"/inspection/{r.round.public_id}/deeds/?cell=found"))
    assert len(deeds) == 2
    assert all(row[1] in page and row[3] in page for row in deeds)
    assert export(d, w.dept, "round-notices", given).status_code == 404, "only who inspects has that page"
    assert len(body(sheet(d, w.dept, "round-deeds", f"{given}&cell=found"))) == 1
    for wrong in ("round=x&cell=found", f"{given}&cell=x"):
        assert export(d, w.office, "round-deeds", wrong).status_code == 404


def test_matters_alike_are_exported_with_their_scores(d: Desks) -> None:
    w = d.world
    place = w.district.places["n1"].pk
    first = w.receive(text="桥头路灯不亮，晚上看不见路", place_id=place)
    second = w.receive(text="桥头那里路灯不亮，晚上漆黑看不见", place_id=place)
    rows = body(sheet(d, w.town, "similar", f"case={second.public_id}"))
    assert [row[0] for row in rows] == [first.number]
    assert 0.5 <= rows[0][7] <= 1
    answer = export(d, w.south, "similar", f"case={second.public_id}")
    assert answer.status_code == 404
    assert "桥头" not in text(answer)


@pytest.mark.parametrize(
    "what",
    ["desk", "estates", "estate_matters", "estates_left", "estates_behind", "meetings", "meeting_decisions", "rounds",
     "round-due", "suggestion_weeks", "suggestion_drift"],
)  # fmt: skip
def test_an_empty_list_is_a_header_alone_and_checks_out(d: Desks, what: str) -> None:
    data = fetched(d, d.world.town, what)
    assert what in registry()
    assert not [row for row in body(book(data)["清单"]) if row[0]]
    assert "没有改动：" in text(checked(d, d.world.town, data))


def test_more_rows_cost_no_more_questions(d: Desks) -> None:
    w = d.world
    counts = []
    fetched(d, w.town, "desk")  # what is read once a process is read
    for many in (2, 8):
        for n in range(many):
            w.receive(text=f"第{many}-{n}盏路灯坏了")
        with CaptureQueriesContext(connection) as asked:
            fetched(d, w.town, "desk")
        counts.append(len(asked))
    assert counts[0] == counts[1]
