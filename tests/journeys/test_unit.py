"""A leader looks at the district: reads the sentence, opens a figure to its deeds, and goes down the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest.mock import patch

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from playwright.sync_api import Page, expect
from tests.factories.cases import World, new_world
from tests.interfaces.web.handle_case.desk_people import Clock, Desks
from tests.journeys.looking import check, hold


@pytest.fixture
def world(live_server) -> Iterator[World]:
    """A Monday in March 2026, and its clock at the edge."""
    world = new_world()
    for said in ((True, 3), (True, 2), (True, 3), (False, 1), (True, 3)):
        case = world.at_state("in_hand")
        for verb in ("contact", "reply", "verify"):
            case = world.do(verb, case)
        world.do("visit", case, fixed=said[0], satisfaction=said[1])
        if said[0]:
            world.do("close", case)
    world.at_state("dispatched")
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(world)):
        yield world


@pytest.mark.parametrize("width", [360, 1280])
def test_a_leader_reads_the_district_and_opens_its_figures(page: Page, live_server, world: World, width: int) -> None:
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    hold(page, live_server.url, Desks(world).as_(world.office))
    page.set_viewport_size({"width": width, "height": 760})

    page.goto(f"{live_server.url}/unit/")
    expect(page.locator(".unit-lead")).to_contain_text("5 人回了话，4 人说解决了（80.0%）")
    check(page)
    page.locator(".chart summary").first.click()
    check(page)

    page.locator(".figure-card", has_text="解决率").get_by_role("link").click()
    expect(page.locator("tbody tr")).to_have_count(5)
    expect(page.locator("tbody .counts")).to_have_count(4)
    check(page)
    page.locator("tbody .row-link").first.click()
    expect(page).to_have_url(re.compile("/cases/"))
    page.go_back()

    page.get_by_role("link", name="测试区").click()
    page.get_by_role("link", name="北镇", exact=True).click()
    expect(page.locator("h1")).to_have_text("北镇")
    expect(page.locator(".trail a")).to_have_text("测试区")
    page.locator("#ask-known").fill("2026-03-01")
    if page.locator(".ask button").is_visible():
        page.locator(".ask button").click()
    expect(page.locator(".as-known")).to_be_visible()
    check(page)
    assert said == []
