"""In a real browser: a tree opened in place, a branch found, moved with a preview, taken back; axe on each page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from unittest.mock import patch

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from playwright.sync_api import Page, expect
from tests.factories.accounts import account
from tests.factories.party import PartyTree, party_tree
from tests.interfaces.web.pages import signed
from tests.journeys.looking import check, hold

from genmai.directory.roster.models import Change, Membership, Organisation, Tree

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def tree(live_server) -> Iterator[PartyTree]:
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", lambda: NOW):
        yield party_tree()


def _signed_in(page: Page, live_server, tree: PartyTree, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 760})
    hold(page, live_server.url, signed(account("officer", "party_organiser", tree.bodies["root"], tree=Tree.PARTY)))


@pytest.mark.parametrize("width", [360, 1280])
def test_a_branch_is_found_moved_and_moved_back(page: Page, live_server, tree: PartyTree, width: int) -> None:
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    _signed_in(page, live_server, tree, width)
    page.goto(f"{live_server.url}/organisations/")
    page.locator(".tree-more").first.click()
    expect(page.locator(".tree .tree .tree-name")).to_have_text(["北镇党委", "南镇党委"])
    check(page)
    page.goto(f"{live_server.url}/organisations/?q=东村联合")
    check(page)
    page.locator(".tree-name").click()
    check(page)
    page.get_by_role("link", name="改到别的上级下面").click()
    page.get_by_label("新的上级").fill("北镇党委")
    page.get_by_label("依据的文件").fill("区委〔2026〕9 号")
    page.get_by_role("button", name="先看会变什么").click()
    expect(page.locator(".outcome")).to_contain_text("东村联合党支部 → 北镇党委")
    check(page)
    page.get_by_role("button", name="确认登记").click()
    expect(page.locator("main")).to_contain_text("北镇党委 2026-11-20 – 现在")
    page.locator("main form[action$='/undo/'] button").click()
    expect(page.locator("main")).to_contain_text("已撤回")
    expect(page.locator("main")).not_to_contain_text("北镇党委 2026-11-20 – 现在")
    check(page)
    page.goto(f"{live_server.url}/organisations/grids/?view=standard")
    check(page)
    assert Change.objects.get().undone_at is not None
    assert said == []


@pytest.mark.parametrize("width", [360, 1280])
def test_a_branch_is_parted_and_put_together_and_both_are_taken_back(
    page: Page, live_server, tree: PartyTree, width: int
) -> None:
    _signed_in(page, live_server, tree, width)
    whole, other = tree.bodies["branch1"], tree.bodies["branch2"]
    people = tree.people["branch1"]
    address = f"{live_server.url}/organisations/{whole.public_id}/"

    page.goto(address)
    page.get_by_role("link", name="分出一个新单位").click()
    page.get_by_label("新名称").fill("北一村第三党支部")
    page.get_by_label("新单位的编码").fill("party-branch9")
    page.locator("input[name=people]").nth(1).check()
    page.get_by_label("依据的文件").fill("镇委〔2026〕12 号")
    page.get_by_role("button", name="先看会变什么").click()
    expect(page.locator(".outcome")).to_be_visible()
    check(page)
    assert _held(whole) == set(people), "a look changes nothing"
    page.get_by_role("button", name="确认登记").click()
    page.wait_for_url(address)
    new = Organisation.objects.get(code="party-branch9")
    assert len(_held(new)) == 1
    assert _held(whole) | _held(new) == set(people)
    check(page)
    page.locator("main form[action$='/undo/'] button").first.click()
    expect(page.locator("main")).to_contain_text("已撤回")
    assert (_held(whole), _held(new)) == (set(people), set())

    page.goto(address)
    page.get_by_role("link", name="并入另一个单位").click()
    page.get_by_label("并入哪个单位").fill(other.name)
    page.get_by_label("依据的文件").fill("镇委〔2026〕13 号")
    page.get_by_role("button", name="先看会变什么").click()
    expect(page.locator(".outcome")).to_be_visible()
    check(page)
    page.get_by_role("button", name="确认登记").click()
    page.wait_for_url(f"{live_server.url}/organisations/{other.public_id}/")
    assert _held(other) == {*people, *tree.people["branch2"]}
    page.goto(address)
    expect(page.locator("main")).to_contain_text("已撤销")
    page.locator("main form[action$='/undo/'] button").first.click()
    expect(page.locator("main")).to_contain_text("已撤回")
    assert (_held(whole), _held(other)) == (set(people), set(tree.people["branch2"]))


def _held(body: Organisation) -> set[int]:
    return set(Membership.objects.filter(branch=body, valid_to=None).values_list("person_id", flat=True))
