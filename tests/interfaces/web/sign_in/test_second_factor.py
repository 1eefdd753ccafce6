"""The second question at the door: codes, recovery codes, passkeys by a software authenticator, who must have one."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData, AuthenticatorData, CollectedClientData
from tests.factories.accounts import PASSWORD, account
from tests.factories.organisations import small_district

from genmai.directory.access import factors
from genmai.directory.access.models import Account, Factor, SecurityEvent
from genmai.directory.roster.models import Organisation
from genmai.kernel import one_time_codes
from genmai.kernel.ids import key_of

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEY = str(key_of("form"))


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    with patch("genmai.interfaces.web.edge.viewing.timezone.now", clock):
        yield clock


@pytest.fixture
def secretary(clock: Clock) -> Account:
    return account("n1-shuji", "village_secretary", small_district().n1, password=PASSWORD)


def signed_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def password(client: Client, target: str = "") -> str:
    return client.post("/sign-in", {"login": "n1-shuji", "password": PASSWORD, "next": target}).get("Location", "")


def seed_shown(page: str) -> bytes:
    import base64

    letters = re.search(r'<span class="seed">([A-Z2-7 ]{30,})</span>', page)
    assert letters
    return base64.b32decode(letters.group(1).replace(" ", ""))


def enrolled(client: Client, clock: Clock) -> tuple[bytes, list[str]]:
    """By the pages, as anybody would: the seed from the page, the recovery codes from the page."""
    assert password(client) == "/"
    seed = seed_shown(client.post("/account/second/begin", {"key": KEY}).content.decode())
    typed = one_time_codes.code(seed, one_time_codes.step_of(clock.now))
    page = client.post("/account/second/confirm", {"key": KEY, "code": typed}).content.decode()
    clock.now += timedelta(minutes=2)
    client.post("/sign-out")
    return seed, re.findall(r'<li class="number">([a-z0-9-]+)</li>', page)


def code(seed: bytes, clock: Clock) -> str:
    return one_time_codes.code(seed, one_time_codes.step_of(clock.now))


def test_the_password_alone_signs_in_until_a_factor_is_set_up(client: Client, secretary: Account, clock: Clock) -> None:
    seed, recovery = enrolled(client, clock)
    assert len(recovery) == 10
    assert password(client, "/inbox/") == "/sign-in/second"
    assert not signed_in(client)
    answer = client.post("/sign-in/second", {"code": code(seed, clock)})
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/")
    assert signed_in(client)


def test_a_code_seen_over_the_shoulder_is_worth_nothing(client: Client, secretary: Account, clock: Clock) -> None:
    seed, _ = enrolled(client, clock)
    typed = code(seed, clock)
    for good, browser in ((True, client), (False, Client())):
        password(browser)
        assert (browser.post("/sign-in/second", {"code": typed}).status_code == 302) is good
    assert bytes(Factor.objects.get(kind="totp").secret).find(seed) == -1


def test_a_recovery_code_works_once(client: Client, secretary: Account, clock: Clock) -> None:
    _, recovery = enrolled(client, clock)
    for expected in (302, 422):
        browser = Client()
        password(browser)
        assert browser.post("/sign-in/second", {"code": recovery[0].upper().replace("-", " ")}).status_code == expected
    assert "recovery_used" in set(SecurityEvent.objects.values_list("kind", flat=True))


def test_wrong_codes_count_like_wrong_passwords_and_shut_the_login(
    client: Client, secretary: Account, clock: Clock
) -> None:
    seed, _ = enrolled(client, clock)
    password(client)
    said = [client.post("/sign-in/second", {"code": "000000"}).content.decode() for _ in range(5)]
    assert "口令不对" in said[3]
    assert "停用一会儿" in said[4]
    assert client.post("/sign-in/second", {"code": code(seed, clock)}).status_code == 422
    clock.now += timedelta(minutes=16)
    assert client.post("/sign-in/second", {"code": code(seed, clock)}).status_code == 302


def test_the_second_page_opens_for_nobody_without_the_password(client: Client, secretary: Account) -> None:
    assert client.get("/sign-in/second")["Location"] == "/sign-in"
    assert client.post("/sign-in/second", {"code": "000000"})["Location"] == "/sign-in"


def test_nothing_a_browser_carried_before_goes_over_into_the_new_session(client: Client, secretary: Account) -> None:
    session = client.session
    session["acts_for"], session["proved"] = 7, "code"
    session.save()
    client.cookies["genmai_session"] = session.session_key
    password(client)
    assert signed_in(client)
    assert "acts_for" not in client.session
    assert "proved" not in client.session


def test_an_unconfirmed_beginning_asks_for_nothing(client: Client, secretary: Account, clock: Clock) -> None:
    password(client)
    client.post("/account/second/begin", {"key": KEY})
    assert client.post("/account/second/confirm", {"key": KEY, "code": "000000"}).status_code == 422
    client.post("/sign-out")
    assert password(client) == "/"


# -- who must have one ---------------------------------------------------------------------------------------------------


def test_a_role_that_needs_a_second_factor_gets_no_further_than_setting_it_up(clock: Clock, settings) -> None:
    district = small_district()
    account("n1-shuji", "security_auditor", district.district, password=PASSWORD)
    client = Client()
    password(client)
    assert client.get("/people/security").status_code == 200
    settings.GENMAI_SECOND_FACTOR = True
    assert client.get("/people/security")["Location"] == "/account/second"
    seed = seed_shown(client.post("/account/second/begin", {"key": KEY}).content.decode())
    client.post("/account/second/confirm", {"key": KEY, "code": code(seed, clock)})
    assert client.get("/people/security").status_code == 200
    last = Factor.objects.get(kind="totp")
    assert client.post(f"/account/second/{last.pk}/end", {"key": KEY}).status_code == 403


def test_a_role_that_needs_none_goes_on_with_the_password(secretary: Account, settings) -> None:
    settings.GENMAI_SECOND_FACTOR = True
    client = Client()
    password(client)
    assert client.get("/inbox/").status_code == 200


def test_somebody_elses_factor_can_not_be_ended(secretary: Account, clock: Clock) -> None:
    seed, _ = enrolled(Client(), clock)
    account("other", "village_secretary", Organisation.objects.get(short_name="北一村"), password=PASSWORD)
    other = Client()
    other.post("/sign-in", {"login": "other", "password": PASSWORD})
    held = Factor.objects.get(kind="totp")
    assert other.post(f"/account/second/{held.pk}/end", {"key": KEY}).status_code == 404
    assert factors.in_force(secretary)
    assert seed


# -- passkeys ------------------------------------------------------------------------------------------------------------


class Authenticator:
    """A security key in software: a P-256 key, a counter, the protocol's own bytes."""

    def __init__(self, origin: str = "http://testserver") -> None:
        self.key, self.id, self.count = ec.generate_private_key(ec.SECP256R1()), b"passkey-1", 0
        self.origin = origin

    def _data(self, rp_id: str, *, attested: bool) -> AuthenticatorData:
        self.count += 1
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
        credential = None
        if attested:
            flags |= AuthenticatorData.FLAG.AT
            credential = AttestedCredentialData.create(
                b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
            )
        return AuthenticatorData.create(hashlib.sha256(rp_id.encode()).digest(), flags, self.count, credential or b"")

    def _client(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(type=kind, challenge=websafe_decode(challenge), origin=self.origin)

    def make(self, options: dict) -> dict:
        said = self._client("webauthn.create", options["publicKey"]["challenge"])
        data = self._data(options["publicKey"]["rp"]["id"], attested=True)
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})
        return self._wrapped({"attestationObject": websafe_encode(attestation)}, said)

    def answer(self, options: dict) -> dict:
        said = self._client("webauthn.get", options["publicKey"]["challenge"])
        data = self._data(options["publicKey"]["rpId"], attested=False)
        signature = self.key.sign(bytes(data) + hashlib.sha256(bytes(said)).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"authenticatorData": websafe_encode(bytes(data)), "signature": websafe_encode(signature)}
        return self._wrapped(response, said)

    def _wrapped(self, response: dict, said: CollectedClientData) -> dict:
        name = websafe_encode(self.id)
        response = {**response, "clientDataJSON": websafe_encode(bytes(said))}
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


