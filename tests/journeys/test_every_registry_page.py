"""Every page of the registry of a city as its roles see it: axe, 360 px, the keyboard, weight, the policy of the page.

The demo's own people and figures stand behind them, so that no page is looked at empty.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from genmai.directory.access.models import Account
from genmai.simulation import demo

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
MOST = 150_000
# Login → pages: an address, then what is clicked there one after the other (a page behind a list).
PAGES: dict[str, tuple[tuple[str, ...], ...]] = {
    "wangge": (
        ("/flowing/?tab=contact",), ("/flowing/?tab=contact", "tbody .row-link"), ("/flowing/tell",),
        ("/flowing/?tab=host",), ("/flowing/?tab=host", "tbody .row-link"), ("/account",), ("/account/second",),
    ),
    "cunshuji": (
        ("/flowing/?tab=home",), ("/flowing/?tab=home", "tbody .row-link"), ("/flowing/?tab=unmatched",),
        ("/flowing/leave",), ("/organisations/",), ("/my-data/",), ("/my-data/why",),
    ),
    "zhibu": (
        ("/procedures/",), ("/procedures/?stage=activist", "a.row-link"), ("/procedures/join/new",), ("/members/",),
        ("/members/", "tbody a.row-link"), ("/members/transfers",), ("/members/proposals",), ("/statistics/",),
        ("/members/?q=zz",),
    ),
    "dangjian": (
        ("/registry/",), ("/members/",), ("/members/proposals",), ("/members/proposals", "tbody a.row-link"),
        ("/duplicates/",), ("/flowing/lists/",), ("/procedures/",), ("/procedures/", "a.row-link"),
        ("/statistics/?table=education",), ("/statistics/turn",), ("/organisations/",),
    ),
    "zuzhibu": (
        ("/registry/",), ("/members/",), ("/members/?below=&q=王",), ("/statistics/",), ("/statistics/?day=2026-07-31",),
        ("/statistics/turn",), ("/duplicates/",), ("/duplicates/", "tbody .row-link"), ("/duplicates/?state=different",),
        ("/flowing/?tab=unmatched",), ("/procedures/?p=secretary",), ("/procedures/?p=secretary", "a.row-link"),
        ("/procedures/admission/",), ("/organisations/",), ("/organisations/", ".tree-name"),
        ("/organisations/", ".tree-name", "a[href*='/change/rename/']"), ("/organisations/?q=党支部",),
        ("/organisations/?day=2026-07-31",), ("/exports/",),
    ),
    "zhenjie": (("/organisations/grids/",), ("/organisations/grids/?view=standard",)),
    "anquanyuan": (("/people/",), ("/people/why",)),
    "shenjiyuan": (("/security/looking",), ("/security/looking", "tbody a"), ("/people/security",)),
    "": (("/sign-in",),),
}  # fmt: skip
CODE = re.compile(r"\b[a-z]+/[a-z-]+@\d+")  # of a mechanism: a page says what it is called
# Of what can be worked in the page, what a keyboard cannot reach: shown, not switched off, and left out of the tab order.
OUT_OF_REACH = """() => [...document.querySelectorAll(
    'main a[href], main button, main input:not([type=hidden]), main select, main textarea, main summary, main [onclick]')]
  .filter(e => e.checkVisibility() && !e.disabled && (e.tabIndex < 0 || e.tabIndex > 0))
  .map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def people(settings: Any, tmp_path: Any, live_server: Any) -> dict[str, str]:
    """The demo, small; the session of each of its log-ins."""
    settings.MEDIA_ROOT = tmp_path / "attachments"
    given = {"at": datetime.now(UTC), "seed": 7, "cases": 30, "days": 20}
    demo.ensure_demo(**given, password_of=lambda login: f"long-{login}-9", say=lambda line: None)  # type: ignore[arg-type]
    return {login: _session(login) for login in PAGES if login}


def _session(login: str) -> str:
    client = Client()
    client.force_login(Account.objects.get(login=login))
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def test_every_page_can_be_read_reached_and_carried(page: Page, live_server: Any, people: dict[str, str]) -> None:
    faults: list[str] = []
    page.on("console", lambda line: faults.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"{page.url} {error}"))
    for login, pages in PAGES.items():
        page.context.clear_cookies()
        if login:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": people[login], "url": live_server.url}
            page.context.add_cookies([cookie])  # type: ignore[list-item]
        for way in pages:
            faults += [f"{login} {' > '.join(way)}: {fault}" for fault in look(page, live_server.url, way)]
    assert faults == []


def look(page: Page, site: str, way: tuple[str, ...]) -> list[str]:
    """What is wrong with one page, at a desk and on a phone."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    answer = page.goto(site + way[0])
    if answer is None or answer.status != 200:
        return [f"answers {answer and answer.status}"]
    for selector in way[1:]:
        if page.locator(selector).count() == 0:
            return [f"nothing to click at {selector}"]
        with page.expect_navigation() as going:
            page.locator(selector).first.click()
        answer = going.value
    found = []
    weight = len(answer.body()) if answer else 0
    if weight > MOST:
        found.append(f"weighs {weight:,}")
    found += [f"out of reach: {one}" for one in page.evaluate(OUT_OF_REACH)]
    found += [f"says {code}" for code in sorted(set(CODE.findall(page.locator("main").inner_text())))]
    found += by_keys(page) + axe(page, "desk")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    wider = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
    if wider > 0:
        found.append(f"{wider} px wider than a phone")
    return found + axe(page, "phone")


def by_keys(page: Page) -> list[str]:
    """The first stop leads past the rail into the page, and the next one is in it and can be seen."""
    page.keyboard.press("Tab")
    if not page.evaluate("document.activeElement.matches('.skip-link')"):
        page.evaluate("document.activeElement.blur()")  # a page may begin in its search field
        return []
    page.keyboard.press("Enter")
    if not page.evaluate("document.activeElement.matches('#main')"):
        return ["the skip link leads nowhere"]
    page.keyboard.press("Tab")
    seen = page.evaluate(
        "(e => !e.closest('main') || getComputedStyle(e).outlineStyle !== 'none')(document.activeElement)"
    )
    return [] if seen else ["the first stop in the page shows no focus"]


def axe(page: Page, where: str) -> list[str]:
    violations = Axe().run(page).response["violations"]
    serious = [one for one in violations if one["impact"] in ("serious", "critical")]
    return [f"axe {where}: {one['id']} {one['nodes'][0]['html'][:200]}" for one in serious]
