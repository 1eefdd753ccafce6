"""The board: every number opens to exactly as many matters, within the place, in a constant number of queries."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from tests.interfaces.web.exports.files import body, book, fetched
from tests.interfaces.web.handle_case.desk_people import Desks, text

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import milestones
from genmai.processes.cases.models import Case

pytestmark = pytest.mark.django_db


def leader(d: Desks) -> Actor:
    return d.world.actor("区领导", "district_leader", d.world.district.district)


def town_leader(d: Desks) -> Actor:
    return d.world.actor("北镇领导", "town_leader", d.world.district.north)


def busy(d: Desks) -> None:
    """Matters in both towns, at every step, some late, some about to be, one open again."""
    w = d.world
    for n, state in enumerate(("received", "dispatched", "in_hand", "replied", "verified")):
        w.at_state(state, text=f"北边第{n}件")
    south = [w.receive(text=f"南边第{n}件", place_id=w.district.places["s1"].pk) for n in range(3)]
    assert south
    w.later(days=9)
    while milestones.miss(actor=Actor.system("t"), at=w.at):
        pass
    w.receive(text="刚来的一件")
    closed = w.at_state("closed", text="办结了又重来")
    w.do("reopen", closed)


def bigs(page: HttpResponse) -> dict[str, tuple[int, str]]:
    """Name → number, address."""
    found = {}
    for tag in re.findall(r'<(?:a|span) class="big[^>]*>.*?</strong>', text(page), re.S):
        name = re.search(r'class="name">([^<]+)<', tag)
        number = re.search(r"<strong>([\d,]+)<", tag)
        link = re.search(r'href="([^"]+)"', tag)
        assert name
        assert number
        found[name[1]] = (int(number[1].replace(",", "")), unescape(link[1]) if link else "")
    return found


def total(page: HttpResponse) -> int:
    found = re.search(r'<h1>[^<]*<span class="number quiet">([\d,]+)</span>', text(page))
    assert found
    listed = len(re.findall(r'class="row-link"', text(page)))
    assert listed == int(found[1].replace(",", "")), "the list is as long as it says (one page here)"
    return listed


def counted_links(page: HttpResponse) -> list[tuple[int, str]]:
    """Every count of tables and bodies with the address it opens."""
    shown = text(page)
    pairs = re.findall(r'<a class="above[^"]*" href="([^"]*board/matters[^"]*)">([\d,]+)</a>', shown)
    pairs += re.findall(r'<td class="num"><a href="([^"]*board/matters[^"]*)">([\d,]+)</a></td>', shown)
    bodies = re.findall(
        r'<li><a href="([^"]*board/matters[^"]*)"><span class="name">[^<]*</span><span class="number">在办 ([\d,]+)<',
        shown,
    )
    return [(int(n.replace(",", "")), unescape(url)) for url, n in [*pairs, *bodies]]


def test_every_number_opens_to_as_many_matters(d: Desks) -> None:
    busy(d)
    for who in (leader(d), town_leader(d)):
        browser = d.as_(who)
        page = browser.get("/board/")
        numbers = bigs(page)
        assert numbers["现在在办"][0] == (10 if who is leader(d) else 7)
        assert numbers["已经超时"][0] > 0
        assert numbers["又重新办的"][0] == 1
        assert numbers["今天收到"][0] == 2
        for name, (number, url) in numbers.items():
            if "board/matters" in url:
                assert total(browser.get(url)) == number, name
        links = counted_links(page)
        assert len(links) > 10
        for number, url in links:
            assert total(browser.get(url)) == number, url


def test_parts_sum_up_to_the_whole(d: Desks) -> None:
    busy(d)
    from genmai.reports.board.standing import Place, standing

    w = d.world
    viewer = leader(d).viewer
    made = standing(viewer, place=Place(viewer.organisation_id or 0, viewer.path), at=w.at)
    for parts in (made.by_state, made.by_level, made.by_subject, made.by_body):
        for what in ("open", "late", "soon", "reopened"):
            assert sum(getattr(count, what) for count in parts.values()) == getattr(made.all, what), what
    assert made.all.open == Case.objects.exclude(state__in=("closed", "declined", "merged")).count()


def test_a_town_leader_sees_nothing_of_another_town(d: Desks) -> None:
    busy(d)
    w = d.world
    browser = d.as_(town_leader(d))
    page = browser.get("/board/")
    assert "南" not in re.sub(r"<[^>]+>", "", text(page)).replace("南通", "")
    for address in ("/board/", "/board/?part=1", "/board/wall/", "/board/matters/", "/board/matters/?late=1"):
        mark = "&" if "?" in address else "?"
        outside = browser.get(f"{address}{mark}unit={w.district.south.public_id}")
        assert outside.status_code == 404
        assert "南" not in text(outside)
        assert "南边" not in text(browser.get(address))
    assert "南边" not in text(browser.get(f"/board/matters/?body={w.district.south.pk}"))
    assert total(d.as_(leader(d)).get(f"/board/matters/?unit={w.district.south.public_id}")) == 3
    sheet = book(fetched(d, town_leader(d), "board_matters"))["清单"]
    assert len(body(sheet)) == 7
    assert not [row for row in body(sheet) if "南边" in str(row[1])]


def test_grids_villages_and_departments_have_no_board(d: Desks) -> None:
    w = d.world
    for who in (w.grid, w.village, w.dept):
        assert d.as_(who).get("/board/").status_code == 403
        assert d.as_(who).get("/board/matters/").status_code == 403
        assert 'href="/board/"' not in text(d.as_(who).get("/inbox/"))
    for who in (w.town, w.office, leader(d), town_leader(d)):
        assert d.as_(who).get("/board/").status_code == 200
        assert 'href="/board/"' in text(d.as_(who).get("/inbox/"))


def test_queries_stay_the_same_however_many_matters(d: Desks) -> None:
    counts = []
    for more in (2, 25):
        for n in range(more):
            d.world.at_state("in_hand", text=f"{more}-{n}")
        browser = d.as_(leader(d))
        browser.get("/board/")
        for address in ("/board/", "/board/?part=1", "/board/wall/", "/board/matters/"):
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(address).status_code == 200
            counts.append((address, len(queries)))
    half = len(counts) // 2
    assert counts[:half] == counts[half:]
    assert max(n for _, n in counts) <= 24


def test_the_moving_part_is_the_part_alone_and_says_when(d: Desks) -> None:
    busy(d)
    browser = d.as_(leader(d))
    whole, part = text(browser.get("/board/")), text(browser.get("/board/?part=1"))
    assert "<html" not in part
    assert 'id="board-now"' in part
    assert part.strip() in whole.replace("&#x27;", "'") or len(part) > 2000
    for page in (whole, part, text(browser.get("/board/wall/"))):
        assert "截至" in page
        assert 'hx-trigger="every 45s"' in page
    assert 'data-theme="wall"' in text(browser.get("/board/wall/"))
    assert 'data-theme="wall"' not in whole


def test_an_empty_place_says_so(d: Desks) -> None:
    page = text(d.as_(town_leader(d)).get("/board/"))
    assert "现在没有在办的事。" in page
    assert "没有扎堆的事" in page
    assert "还没有可以计入的" in page
    assert "没有挂着的" in page


def test_the_file_has_the_numbers_of_the_page(d: Desks) -> None:
    busy(d)
    who = leader(d)
    page = d.as_(who).get("/board/")
    rows = body(book(fetched(d, who, "board"))["清单"])
    whole = rows[0]
    numbers = bigs(page)
    wanted = [numbers[name][0] for name in ("现在在办", "已经超时", "快到期", "又重新办的")]
    assert whole[2:6] == wanted
    shown = sorted(n for n, url in counted_links(page) if re.search(r"\?(state|subject|level|body)=[^&]*$", url))
    filed = sorted(row[2] for row in rows[1:] if row[2])
    assert filed == shown


def test_today_is_set_beside_the_same_hours_of_the_weeks_before(d: Desks) -> None:
    w = d.world
    for week in range(4):
        for _ in range(2 + week):
            w.receive()
        w.later(days=7)
    w.receive()
    page = text(d.as_(leader(d)).get("/board/"))
    assert "今天到现在收到 1 件，比前 4 个周一这时都少（2–5 件）。" in page
