"""In a real browser: a matter split and ended together, banked and followed, a call disputed and scored; axe on each page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unittest.mock import patch

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.interfaces.web.handle_case.desk_people import Clock, Desks, desks

from genmai.kernel.viewer import Actor
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries.following import digest

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
CODE = "K7M4-P9QX-T2WD"


@pytest.fixture
def d(transactional_db: None) -> Iterator[Desks]:
    found = desks()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", Clock(found.world)):
        yield found


def sign_in(page: Page, d: Desks, who: Actor, url: str) -> None:
    page.context.clear_cookies()
    session = d.as_(who).cookies["genmai_session"].value
    page.context.add_cookies([{"name": "genmai_session", "value": session, "url": url}])


def test_every_page_fits_keeps_the_policy_and_passes_axe(page: Page, d: Desks, live_server) -> None:
    w = d.world
    parent = w.at_state("in_hand", text="老街的路灯、积水、井盖")
    w.do("split", parent)
    (child,) = parent.children.all()
    called = w.do("flag_call", w.do("call_in", w.at_state("in_hand")))
    scored = w.do("rate_call", w.do("conclude", w.do("arrive", w.do("call_in", w.at_state("in_hand")))))
    banked = w.at_state("banked")
    w.later(days=40)
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
    serious = []
    here = [
        (w.town, f"/cases/{parent.public_id}/?do=split"),
        (w.grid, f"/cases/{child.public_id}/"),
        (w.town, f"/cases/{called.public_id}/"),
        (w.dept, f"/cases/{scored.public_id}/"),
        (w.village, f"/cases/{banked.public_id}/?do=review_bank"),
        (w.town, "/bank/"),
        (w.town, "/bank/?late=1"),
    ]
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


def test_a_town_splits_a_matter_and_ends_all_of_it_in_one_step(page: Page, d: Desks, live_server) -> None:
    w = d.world
    parent = w.do("contact", w.at_state("in_hand", text="老街的路灯、积水、井盖"))
    page.set_viewport_size(DESK)
    sign_in(page, d, w.town, live_server.url)
    page.goto(f"{live_server.url}/cases/{parent.public_id}/")
    page.locator("#do-split > summary").click()
    form = page.locator("#do-split")
    form.get_by_label("第 1 件：交给谁").select_option(str(w.district.n1.public_id))
    form.get_by_label("第 1 件：办什么").fill("菜场门口的积水")
    form.get_by_role("button", name="拆成几件分头办").click()
    expect(page.locator("body")).to_contain_text("1 件，还有 1 件没办结")
    (child,) = parent.children.all()
    w.do("accept", child)

    sign_in(page, d, w.village, live_server.url)
    page.goto(f"{live_server.url}/cases/{parent.public_id}/")
    reply = page.locator("#do-reply")
    reply.get_by_text("已解决", exact=True).first.click()
    reply.get_by_label("怎么办的").fill("路灯换了，积水通了")
    reply.get_by_label(re.compile(child.number)).select_option("")
    reply.get_by_role("button", name="办结答复").click()
    notice = page.get_by_role("alert").first
    expect(notice).to_contain_text("下面还有没办好的")
    expect(notice.get_by_role("link", name=re.compile(child.number))).to_be_visible()
    reply = page.locator("#do-reply")
    expect(reply.get_by_label("怎么办的")).to_have_value("路灯换了，积水通了")
    reply.get_by_label(re.compile(child.number)).select_option("solved")
    reply.get_by_role("button", name="办结答复").click()

    sign_in(page, d, w.town, live_server.url)
    page.goto(f"{live_server.url}/cases/{parent.public_id}/")
    page.get_by_role("button", name="核实属实").click()
    caller = w.caller(parent)
    w.do("visit", parent, actor=w.town, caller=caller)
    page.reload()
    close = page.locator("#do-close")
    close.get_by_text("已解决", exact=True).first.click()
    close.get_by_role("button", name="办结", exact=True).click()
    expect(page.locator("body")).to_contain_text("1 件，都办结了")
    assert {one.state for one in Case.objects.filter(pk__in=(parent.pk, child.pk))} == {"closed"}


def test_what_cant_be_done_is_banked_and_the_resident_reads_why_and_until_when(
    page: Page, d: Desks, live_server
) -> None:
    w = d.world
    case = w.at_state("in_hand", text="停车场没有修", follow_digest=digest(CODE))
    page.set_viewport_size(PHONE)
    sign_in(page, d, w.village, live_server.url)
    page.goto(f"{live_server.url}/cases/{case.public_id}/?do=ask_bank#do-ask_bank")
    form = page.locator("#do-ask_bank")
    form.get_by_text("缺资金").click()
    form.get_by_label("还缺什么").fill("工程款没有列入今年预算")
    form.get_by_role("button", name="申请挂账").click()
    sign_in(page, d, w.town, live_server.url)
    page.goto(f"{live_server.url}/inbox/")
    page.get_by_role("link", name="批准挂账").click()
    form = page.locator("#do-decide_bank")
    form.get_by_text("同意挂账").click()
    form.get_by_label("批示").fill("同意，按月复查")
    form.get_by_role("button", name="批准挂账").click()
    page.goto(f"{live_server.url}/bank/")
    expect(page.locator("body")).to_contain_text("挂账 1 件")
    page.get_by_role("link", name=re.compile("停车场没有修")).click()
    expect(page.locator("body")).to_contain_text("一时办不了，已挂账")
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/follow")
    page.locator("input[name=code]").fill(CODE)
    page.locator("input[name=code]").press("Enter")
    expect(page.locator("body")).to_contain_text("一时办不了：缺资金。还缺：工程款没有列入今年预算")
    expect(page.locator("body")).to_contain_text("下次复查最晚到")


def test_both_sides_score_a_call_blind(page: Page, d: Desks, live_server) -> None:
    w = d.world
    case = w.do("conclude", w.do("arrive", w.do("call_in", w.at_state("in_hand"))))
    page.set_viewport_size(PHONE)
    for who, asked in ((w.town, 3), (w.dept, 2)):
        sign_in(page, d, who, live_server.url)
        page.goto(f"{live_server.url}/inbox/")
        page.get_by_role("link", name=re.compile("^评")).click()
        form = page.locator("#do-rate_call")
        good = form.get_by_text("好", exact=True)
        expect(good).to_have_count(asked)
        for n in range(asked):
            good.nth(n).click()
        expect(page.locator("body")).not_to_contain_text("已公开")
        form.get_by_role("button", name="评这次呼叫").click()
    expect(page.locator("body")).to_contain_text("已公开")
    expect(page.locator("body")).to_contain_text("来得及时 好")
    assert case.bodies.get(part="called").review.opened_at is not None
