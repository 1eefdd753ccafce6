"""The turn of a term on a page: before and after, as known on a day; a town sees its own villages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.branches import PartyTree, member, party_tree
from tests.factories.organisations import AT, SETUP, SmallDistrict, small_district
from tests.interfaces.web.pages import CLOCK, browser, text_of

from genmai.directory.access.models import Account
from genmai.directory.access.queries import viewer_for
from genmai.directory.roster.commands.terms import Chosen, begin_term, withdraw_term
from genmai.directory.roster.models import Term
from genmai.interfaces.web.exports.registry import registry
from genmai.kernel.ids import key_of
from genmai.reports.exports.shape import Asked

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
ON = date(2025, 12, 20)


@pytest.fixture
def ground() -> SmallDistrict:
    return small_district()


@pytest.fixture
def tree(ground: SmallDistrict) -> Iterator[PartyTree]:
    with patch(CLOCK, lambda: NOW):
        yield party_tree()


def elected(ground: SmallDistrict, tree: PartyTree) -> Term:
    """One is both secretary and head; six days later the head's term is taken back."""
    person = member("书记", tree.n1, 1).person_id
    made = [
        begin_term(
            actor=SETUP, at=AT, key=key_of("t", body.code), organisation=body, number=1, on=ON, document="选举",
            planned_end=date(2030, 12, 20), chosen=[Chosen(person, post, "职务")],
        )
        for body, post in ((tree.n1, "secretary"), (ground.n1, "director"))
    ]  # fmt: skip
    withdraw_term(actor=SETUP, at=AT + timedelta(days=6), key=key_of("w"), term=made[1], reason="没有选他")
    return made[0]


def test_the_page_and_the_sheet_say_what_was_known(ground: SmallDistrict, tree: PartyTree) -> None:
    elected(ground, tree)
    office, south = browser("bei", "party_office", tree.north), browser("nan", "party_office", tree.south)
    now = text_of(office.get("/statistics/turn"))
    assert "0 / 0 个村社" in now
    then = office.get("/statistics/turn?known=2026-03-03")
    told = text_of(then)
    assert "1 / 1 个村社" in told
    assert "按 2026-03-03 那天知道的" in told
    assert f"on={ON}" in then.content.decode()
    assert "known=2026-03-03" in then.content.decode(), "a link to another day keeps the question"
    assert "还没有换届的记录" in text_of(office.get("/statistics/turn?known=2026-02-01"))
    assert "个村社" not in text_of(south.get(f"/statistics/turn?on={ON}&known=2026-03-03"))
    assert office.get("/statistics/turn?known=nonsense").status_code in (400, 422)
    viewer = viewer_for(Account.objects.get(login="bei"), at=NOW)
    for known, filled in (("", None), ("2026-03-03", 1)):
        rows = list(registry()["turn"].rows(viewer, Asked({"on": str(ON), "known": known}, NOW)))
        assert rows[0][7] == (filled if filled else 0), rows[0]


def test_the_queries_of_the_page_do_not_grow(ground: SmallDistrict, tree: PartyTree) -> None:
    elected(ground, tree)
    office = browser("bei", "party_office", tree.north)
    counts = []
    for n in (1, 6):
        for number in range(n):
            member(f"委员{n}{number}", tree.n2, number + n * 7)
        for address in ("/statistics/turn", "/statistics/turn?known=2026-03-03"):
            office.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert office.get(address).status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[2]
    assert counts[1] == counts[3]
