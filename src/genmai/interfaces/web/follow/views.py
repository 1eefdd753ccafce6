"""The code, the matter behind it, and the judgement."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from genmai.interfaces.web.edge.addresses import Pace, address_of
from genmai.interfaces.web.edge.posting import key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.follow import passes
from genmai.interfaces.web.follow.forms import CodeForm, JudgeForm
from genmai.interfaces.web.follow.standing import standing_of
from genmai.interfaces.web.follow.told import events_of
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import verifying
from genmai.processes.cases.queries import following
from genmai.processes.cases.queries.following import Followed

WRONG_CODES = Pace(20, timedelta(minutes=15))


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for the code; with it, the matter."""
    if request.method == "POST":
        return _enter(request)
    followed = held(request)
    return (
        _show(request, followed, JudgeForm())
        if followed
        else render(request, "follow/enter.html", {"form": CodeForm()})
    )


def held(request: HttpRequest) -> Followed | None:
    """The matter whose code this browser holds."""
    code = passes.code_of(request)
    try:
        return following.follow(cast(AskedRequest, request).viewer, code=code) if code else None
    except NotFound:
        return None


def _enter(request: HttpRequest) -> HttpResponse:
    """A right code opens; a wrong one is counted against the address. While it is shut no code is tried."""
    now, address = cast(AskedRequest, request).now, address_of(request)
    form = CodeForm(request.POST)
    until = WRONG_CODES.free_at(address, now)
    status = 429 if until else 422
    if until:
        form.is_valid()
        minutes = max(1, math.ceil((until - now).total_seconds() / 60))
        words = gettext("查询码输错太多次，请过 {minutes} 分钟再试；急着问可以打 12345，报上事项编号")
        form.add_error("code", words.format(minutes=minutes))
    elif form.is_valid():
        code = form.cleaned_data["code"]
        try:
            following.follow(cast(AskedRequest, request).viewer, code=code)
        except NotFound as absent:
            WRONG_CODES.count(address, now)
            form.add_error("code", absent.text(gettext))
        else:
            response = redirect("follow")
            passes.keep(response, code)
            return response
    return render(request, "follow/enter.html", {"form": form}, status=status)


def _show(request: HttpRequest, followed: Followed, form: JudgeForm, status: int = 200) -> HttpResponse:
    case = followed.case
    photos = [reverse("picture", args=[case.public_id, one.sha256]) for one in followed.attachments]
    context = {
        "followed": followed,
        "caller": followed.caller,
        "case": case,
        "standing": standing_of(followed),
        "events": events_of(followed),
        "photos": photos,
        "form": form,
        "key": new_key(),
        "now": cast(AskedRequest, request).now,
    }
    return render(request, "follow/matter.html", context, status=status)


@never_cache
@require_POST
def judge(request: HttpRequest) -> HttpResponse:
    """The reporter's word: fixed, or not and then it is taken up again, or told plainly why not."""
    followed = held(request)
    if followed is None:
        return redirect("follow")
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return _show(request, followed, form, 422)
    given = form.cleaned_data
    fixed, satisfaction = given["fixed"] == "yes", given["satisfaction"]
    before = followed.live.reopens
    try:
        done = verifying.judge(
            actor=Actor.reporter(),
            at=cast(AskedRequest, request).now,
            key=key(request),
            caller=followed.caller.public_id,
            fixed=fixed,
            satisfaction=int(satisfaction) if satisfaction else None,
            text=given["words"],
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.text(gettext))
        return _show(request, followed, form, 409)
    say(request, _what_came_of_it(fixed=fixed, reopened=done.reopens > before))
    return redirect("follow")


def _what_came_of_it(*, fixed: bool, reopened: bool) -> str:
    if fixed:
        return gettext("记下了，谢谢您")
    if reopened:
        return gettext("记下了，这件事已经重新办理")
    return gettext("记下了。按规定这次不再自动重办，已经报给上一级，由他们给您说法")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the code on this device."""
    response = redirect("home")
    passes.drop(response)
    return response
