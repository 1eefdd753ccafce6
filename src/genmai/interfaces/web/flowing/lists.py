"""Residents' lists: taken in from memory, with a basis and an end; what happened to each; destroyed early where wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.uploading import InMemory
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.recording import run
from genmai.interfaces.web.flowing import bodies, forms, words
from genmai.interfaces.web.flowing.listing import may
from genmai.interfaces.web.flowing.sheet import read
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.sheets import SheetRefused
from genmai.processes.registers.flowing import attempts, policies, queries
from genmai.processes.registers.flowing.commands import lists as commands
from genmai.processes.registers.flowing.commands import tries
from genmai.processes.registers.flowing.mechanism import current, rules_of
from genmai.processes.registers.models import ResidentList

__all__ = ["again", "compared", "destroy", "given_up", "one", "page"]


def _check(asked: AskedRequest) -> None:
    if not may(asked.viewer, policies.SCREEN):
        raise NotPermitted(
            "not_permitted", "这一步由{who}来办，您的账号没有这个权限", who=policies.WORDS[policies.SCREEN]
        )


@csrf_exempt  # the token is asked for by `_page`, after the upload handler was chosen
def page(request: HttpRequest) -> HttpResponse:
    """All lists, and a form for a new one."""
    request.upload_handlers = [InMemory(request)]
    answer: HttpResponse = _page(request)
    return answer


@csrf_protect
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def _page(request: HttpRequest) -> HttpResponse:
    asked = cast(AskedRequest, request)
    _check(asked)
    rules = rules_of(current().ref)
    initial = {"keep_days": rules.screening.keep_days, "basis": "duty"}
    form = forms.ListForm(request.POST or None, request.FILES or None, rules=rules, initial=initial)
    problems: list[Mapping[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        made = _taken(asked, form, problems)
        if made is not None:
            say(
                request,
                _("收到 %(rows)s 行，正在比对；%(day)s 到期自动销毁") % {"rows": made.rows, "day": made.keep_until},
            )
            return redirect("flowing_list", made.public_id)
    context = {
        "nav_key": "flowing", "now": asked.now, "form": form, "key": new_key(), "problems": problems,
        "lists": [(one, given_up(one)) for one in queries.lists(asked.viewer)], "most": rules.screening.keep_days_most,
    }  # fmt: skip
    return render(request, "flowing/lists.html", context, status=422 if form.errors or problems else 200)


def _taken(asked: AskedRequest, form: forms.ListForm, problems: list[Mapping[str, Any]]) -> Any:
    """The list as taken in; None when a row or the form was refused, and nothing was kept."""
    given = dict(form.cleaned_data)
    file = given.pop("file")
    hosts = bodies.hosts(asked, policies.SCREEN)
    if not hosts:
        raise NotFound
    places = {body.short_name: body.pk for body in hosts}
    try:
        rows, faults = read(file.read(), file.name, places)
    except SheetRefused as refused:
        form.add_error("file", sentence_of(refused))
        return None
    if faults:
        problems += faults[:50]
        return None
    return run(form, lambda: commands.take_in(
        actor=actor(asked), at=asked.now, key=key(asked), organisation_id=hosts[0].pk, rows=rows, **given
    ))  # fmt: skip


@signed_in
@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What happened to one list: the record that stays when it is gone."""
    asked = cast(AskedRequest, request)
    _check(asked)
    found = queries.resident_list(asked.viewer, public_id=public_id)
    happened = queries.events(asked.viewer, of=found)
    events = [(event, words.EVENTS[event.kind], words.FAILED.get(event.reason, "")) for event in happened]
    why = next((event.reason for event in reversed(happened) if event.kind == "failed"), "")
    basis = rules_of(found.mechanism).screening.bases.get(found.basis)
    context = {
        "nav_key": "flowing", "now": asked.now, "one": found, "events": events, "key": new_key(),
        "basis": words.say(basis), "again_key": new_key(), "given_up": given_up(found), "why": words.FAILED.get(why, ""),
    }  # fmt: skip
    return render(request, "flowing/one_list.html", context)


@signed_in
@require_safe
def compared(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Nothing to say while the list is being compared; then the page is asked for anew."""
    asked = cast(AskedRequest, request)
    _check(asked)
    found = queries.resident_list(asked.viewer, public_id=public_id)
    answer = HttpResponse(status=204)
    if found.compared_at or found.destroyed_at or given_up(found):
        answer.headers["HX-Refresh"] = "true"
    return answer


def given_up(found: ResidentList) -> bool:
    """Its comparison broke off so often that a person has to say how it goes on."""
    return attempts.given_up(found, getattr(found, "failed", 0))


@signed_in
@require_POST
def again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Once more, after it was given up."""
    asked = cast(AskedRequest, request)
    tries.try_again(actor=actor(asked), at=asked.now, key=key(asked), residents=public_id)
    say(request, _("再比对一次，这一页会自己变"))
    return redirect("flowing_list", public_id)


@signed_in
@require_POST
def destroy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Before its time."""
    asked = cast(AskedRequest, request)
    commands.destroy(actor=actor(asked), at=asked.now, key=key(asked), residents=public_id)
    say(request, _("已销毁，谁也读不出来了"))
    return redirect("flowing_list", public_id)
