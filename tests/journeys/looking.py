"""What journeys in a browser share: whose session it holds, and whether the page before it can be read by everybody."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page


def hold(page: Page, site: str, client: Client) -> None:
    """The browser holds this client's session and no other."""
    page.context.clear_cookies()
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])


def check(page: Page) -> None:
    """Fits the screen; axe finds nothing serious."""
    assert page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") <= 0, page.url
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(page.url, one["id"], one["nodes"][0]["html"][:160]) for one in serious] == []
