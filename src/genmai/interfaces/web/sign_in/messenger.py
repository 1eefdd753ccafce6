"""Signing in through a work messenger: OpenID Connect, authorisation code with PKCE, at the provider of the settings.

An identity there opens an account here only after the account's owner, signed in, tied the two together.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from functools import lru_cache
from typing import Any, cast
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import jwt
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from genmai.directory.access import outside_logins
from genmai.directory.access.models import Account
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.sign_in.attempts import log, next_of
from genmai.interfaces.web.sign_in.second import enter
from genmai.kernel.refusal import NotFound, NotPermitted

STATE = "messenger"
SECONDS = 600
LONGEST = 1_000_000
WAIT = 10


def title() -> str:
    """The provider's name on the button; empty: none is set."""
    return str(settings.GENMAI_OIDC.get("title", ""))


def tied(account: Account) -> bool:
    """Whether the account's owner has tied an identity there to it."""
    return bool(title()) and outside_logins.is_tied(account, issuer=settings.GENMAI_OIDC["issuer"])


def _fetch(url: str, data: dict[str, str] | None = None) -> dict[str, Any]:
    """JSON of the provider. Only http(s); raises NotPermitted with words when it can't be reached or talks nonsense."""
    if not url.startswith(("https://", "http://")):
        raise NotPermitted("messenger", "工作软件的地址不对，请联系系统管理员")
    body = urlencode(data).encode() if data else None
    try:
        with urlopen(Request(url, data=body, headers={"Accept": "application/json"}), timeout=WAIT) as answer:  # noqa: S310
            found = json.loads(answer.read(LONGEST))
    except (URLError, OSError, ValueError):
        raise NotPermitted("messenger", "工作软件现在连不上，请过一会儿再试，或者用密码登录") from None
    return cast(dict[str, Any], found)


@lru_cache(maxsize=4)
def _provider(issuer: str) -> dict[str, Any]:
    found = _fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise NotPermitted("messenger", "工作软件的地址不对，请联系系统管理员")
    return found


@lru_cache(maxsize=4)
def _keys(url: str) -> jwt.PyJWKClient:
    return jwt.PyJWKClient(url, timeout=WAIT)


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("messenger_back"))


def _leave(request: HttpRequest, *, tie: bool, target: str) -> HttpResponse:
    """To the provider, with a state, a nonce and a proof that this browser is the one that comes back."""
    if not title():
        raise NotFound("这里没有接工作软件")
    provider = _provider(settings.GENMAI_OIDC["issuer"])
    verifier, state, nonce = (secrets.token_urlsafe(32) for _n in range(3))
    request.session[STATE] = {
        "verifier": verifier, "state": state, "nonce": nonce, "tie": tie, "next": target,
        "until": int(time.time()) + SECONDS,
    }  # fmt: skip
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "client_id": settings.GENMAI_OIDC["client"], "redirect_uri": _back(request),
        "scope": "openid", "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    return HttpResponseRedirect(f"{provider['authorization_endpoint']}?{urlencode(asked)}")


@never_cache
@require_GET
def go(request: HttpRequest) -> HttpResponse:
    """Sign in there."""
    return _leave(request, tie=False, target=next_of(request))


@never_cache
@signed_in
@require_POST
def tie(request: HttpRequest) -> HttpResponse:
    """Tie one's identity there to this account."""
    return _leave(request, tie=True, target=reverse("second_factor"))


@never_cache
@signed_in
@require_POST
def untie(request: HttpRequest) -> HttpResponse:
    """Only the password opens this account again."""
    at = cast(AskedRequest, request).now
    outside_logins.untie(actor=actor(request), at=at, key=key(request), issuer=settings.GENMAI_OIDC["issuer"])
    say(request, _("已解除，以后用密码登录"))
    return redirect("second_factor")


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """The provider sent the person back with a code: exchanged for a signed word on who they are."""
    held = request.session.pop(STATE, None)
    if not held or held["until"] < time.time() or not secrets.compare_digest(
        held["state"].encode(), request.GET.get("state", "").encode()
    ):  # fmt: skip
        raise NotPermitted("messenger", "这次登录已经过期，请从登录页再来一次")
    if not request.GET.get("code"):
        raise NotPermitted("messenger", "工作软件没有同意登录，可以用密码登录")
    subject = _subject(request, held)
    if held["tie"]:
        return _tie(request, subject)
    found = outside_logins.account_of(issuer=settings.GENMAI_OIDC["issuer"], subject=subject)
    if found is None:
        log(request, "sign_in_failed", "", detail="messenger")
        raise NotPermitted(
            "messenger_unknown", "这个工作软件账号还没有和这里的账号绑定：请先用密码登录，在“我的账号”里绑定"
        )
    return enter(request, found, held["next"])


def _subject(request: HttpRequest, held: dict[str, Any]) -> str:
    rules, provider = settings.GENMAI_OIDC, _provider(settings.GENMAI_OIDC["issuer"])
    answer = _fetch(
        provider["token_endpoint"],
        {
            "grant_type": "authorization_code", "code": request.GET["code"], "redirect_uri": _back(request),
            "client_id": rules["client"], "client_secret": rules["secret"], "code_verifier": held["verifier"],
        },
    )  # fmt: skip
    try:
        key = _keys(provider["jwks_uri"]).get_signing_key_from_jwt(answer["id_token"])
        said = jwt.decode(
            answer["id_token"], key.key, algorithms=["RS256", "ES256"], audience=rules["client"],
            issuer=rules["issuer"], options={"require": ["exp", "iat", "sub", "nonce"]}, leeway=30,
        )  # fmt: skip
    except (jwt.PyJWTError, KeyError):
        raise NotPermitted("messenger", "工作软件的回答没有通过检查，没有登录") from None
    if not secrets.compare_digest(str(said["nonce"]), held["nonce"]):
        raise NotPermitted("messenger", "工作软件的回答没有通过检查，没有登录")
    return str(said["sub"])[:255]


def _tie(request: HttpRequest, subject: str) -> HttpResponse:
    outside_logins.tie(
        actor=actor(request), at=cast(AskedRequest, request).now, key=new_key(),
        issuer=settings.GENMAI_OIDC["issuer"], subject=subject,
    )  # fmt: skip
    say(request, _("已绑定，以后可以从工作软件登录"))
    return redirect("second_factor")
