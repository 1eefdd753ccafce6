"""Signing in and out through the pages: lock-out, log, redirects, cross-site posts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from tests.factories.accounts import PASSWORD, account
from tests.factories.organisations import small_district

from genmai.directory.access.models import SecurityEvent

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Clock:
    """The edge's clock, set by the test."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", clock):
        yield clock


@pytest.fixture
def secretary(clock: Clock) -> None:
    account("n1-shuji", "village_secretary", small_district().n1, password=PASSWORD)


def attempt(client: Client, password: str, **more: str) -> int:
    return client.post("/sign-in", {"login": "n1-shuji", "password": password, **more}).status_code


def kinds() -> list[str]:
    return list(SecurityEvent.objects.order_by("id").values_list("kind", flat=True))


def test_a_right_password_signs_in_and_is_logged(client: Client, secretary: None) -> None:
    assert attempt(client, PASSWORD) == 302
    assert "村社书记" in client.get("/account").content.decode()
    assert kinds() == ["signed_in"]


def test_unknown_login_and_wrong_password_get_the_same_answer(client: Client, secretary: None) -> None:
    wrong = client.post("/sign-in", {"login": "n1-shuji", "password": "wrong"})
    unknown = client.post("/sign-in", {"login": "nobody", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 422
    said = "登录名或密码不对"
    assert said in wrong.content.decode()
    assert said in unknown.content.decode()
    assert "您填的内容都在" not in wrong.content.decode(), "a password is not kept"


def test_five_failures_shut_the_login_for_fifteen_minutes_even_for_the_right_password(
    client: Client, secretary: None, clock: Clock
) -> None:
    for _ in range(5):
        assert attempt(client, "wrong") == 422
        clock.now += timedelta(seconds=10)
    assert attempt(client, PASSWORD) == 422
    clock.now += timedelta(minutes=14)
    response = client.post("/sign-in", {"login": "n1-shuji", "password": PASSWORD})
    assert response.status_code == 422
    assert "请过 1 分钟再试" in response.content.decode()
    clock.now += timedelta(minutes=1)
    assert attempt(client, PASSWORD) == 302
    assert kinds() == ["sign_in_failed"] * 5 + ["sign_in_locked"] * 2 + ["signed_in"]


def test_a_success_between_failures_starts_the_count_again(client: Client, secretary: None) -> None:
    for password in ["wrong"] * 4 + [PASSWORD] + ["wrong"] * 4:
        attempt(Client(), password)
    assert attempt(client, PASSWORD) == 302


def test_failures_spread_over_more_than_a_quarter_of_an_hour_do_not_shut(
    client: Client, secretary: None, clock: Clock
) -> None:
    for _ in range(5):
        attempt(client, "wrong")
        clock.now += timedelta(minutes=4)
    assert attempt(client, PASSWORD) == 302


def test_next_leads_on_within_the_site_only(client: Client, secretary: None) -> None:
    credentials = {"login": "n1-shuji", "password": PASSWORD}
    assert client.post("/sign-in", {**credentials, "next": "/account"}).headers["Location"] == "/account"
    assert Client().post("/sign-in", {**credentials, "next": "https://elsewhere.example/"}).headers["Location"] == "/"


def test_pages_for_staff_lead_to_sign_in(client: Client) -> None:
    response = client.get("/account")
    assert response.status_code == 302
    assert response.headers["Location"] == "/sign-in?next=/account"


def test_a_post_from_another_site_is_refused(secretary: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert attempt(strict, PASSWORD) == 403
    assert kinds() == []


def test_signing_out_takes_a_post_and_ends_the_session(client: Client, secretary: None) -> None:
    attempt(client, PASSWORD)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 302
    assert client.get("/account").status_code == 302
    assert kinds() == ["signed_in", "signed_out"]


def test_a_new_password_ends_other_sessions_but_not_this_one(client: Client, secretary: None) -> None:
    other = Client()
    attempt(other, PASSWORD)
    attempt(client, PASSWORD)
    new = "eleven brass lanterns"
    wrong = client.post("/account", {"old": "wrong", "new": new, "again": new})
    assert (wrong.status_code, "原密码不对" in wrong.content.decode()) == (422, True)
    assert client.post("/account", {"old": PASSWORD, "new": new, "again": "x"}).status_code == 422
    assert client.post("/account", {"old": PASSWORD, "new": "1234567890", "again": "1234567890"}).status_code == 422
    assert client.post("/account", {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_an_account_that_was_closed_is_out_at_once(client: Client, secretary: None) -> None:
    from genmai.directory.access.models import Account

    attempt(client, PASSWORD)
    Account.objects.filter(login="n1-shuji").update(is_active=False)
    assert client.get("/account").status_code == 302
    assert attempt(Client(), PASSWORD) == 422


def test_odd_input_is_refused_in_words(client: Client, secretary: None) -> None:
    for login in ("n1\x00shuji", "", "很" * 41):
        response = client.post("/sign-in", {"login": login, "password": "x\x00y"})
        assert response.status_code == 422


def test_the_page_is_not_kept_by_browsers_and_names_no_password(client: Client, secretary: None) -> None:
    response = client.post("/sign-in", {"login": "n1-shuji", "password": "my wrong secret"})
    assert "no-store" in response.headers["Cache-Control"]
    assert "my wrong secret" not in response.content.decode()
