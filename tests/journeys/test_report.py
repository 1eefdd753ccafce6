"""A resident with a cheap phone reports a matter, follows it with the code, and judges it; in a real browser."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from tests.factories.cases import World, new_world
from tests.journeys.looking import check

from genmai.processes.cases.models import Attachment, Caller, Case

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def world(settings, tmp_path: Path, live_server) -> World:
    settings.MEDIA_ROOT = tmp_path / "attachments"
    world = new_world(mechanism="default/case-loop@1")
    world.at = timezone.now() - timedelta(minutes=1)
    return world


def shoot(page: Page, name: str) -> None:
    """Pictures for the eye, when asked for."""
    folder = os.environ.get("GENMAI_LOOK")
    if folder:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def photo(path: Path, colour: str = "grey") -> Path:
    from PIL import Image

    Image.new("RGB", (800, 600), colour).save(path)
    return path


def answered(world: World, case: Case) -> None:
    for verb in ("dispatch", "accept", "reply"):
        world.at = max(world.later(seconds=5), datetime.now(tz=world.at.tzinfo))
        world.do(verb, case)


def test_a_matter_is_reported_followed_and_judged_on_a_phone(
    page: Page, live_server, world: World, tmp_path: Path
) -> None:
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    page.set_viewport_size(PHONE)
    page.goto(live_server.url)
    shoot(page, "home")
    check(page)
    page.get_by_role("link", name="反映一件事").click()
    shoot(page, "report")
    check(page)
    page.fill("#id_text", "三号楼楼道灯坏了四天，我妈前天摔了一跤。")
    page.set_input_files("#id_photos", [photo(tmp_path / "a.jpg")])
    page.select_option("#id_town", label="北镇")
    expect(page.locator("#id_village optgroup:not([disabled])")).to_have_count(1)
    page.select_option("#id_village", label="北一村")
    expect(page.locator("#id_grid")).to_be_visible()
    page.select_option("#id_grid", label="第一网格")
    page.get_by_text("正在伤人").click()
    page.fill("#id_phone", "12")
    page.get_by_role("button", name="交上去").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("#id_text")).to_have_value("三号楼楼道灯坏了四天，我妈前天摔了一跤。")
    expect(page.locator("input[name=kept]")).to_be_checked()
    expect(page.locator("#id_grid")).to_have_value("330299001201001")
    page.wait_for_load_state("networkidle")
    shoot(page, "report-fault")
    check(page)
    page.fill("#id_phone", "13805741234")
    page.get_by_role("button", name="交上去").dblclick()
    expect(page.get_by_role("heading", name="收到了")).to_be_visible()
    shoot(page, "thanks")
    check(page)
    case = Case.objects.get()
    assert case.home == world.district.n1a
    assert Attachment.objects.filter(case=case).count() == 1
    code = page.locator("#code").inner_text()
    page.get_by_role("button", name="看这件事的进度").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已经收到")
    shoot(page, "follow-new")
    check(page)
    page.get_by_role("button", name="看完了").click()
    page.get_by_role("link", name="查我反映的事").click()
    shoot(page, "follow-code")
    check(page)
    answered(world, case)
    page.get_by_role("textbox", name="查询码").fill(code.replace("-", "").lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text("路灯已修好").first).to_be_visible()
    shoot(page, "follow-replied")
    check(page)
    page.get_by_text("没有办好", exact=True).click()
    page.get_by_label("想说的话").fill("还是不亮")
    page.get_by_role("button", name="说给他们听").click()
    expect(page.locator(".toast")).to_contain_text("重新办理")
    shoot(page, "follow-reopened")
    check(page)
    assert Caller.objects.get(case=case).fixed is False
    case.refresh_from_db()
    assert case.state == "in_hand"
    page.get_by_role("link", name="谁看过我的联系方式").click()
    shoot(page, "follow-data")
    check(page)
    assert said == [
        f"{live_server.url}/report Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"
    ]
    look_around(page, live_server.url)


def look_around(page: Page, site: str) -> None:
    """More pictures for the eye, when asked for: at a desk, in English, in large type."""
    if not os.environ.get("GENMAI_LOOK"):
        return
    pages = (
        ("/", "home"),
        ("/report", "report"),
        ("/report/thanks", "thanks"),
        ("/follow", "follow"),
        ("/follow/data", "data"),
    )
    for look, width, cookie in (
        ("desk", 1280, ""),
        ("en", 360, "genmai_language=en"),
        ("large", 360, "genmai_type=large"),
    ):
        page.set_viewport_size({"width": width, "height": 760})
        if cookie:
            name, _, value = cookie.partition("=")
            page.context.add_cookies([{"name": name, "value": value, "url": site}])
        for path, name in pages:
            page.goto(site + path)
            shoot(page, f"{look}-{name}")
        if cookie:
            page.context.clear_cookies(name=cookie.partition("=")[0])


def test_without_script_a_matter_is_reported_and_followed(browser: Browser, live_server, world: World) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{live_server.url}/report")
    page.fill("#id_text", "路口井盖松了")
    page.set_input_files("#id_photos", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"not a picture"})
    page.select_option("#id_village", label="北二社区")
    page.get_by_role("button", name="交上去").click()
    expect(page.locator("#id_photos_error")).to_contain_text("不是图片")
    expect(page.locator("#id_village")).to_have_value("330299001001")
    expect(page.locator("#id_grid")).to_be_visible()
    page.get_by_role("button", name="交上去").click()
    expect(page.locator("#code")).to_be_visible()
    page.get_by_role("button", name="看这件事的进度").click()
    expect(page.get_by_text("路口井盖松了")).to_be_visible()
    assert Case.objects.get().home == world.district.n2
    context.close()


def test_the_keyboard_alone_reports_a_matter(page: Page, live_server, world: World) -> None:
    page.goto(f"{live_server.url}/report")
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || document.activeElement.textContent.trim().slice(0, 8)")
        if name == "text":
            page.keyboard.type("三号楼的灯坏了")
        if name == "village":
            page.keyboard.press("ArrowDown")
        reached.append(name)
        if name == "交上去":
            break
    wanted = ["text", "photos", "town", "village", "place_text", "urgency", "service", "name", "phone", "wants_answer"]
    assert [name for name in reached if name in wanted] == wanted
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible()
    assert Case.objects.get().text == "三号楼的灯坏了"


def test_what_was_typed_is_still_there_after_the_phone_was_put_away_and_gone_once_sent(
    page: Page, live_server, world: World
) -> None:
    page.goto(f"{live_server.url}/report")
    page.fill("#id_text", "写了一半")
    page.fill("#id_phone", "13805741234")
    page.wait_for_timeout(600)
    page.goto(live_server.url)
    page.goto(f"{live_server.url}/report")
    expect(page.locator("#id_text")).to_have_value("写了一半")
    expect(page.locator("#id_phone")).to_have_value("")  # who somebody is does not stay on a phone others may use
    page.select_option("#id_town", label="北镇")
    page.get_by_role("button", name="交上去").click()
    expect(page.locator("#code")).to_be_visible()
    page.goto(f"{live_server.url}/report")
    expect(page.locator("#id_text")).to_have_value("")
