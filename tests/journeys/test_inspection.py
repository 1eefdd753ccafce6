"""In a real browser: findings entered with one thumb, a lost connection, the whole round, every page fits and passes axe."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.factories.rounds import Rounds
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks

from genmai.kernel.viewer import Actor
from genmai.processes.cases.models import Finding, Round

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture
def d(transactional_db: None, settings: object, tmp_path: Path) -> Iterator[Desks]:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    found = desks()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)):
        yield found


def sign_in(page: Page, d: Desks, who: Actor, url: str) -> None:
    page.context.clear_cookies()
    session = d.as_(who).cookies["genmai_session"].value
    page.context.add_cookies([{"name": "genmai_session", "value": session, "url": url}])


def test_one_thumb_enters_findings_and_a_lost_connection_makes_no_double(page: Page, d: Desks, live_server) -> None:
    r = Rounds(d.world)
    here = f"{live_server.url}/inspection/{r.round.public_id}/enter"
    sign_in(page, d, d.world.office, live_server.url)
    page.set_viewport_size(PHONE)
    page.goto(here)
    page.check("input[name=service][value=environment]")
    page.fill("#id_text", "菜场后门堆了三袋垃圾")
    page.fill("#id_place_text", "老菜场")
    page.select_option("#id_body", label="区公路局")
    page.get_by_role("button", name="记下，接着下一条").click()
    expect(page.locator("[data-toast]")).to_contain_text("第 1 条记下了")
    assert page.input_value("#id_text") == ""
    assert page.input_value("#id_place_text") == "老菜场", "place, class and body stay"
    assert page.is_checked("input[name=service][value=environment]")
    page.fill("#id_text", "路口井盖缺一角")
    page.wait_for_timeout(700)  # the draft is kept
    key = page.input_value("input[name=key]")
    # It arrived, and the answer did not: the same page is opened anew.
    form = page.evaluate("Object.fromEntries(new FormData(document.querySelector('form[data-draft]')).entries())")
    form.pop("photos", None)
    d.as_(d.world.office).post(f"/inspection/{r.round.public_id}/enter", form)
    assert Finding.objects.count() == 2
    page.goto(here)
    expect(page.locator("[data-draft-note]")).to_be_visible()
    assert page.input_value("#id_text") == "路口井盖缺一角"
    assert page.input_value("input[name=key]") == key
    page.get_by_role("button", name="记下，接着下一条").click()
    expect(page.locator("[data-toast]")).to_contain_text("第 2 条记下了")
    assert Finding.objects.count() == 2


def test_a_round_from_the_first_finding_to_the_circular(page: Page, d: Desks, live_server) -> None:
    r = Rounds(d.world)
    r.enter("河边堆了建筑垃圾")
    here = f"{live_server.url}/inspection/{r.round.public_id}/"
    page.set_viewport_size(DESK)
    sign_in(page, d, d.world.office, live_server.url)
    page.goto(here)
    page.get_by_role("link", name="下发整改通知（1 条）").click()
    page.get_by_role("button", name="全部下发（1 条）").click()
    expect(page.locator("[data-toast]")).to_contain_text("1 条都下发了")
    sign_in(page, d, d.world.dept, live_server.url)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/inspection/")
    page.locator("a.row-link").click()
    page.get_by_role("button", name="签收 1 条整改通知").click()
    d.world.later(hours=3)
    page.locator("a.row-link").click()
    page.fill("#id_text", "已清运，铺了草籽")
    page.get_by_role("button", name="报告整改，等复查").click()
    expect(page.locator("[data-toast]")).to_contain_text("等复查")
    sign_in(page, d, d.world.office, live_server.url)
    page.set_viewport_size(DESK)
    d.world.later(hours=3)
    page.goto(here)
    page.get_by_role("link", name="复查已整改的").click()
    page.locator("a.row-link").click()
    page.check("input[name=passed][value=passed]")
    page.get_by_role("button", name="记下复查结果").click()
    page.goto(here)
    page.get_by_role("button", name="复查完了").click()
    page.get_by_role("link", name="出通报").click()
    page.fill("#id_document", "测督〔2026〕1号")
    page.get_by_role("button", name="印发通报").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="通报（Word）").click()
    data = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename.endswith(".docx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "1条问题已整改到位1条" in archive.read("word/document.xml").decode()
    assert Round.objects.get().state == "issued"


def test_every_page_fits_keeps_the_policy_and_passes_axe(page: Page, d: Desks, live_server) -> None:
    r = Rounds(d.world)
    first, second = r.enter("垃圾成堆"), r.enter("围挡没有夜间警示灯", service="project")
    r.enter("值班空岗", service="party", body_id=d.world.district.north.pk)
    r.notify()
    r.accept(d.world.dept)
    d.world.later(hours=4)
    r.put_right(first)
    r.enter("还没下发的")
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    at, world = f"/inspection/{r.round.public_id}/", d.world
    finding = "/inspection/finding/"
    here = [
        *((world.office, path) for path in ("/inspection/", "/inspection/new", at, at + "findings/", at + "notices/")),
        *((world.office, at + tail) for tail in ("enter", "sheet", "circular/", "deeds/?cell=open")),
        (world.office, at + f"notices/{world.district.dept.public_id}/"),
        (world.office, f"{finding}{first.case.public_id}/"), (world.dept, at), (world.dept, "/inspection/"),
        (world.dept, f"{finding}{second.case.public_id}/"), (world.town, at),
    ]  # fmt: skip
    serious = []
    for who, path in here:
        sign_in(page, d, who, live_server.url)
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            answer = page.goto(live_server.url + path)
            assert answer is not None
            assert answer.status == 200, path
            assert len(answer.body()) < 150_000
            assert page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") <= 0, (path, size)
            found = Axe().run(page).response["violations"]
            serious += [
                (path, size["width"], one["id"], one["nodes"][0]["html"][:160])
                for one in found
                if one["impact"] in ("serious", "critical")
            ]
    assert serious == []
    assert said == []
