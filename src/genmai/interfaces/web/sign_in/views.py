"""Sign in, sign out, and one's own account."""

from __future__ import annotations

from typing import cast

from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
from genmai.interfaces.web.sign_in import messenger, second
from genmai.interfaces.web.sign_in.attempts import locked_words, log, next_of
from genmai.interfaces.web.sign_in.forms import PasswordForm, SignInForm
from genmai.kernel.refusal import Refused


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page, and the attempt. Where `next` leads within this site the person goes on to it."""
    context = {"next": next_of(request), "messenger": messenger.title(), "left": request.GET.get("left")}
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(next_of(request))
        return render(request, "sign_in/sign_in.html", {**context, "form": SignInForm()})
    form = SignInForm(request.POST)
    if form.is_valid():
        account, refusal = _attempt(request, form.cleaned_data["login"].strip(), form.cleaned_data["password"])
        if account is not None:
            return second.enter(request, account, next_of(request))
        form.add_error(None, refusal)
    return render(request, "sign_in/sign_in.html", {**context, "form": form}, status=422)


def _attempt(request: HttpRequest, name: str, password: str) -> tuple[Account | None, str]:
    """The account, or what to say instead. A shut login is not tried, so that waiting helps."""
    asked = cast(AskedRequest, request)
    until = queries.locked_until(asked.viewer, login=name, at=asked.now)
    if until:
        log(request, "sign_in_locked", name)
        return None, locked_words(until, asked.now)
    account = authenticate(request, username=name, password=password)
    if isinstance(account, Account):
        return account, ""
    log(request, "sign_in_failed", name)
    until = queries.locked_until(asked.viewer, login=name, at=asked.now)
    wrong = _("登录名或密码不对，请再试一次；忘了密码请找安全管理员重设")
    return None, locked_words(until, asked.now) if until else wrong


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session. By POST only, so that no picture or link can do it."""
    user = request.user
    if isinstance(user, Account):
        log(request, "signed_out", user.login, user)
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


EVENT_WORDS = {
    "signed_in": gettext_lazy("登录"),
    "signed_out": gettext_lazy("退出"),
    "sign_in_failed": gettext_lazy("登录失败"),
    "sign_in_locked": gettext_lazy("停用期间又试了一次"),
    "password_changed": gettext_lazy("改了密码"),
    "password_reset": gettext_lazy("管理员重设了密码"),
    "unlocked": gettext_lazy("管理员解开了停用"),
    "factor_added": gettext_lazy("加了第二道验证"),
    "factor_ended": gettext_lazy("去掉了一项第二道验证"),
    "factors_reset": gettext_lazy("管理员清掉了第二道验证"),
    "recovery_codes": gettext_lazy("换了恢复码"),
    "recovery_used": gettext_lazy("用了一个恢复码"),
    "outside_tied": gettext_lazy("绑定了工作软件"),
    "outside_untied": gettext_lazy("解除了工作软件"),
}
