"""Passkeys (WebAuthn): what the browser's authenticator is asked, and the check of its answer by the fido2 library.

The challenge stands in the signed session for five minutes; nothing else of the exchange is kept.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from genmai.directory.access import factors, queries
from genmai.directory.access.models import Factor
from genmai.interfaces.web.edge.posting import actor, new_key
from genmai.interfaces.web.edge.sitting import PROVED, sit_down
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.sign_in.attempts import SIGN_IN, locked_words, log, safe_target
from genmai.interfaces.web.sign_in.second import half_way
from genmai.interfaces.web.sign_in.setting_up import mine
from genmai.kernel.refusal import Refused

STATE = "passkey"
SECONDS = 300


def _server(request: HttpRequest) -> Fido2Server:
    host = request.get_host()
    origin = f"{request.scheme}://{host}"
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    return Fido2Server(PublicKeyCredentialRpEntity(id=name, name="Genmai"), verify_origin=lambda said: said == origin)


def _begin(request: HttpRequest, options: Any, state: Any) -> JsonResponse:
    request.session[STATE] = {"state": state, "until": int(time.time()) + SECONDS}
    return JsonResponse(dict(options))


def _answered(request: HttpRequest, check: Callable[[Any, dict[str, Any]], JsonResponse]) -> JsonResponse:
    """The authenticator's answer to the challenge of this very session, checked; each challenge once."""
    held = request.session.pop(STATE, None)
    if not held or held["until"] < time.time():
        return _refused(_("等得太久了，请再试一次"))
    try:
        return check(held["state"], json.loads(request.body))
    except Refused as refused:
        return _refused(refused.text(_))
    except (ValueError, KeyError, TypeError):
        return _refused(_("这个通行密钥没有通过检查，请再试一次，或者换动态口令"))


def _refused(said: str) -> JsonResponse:
    return JsonResponse({"said": said}, status=422)


@never_cache
@signed_in
@require_POST
def add_begin(request: HttpRequest) -> JsonResponse:
    """Ask the authenticator to make a key for this account here."""
    account = mine(request)
    user = PublicKeyCredentialUserEntity(
        id=f"genmai-{account.pk}".encode(), name=account.login, display_name=cast(AskedRequest, request).viewer.name
    )
    known = [AttestedCredentialData(bytes(one.secret)) for one in factors.passkeys(account)]
    options, state = _server(request).register_begin(
        user,
        known,
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _begin(request, options, state)


@never_cache
@signed_in
@require_POST
def add_complete(request: HttpRequest) -> JsonResponse:
    """Keep its public part."""

    def check(state: Any, answer: dict[str, Any]) -> JsonResponse:
        made = _server(request).register_complete(state, RegistrationResponse.from_dict(answer["credential"]))
        data = made.credential_data
        if data is None:
            raise ValueError("no credential")
        factors.add_passkey(
            actor=actor(request), at=cast(AskedRequest, request).now, key=new_key(), account=mine(request),
            name=str(answer.get("name") or _("通行密钥"))[:40], credential_id=data.credential_id,
            credential=bytes(data), counter=made.counter,
        )  # fmt: skip
        request.session[PROVED] = "passkey"
        return JsonResponse({"go": "/account/second"})

    return _answered(request, check)


@never_cache
@require_POST
def enter_begin(request: HttpRequest) -> JsonResponse:
    """Ask for a key: one of the account whose password was right, else whichever the person has for this site."""
    account, _target = half_way(request)
    known = [AttestedCredentialData(bytes(one.secret)) for one in factors.passkeys(account)] if account else None
    options, state = _server(request).authenticate_begin(known, user_verification=UserVerificationRequirement.REQUIRED)
    return _begin(request, options, state)


@never_cache
@require_POST
def enter_complete(request: HttpRequest) -> JsonResponse:
    """The right answer signs in: possession and PIN or finger are two factors by themselves."""
    account, target = half_way(request)

    def check(state: Any, answer: dict[str, Any]) -> JsonResponse:
        said = answer["credential"]
        found = factors.passkeys(account, credential_id=websafe_decode(said["id"]))
        if not found or not found[0].account.is_active:
            return _refused(_("这里没有登记过这个通行密钥"))
        return _enter(request, found[0], state, said, target if account else safe_target(request, answer.get("next")))

    return _answered(request, check)


def _enter(request: HttpRequest, factor: Factor, state: Any, said: dict[str, Any], target: str) -> JsonResponse:
    asked, account = cast(AskedRequest, request), factor.account
    until = queries.locked_until(asked.viewer, login=account.login, at=asked.now)
    if until:
        return _refused(locked_words(until, asked.now))
    response = AuthenticationResponse.from_dict(said)
    try:
        _server(request).authenticate_complete(state, [AttestedCredentialData(bytes(factor.secret))], response)
        counter = response.response.authenticator_data.counter
        right = factors.passkey_used(actor=SIGN_IN, at=asked.now, key=new_key(), factor=factor, counter=counter)
    except ValueError:
        right = False
    if not right:
        log(request, "sign_in_failed", account.login, detail="passkey")
        return _refused(_("这个通行密钥没有通过检查，请再试一次，或者换动态口令"))
    sit_down(request, account, proved="passkey")
    log(request, "signed_in", account.login, account)
    return JsonResponse({"go": target})
