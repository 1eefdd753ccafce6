"""The year-end tables through the page: from the day's book or by counting, the same; a day not counted yet says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.branches import PartyTree, member, party_tree
from tests.factories.organisations import SETUP
from tests.interfaces.web.pages import CLOCK, NOW, browser, text_of

from genmai.directory.roster.commands import tally as commands
from genmai.directory.roster.models import Link, Membership, TallyBook
from genmai.directory.roster.queries import tally
from genmai.kernel.ids import key_of

pytestmark = pytest.mark.django_db
JULY = "2025-07-31"


@pytest.fixture
def tree() -> Iterator[PartyTree]:
    with patch(CLOCK, lambda: NOW):
        made = party_tree()
        for number, branch in enumerate((made.n1, made.n1, made.n2, made.s1)):
            member(f"党员{number}", branch, number, born=f"19{60 + 9 * number}0302", education="21", sex=number % 2)
        yield made


@pytest.fixture
def busy() -> Iterator[None]:
    """Counting anything takes long, and a handful of members is worth a book."""
    sizes = replace(tally.sizes(), at_once=0, worth_from=1)
    with patch.object(tally, "sizes", lambda: sizes), patch.object(commands, "sizes", lambda: sizes):
        yield


def keep() -> None:
    for turn in range(3):
        commands.keep_books(actor=SETUP, at=NOW, key=key_of("keep", turn))


def main_of(response: Any) -> str:
    """What the page says, without the keys of its forms."""
    return text_of(response).split("党员统计", 1)[1]


def test_a_day_not_counted_yet_says_so_and_comes_by_itself(tree: PartyTree, busy: None) -> None:
    client = browser("zuzhi", "party_organiser", tree.committee)
    asked = {"day": JULY, "table": "sex"}
    page = client.get("/statistics/", asked)
    assert "正在数" in text_of(page)
    assert "占比的分母" not in text_of(page)
    waiting = re.search(r'hx-get="([^"]*ready[^"]*)"', page.content.decode())
    assert waiting is not None
    assert "HX-Refresh" not in client.get(waiting[1].replace("&amp;", "&")).headers
    at_once = client.get("/statistics/", {**asked, "now": "1"})
    assert TallyBook.objects.filter(day=date.fromisoformat(JULY)).count() == 1
    keep()
    assert client.get(waiting[1].replace("&amp;", "&")).headers["HX-Refresh"] == "true"
    assert main_of(client.get("/statistics/", asked)) == main_of(at_once)
    assert "4 名党员" in text_of(at_once)


def test_today_is_the_same_with_a_book_and_without(tree: PartyTree, busy: None) -> None:
    client = browser("zuzhi", "party_organiser", tree.committee)
    counted = main_of(client.get("/statistics/", {"now": "1"}))
    keep()
    assert main_of(client.get("/statistics/")) == counted
    member("新人", tree.n2, 9)
    assert "5 名党员" in text_of(client.get("/statistics/"))


def test_a_town_reads_its_own_figures_and_waits_for_no_others(tree: PartyTree, busy: None) -> None:
    keep()
    north = browser("bei", "party_office", tree.north)
    page = north.get("/statistics/")
    assert "3 名党员" in text_of(page)
    assert "东村" not in page.content.decode()
    for address in ("/statistics/", "/statistics/ready"):
        assert north.get(address, {"branch": tree.south.code}).status_code == 404


def test_the_page_asks_as_often_for_many_as_for_few_and_stays_small(tree: PartyTree, busy: None) -> None:
    keep()
    client = browser("zuzhi", "party_organiser", tree.committee)
    client.get("/statistics/")
    with CaptureQueriesContext(connection) as few:
        client.get("/statistics/")
    for number in range(20, 40):
        member(f"后来{number}", tree.n1 if number % 2 else tree.s1, number)
    keep()
    with CaptureQueriesContext(connection) as many:
        page = client.get("/statistics/")
    assert len(many) == len(few)
    assert "24 名党员" in text_of(page)
    assert len(page.content) < 150_000


def test_many_bodies_below_are_turned_page_by_page(tree: PartyTree) -> None:
    client = browser("zuzhi", "party_organiser", tree.committee)
    with patch("genmai.interfaces.web.statistics.year_end.PAGE", 1):
        first, second = (client.get("/statistics/", {"page": number, "table": "age"}) for number in ("1", "2"))
    assert ("北镇党委" in spread_of(first), "南镇党委" in spread_of(first)) == (True, False)
    assert ("北镇党委" in spread_of(second), "南镇党委" in spread_of(second)) == (False, True)
    assert "4 名党员" in text_of(second)


def spread_of(response: Any) -> str:
    return response.content.decode().split('aria-labelledby="spread"', 1)[1].split("</section>")[0]


def test_figures_as_known_then_leave_out_what_was_written_later(tree: PartyTree, busy: None) -> None:
    later = member("迟登记", tree.n1, 9)
    Membership.objects.filter(pk=later.pk).update(recorded_at=NOW - timedelta(days=10))
    Membership.objects.exclude(pk=later.pk).update(recorded_at=datetime(2021, 1, 1, tzinfo=UTC))
    Link.objects.update(recorded_at=datetime(2020, 1, 1, tzinfo=UTC))
    client = browser("zuzhi", "party_organiser", tree.committee)
    then = {"day": JULY, "known": "2025-08-15"}
    assert "5 名党员" in text_of(client.get("/statistics/", {"day": JULY, "now": "1"}))
    counted = client.get("/statistics/", {**then, "now": "1"})
    assert "4 名党员" in text_of(counted)
    assert "按 2025-08-15 那天知道的" in text_of(counted)
    assert "known=2025-08-15" in spread_of(counted)  # the figures open to the roll as known then
    client.get("/statistics/", then)
    keep()
    assert main_of(client.get("/statistics/", then)) == main_of(counted)
