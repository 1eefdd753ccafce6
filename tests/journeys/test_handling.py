"""Staff in a real browser: dispatch by keyboard, accept with one tap on a phone, reply, verify, see why a limit ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest.mock import patch

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.factories.residents import resident
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks

from genmai.kernel.viewer import Actor
from genmai.processes.cases.models import Case

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
TEXT = "三号楼从二楼到五楼的灯全坏了，晚上什么都看不见，我妈前天摔了一跤。物业说不归他们管，已经四天了。"
FOR_TOWN = "010203"


@pytest.fixture
def d(transactional_db: None) -> Iterator[Desks]:
    found = desks()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)):
        yield found


def sign_in(page: Page, d: Desks, who: Actor, url: str) -> None:
    page.context.clear_cookies()
    session = d.as_(who).cookies["genmai_session"].value
    page.context.add_cookies([{"name": "genmai_session", "value": session, "url": url}])


def test_every_page_fits_keeps_the_policy_and_passes_axe(page: Page, d: Desks, live_server) -> None:
    person = resident("13812345678", "王小明").pk
    case = d.world.at_state("in_hand", text=TEXT, person_id=person)
    d.world.do("call_in", case)
    d.world.do("ask_extension", case)
    waiting = d.world.receive(text=TEXT, person_id=person, category=FOR_TOWN)
    d.world.at_state("verified", text=TEXT, person_id=person)
    d.world.later(days=4)
    limit = case.milestones.get(key="resolve").public_id
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    serious = []
    here = [
        (d.world.village, f"/cases/{case.public_id}/?do=reply"),
        (d.world.village, "/inbox/"),
        (d.world.town, f"/desk/?case={waiting.public_id}"),
        (d.world.town, "/cases/"),
        (d.world.town, f"/cases/{case.public_id}/limits/{limit}"),
        (d.world.town, f"/cases/{case.public_id}/why"),
    ]
    for who, path in here:
        sign_in(page, d, who, live_server.url)
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            page.goto(live_server.url + path)
            assert page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") <= 0, (path, size)
            if size is PHONE or "work" not in path:
                found = Axe().run(page).response["violations"]
                serious += [
                    (path, size["width"], one["id"], one["nodes"][0]["html"][:120])
                    for one in found
                    if one["impact"] in ("serious", "critical")
                ]
    assert serious == []
    assert said == []


def test_a_matter_goes_round_from_desk_to_phone_and_back(page: Page, d: Desks, live_server) -> None:
    case = d.world.receive(text=TEXT, person_id=resident("13812345678", "王小明").pk)
    sign_in(page, d, d.world.town, live_server.url)
    page.set_viewport_size(DESK)
    page.goto(f"{live_server.url}/desk/")
    # the subject by a few letters, without leaving the page
    page.keyboard.press("e")
    expect(page.locator("#subject_find")).to_be_focused()
    page.keyboard.type("居民服务设施")
    expect(page.locator("#subject_find_list [role=option]").first).to_contain_text("居民服务设施")
    page.keyboard.press("Enter")
    expect(page.locator("[data-do=dispatch]")).to_have_text(re.compile("交给北镇"))
    # to the village instead, by its initials
    expect(page.locator("#dispatch_to_find")).to_be_focused()
    page.keyboard.type("byc")
    page.keyboard.press("Enter")
    expect(page.locator("[data-do=dispatch]")).to_have_text(re.compile("交给北一村"))
    page.keyboard.press("d")
    expect(page.locator("[data-toast]")).to_contain_text("已交给北一村")

    sign_in(page, d, d.world.village, live_server.url)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/inbox/")
    button = page.get_by_role("button", name="接单")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 43.9
    button.click()
    expect(page.locator("[data-toast]")).to_contain_text("已接单")
    page.get_by_role("link", name="联系反映人").click()
    page.get_by_role("button", name="联系过反映人了").click()
    page.get_by_text("已解决", exact=True).first.click()
    page.locator("#reply_text").fill("换了灯，都亮了")
    page.get_by_role("button", name="办结答复").first.click()
    expect(page.locator("[data-toast]")).to_contain_text("已答复")
    assert Case.objects.get(pk=case.pk).state == "replied"

    sign_in(page, d, d.world.town, live_server.url)
    page.goto(f"{live_server.url}/cases/{case.public_id}/")
    page.get_by_role("button", name="核实属实").first.click()
    expect(page.locator(".next h2")).to_contain_text("登记回访")
    page.locator(".next").get_by_text("打通了", exact=True).click()
    page.locator(".next").get_by_text("解决了", exact=True).click()
    page.get_by_role("button", name="登记回访").first.click()
    page.get_by_text("已解决", exact=True).first.click()
    page.get_by_role("button", name="办结", exact=True).first.click()
    expect(page.locator(".notice-done")).to_contain_text("已解决")


def test_the_day_by_day_table_opens_in_place(page: Page, d: Desks, live_server) -> None:
    case = d.world.at_state("in_hand")
    sign_in(page, d, d.world.village, live_server.url)
    page.goto(f"{live_server.url}/cases/{case.public_id}/")
    line = page.locator(".limits > li", has_text="办好并答复").first
    line.get_by_role("link", name="怎么算的").click()
    expect(line.locator("table")).to_contain_text("次日起算")
    assert page.url.endswith(f"/cases/{case.public_id}/")


def test_the_case_page_works_without_script(browser, d: Desks, live_server) -> None:
    case = d.world.at_state("in_hand")
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    sign_in(page, d, d.world.village, live_server.url)
    page.goto(f"{live_server.url}/cases/{case.public_id}/")
    page.locator("#do-escalate > summary").click()
    page.locator("#escalate_text").fill("村里办不了")
    page.locator("#do-escalate button").click()
    assert Case.objects.get(pk=case.pk).lead_id == d.world.district.north.pk
    context.close()
