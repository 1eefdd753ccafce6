"""The unit page: its figures are those of the measures, live, as known then, and stay within the viewer's scope."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.interfaces.web.handle_case.desk_people import Desks
from tests.interfaces.web.unit.reading import CARDS, call_cards, cards, links, pair, rows, text
from tests.measures.scores.lines import END, Bodies, thirty, viewer_at, write

from genmai.directory.roster.models import Organisation
from genmai.measures.scores.case_figures import board
from genmai.measures.scores.rules import terms_of
from genmai.processes.cases.mechanism import loop, mechanism_of

pytestmark = pytest.mark.django_db
WHO = {"D": "office", "N": "town", "S": "south", "N1": "village", "P": "dept"}


def url(unit: Organisation, query: str = "") -> str:
    return f"/unit/{unit.public_id}/{query}"


def thirty_written(d: Desks) -> Bodies:
    """The hand-written cases; the clock stands at the end of April."""
    bodies = Bodies.of(d.world.district)
    write(thirty(), bodies)
    d.world.at = END["april"] - timedelta(hours=3)
    return bodies


@pytest.mark.parametrize("letter", WHO)
def test_every_figure_is_the_one_of_the_measures(d: Desks, letter: str) -> None:
    bodies = thirty_written(d)
    path = bodies.paths[letter]
    made = board(
        viewer_at(path), path=path, months=["2026-03"], known_at=d.world.at, terms=terms_of(mechanism_of(loop()))
    )
    page = d.as_(getattr(d.world, WHO[letter])).get(url(bodies.organisations[letter], "?month=2026-03"))
    for key, card in cards(page).items():
        figure = made.figure(path, "2026-03", key)
        assert pair(card) == (figure.numerator, figure.denominator), key
        assert figure.rule.name in card
        assert "截至" in card
        assert ("样本不足" in card) == (figure.small and figure.denominator > 0)
        if figure.lender:
            assert f"上级{figure.lender.unit.name}：" in card


@pytest.mark.parametrize("letter", ["D", "N", "N1", "P"])
def test_every_figure_opens_to_exactly_its_deeds(d: Desks, letter: str) -> None:
    bodies = thirty_written(d)
    browser = d.as_(getattr(d.world, WHO[letter]))
    page = browser.get(url(bodies.organisations[letter], "?month=2026-03"))
    checked = 0
    for key, card in cards(page).items():
        n, of = pair(card)
        for link in (one for one in links(card) if "figure=" in one):
            for address, expected in ((link, of), (f"{link}&only=n", n)):
                behind = browser.get(address)
                assert pair(re.search(r'figure-card">(.*?)</div>', text(behind), re.S)[1]) == (n, of)  # type: ignore[index]
                weights = [int(more[1]) if (more := re.search(r">(\d+) 人<", row)) else 1 for row in rows(behind)]
                assert sum(weights) == expected, (key, address)
                counted = sum(w for w, row in zip(weights, rows(behind), strict=True) if 'class="counts"' in row)
                assert counted == n, (key, address)
                checked += 1
    assert checked >= 4


def test_a_merged_pair_is_one_line_that_counts_two_people(d: Desks) -> None:
    w = d.world
    survivor, repeat = w.at_state("in_hand"), w.receive(text="同一盏路灯")
    w.do("merge", repeat, into=survivor.public_id)
    w.do("contact", survivor)
    page = d.as_(w.town).get(f"/unit/{w.district.north.public_id}/deeds/?figure=response")
    assert len(rows(page)) == 1
    assert "2 人" in rows(page)[0]
    assert "1 条记录，算 2 人" in text(page)


def test_levels_solved_are_shown_with_their_deeds(d: Desks) -> None:
    w = d.world
    case = w.at_state("verified")
    w.do("visit", case, fixed=True, satisfaction=3)
    w.do("close", case)
    browser = d.as_(w.town)
    page = browser.get(url(w.district.north))
    assert "没有出村社" in text(page)
    (link,) = {one for one in links(text(page)) if "figure=solved_at_3" in one and "only=n" in one}
    behind = browser.get(link)
    assert len(rows(behind)) == 1
    assert case.number in rows(behind)[0]
    assert f"/cases/{case.public_id}/" in rows(behind)[0]


def test_a_visit_changes_the_figure_at_once(d: Desks) -> None:
    w = d.world
    case = w.at_state("verified")
    browser = d.as_(w.village)
    before = pair(cards(browser.get(url(w.district.n1)))["solution"])
    w.do("visit", case, fixed=True, satisfaction=3)
    after = pair(cards(browser.get(url(w.district.n1)))["solution"])
    assert (before, after) == ((0, 0), (1, 1))


def test_as_known_then_differs_from_today_and_says_so(d: Desks) -> None:
    bodies = thirty_written(d)
    browser = d.as_(d.world.office)
    top = bodies.organisations["D"]
    today = browser.get(url(top, "?month=2026-03"))
    then = browser.get(url(top, "?month=2026-03&known=2026-03-31"))
    assert "这是站在3月31日那天看到的数" in text(then)
    assert "这是站在" not in text(today)
    figures = [{key: pair(card) for key, card in cards(page).items()} for page in (today, then)]
    assert figures[0] != figures[1]
    path = bodies.paths["D"]
    made = board(viewer_at(path), path=path, months=["2026-03"], known_at=END["march"] - timedelta(microseconds=1))
    for key in CARDS:
        figure = made.figure(path, "2026-03", key)
        assert figures[1][key] == (figure.numerator, figure.denominator)
    for link in (one for one in links(text(then)) if "figure=" in one):
        assert "known=2026-03-31" in link, "what it opens to is known at the same date"


def test_figures_of_calls_stand_there_and_open_to_their_deeds(d: Desks) -> None:
    w = d.world
    assert call_cards(d.as_(w.town).get(url(w.district.north))) == []
    for way in (("flag_call", "withdraw_call"), ("arrive", "conclude")):
        case = w.do("call_in", w.at_state("in_hand"))
        for verb in way:
            case = w.do(verb, case)
    w.do("rate_call", case)
    w.do("rate_call", case, actor=w.dept, side="department", answers={"needed": "good", "prepared": "fair"})
    browser = d.as_(w.town)
    made, wrong = call_cards(browser.get(url(w.district.north)))
    assert (pair(made), pair(wrong)) == ((1, 2), (1, 2))
    for card, told in ((made, "呼叫互评：呼叫的一方"), (wrong, "呼叫")):
        (link,) = (one for one in links(card) if "figure=" in one)
        assert len(rows(browser.get(link))) == 2
        assert len(rows(browser.get(f"{link}&only=n"))) == 1
        assert told in text(browser.get(link))
    (came,) = (c for c in call_cards(d.as_(w.dept).get(url(w.district.dept))) if "来的单位评" in c)
    assert pair(came) == (2, 3)


def test_today_and_later_are_now(d: Desks) -> None:
    browser = d.as_(d.world.office)
    for day in ("2026-03-02", "2030-01-01"):
        assert "这是站在" not in text(browser.get(url(d.world.district.district, f"?known={day}")))


@pytest.mark.parametrize(
    "query", ["?month=2026-13", "?month=x", "?month=2031-01", "?month=0001-01", "?known=gestern", "?known=0001-01-01"]
)
def test_what_is_no_month_or_day_is_refused_in_words(d: Desks, query: str) -> None:
    for page in ("", "deeds/"):
        answer = d.as_(d.world.office).get(f"/unit/{d.world.district.district.public_id}/{page}{query}&figure=response")
        assert answer.status_code == 422
        assert "应写成" in text(answer)


def test_outside_the_scope_is_404_for_page_and_deeds(d: Desks) -> None:
    w = d.world
    outside = {
        "town": ("south", "s1", "s1a", "district", "dept"),
        "village": ("n2", "north"),
        "dept": ("north", "district"),
    }
    for who, places in outside.items():
        browser = d.as_(getattr(w, who))
        for place in places:
            unit = getattr(w.district, place)
            assert browser.get(url(unit)).status_code == 404, (who, place)
            assert browser.get(url(unit, "deeds/?figure=response&month=2026-03")).status_code == 404, (who, place)
    assert d.as_(w.town).get("/unit/01900000-0000-7000-8000-000000000000/").status_code == 404
    assert d.as_(w.town).get(url(w.district.north, "deeds/?figure=likes")).status_code == 404


def test_nobody_is_led_to_the_sign_in_page(d: Desks, client: Any) -> None:
    for address in ("/unit/", url(d.world.district.north), url(d.world.district.north, "deeds/?figure=response")):
        assert client.get(address).headers["Location"].startswith("/sign-in")


def test_my_unit_leads_to_ones_own(d: Desks) -> None:
    w = d.world
    for who, unit in ((w.grid, w.district.n1a), (w.dept, w.district.dept), (w.office, w.district.district)):
        answer = d.as_(who).get("/unit/?month=2026-02")
        assert answer.headers["Location"] == url(unit, "?month=2026-02")
        assert d.as_(who).get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("who", ["town", "office"])
def test_what_waits_leads_to_as_many_matters(d: Desks, who: str) -> None:
    w = d.world
    for state in ("received", "dispatched", "in_hand", "in_hand"):
        w.at_state(state)
    w.receive(place_id=w.district.places["s1"].pk)  # another town's
    browser = d.as_(getattr(w, who))
    page = text(browser.get(url(w.district.north)))
    waits = re.findall(r'<a class="wait[^"]*" href="([^"]+)"><strong>(\d+)</strong>', page)
    assert [int(n) for _url, n in waits] == [1, 1, 2]
    for address, count in waits:
        found = browser.get(address.replace("&amp;", "&"))
        assert len(re.findall(r'class="row-link"', text(found))) == int(count), address


def test_units_stand_in_the_order_of_the_tree_and_no_person_is_named(d: Desks) -> None:
    bodies = thirty_written(d)
    d.world.at_state("in_hand")
    page = text(d.as_(d.world.office).get(url(bodies.organisations["D"], "?month=2026-03")))
    names = re.findall(r'<th scope="row"><a class="row-link" href="[^"]+">([^<]+)</a>', page)
    assert names == ["北镇", "南镇", "区公路局"], "though the south does better or worse"
    main = page[page.index("<main") : page.index("</main>")]
    assert not [name for name in d.world.actors if name in main]


@pytest.mark.parametrize("who", ["office", "town", "village", "dept"])
def test_the_number_of_queries_does_not_grow(d: Desks, who: str) -> None:
    w = d.world
    actor = getattr(w, who)
    unit = next(o for o in w.district.bodies.values() if o.pk == actor.viewer.organisation_id)
    asked = [url(unit), url(unit, "deeds/?figure=response")]

    def counts() -> list[int]:
        found = []
        for address in asked:
            with CaptureQueriesContext(connection) as queries:
                page = d.as_(actor).get(address)
            assert page.status_code == 200
            assert len(page.content) < 150_000
            found.append(len(queries))
        return found

    for state in ("dispatched", "closed"):
        w.do("contact", w.at_state("in_hand"))
        w.at_state(state)
    counts()  # signs in
    few = counts()
    for _n in range(4):
        w.do("contact", w.at_state("in_hand"))
        w.at_state("verified")
    write(thirty(), Bodies.of(w.district))
    assert counts() == few
    assert max(few) <= 20  # two of them the figures of calls


def test_the_grid_and_an_empty_unit_say_what_will_come_here(d: Desks) -> None:
    page = text(d.as_(d.world.grid).get(url(d.world.district.n1a)))
    assert "没有在办的事" in page
    assert "还没有动静" in page
    assert page.count("还没有可以计入的") >= 4


def test_a_department_answers_as_lead_and_levels_are_counted_where_matters_arise(d: Desks) -> None:
    bodies = thirty_written(d)
    page = text(d.as_(d.world.dept).get(url(bodies.organisations["P"], "?month=2026-03")))
    levels = page[page.index('id="levels"') :]
    assert "层级按事情发生的地方算" in levels
    assert "上级测试区：" in levels
    assert "<table" not in levels
