"""At the door in a real browser: passkey, one-time code, work messenger, and a login that five wrong passwords shut."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

pytest.importorskip("playwright", reason="NOT RUN: no Playwright")
from playwright.sync_api import Page, expect
from tests.factories.accounts import PASSWORD, account
from tests.factories.organisations import small_district
from tests.interfaces.web.sign_in.provider import Provider
from tests.journeys.looking import check as fits

from genmai.directory.access.models import Factor, SecurityEvent
from genmai.kernel import one_time_codes

PHONE = {"width": 360, "height": 740}
LOGIN = "n1-shuji"


@pytest.fixture
def site(live_server, page: Page) -> str:
    account(LOGIN, "village_secretary", small_district().n1, password=PASSWORD)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return str(live_server.url)


@pytest.fixture
def said(page: Page) -> Iterator[list[str]]:
    """What the browser complained about: nothing, but for the answers a test provokes itself."""
    lines: list[str] = []
    page.on("console", lambda line: lines.append(f"{page.url} {line.text}") if line.type == "error" else None)
    page.on("pageerror", lambda error: lines.append(f"{page.url} {error}"))
    yield lines
    assert [line for line in lines if "status of 422" not in line] == []


def fill_in(page: Page, site: str, password: str = PASSWORD, path: str = "/sign-in?next=/account") -> None:
    page.goto(site + path)
    page.fill("input[name=login]", LOGIN)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")


def leave(page: Page) -> None:
    page.context.clear_cookies()


def check(page: Page) -> None:
    fits(page)
    assert len(page.content().encode()) < 150_000


def key_in_the_browser(page: Page) -> tuple[Any, str]:
    """A security key that holds resident keys and knows its owner's finger, as Chromium plays one."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def test_a_passkey_is_added_and_opens_the_door_alone(page: Page, site: str, said: list[str]) -> None:
    devtools, key = key_in_the_browser(page)
    fill_in(page, site)
    page.get_by_role("link", name="动态口令、通行密钥和恢复码").click()
    check(page)
    page.get_by_role("button", name="加一个通行密钥").click()
    expect(page.locator("#passkeys ~ ul li")).to_have_count(1)
    check(page)
    assert Factor.objects.filter(kind="passkey", ended_at=None).count() == 1

    leave(page)
    page.goto(f"{site}/sign-in?next=/account")
    check(page)
    page.get_by_role("button", name="用通行密钥").click()  # no password, no login name
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()

    leave(page)
    fill_in(page, site)  # after the password it is the second question
    expect(page.get_by_role("heading", name="第二道验证")).to_be_visible()
    check(page)
    page.get_by_role("button", name="用通行密钥").click()
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()

    leave(page)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})  # another's finger
    page.goto(f"{site}/sign-in?next=/account")
    page.get_by_role("button", name="用通行密钥").click()
    expect(page.locator("[data-passkey-said]")).to_contain_text("没有用成")
    page.goto(f"{site}/account")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()


def test_a_one_time_code_is_set_up_and_asked_for(page: Page, site: str, said: list[str]) -> None:
    def code() -> str:
        return one_time_codes.code(seed, one_time_codes.step_of(datetime.now(UTC)))

    fill_in(page, site, path="/sign-in?next=/account/second")
    page.get_by_role("button", name="设动态口令").click()
    expect(page.locator("svg.scan")).to_be_visible()
    check(page)
    letters = page.locator(".seed").inner_text().replace(" ", "")
    seed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    page.fill("input[name=code]", "000000")
    page.keyboard.press("Enter")
    expect(page.locator(".error").first).to_contain_text("口令不对")
    page.fill("input[name=code]", code())
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    check(page)
    recovery = page.locator(".codes li").first.inner_text()

    leave(page)
    fill_in(page, site)
    expect(page.get_by_role("heading", name="第二道验证")).to_be_visible()
    page.fill("input[name=code]", recovery)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
    check(page)
    kinds = set(SecurityEvent.objects.values_list("kind", flat=True))
    assert {"factor_added", "recovery_used", "signed_in"} <= kinds


def test_five_wrong_passwords_shut_the_login_and_it_says_until_when(page: Page, site: str, said: list[str]) -> None:
    for _ in range(5):
        fill_in(page, site, "wrong horse")
        expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("[role=alert]")).to_contain_text("停用一会儿")
    expect(page.locator("[role=alert]")).to_contain_text("再试")
    check(page)
    fill_in(page, site)  # the right one does not help either, until then
    expect(page.locator("[role=alert]")).to_contain_text("停用一会儿")
    expect(page.get_by_role("heading", name="我的账号")).to_have_count(0)


def test_tied_to_a_work_messenger_it_opens_the_door(page: Page, site: str, settings: Any, said: list[str]) -> None:
    provider = Provider()
    try:
        settings.GENMAI_OIDC = {
            "issuer": provider.issuer, "client": provider.client, "secret": provider.secret, "title": "浙政钉",
        }  # fmt: skip
        policy = settings.CONTENT_SECURITY_POLICY
        wider = policy["DIRECTIVES"] | {"form-action": [*policy["DIRECTIVES"]["form-action"], provider.issuer]}
        settings.CONTENT_SECURITY_POLICY = policy | {"DIRECTIVES": wider}
        fill_in(page, site, path="/sign-in?next=/account/second")
        page.get_by_role("button", name="绑定浙政钉").click()
        expect(page.locator("[data-toast]")).to_contain_text("已绑定")
        leave(page)
        page.goto(f"{site}/sign-in?next=/account")
        page.get_by_role("link", name="用浙政钉登录").click()
        expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
    finally:
        provider.stop()
