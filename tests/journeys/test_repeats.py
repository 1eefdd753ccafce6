"""A resident types what somebody reported already and joins; the desk sees two callers, and both are answered."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from django.conf import settings as site_settings
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.factories.cases import World, new_world
from tests.interfaces.web.handle_case.desk_people import Desks
from tests.journeys.looking import check as fits

from genmai.kernel.viewer import Actor
from genmai.processes.cases.models import Caller, Case
from genmai.records.notices.models import Notice

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
LAMP = "小区东门外的路灯坏了一个多星期，晚上一片黑，请派人修。"
AGAIN = "东门口路灯不亮好多天了，夜里黑漆漆的，老人不敢走。"


@pytest.fixture
def d(settings, tmp_path: Path, live_server) -> Desks:
    settings.MEDIA_ROOT = tmp_path / "attachments"
    world = new_world(mechanism="default/case-loop@1")
    world.at = timezone.now() - timedelta(hours=3)
    return Desks(world)


def sign_in(page: Page, d: Desks, who: Actor, url: str) -> None:
    cookie = d.as_(who).cookies[site_settings.SESSION_COOKIE_NAME]
    page.context.clear_cookies()
    page.context.add_cookies([{"name": site_settings.SESSION_COOKIE_NAME, "value": cookie.value, "url": url}])


def check(page: Page, name: str) -> None:
    """Fits the screen; axe finds nothing serious; a picture for the eye when asked for."""
    folder = os.environ.get("GENMAI_LOOK")
    if folder:
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)  # type: ignore[index]
    fits(page)


def answered(world: World, case: Case) -> None:
    for verb in ("dispatch", "accept", "reply"):
        world.at = timezone.now()
        world.do(verb, case)


def test_a_resident_joins_and_both_are_answered(page: Page, live_server, d: Desks) -> None:
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    lamp = d.world.receive(text=LAMP)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{live_server.url}/report")
    page.fill("#id_text", AGAIN)
    page.select_option("#id_town", label="北镇")
    page.select_option("#id_village", label="北一村")
    join = page.get_by_role("button", name="加入这一件")
    expect(join).to_be_visible()
    expect(page.locator("#alike")).not_to_contain_text("一片黑")
    check(page, "report-alike")
    join.click()
    expect(page.get_by_role("heading", name="收到了")).to_be_visible()
    code = page.locator("#code").inner_text()
    check(page, "joined")
    mine = Case.objects.get(merged_into=lamp)

    sign_in(page, d, d.world.town, live_server.url)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{live_server.url}/cases/{lamp.public_id}/")
    expect(page.get_by_text("2 人反映").first).to_be_visible()
    expect(page.locator("body")).to_contain_text(mine.number)
    answered(d.world, lamp)
    told = set(Notice.objects.filter(kind="case.replied", caller_id__isnull=False).values_list("caller_id", flat=True))
    assert told == set(Caller.objects.values_list("public_id", flat=True))
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{live_server.url}/follow")
    page.get_by_role("textbox", name="查询码").fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_text("路灯已修好").first).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("一片黑")
    check(page, "joined-answered")
    assert said == []


def test_the_desk_compares_decides_and_takes_it_back(page: Page, live_server, d: Desks) -> None:
    world = d.world
    one, other = world.receive(text=LAMP, category="010204"), world.receive(text=AGAIN, category="010204")
    world.receive(text="菜场后面的路灯杆歪了", category="010204")
    sign_in(page, d, world.town, live_server.url)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"{live_server.url}/hot-spots/")
        check(page, "hot-spots")
        page.goto(f"{live_server.url}/cases/{one.public_id}/similar/")
        check(page, "similar")
        page.locator(".matter", has_text=other.number).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("是不是一件事")
        check(page, "pair")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.keyboard.press("x")
    expect(page.locator(".toast")).to_contain_text("以后不再提示")
    expect(page.locator("main")).not_to_contain_text(other.number)
    page.locator(".toast button", has_text="撤回").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("是不是一件事")
    page.goto(f"{live_server.url}/cases/{one.public_id}/similar/")
    expect(page.locator("main")).to_contain_text(other.number)
    _joined_on_the_case_page(page, live_server.url, one, other)


def _joined_on_the_case_page(page: Page, url: str, one: Case, other: Case) -> None:
    """What may be joined is looked for once somebody opens the list: the page of a matter does not wait for it."""
    page.goto(f"{url}/cases/{other.public_id}/")
    expect(page.locator("#merge-into input[name=into]")).to_have_count(0)
    page.locator("#do-merge > summary").click()
    page.locator("#merge-into .choice", has_text=one.number).click()
    check(page, "case-merge")
    page.locator("#merge-into button[type=submit]").click()
    expect(page.locator(".toast")).to_contain_text(other.number)
    other.refresh_from_db()
    assert other.merged_into_id == one.pk


def test_the_card_shows_it_while_the_call_is_written_down(page: Page, live_server, d: Desks) -> None:
    lamp = d.world.receive(text=LAMP)
    sign_in(page, d, d.world.town, live_server.url)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{live_server.url}/hotline/")
    page.select_option("#id_place", label="北一村")
    page.locator("#id_text").press_sequentially(AGAIN[:12])
    expect(page.locator("#alike")).to_contain_text(lamp.number)
    check(page, "card-alike")
    page.locator("#alike button[name=same]").click()
    expect(page.locator(".toast")).to_contain_text(lamp.number)
    assert Caller.objects.filter(case__merged_into=lamp).count() == 1
