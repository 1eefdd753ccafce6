"""How long somebody has sat there without asking for anything: kept in their own cookie, in no table, and then over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from genmai.directory.access import factors
from genmai.directory.access.definition import sign_in_rules
from genmai.directory.access.models import Account
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.kernel.refusal import Refused

LAST = "last"  # seconds since 1970
PROVED = "proved"  # what signed in besides the password
EVERY = 60  # seconds between notes, so that not every page sets a cookie
FREE = ("/account", "/sign-out", "/sign-in", "/static/", "/language", "/healthz")


class SittingMiddleware:
    """Ends a session that was left alone; holds who must have a second factor at the page where one is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            answer = _left_alone(request) or _second_factor_first(request)
            if answer is not None:
                return answer
        return self.get_response(request)


def _left_alone(request: HttpRequest) -> HttpResponse | None:
    now, last = int(time.time()), request.session.get(LAST)
    if isinstance(last, int) and now - last > sign_in_rules().idle_minutes * 60:
        logout(request)
        return _again(request)
    if not isinstance(last, int) or now - last > EVERY:
        request.session[LAST] = now
    return None


def _again(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; what was typed meanwhile is shown, to be taken along."""
    said = _("您离开了一会儿，为了安全已经退出，请重新登录")
    if request.method == "POST":
        typed = [(name, text) for name, text in request.POST.items() if len(text) > 10 and "token" not in name]
        context = {"refused": Refused("left_alone", said), "sentence": said, "typed": typed, "back": "/sign-in"}
        return render(request, "edge/refused.html", context, status=403)
    target = "/sign-in?" + urlencode({"next": request.get_full_path(), "left": "1"})
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": "/sign-in?left=1"})
    return HttpResponseRedirect(target)


def _second_factor_first(request: HttpRequest) -> HttpResponse | None:
    if not settings.GENMAI_SECOND_FACTOR or request.session.get(PROVED) or request.path.startswith(FREE):
        return None
    if not factors.must_have(cast(AskedRequest, request).viewer):
        return None
    return redirect("second_factor")


def sit_down(request: HttpRequest, account: Account, *, proved: str = "") -> None:
    """Sign in, on a new session: nothing of what the browser carried before goes over (session fixation)."""
    request.session.flush()
    login(request, account)
    request.session[LAST] = int(time.time())
    if proved:
        request.session[PROVED] = proved