def post(client: Client, path: str, body: dict | None = None) -> tuple[int, dict]:
    answer = client.post(path, json.dumps(body or {}), content_type="application/json")
    return answer.status_code, answer.json()


@pytest.fixture
def held(secretary: Account) -> Authenticator:
    authenticator, client = Authenticator(), Client()
    password(client)
    _, options = post(client, "/account/passkey/begin")
    made = {"credential": authenticator.make(options), "name": "办公室的钥匙"}
    assert post(client, "/account/passkey/complete", made) == (200, {"go": "/account/second"})
    assert "办公室的钥匙" in client.get("/account/second").content.decode()
    return authenticator


def test_a_passkey_signs_in_by_itself_or_after_the_password(held: Authenticator) -> None:
    for first in (False, True):
        client = Client()
        if first:
            assert password(client, "/inbox/") == "/sign-in/second"
        _, options = post(client, "/sign-in/passkey/begin")
        status, said = post(client, "/sign-in/passkey/complete", {"credential": held.answer(options)})
        assert (status, said) == (200, {"go": "/inbox/" if first else "/"})
        assert signed_in(client)


def test_an_answer_replayed_copied_or_from_another_site_is_refused(held: Authenticator) -> None:
    client = Client()
    _, options = post(client, "/sign-in/passkey/begin")
    answer = {"credential": held.answer(options)}
    assert post(Client(), "/sign-in/passkey/complete", answer)[0] == 422
    assert post(client, "/sign-in/passkey/complete", answer)[0] == 200
    client.post("/sign-out")
    assert post(client, "/sign-in/passkey/complete", answer)[0] == 422

    held.count = 0  # a copy of the key made when it was new
    _, options = post(client, "/sign-in/passkey/begin")
    assert post(client, "/sign-in/passkey/complete", {"credential": held.answer(options)})[0] == 422

    held.count, held.origin = 50, "http://elsewhere"
    _, options = post(client, "/sign-in/passkey/begin")
    assert post(client, "/sign-in/passkey/complete", {"credential": held.answer(options)})[0] == 422
    assert not signed_in(client)


