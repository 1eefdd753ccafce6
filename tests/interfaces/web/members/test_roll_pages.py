"""The roll in the browser: turned by where a page begins, counted and listed as far as it says, found by code."""

from __future__ import annotations

import re
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.branches import PartyTree, member
from tests.factories.organisations import SETUP
from tests.interfaces.web.pages import NOW, browser, text_of

from genmai.directory.roster.commands.tally import keep_books
from genmai.interfaces.web.members import leafing, roll
from genmai.kernel.ids import key_of

pytestmark = pytest.mark.django_db


def linked(response: Any, rel: str) -> str:
    found = re.search(rf'<a href="([^"]+)" rel="{rel}"', response.content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def test_a_long_roll_is_turned_by_where_a_page_begins(tree: PartyTree) -> None:
    names = [f"党员{n:02d}" for n in range(7)]
    for n, name in enumerate(names):
        member(name, tree.n1, n)
    north = browser("bei", "party_office", tree.north)
    with patch.object(leafing, "PAGE", 3), patch.object(roll, "PAGE", 3):
        pages, address = [], "/members/?stage=full"
        while address:
            response = north.get(address)
            pages.append(re.findall(r"党员[0-9]{2}", text_of(response)))
            onward = linked(response, "next")
            address = f"/members/{onward}" if onward else ""
        assert pages == [names[:3], names[3:6], names[6:]]
        assert "第 7–7 条，共 7 条" in text_of(response)
        back = north.get(f"/members/{linked(response, 'prev')}")
        assert re.findall(r"党员[0-9]{2}", text_of(back)) == names[3:6]
        first = north.get(f"/members/{linked(back, 'prev')}")
        assert (re.findall(r"党员[0-9]{2}", text_of(first)), linked(first, "prev")) == (names[:3], "")
        assert "stage=full" in linked(first, "next"), "filters stay in the address"
        for odd in ("after=1.full", "after=9999999999999999999.full.1", "before=1.nobody.1", "page=９&after=x"):
            assert north.get(f"/members/?{odd}").status_code == 200


def test_more_than_can_be_counted_or_listed_is_said(tree: PartyTree) -> None:
    for n in range(4):
        member(f"王甲{n}", tree.n1, n)
    north = browser("bei", "party_office", tree.north)
    assert "4 名" in text_of(north.get("/members/")), "all on one page need no counting"
    with (
        patch("genmai.directory.roster.queries.roll.counted.__kwdefaults__", {"most": 2}),
        patch("genmai.interfaces.web.members.roll.PAGE", 3),
        patch("genmai.interfaces.web.members.leafing.PAGE", 3),
    ):
        page = text_of(north.get("/members/"))
        assert "2 名以上" in page
        assert "第 1–3 条，共 3 条以上" in page, "never fewer than are shown"
        for turn in range(3):
            keep_books(actor=SETUP, at=NOW, key=key_of("keep", turn), worth_from=1)
        page = text_of(north.get("/members/"))
        assert "4 名" in page, "kept figures say it exactly"
        assert "名以上" not in page
    with patch("genmai.directory.roster.queries.roll.found.__kwdefaults__", {"limit": 50, "offset": 0, "most": 2}):
        page = text_of(north.get("/members/", {"q": "王"}))
    assert "只列出前 2 名" in page


def test_the_code_of_an_organisation_leads_to_its_members_within_ones_own(tree: PartyTree) -> None:
    north = browser("bei", "party_office", tree.north)
    found = north.get("/members/", {"q": tree.n1.code})
    assert (found.status_code, found.headers["Location"]) == (302, f"/members/?branch={tree.n1.code}")
    foreign = north.get("/members/", {"q": tree.s1.code})
    assert "没有找到" in text_of(foreign)
    assert "东村" not in text_of(foreign)


def test_finding_and_turning_take_as_many_queries_however_many_members(tree: PartyTree) -> None:
    north, counts = browser("bei", "party_office", tree.north), []
    addresses = ("/members/", "/members/?day=2026-03-01", "/members/?q=党员", "/members/?q=dy&day=2026-03-01")
    for n in (2, 20):
        for number in range(n):
            member(f"党员{n}-{number}", tree.n1, n + number)
        for address in addresses:
            north.get(address)
            with CaptureQueriesContext(connection) as queries:
                response = north.get(address)
            assert len(response.content) < 150_000
            counts.append(len(queries))
    assert counts[:4] == counts[4:]
    assert max(counts) <= 13
