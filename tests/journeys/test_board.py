"""A leader sees the hour's hot spot on the board, opens the matters behind it, and takes them home as a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
import openpyxl
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Page, expect
from tests.factories.cases import World, new_world
from tests.interfaces.web.handle_case.desk_people import Clock, Desks
from tests.journeys.looking import check

from genmai.processes.cases.models import Case
from genmai.reports.board import hot


class Made:
    """A world with a trouble that piled up within the hour."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.at_state("in_hand", text="早些时候的一件")
        world.later(days=3)
        for n in range(4):
            world.receive(text=f"第{n}盏路灯不亮")
        Case.objects.filter(text__contains="路灯不亮").update(category="0201")
        world.later(minutes=20)


@pytest.fixture
def world(live_server, tmp_path: Path) -> Iterator[World]:
    hot.forget()
    made = Made(new_world())
    with (
        patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(made.world)),
        override_settings(GENMAI_DATA=tmp_path),
    ):
        yield made.world


def sign_in(page: Page, live_server, world: World) -> list[str]:
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    leader = world.actor("区领导", "district_leader", world.district.district)
    session = Desks(world).as_(leader).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return said


@pytest.mark.parametrize("width", [360, 1280])
def test_the_hours_hot_spot_opens_to_its_matters_and_to_a_file(
    page: Page, live_server, world: World, width: int, tmp_path: Path
) -> None:
    said = sign_in(page, live_server, world)
    page.set_viewport_size({"width": width, "height": 760})
    page.goto(f"{live_server.url}/board/")
    expect(page.locator("#hot")).to_have_text("这一小时的热点")
    spot = page.locator(".hot li").first
    expect(spot.locator("strong")).to_have_text("4")
    check(page)
    spot.get_by_role("link").click()
    expect(page.locator("tbody .row-link")).to_have_count(4)
    check(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="导出 Excel").click()
    file = tmp_path / "hot.xlsx"
    download.value.save_as(file)
    sheet = openpyxl.load_workbook(file)["清单"]
    assert sum("路灯不亮" in str(cell.value) for row in sheet for cell in row) == 4

    page.goto(f"{live_server.url}/exports/check")
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="核对", exact=True).click()
    expect(page.locator("section[role=status]")).to_contain_text("没有改动：和导出时一样。")
    check(page)
    page.goto(f"{live_server.url}/exports/")
    page.locator("tbody .row-link").first.click()
    expect(page.get_by_role("link", name="下载文件")).to_be_visible()
    check(page)
    assert said == []


def test_it_renews_itself_without_moving_waits_for_a_reader_and_says_when_it_is_old(
    page: Page, live_server, world: World
) -> None:
    sign_in(page, live_server, world)
    page.set_viewport_size({"width": 1280, "height": 760})
    page.clock.install(time=datetime(2026, 3, 5, 9, 0))
    page.goto(f"{live_server.url}/board/")
    open_now = page.locator(".big", has_text="现在在办").locator("strong")
    expect(open_now).to_have_text("5")
    page.evaluate("window.scrollTo(0, 500)")
    page.wait_for_timeout(50)
    before = page.evaluate("window.scrollY")
    world.receive(text="又来一件")
    page.clock.run_for(46_000)
    expect(open_now).to_have_text("6")
    assert page.evaluate("window.scrollY") == before
    page.locator(".chart summary").first.click()
    world.receive(text="再来一件")
    page.clock.run_for(46_000)
    expect(open_now).to_have_text("6"), "a table somebody reads stays"
    page.locator(".chart summary").first.click()
    page.locator("h1").click()
    page.clock.run_for(46_000)
    expect(open_now).to_have_text("7")
    stale = page.locator("#board-stale")
    expect(stale).to_be_hidden()
    page.route(re.compile("part=1"), lambda route: route.abort())
    page.clock.run_for(200_000)
    expect(stale).to_be_visible()


def test_the_large_screen_fits_and_is_dark(page: Page, live_server, world: World) -> None:
    sign_in(page, live_server, world)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{live_server.url}/board/wall/")
    assert page.locator("html").evaluate("e => e.scrollHeight - e.clientHeight") <= 0, "all of it at once"
    assert page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(20, 23, 27)"
    number = page.locator(".big strong").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert number >= 72, "read from five metres"
    check(page)
