"""Signing in through a work messenger, against a real provider that runs in this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from tests.factories.accounts import PASSWORD, account
from tests.factories.organisations import SmallDistrict, small_district
from tests.interfaces.web.sign_in.provider import Provider

from genmai.directory.access.models import Account, OutsideLogin, SecurityEvent
from genmai.kernel.ids import key_of

pytestmark = pytest.mark.django_db
KEY = str(key_of("form"))


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *words: Any) -> None:
        """Not followed: the test's own browser goes on."""


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    running = Provider()
    settings.GENMAI_OIDC = {
        "issuer": running.issuer, "client": running.client, "secret": running.secret, "title": "浙政钉",
    }  # fmt: skip
    yield running
    running.stop()


@pytest.fixture
def district() -> SmallDistrict:
    return small_district()


@pytest.fixture
def secretary(district: SmallDistrict) -> Account:
    return account("n1-shuji", "village_secretary", district.n1, password=PASSWORD)


def there_and_back(client: Client, answer: Any) -> Any:
    """The browser follows to the provider over the network, and comes back to us."""
    assert answer.status_code == 302, answer.content.decode()[-500:]
    opener = build_opener(_Stay)
    try:
        opener.open(answer["Location"], timeout=5)
    except Exception as redirect:
        return client.get(redirect.headers["Location"].removeprefix("http://testserver"))
    raise AssertionError("the provider did not send the person back")


def tied(provider: Provider) -> Client:
    client = Client()
    client.post("/sign-in", {"login": "n1-shuji", "password": PASSWORD})
    there_and_back(client, client.post("/account/messenger", {"key": KEY}))
    return client


def signed_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def test_tied_once_by_its_owner_it_signs_in_and_leads_on(provider: Provider, secretary: Account) -> None:
    assert "已绑定" in tied(provider).get("/account/second").content.decode()
    browser = Client()
    page = browser.get("/sign-in?next=/inbox/").content.decode()
    assert "浙政钉" in page
    answer = there_and_back(browser, browser.get("/sign-in/messenger?next=/inbox/"))
    assert answer["Location"] == "/inbox/"
    assert signed_in(browser)


def test_whom_nobody_tied_is_told_what_to_do_and_is_not_in(provider: Provider, secretary: Account) -> None:
    browser = Client()
    answer = there_and_back(browser, browser.get("/sign-in/messenger"))
    assert answer.status_code == 403
    assert "还没有和这里的账号绑定" in answer.content.decode()
    assert not signed_in(browser)
    assert SecurityEvent.objects.filter(kind="sign_in_failed", detail="messenger").exists()


def test_an_identity_opens_one_account_only_and_untied_none(
    provider: Provider, secretary: Account, district: SmallDistrict
) -> None:
    first = tied(provider)
    account("other", "village_secretary", district.s1, password=PASSWORD)
    other = Client()
    other.post("/sign-in", {"login": "other", "password": PASSWORD})
    assert there_and_back(other, other.post("/account/messenger", {"key": KEY})).status_code == 422
    assert OutsideLogin.objects.get().account_id == secretary.pk
    first.post("/account/messenger/untie", {"key": KEY})
    browser = Client()
    assert there_and_back(browser, browser.get("/sign-in/messenger")).status_code == 403


@pytest.mark.parametrize(
    "twist",
    [{"aud": "somebody"}, {"iss": "http://elsewhere"}, {"nonce": "stale"}, {"exp": 1}, {"sub": None}],
    ids=lambda twist: next(iter(twist)),
)
def test_a_bent_token_signs_nobody_in(provider: Provider, secretary: Account, twist: dict[str, Any]) -> None:
    tied(provider)
    provider.twist = twist
    browser = Client()
    assert there_and_back(browser, browser.get("/sign-in/messenger")).status_code == 403
    assert not signed_in(browser)


def test_a_token_signed_by_another_key_signs_nobody_in(provider: Provider, secretary: Account) -> None:
    tied(provider)
    provider.signed_by = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    browser = Client()
    assert there_and_back(browser, browser.get("/sign-in/messenger")).status_code == 403


def test_an_answer_brought_to_another_browser_is_refused(provider: Provider, secretary: Account) -> None:
    tied(provider)
    mine, theirs = Client(), Client()
    answer = mine.get("/sign-in/messenger")
    assert there_and_back(theirs, answer).status_code == 403
    assert not signed_in(theirs)


def test_a_closed_account_is_not_opened_from_outside(provider: Provider, secretary: Account) -> None:
    tied(provider)
    Account.objects.filter(pk=secretary.pk).update(is_active=False)
    browser = Client()
    assert there_and_back(browser, browser.get("/sign-in/messenger")).status_code == 403


def test_without_a_provider_there_is_no_such_way(secretary: Account) -> None:
    client = Client()
    assert "messenger" not in client.get("/sign-in").content.decode()
    assert client.get("/sign-in/messenger").status_code == 404
