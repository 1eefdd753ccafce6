"""A branch shows an item on a phone and at a desk, the town looks at it and sends it back; every page without serious faults."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from playwright.sync_api import Page, expect
from tests.factories.branches import PartyTree, party_account, party_tree
from tests.factories.organisations import AT
from tests.interfaces.web.pages import signed
from tests.journeys.looking import check, hold

from genmai.directory.access.models import Account
from genmai.directory.roster.models import Organisation


@pytest.fixture
def tree(live_server) -> Iterator[PartyTree]:
    found = party_tree()
    Organisation.objects.filter(pk__in=[found.north.pk, found.south.pk]).update(category="committee")
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: AT):
        yield found


def sign_in(page: Page, live_server, account: Account) -> None:
    hold(page, live_server.url, signed(account))


@pytest.mark.parametrize("width", [360, 1280])
def test_an_item_is_shown_looked_at_and_sent_back(page: Page, live_server, tree: PartyTree, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 760})
    branch, town = party_account("bei", "branch_secretary", tree.n1), party_account("zhen", "party_office", tree.north)
    sign_in(page, live_server, branch)
    page.goto(f"{live_server.url}/standards/")
    check(page)
    page.get_by_role("link", name="党建亮显“四亮”", exact=True).click()
    check(page)
    item = page.locator("#item-sign")
    item.locator("summary").click()
    check(page)
    item.get_by_label("凭什么看得出做到了").fill("大门口，上月换好")
    item.get_by_role("button", name="亮出来").click()
    expect(page.locator(".lead strong").first).to_have_text("1 / 4")
    check(page)

    sign_in(page, live_server, town)
    page.goto(f"{live_server.url}/standards/siliang/waiting")
    check(page)
    page.get_by_role("link", name="北一村党支部").click()
    page.locator("#item-sign summary", has_text="退回").click()
    page.locator("#item-sign").get_by_label("哪里不对").fill("牌子是旧的")
    page.locator("#item-sign").get_by_role("button", name="退回，请重做").click()
    expect(page.locator("#item-sign")).to_contain_text("牌子是旧的")
    check(page)
    for address in ("/standards/siliang/", "/standards/siliang/lacking", "/standards/guoqi/units", "/my-data/"):
        page.goto(f"{live_server.url}{address}")
        check(page)
    page.goto(f"{live_server.url}/standards/siliang/?day=2026-01-05")
    expect(page.locator("#f-then")).to_be_visible()
    check(page)
