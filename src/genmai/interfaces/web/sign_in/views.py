"""Sign in, sign out, and one's own account."""

from __future__ import annotations

import math
from datetime import datetime
from typing import cast

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from genmai.directory.access import commands, queries
from genmai.directory.access.models import Account
from genmai.directory.access.roles import ROLES
from genmai.interfaces.web.edge.posting import actor, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.sign_in.forms import PasswordForm, SignInForm
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import Actor

SIGN_IN = Actor.system("sign_in")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page, and the attempt. Where `next` leads within this site the person goes on to it."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(_next(request))
        return render(request, "sign_in/sign_in.html", {"form": SignInForm(), "next": _next(request)})
    form = SignInForm(request.POST)
    if form.is_valid():
        refusal = _attempt(request, form.cleaned_data["login"].strip(), form.cleaned_data["password"])
        if not refusal:
            return HttpResponseRedirect(_next(request))
        form.add_error(None, refusal)
    return render(request, "sign_in/sign_in.html", {"form": form, "next": _next(request)}, status=422)


def _attempt(request: HttpRequest, name: str, password: str) -> str:
    """Sign in and give "", or what to say instead. A shut login is not tried, so that waiting helps."""
    asked = cast(AskedRequest, request)
    until = queries.locked_until(asked.viewer, login=name, at=asked.now)
    if until:
        _log(request, "sign_in_locked", name)
        return _locked(until, asked.now)
    account = authenticate(request, username=name, password=password)
    if account is None:
        _log(request, "sign_in_failed", name)
        until = queries.locked_until(asked.viewer, login=name, at=asked.now)
        return _locked(until, asked.now) if until else _("登录名或密码不对，请再试一次；忘了密码请找系统管理员重设")
    login(request, account)
    _log(request, "signed_in", name, account)
    return ""


def _locked(until: datetime, now: datetime) -> str:
    minutes = math.ceil((until - now).total_seconds() / 60)
    return _("连续输错 5 次，这个登录名先停用一会儿，请过 %(minutes)d 分钟再试；急用请找系统管理员重设密码") % {
        "minutes": minutes
    }


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session. By POST only, so that no picture or link can do it."""
    user = request.user
    if isinstance(user, Account):
        _log(request, "signed_out", user.login, user)
    logout(request)
    return redirect("/")


@never_cache
@sensitive_post_parameters("old", "new", "again")
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: where one may do what, the password, and the sign-ins of the last six months."""
    asked = cast(AskedRequest, request)
    form = PasswordForm(request.POST) if request.method == "POST" else PasswordForm()
    if request.method == "POST" and form.is_valid() and _change(request, form):
        return redirect("account")
    context = {
        "form": form,
        "grants": [(ROLES[grant.role], grant) for grant in asked.viewer.grants if grant.role in ROLES],
        "events": [
            (event, EVENT_WORDS.get(event.kind, event.kind))
            for event in queries.security_events(asked.viewer, own=True)
        ],
    }
    return render(request, "sign_in/account.html", context, status=422 if form.errors else 200)


def _change(request: HttpRequest, form: PasswordForm) -> bool:
    asked, mine = cast(AskedRequest, request), cast(Account, request.user)
    account = Account.objects.get(pk=mine.pk)
    old, new = form.cleaned_data["old"], form.cleaned_data["new"]
    try:
        commands.change_password(actor=actor(request), at=asked.now, key=new_key(), account=account, old=old, new=new)
    except Refused as refused:
        form.add_error(refused.field or None, refused.text(_))
        return False
    update_session_auth_hash(request, account)
    return True


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"


def _log(request: HttpRequest, kind: str, name: str, account: Account | None = None) -> None:
    commands.record_security_event(
        actor=SIGN_IN,
        at=cast(AskedRequest, request).now,
        key=new_key(),
        kind=kind,
        login=name,
        account_id=account.pk if account else None,
        address=request.META.get("REMOTE_ADDR") or None,
    )


EVENT_WORDS = {
    "signed_in": gettext_lazy("登录"),
    "signed_out": gettext_lazy("退出"),
    "sign_in_failed": gettext_lazy("登录失败"),
    "sign_in_locked": gettext_lazy("停用期间又试了一次"),
    "password_changed": gettext_lazy("改了密码"),
    "password_reset": gettext_lazy("管理员重设了密码"),
}
