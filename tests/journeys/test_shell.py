"""The design system in a real browser: policy kept, narrow screens fit, keyboard works, axe finds nothing serious."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from genmai.interfaces.web.shell.gallery import TITLES


@pytest.fixture
def site(settings, live_server):
    settings.GENMAI_DESIGN_GALLERY = True
    return live_server.url


def test_every_sheet_fits_360_px_keeps_the_policy_and_passes_axe(page: Page, site: str) -> None:
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    serious = []
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 760})
        for sheet in TITLES:
            page.goto(f"{site}/design/{sheet}/")
            assert page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") <= 0, (sheet, width)
            if width == 1280 and sheet not in ("components", "desk"):
                continue  # axe is slow, and these two hold what changes at a desk
            found = Axe().run(page).response["violations"]
            serious += [(sheet, one["id"]) for one in found if one["impact"] in ("serious", "critical")]
    assert serious == []
    assert said == []


def test_targets_on_a_phone_are_at_least_44_px(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/design/report/")
    for box in (control.bounding_box() for control in page.locator("button:visible, textarea, .input, .brand").all()):
        assert box is not None
        assert box["height"] >= 43.9


def test_the_keyboard_reaches_the_map_the_search_and_the_rows(page: Page, site: str) -> None:
    page.goto(f"{site}/design/desk/")
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#keys")).to_be_hidden()
    page.keyboard.press("j")  # from the row shown (the second) to the third
    expect(page.locator("a.matter").nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("a.matter").nth(1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("input[type=search]")).to_be_focused()
    page.keyboard.type("?")  # typing is typing
    expect(page.locator("dialog#keys")).to_be_hidden()


def test_the_first_tab_stop_skips_to_the_content(page: Page, site: str) -> None:
    page.goto(f"{site}/design/report/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_draft_survives_leaving_the_page_and_can_be_dropped(page: Page, site: str) -> None:
    page.goto(f"{site}/design/report/")
    page.fill("#id_text", "三号楼楼道灯坏了")
    page.wait_for_timeout(600)
    page.goto(f"{site}/design/follow/")
    page.goto(f"{site}/design/report/")
    expect(page.locator("#id_text")).to_have_value("三号楼楼道灯坏了")
    page.click("[data-draft-forget]")
    page.reload()
    expect(page.locator("#id_text")).to_have_value("")


def test_photos_chosen_are_shown_and_can_be_taken_out(page: Page, site: str, tmp_path) -> None:
    from PIL import Image

    for name in ("a.png", "b.png"):
        Image.new("RGB", (40, 40), "grey").save(tmp_path / name)
    page.goto(f"{site}/design/report/")
    page.set_input_files("#id_photos", [tmp_path / "a.png"])
    expect(page.locator(".preview img")).to_have_count(1)
    page.locator(".preview button").first.click()
    expect(page.locator(".preview")).to_have_count(0)
    assert page.locator("#id_photos").evaluate("e => e.files.length") == 0


def test_without_script_the_page_is_whole(browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{site}/design/report/")
    expect(page.locator("input[type=file]")).to_be_visible()
    page.get_by_role("button", name="大字").click()
    expect(page.locator("html")).to_have_attribute("data-type", "large")
    context.close()
