"""A transfer followed through both branches' hands on a phone: asked, refused with a reason, asked again, taken over."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from unittest.mock import patch

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from playwright.sync_api import Page, expect
from tests.factories.branches import PartyTree, member, party_account, party_tree
from tests.interfaces.web.pages import signed
from tests.journeys.looking import check, hold

from genmai.directory.access.models import Account
from genmai.directory.roster.models import Organisation

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def tree(live_server) -> PartyTree:
    made = party_tree()
    member("周要转", made.n1, 1)
    member("吴留下", made.n1, 2)
    return made


class Hands:
    """Two secretaries, one phone."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        page.set_viewport_size({"width": 360, "height": 740})

    def take(self, login: str, branch: Organisation | None = None) -> None:
        """Whose session the phone holds."""
        account = party_account(login, "branch_secretary", branch) if branch else Account.objects.get(login=login)
        hold(self.page, self.site, signed(account))

    def ask(self, to: str) -> None:
        self.page.goto(f"{self.site}/members/")
        self.page.get_by_role("link", name="周要转").click()
        self.page.get_by_role("link", name="转组织关系").click()
        self.page.get_by_label("转到哪个支部").fill(to)
        self.page.get_by_label("介绍信编号").fill("介绍信〔2026〕7 号")
        self.page.locator("form.form button[type=submit]").click()

    def transfers(self) -> None:
        self.page.goto(f"{self.site}/members/")
        self.page.get_by_text("党费、转接、介绍信和别的").click()
        self.page.get_by_role("link", name="组织关系转接").click()
        expect(self.page.get_by_role("heading", name="组织关系转接")).to_be_visible()
        check(self.page)

    def told(self, words: str) -> None:
        """Among what waits, or the notices."""
        self.page.goto(f"{self.site}/inbox/")
        expect(self.page.locator("main")).to_contain_text(words)
        check(self.page)


def test_a_transfer_goes_through_both_branches_hands(page: Page, live_server, tree: PartyTree) -> None:
    hands = Hands(page, live_server.url)
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: NOW):
        hands.take("bei", tree.n1)
        hands.ask("没有的支部")
        expect(page.locator("#id_to_error")).to_contain_text("没有找到这个支部")
        page.get_by_label("转到哪个支部").fill("东村党支部")
        check(page)
        page.locator("form.form button[type=submit]").click()
        expect(page.get_by_text("已请 东村党支部 接收")).to_be_visible()

        hands.take("dong", tree.s1)
        hands.told("转来的党员等着接收")
        hands.transfers()
        page.get_by_text("不接收", exact=True).click()
        page.get_by_label("为什么，对方看得到").fill("介绍信上的名字不对")
        page.get_by_role("button", name="告诉对方不接收").click()

        hands.take("bei")
        hands.told("对方不接收我们转出的党员")
        hands.transfers()
        expect(page.locator("table.cards")).to_contain_text("介绍信上的名字不对")
        hands.ask("东村党支部")
        hands.transfers()
        page.get_by_role("button", name="撤回").click()
        expect(page.get_by_text("没有在等对方的")).to_be_visible()
        hands.ask("东村党支部")

        hands.take("dong")
        hands.transfers()
        page.get_by_role("button", name=re.compile("^接收")).click()
        page.goto(f"{live_server.url}/members/")
        expect(page.get_by_role("link", name="周要转")).to_be_visible()

        hands.take("bei")
        hands.told("对方接收了我们转出的党员")
        page.goto(f"{live_server.url}/members/")
        expect(page.get_by_role("link", name="吴留下")).to_be_visible()
        expect(page.get_by_role("link", name="周要转")).to_have_count(0)
        page.goto(f"{live_server.url}/members/?day=2026-11-01")
        expect(page.get_by_text("周要转")).to_be_visible()
