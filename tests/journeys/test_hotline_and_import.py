"""In a real browser: a call by keyboard alone in seconds, a sheet from choosing to result, accounts; every page fits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.factories.residents import resident
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks
from tests.interfaces.web.import_sheet.handing_in import HEADER, ROW, xlsx

from genmai.interfaces.jobs.continuous import imports
from genmai.kernel.viewer import Actor
from genmai.processes.cases.models import Case

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
NUMBER = "13805741234"


@pytest.fixture
def d(transactional_db: None) -> Iterator[Desks]:
    found = desks()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)):
        yield found


def sign_in(page: Page, d: Desks, who: Actor, url: str) -> None:
    page.context.clear_cookies()
    session = d.as_(who).cookies["genmai_session"].value
    page.context.add_cookies([{"name": "genmai_session", "value": session, "url": url}])


def test_a_call_is_written_down_by_keyboard_alone_and_the_next_one_joins_it(page: Page, d: Desks, live_server) -> None:
    sign_in(page, d, d.world.town, live_server.url)
    page.goto(f"{live_server.url}/hotline/")
    expect(page.locator("#id_phone")).to_be_focused()
    page.keyboard.type(NUMBER)
    expect(page.locator("#caller")).to_contain_text("没有反映过别的事")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # the second kind: an emergency
    assert page.locator("#id_urgency").input_value() == "urgent"
    page.keyboard.press("Tab")
    page.keyboard.type("老伴摔倒了，起不来")
    page.select_option("#id_place", label="北一村")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-toast]")).to_contain_text("交给分派台")
    assert list(Case.objects.values_list("service", "urgency", "state")) == [("emergency", "urgent", "received")]
    page.fill("#id_phone", NUMBER)
    page.get_by_role("button", name="还是这件事，记上这次来电").click()
    expect(page.locator("[data-toast]")).to_contain_text("正在办的人看得到")
    assert sorted(Case.objects.values_list("state", flat=True)) == ["merged", "received"]


def test_a_sheet_goes_from_choosing_to_result(page: Page, d: Desks, live_server, tmp_path: Path) -> None:
    file = tmp_path / "工单.xlsx"
    file.write_bytes(xlsx([HEADER, ROW, ("A2", "", "", "", "")]))
    sign_in(page, d, d.world.town, live_server.url)
    page.goto(f"{live_server.url}/import/")
    page.set_input_files("#id_file", file)
    page.get_by_role("button", name="检查这张表").click()
    expect(page.locator("main")).to_contain_text("必填，但这一格是空的")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载只有出错行的表").click()
    assert download.value.suggested_filename == "工单 出错的行.xlsx"
    page.get_by_role("button", name="导入这 1 行").click()
    expect(page.locator("#progress")).to_contain_text("排队中")
    imports.run(at=d.world.at)
    expect(page.locator("#shares")).to_be_visible()  # the page found out by itself
    assert list(Case.objects.values_list("external_ref", flat=True)) == ["A1"]


def test_every_page_fits_keeps_the_policy_and_passes_axe(page: Page, d: Desks, live_server) -> None:
    d.world.receive(text="路灯坏了", person_id=resident(NUMBER).pk)
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    admin = d.world.actor("管理员", "security_administrator", d.world.district.district)
    auditor = d.world.actor("审计员", "security_auditor", d.world.district.district)
    here = [(d.world.town, "/hotline/?since=1"), (d.world.town, "/hotline/team/"), (d.world.town, "/import/"),
            (admin, "/people/"), (admin, "/people/new"), (admin, "/people/why"), (auditor, "/people/security"),
            (auditor, "/people/looks")]  # fmt: skip
    serious = []
    for who, path in here:
        sign_in(page, d, who, live_server.url)
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            page.goto(live_server.url + path)
            assert page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") <= 0, (path, size)
            found = Axe().run(page).response["violations"]
            serious += [
                (path, size["width"], one["id"], one["nodes"][0]["html"][:120])
                for one in found
                if one["impact"] in ("serious", "critical")
            ]
    assert serious == []
    assert said == []
