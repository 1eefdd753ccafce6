"""One's own second factors: an authenticator app, passkeys, recovery codes."""

from __future__ import annotations

import secrets
from typing import Any, cast

import qrcode
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from genmai.directory.access import factors
from genmai.directory.access.definition import sign_in_rules
from genmai.directory.access.models import Account, FactorKind
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.sitting import PROVED
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.sign_in import messenger
from genmai.interfaces.web.sign_in.forms import CodeForm
from genmai.kernel import one_time_codes
from genmai.kernel.refusal import Refused

ISSUER = "Genmai"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def mine(request: HttpRequest) -> Account:
    """The account signed in, fresh."""
    return Account.objects.get(pk=cast(Account, request.user).pk)


@never_cache
@signed_in
@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """What there is, and how to add."""
    return _page(request, mine(request), CodeForm())


def _page(request: HttpRequest, account: Account, form: CodeForm, status: int = 200, **more: Any) -> HttpResponse:
    held = factors.in_force(account)
    context = {
        "form": form,
        "key": new_key(),
        "now": cast(AskedRequest, request).now,
        "totp": next((one for one in held if one.kind == FactorKind.TOTP), None),
        "passkeys": [one for one in held if one.kind == FactorKind.PASSKEY],
        "codes_left": sum(1 for one in held if one.kind == FactorKind.RECOVERY),
        "must": factors.must_have(cast(AskedRequest, request).viewer),
        "messenger": messenger.title(),
        "tied": messenger.tied(account),
        **more,
    }
    return render(request, "sign_in/second_factor.html", context, status=status)


@never_cache
@signed_in
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A new seed, shown as a picture to scan and as letters to type; it counts once a code of it was typed."""
    account, seed = mine(request), secrets.token_bytes(one_time_codes.SEED_LENGTH)
    asked = cast(AskedRequest, request)
    factors.begin_totp(actor=actor(request), at=asked.now, key=key(request), account=account, seed=seed)
    return _page(request, account, CodeForm(), **_to_scan(account, seed))


def _to_scan(account: Account, seed: bytes) -> dict[str, Any]:
    code = qrcode.QRCode(border=0)
    code.add_data(one_time_codes.address(seed, issuer=ISSUER, account=account.login))
    code.make(fit=True)
    squares = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(squares) for x, dark in enumerate(row) if dark)
    return {"seed": one_time_codes.spelled(seed), "squares": path, "side": len(squares)}


@never_cache
@signed_in
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The first right code makes it count; recovery codes come with it."""
    asked, account, form = cast(AskedRequest, request), mine(request), CodeForm(request.POST)
    if form.is_valid():
        try:
            factors.confirm_totp(
                actor=actor(request), at=asked.now, key=key(request), account=account, typed=form.cleaned_data["code"]
            )
        except Refused as refused:
            form.add_error("code", refused.text(_))
        else:
            request.session[PROVED] = "code"
            if any(one.kind == FactorKind.RECOVERY for one in factors.in_force(account)):
                say(request, _("动态口令可以用了，下次登录要多输六位数字"))
                return redirect("second_factor")
            return _with_new_codes(request, account)
    waiting = account.factors.filter(kind=FactorKind.TOTP, confirmed_at=None, ended_at=None).last()
    shown = _to_scan(account, factors.seed_of(waiting, account)) if waiting else {}
    return _page(request, account, form, status=422, **shown)


@never_cache
@signed_in
@require_POST
def recovery(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown on this page and nowhere again."""
    key(request)
    return _with_new_codes(request, mine(request))


def _with_new_codes(request: HttpRequest, account: Account) -> HttpResponse:
    codes = [
        "-".join("".join(secrets.choice(LETTERS) for _n in range(4)) for _m in range(3))
        for _k in range(sign_in_rules().recovery_codes)
    ]
    at = cast(AskedRequest, request).now
    factors.replace_recovery_codes(actor=actor(request), at=at, key=new_key(), account=account, codes=codes)
    return _page(request, account, CodeForm(), codes=codes)


@never_cache
@signed_in
@require_POST
def end(request: HttpRequest, factor_id: int) -> HttpResponse:
    """Take one away."""
    asked = cast(AskedRequest, request)
    factors.end_factor(actor=actor(request), at=asked.now, key=key(request), account=mine(request), factor_id=factor_id)
    say(request, _("已经去掉"))
    return redirect("second_factor")
