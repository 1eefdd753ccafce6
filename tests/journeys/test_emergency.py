"""A town in emergency, in a real browser: declared at a desk, reported on a cheap phone without script, volunteered for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from tests.factories.cases import new_world
from tests.interfaces.web.handle_case.desk_people import Desks
from tests.journeys.test_hotline_and_import import sign_in
from tests.journeys.test_report import PHONE, check, shoot

from genmai.kernel.viewer import Actor
from genmai.processes.activities.models import SignUp, Task
from genmai.processes.cases.models import Case, Emergency
from genmai.processes.cases.queries import extras

DESK = {"width": 1280, "height": 900}


@pytest.fixture
def d(live_server, settings, tmp_path: Path) -> Desks:
    settings.MEDIA_ROOT = tmp_path / "attachments"
    return Desks(new_world(at=timezone.now() - timedelta(minutes=1)))


def leader(d: Desks) -> Actor:
    return d.world.actor("镇长", "town_leader", d.world.district.north)


def declare(page: Page, d: Desks, url: str) -> Emergency:
    sign_in(page, d, leader(d), url)
    page.set_viewport_size(DESK)
    page.goto(f"{url}/emergency/")
    check(page)
    page.get_by_label("台风").check()
    page.get_by_label("三级（较大）").check()
    page.get_by_label("告诉大家什么").fill("台风今晚登陆，低洼处的人请到镇中学。")
    page.get_by_label("边写边找相似的事").check()
    page.get_by_role("button", name="宣布，通知辖区各单位").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("北镇 台风")
    shoot(page, "emergency-page")
    check(page)
    extras.forget()
    return Emergency.objects.get()


def test_from_the_leader_to_the_resident_to_the_volunteer(page: Page, browser: Browser, d: Desks, live_server) -> None:
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    url = live_server.url
    found = declare(page, d, url)
    _reported_without_script(browser, url, found)
    page.reload()
    expect(page.get_by_role("heading", name="短表来了 1 件，1 件还没人接")).to_be_visible()
    page.get_by_role("link", name="发志愿任务").click()
    check(page)
    page.get_by_label("做什么").fill("上堤巡查")
    page.get_by_label("抢险巡查").check()
    page.get_by_label("在哪里集合").fill("镇政府门口")
    page.get_by_role("button", name="发出去").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("上堤巡查")
    shoot(page, "volunteer-organiser")
    check(page)
    _volunteered(browser, url)
    page.reload()
    page.get_by_role("button", name="确认").click()
    expect(page.locator("#people + ul")).to_contain_text("已确认")
    page.set_viewport_size(PHONE)
    check(page)
    shoot(page, "volunteer-organiser")
    assert said == []


def _reported_without_script(browser: Browser, url: str, found: Emergency) -> None:
    """On one screen of a small phone, with scripts off."""
    phone = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False).new_page()
    phone.goto(url)
    phone.get_by_role("link", name="报急事、看说明").click()
    button = phone.get_by_role("button", name="报上去")
    box = button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= PHONE["height"], "need, words, place, telephone and the button on one screen"
    shoot(phone, "short-form")
    phone.get_by_label("人被困、有危险").check()
    phone.get_by_label("在哪里").fill("北一村祠堂边")
    button.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("收到了，谢谢您")
    shoot(phone, "short-form-thanks")
    case = Case.objects.get(mechanism=found.mechanism)
    assert (case.service, case.urgency) == ("trapped", "urgent")
    scripted = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
    scripted.goto(f"{url}/report/now/{found.organisation.code}")
    check(scripted)
    scripted.get_by_role("button", name="English").click()
    expect(scripted.get_by_role("button", name="Send it")).to_be_visible()
    check(scripted)
    shoot(scripted, "short-form-en")


def _volunteered(browser: Browser, url: str) -> None:
    phone = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
    phone.goto(f"{url}/volunteer/")
    check(phone)
    shoot(phone, "volunteer-board")
    phone.get_by_role("link", name="上堤巡查").click()
    check(phone)
    shoot(phone, "volunteer-task")
    phone.get_by_label("怎么称呼您").fill("王大力")
    phone.get_by_label("电话").fill("13800000001")
    phone.get_by_role("button", name="报名").click()
    expect(phone.locator("#code")).to_be_visible()
    check(phone)
    shoot(phone, "volunteer-mine")
    assert SignUp.objects.get().task_id == Task.objects.get().pk


def test_leave_and_quiet_hours_fit_and_pass_axe(page: Page, d: Desks, live_server) -> None:
    from tests.factories.organisations import KEY, OPENED, SETUP

    from genmai.directory.roster.commands import add_post

    add_post(
        actor=SETUP, at=d.world.at, key=KEY, person_id=d.world.village.person_id or 0,
        organisation_id=d.world.district.n1.pk, post="village_secretary", title="书记", valid_from=OPENED,
    )  # fmt: skip
    sign_in(page, d, d.world.village, live_server.url)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        for path in ("/leave/", "/leave/quiet", "/inbox/", "/volunteer/mine", "/volunteer/new"):
            page.goto(live_server.url + path)
            check(page)
            shoot(page, path.strip("/").replace("/", "-"))