def test_anothers_passkey_does_not_answer_for_whose_password_was_typed(held: Authenticator) -> None:
    other = account("other", "village_secretary", Organisation.objects.get(short_name="北一村"), password=PASSWORD)
    client = Client()
    client.post("/sign-in", {"login": "other", "password": PASSWORD})
    _, options = post(client, "/account/passkey/begin")
    strange = Authenticator()
    strange.id = b"passkey-2"
    post(client, "/account/passkey/complete", {"credential": strange.make(options), "name": "x"})
    assert factors.passkeys(other)
    browser = Client()
    password(browser)
    _, options = post(browser, "/sign-in/passkey/begin")
    assert post(browser, "/sign-in/passkey/complete", {"credential": strange.answer(options)})[0] == 422


# -- left alone ----------------------------------------------------------------------------------------------------------


def test_a_session_left_alone_ends_and_what_was_typed_is_shown(client: Client, secretary: Account) -> None:
    password(client)
    later = time.time() + 40 * 60
    with patch("genmai.interfaces.web.edge.sitting.time.time", lambda: later):
        lost = client.post("/report", {"text": "写了半天的一段话，不想丢掉"})
        assert lost.status_code == 403
        assert "写了半天的一段话" in lost.content.decode()
        assert not signed_in(client)
        assert client.get("/inbox/")["Location"].startswith("/sign-in?next=/inbox/")
        password(client)
        assert signed_in(client)


def test_at_work_nobody_is_put_out(client: Client, secretary: Account) -> None:
    password(client)
    now = time.time()
    for minutes in (20, 40, 60):
        with patch("genmai.interfaces.web.edge.sitting.time.time", lambda at=now + 60 * minutes: at):
            assert signed_in(client)
