"""Ticking an item, taking it back, passing it, sending it back: one command each."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, new_key, seen
from genmai.interfaces.web.edge.posting import key as key_of_form
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.recording import run
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Undo
from genmai.interfaces.web.standards import forms, words
from genmai.interfaces.web.standards.one import draw
from genmai.interfaces.web.standards.scope import asked_scope
from genmai.kernel.refusal import NotFound
from genmai.processes.registers.standards.commands import marks
from genmai.processes.registers.standards.mechanism import item_of, named
from genmai.processes.registers.standards.queries import lists


@signed_in
@require_POST
def show(request: HttpRequest, key: str, code: str, item: str) -> HttpResponse:
    """A body shows one item; it can be taken back at once."""
    asked = cast(AskedRequest, request)
    scope = asked_scope(asked, key, code)
    rule = item_of(scope.one, item)
    form = forms.ShowForm(request.POST, item=rule, hint=words.say(rule.proof), auto_id=f"{item}_%s")
    if form.is_valid():
        given = form.cleaned_data
        proof = marks.Proof(given["on"], given["text"], given["document"], given.get("quantity") or 1)
        made = run(form, lambda: marks.show(
            actor=actor(request), at=asked.now, key=key_of_form(request), standard=key, item=item,
            organisation=scope.body.public_id, proof=proof,
        ))  # fmt: skip
        if made is not None:
            undo = Undo(reverse("standard_act", args=[key, made.public_id, "withdraw"]), fields={"key": str(new_key())})
            say(request, _("已亮出"), undo=undo)
            return redirect("standard_body", key, code)
    return draw(request, key, code, item=item, bound=form, status=422)


@signed_in
@require_POST
def act(request: HttpRequest, key: str, public_id: UUID, verb: str) -> HttpResponse:
    """Take back, pass or send back one mark; then back to where one was."""
    asked = cast(AskedRequest, request)
    found = lists.mark(asked.viewer, one=named(key), public_id=public_id, day=day_of(asked.now))
    common: dict[str, Any] = {
        "actor": actor(request), "at": asked.now, "key": key_of_form(request), "mark": public_id, "seen": seen(request),
    }  # fmt: skip
    if verb == "withdraw":
        marks.withdraw(**common)
        say(request, _("已撤回，登记过的还看得到"))
    elif verb == "confirm":
        marks.confirm(**common)
        say(request, _("看过了，通过"))
    elif verb == "send_back":
        form = forms.ReturnForm(request.POST, auto_id="return_%s")
        done = form.is_valid() and run(form, lambda: marks.send_back(**common, why=form.cleaned_data["why"]))
        if not done:
            return draw(request, key, found.organisation.code, sent_back=form, status=422)
        say(request, _("已退回，单位会收到通知"))
    else:
        raise NotFound
    if request.POST.get("from") == "waiting":
        return redirect("standard_waiting", key)
    return redirect("standard_body", key, found.organisation.code)
