"""The second question at the door: a one-time code, a recovery code, or a passkey."""

from __future__ import annotations

import time
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from genmai.directory.access import factors, queries
from genmai.directory.access.models import Account, FactorKind
from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.edge.sitting import sit_down
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.sign_in.attempts import SIGN_IN, locked_words, log
from genmai.interfaces.web.sign_in.forms import CodeForm

HALF = "half"  # in the session: whose password was right, until when, and where they were going
SECONDS = 300


def ask(request: HttpRequest, account: Account, target: str) -> HttpResponse:
    """The password was right; now the second question, for five minutes."""
    request.session.flush()
    request.session[HALF] = {"account": account.pk, "until": int(time.time()) + SECONDS, "next": target}
    return redirect("sign_in_second")


def enter(request: HttpRequest, account: Account, target: str) -> HttpResponse:
    """Who proved to be this account goes on: to the second question if there is one, else in."""
    if factors.has_second(factors.in_force(account)):
        return ask(request, account, target)
    sit_down(request, account)
    log(request, "signed_in", account.login, account)
    return HttpResponseRedirect(target)


def half_way(request: HttpRequest) -> tuple[Account | None, str]:
    """Whose password was right a moment ago, and where they were going."""
    half = request.session.get(HALF)
    if not isinstance(half, dict) or half.get("until", 0) < time.time():
        return None, "/"
    return Account.objects.filter(pk=int(half.get("account") or 0), is_active=True).first(), str(
        half.get("next") or "/"
    )


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Ask for the code; a wrong one counts like a wrong password."""
    account, target = half_way(request)
    if account is None:
        return redirect("sign_in")
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if request.method == "POST" and form.is_valid():
        refusal = _attempt(request, account, form.cleaned_data["code"])
        if not refusal:
            return HttpResponseRedirect(target)
        form.add_error("code", refusal)
    kinds = {factor.kind for factor in factors.in_force(account)}
    context = {"form": form, "passkey": FactorKind.PASSKEY in kinds, "totp": FactorKind.TOTP in kinds}
    return render(request, "sign_in/second.html", context, status=422 if form.errors else 200)


def _attempt(request: HttpRequest, account: Account, typed: str) -> str:
    asked = cast(AskedRequest, request)
    until = queries.locked_until(asked.viewer, login=account.login, at=asked.now)
    if until:
        log(request, "sign_in_locked", account.login)
        return locked_words(until, asked.now)
    if not factors.take_code(actor=SIGN_IN, at=asked.now, key=new_key(), account=account, typed=typed):
        log(request, "sign_in_failed", account.login, detail="second")
        until = queries.locked_until(asked.viewer, login=account.login, at=asked.now)
        return (
            locked_words(until, asked.now)
            if until
            else _("口令不对，请看手机上现在的六位数字，或者用一个没用过的恢复码")
        )
    sit_down(request, account, proved="code")
    log(request, "signed_in", account.login, account)
    return ""
