"""What I signed up for: by the code, or, signed in, my own; cancelling it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.volunteer.forms import CodeForm
from genmai.interfaces.web.volunteer.words import line, standing_of
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.activities.commands import volunteers
from genmai.processes.activities.models import SignUp
from genmai.processes.activities.queries import tasks

COOKIE = "genmai_volunteer"
MINUTES = 15


def hand_over(response: HttpResponse, code: str) -> None:
    """The code on its way to the next page: signed, for a quarter of an hour, readable by no script."""
    response.set_cookie(
        COOKIE, signing.dumps(code, salt=COOKIE), max_age=MINUTES * 60, path="/volunteer/mine", httponly=True,
        samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def _handed(request: HttpRequest) -> str:
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=MINUTES * 60))
    except signing.BadSignature:
        return ""


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """By a code that was typed or has just been given."""
    asked = cast(AskedRequest, request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    fresh = _handed(request) if request.method != "POST" else ""
    code, place = fresh, None
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["code"]
    if code:
        try:
            place = tasks.by_code(asked.viewer, code=code)
        except NotFound as gone:
            form.add_error("code" if form.is_bound else None, sentence_of(gone))
    own = tasks.of_person(asked.viewer)
    context = {
        "nav_key": "volunteer",
        "now": asked.now,
        "form": form,
        "fresh": fresh if place else "",
        "code": code,
        "place": place,
        "line": line(place.task) if place else None,
        "standing": standing_of(place) if place else "",
        "may_withdraw": bool(place and place.state in SignUp.HOLDING and place.task.state == "open"),
        "own": [(line(one.task), standing_of(one)) for one in own],
        "key": new_key(),
    }
    return render(request, "volunteer/mine.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("code")
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Give the place back, by code or by account."""
    asked = cast(AskedRequest, request)
    code = request.POST.get("code", "")
    if code:
        place = tasks.by_code(asked.viewer, code=code)
        volunteers.withdraw(
            actor=Actor.reporter(), at=asked.now, key=key(request), sign_up=place.public_id, by_code=True
        )
        say(request, gettext("已取消报名，位置让给别人了"))
        response = redirect("volunteer_mine")
        hand_over(response, code)
        return response
    task = tasks.one(asked.viewer, public_id=_task(request))
    own = tasks.mine(asked.viewer, task=task)
    if own is None:
        raise Refused("gone", "这个报名已经取消，名单变了，请看最新的")
    volunteers.withdraw(actor=actor(request), at=asked.now, key=key(request), sign_up=own.public_id)
    say(request, gettext("已取消报名，位置让给别人了"))
    return redirect("volunteer_task", task.public_id)


def _task(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("task", ""))
    except ValueError as wrong:
        raise NotFound("没有这个志愿任务") from wrong
