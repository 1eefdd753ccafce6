"""A commissioner's day with an estate on a phone and at a desk: fact, request, parties, pre-review, joint meeting, task."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest.mock import patch

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from playwright.sync_api import Page, expect
from tests.factories import estates as make
from tests.factories.cases import World, new_world
from tests.interfaces.web.estates.people import Browsers
from tests.interfaces.web.handle_case.desk_people import Clock
from tests.journeys.looking import check, hold

from genmai.coordination import walking
from genmai.kernel.viewer import Actor
from genmai.records.deeds.models import Deed


@pytest.fixture
def world(live_server) -> Iterator[World]:
    """A Monday in March 2026, and its clock at the edge."""
    world = new_world()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(world)):
        yield world


def sign_in(page: Page, live_server, browsers: Browsers, actor: Actor) -> None:
    hold(page, live_server.url, browsers.as_(actor))


@pytest.mark.parametrize("width", [360, 1280])
def test_from_an_owners_request_to_a_task_of_the_meeting(page: Page, live_server, world: World, width: int) -> None:
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.set_viewport_size({"width": width, "height": 760})
    browsers = Browsers(world)
    estate = make.with_parties(world)
    make.register(world, "文化北区")
    base, secretary = live_server.url, make.secretary(world)

    sign_in(page, live_server, browsers, make.cadre(world))
    page.goto(f"{base}/estates/")
    expect(page.locator("tbody .row-link")).to_have_text(["文化北区", "春江花城"])
    check(page)
    page.get_by_role("link", name="春江花城").click()
    check(page)
    page.locator(".ask summary").click()
    check(page)
    page.get_by_label("业主要什么").fill("车位边的电线杆挡着停车")
    page.get_by_role("button", name="记成一件事").click()
    expect(page).to_have_url(re.compile("/cases/"))
    expect(page.locator(".estate-card")).to_contain_text("春江花城")
    number = page.locator(".page-head .number").inner_text()
    check(page)

    sign_in(page, live_server, browsers, secretary)
    page.reload()
    page.get_by_role("button", name="我们自己办").first.click()
    page.locator(".estate-card summary").click()
    page.get_by_label("春江花城业主委员会").check()
    check(page)
    page.locator(".estate-card button").click()
    expect(page.locator(".estate-card")).to_contain_text("已请来一起办")

    owners = make.party(world, estate)
    sign_in(page, live_server, browsers, owners)
    page.goto(f"{base}/")
    expect(page).to_have_url(re.compile("/estates/together/"))
    check(page)
    page.get_by_role("link", name="车位边的电线杆挡着停车").click()
    page.get_by_label("答应哪一天办好").fill("2026-03-09")
    page.get_by_label("答应办什么").fill("先围起来")
    page.get_by_role("button", name="答应哪天办好").click()
    expect(page.locator(".facts")).to_contain_text("先围起来")
    check(page)

    page.goto(f"{base}/estates/{estate.public_id}/matters/new")
    page.get_by_label("哪一类事项").select_option("fell_trees")
    page.get_by_label("事项名称").fill("砍六棵树")
    page.get_by_label("是什么事").fill("挡住消防通道")
    check(page)
    page.locator(".action-bar button").click()
    matter = page.url
    sign_in(page, live_server, browsers, secretary)
    page.goto(matter)
    check(page)
    page.locator(".next textarea").fill("补种六棵")
    page.get_by_role("button", name="审核通过").click()
    sign_in(page, live_server, browsers, owners)
    page.goto(matter)
    for label, value in (("业主总人数", "666"), ("参与的人数", "500"), ("同意的人数", "400"), ("专有部分总面积", "66600"),
                         ("参与的面积", "50000"), ("同意的面积", "40000")):  # fmt: skip
        page.get_by_label(label).fill(value)
    page.get_by_label("通过", exact=True).check()
    page.get_by_role("button", name="登记业主表决结果").click()
    expect(page.locator("main")).to_contain_text("四个条件都够")
    check(page)

    sign_in(page, live_server, browsers, secretary)
    page.goto(f"{base}/meetings/new")
    page.get_by_label("会议名称").fill("停车联席会")
    page.get_by_label("什么时候").fill("2026-03-02T09:00")
    page.get_by_label("议题").fill(number)
    page.get_by_label("区公路局").check()
    page.get_by_label("微网格长").fill("王网格")
    check(page)
    page.get_by_role("button", name="通知他们开会").click()
    for line in page.locator(".marks fieldset").all():
        line.get_by_label("到会").check()
    check(page)
    page.get_by_role("button", name="登记出席和记录").click()
    page.get_by_label("决定了什么").fill("移到花坛外")
    page.get_by_label("谁负责").select_option(label="区公路局")
    page.get_by_label("到哪天办好").fill("2026-03-20")
    page.get_by_role("button", name="定下来，转成任务").click()
    expect(page.locator(".decision")).to_contain_text("移到花坛外")
    walking.react(actor=Actor.system("test"), at=world.at, deeds=Deed.objects.order_by("id"))
    page.reload()
    expect(page.locator(".decision")).to_contain_text("还没人接")
    check(page)
    page.get_by_role("link", name="会议纪要").click()
    expect(page.locator("dd").filter(has_text="区公路局")).to_be_visible()
    check(page)
    for address in (
        "/estates/clearing/",
        "/estates/clearing/deeds",
        "/estates/matters/?state=",
        "/meetings/",
        "/estates/import",
        "/estates/new",
    ):
        page.goto(f"{base}{address}")
        check(page)
    assert said == []
