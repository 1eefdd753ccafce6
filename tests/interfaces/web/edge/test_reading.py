"""A page drawn after a post stands under an address that only takes posts: opening it leads to the page above."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from tests.factories.accounts import account
from tests.factories.organisations import small_district

from genmai.interfaces.web.edge.reading import page_above

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SAMPLES = {
    "uuid": "01890a5d-ac96-774b-bcce-b302099a8057", "int": "7", "slug": "go", "str": "go", "path": "go",
}  # fmt: skip


@pytest.fixture
def clerk() -> Client:
    client = Client()
    client.force_login(account("zz", "party_organiser", small_district().district))
    return client


def test_the_language_is_switched_on_a_page_that_answers_a_post(clerk: Client) -> None:
    posted = f"/flowing/candidates/{SAMPLES['uuid']}/look"
    switched = clerk.post("/switch/language", {"language": "en", "next": posted})
    assert switched.headers["Location"] == posted
    led = clerk.get(posted, headers=BROWSER)
    assert (led.status_code, led.headers["Location"]) == (302, f"/flowing/candidates/{SAMPLES['uuid']}/")
    assert clerk.get(led.headers["Location"], headers=BROWSER).headers["Content-Language"] == "en"


def test_programmes_and_fragments_are_told_no(clerk: Client) -> None:
    posted = f"/registry/{SAMPLES['uuid']}/confirm"
    assert clerk.get(posted).status_code == 405
    assert clerk.get(posted, headers={**BROWSER, "hx-request": "true"}).status_code == 405
    assert clerk.post("/members/mine", headers=BROWSER).status_code == 405


def _addresses(resolver: URLResolver, before: str = "") -> list[str]:
    found = []
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            found += _addresses(one, route)
        elif isinstance(one, URLPattern):
            found.append("/" + re.sub(r"<(\w+):\w+>", lambda part: SAMPLES[part[1]], route))
    return found


def test_from_every_address_that_only_takes_posts_a_browser_ends_on_a_page(clerk: Client) -> None:
    """Whatever a page does, opening its address never ends in “method not allowed”."""
    walked = 0
    for address in _addresses(get_resolver()):
        if re.search(r"[\^$(\\<]", address) or not resolve(address).func.__module__.startswith("genmai.interfaces.web"):
            continue
        answer = clerk.get(address, headers=BROWSER)
        if answer.status_code != 302 or answer.headers["Location"] != page_above(address):
            assert answer.status_code != 405, address
            continue
        walked += 1
        steps = 0
        while answer.status_code == 302 and steps < 4:
            answer, steps = clerk.get(answer.headers["Location"], headers=BROWSER), steps + 1
        assert answer.status_code in (200, 302, 403, 404), (address, answer.status_code)
    assert walked > 60
