"""What a stranger does: reports on a phone, answers as each role in turn, sees it verified and in the grid's figures."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from playwright.sync_api import Page, expect
from tests.factories.accounts import PASSWORD, account
from tests.factories.organisations import SmallDistrict, small_district

from genmai.processes.cases.models import Case

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
PEOPLE = (("grid", "grid_worker", "n1a"), ("town", "town_desk", "north"), ("leader", "district_leader", "district"))


@pytest.fixture
def district(settings, tmp_path: Path, live_server) -> SmallDistrict:
    settings.MEDIA_ROOT = tmp_path / "attachments"
    found = small_district()
    for login, role, body in PEOPLE:
        account(login, role, found.bodies[body], password=PASSWORD)
    return found


def sign_in(page: Page, site: str, login: str, size: dict[str, int]) -> None:
    page.context.clear_cookies()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{site}/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="我的事")).to_be_visible()


def report(page: Page, site: str) -> str:
    """Without an account, on a phone; gives the follow-up code."""
    page.set_viewport_size(PHONE)
    page.goto(site)
    page.get_by_role("link", name="反映一件事").click()
    page.fill("#id_text", "我们这一幢楼道里堆着旧家具，走路要侧着身。")
    page.select_option("#id_town", label="北镇")
    page.select_option("#id_village", label="北一村")
    page.select_option("#id_grid", label="第一网格")
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_role("heading", name="收到了")).to_be_visible()
    return page.locator("#code").inner_text()


def test_reported_answered_verified_judged_and_counted(page: Page, live_server, district: SmallDistrict) -> None:
    site = live_server.url
    code = report(page, site)
    case = Case.objects.get()
    assert case.home == district.n1a

    sign_in(page, site, "town", DESK)
    page.goto(f"{site}/desk/?case={case.public_id}")
    page.select_option("#dispatch_to", label="北一村第一网格")
    page.locator("[data-do=dispatch]").click()
    expect(page.locator("[data-toast]")).to_contain_text("已交给北一村第一网格")

    sign_in(page, site, "grid", PHONE)
    page.get_by_role("button", name="接单").click()
    expect(page.locator("[data-toast]")).to_contain_text("已接单")
    page.goto(f"{site}/cases/{case.public_id}/?do=reply")
    page.get_by_text("已解决", exact=True).first.click()
    page.locator("#reply_text").fill("和住户一起清走了，楼道通了。")
    page.get_by_role("button", name="办结答复").first.click()
    expect(page.locator("[data-toast]")).to_contain_text("已答复")

    sign_in(page, site, "town", DESK)
    page.goto(f"{site}/cases/{case.public_id}/")
    page.get_by_role("button", name="核实属实").first.click()
    expect(page.locator(".next h2")).to_contain_text("登记回访")

    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/follow")
    page.get_by_role("textbox", name="查询码").fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_text("和住户一起清走了").first).to_be_visible()
    page.get_by_text("办好了", exact=True).click()
    page.get_by_text("满意", exact=True).first.click()
    page.get_by_role("button", name="说给他们听").click()
    expect(page.locator(".toast")).to_be_visible()

    sign_in(page, site, "town", DESK)
    page.goto(f"{site}/cases/{case.public_id}/?do=close")
    page.get_by_text("已解决", exact=True).first.click()
    page.get_by_role("button", name="办结", exact=True).first.click()
    case.refresh_from_db()
    assert (case.state, case.fixed, case.solved_level) == ("closed", True, 2)

    sign_in(page, site, "grid", PHONE)
    page.goto(f"{site}/unit/")
    card = page.locator(".figure-card", has_text="解决率")
    expect(card).to_contain_text("1")
    card.get_by_role("link").first.click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text(case.number)
