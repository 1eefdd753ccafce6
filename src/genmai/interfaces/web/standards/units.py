"""Which bodies are named into a programme, and naming one in or out of it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from genmai.interfaces.web.edge.posting import actor, new_key, seen
from genmai.interfaces.web.edge.posting import key as key_of_form
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.recording import run
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.standards import forms, words
from genmai.interfaces.web.standards.scope import Scope, asked_scope, head, tabs
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach
from genmai.processes.registers.standards import policies
from genmai.processes.registers.standards.commands import units as commands
from genmai.processes.registers.standards.queries import lists


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, key: str) -> HttpResponse:
    """The bodies in it within one's scope; who may, names another."""
    asked = cast(AskedRequest, request)
    scope = _scope(asked, key)
    data = request.POST if request.method == "POST" else None
    form = _form(scope, data)
    if data is not None and form.is_valid():
        given = dict(form.cleaned_data)
        made = run(form, lambda: _enrol(asked, scope, given))
        if made is not None:
            say(request, _("已列进"))
            return redirect("standard_units", key)
    return _draw(asked, scope, form, status=422 if form.errors else 200)


def _scope(asked: AskedRequest, key: str) -> Scope:
    scope = asked_scope(asked, key)
    if not scope.one.standard.named_classes:
        raise NotFound
    return scope


def _form(scope: Scope, data: Any = None) -> forms.UnitForm:
    standard = scope.one.standard
    classes = [(name, words.say(standard.classes[name].title)) for name in standard.named_classes]
    return forms.UnitForm(data, classes=classes, initial={"on": scope.today})


def _enrol(asked: AskedRequest, scope: Scope, given: dict[str, Any]) -> Any:
    body = lists.body(asked.viewer, one=scope.one, code=given.pop("code").strip(), day=scope.today)
    return commands.enrol(
        actor=actor(asked), at=asked.now, key=key_of_form(asked), standard=scope.one.key, organisation=body.public_id,
        **given,
    )  # fmt: skip


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, key: str, public_id: UUID) -> HttpResponse:
    """A body leaves it on a day."""
    asked = cast(AskedRequest, request)
    scope = _scope(asked, key)
    found = [unit for unit in lists.units(asked.viewer, one=scope.one, day=scope.today) if unit.public_id == public_id]
    if not found:
        raise NotFound
    data = request.POST if request.method == "POST" else None
    form = forms.LeaveForm(data, initial={"on": scope.today})
    if data is not None and form.is_valid():
        done = run(form, lambda: commands.leave(
            actor=actor(request), at=asked.now, key=key_of_form(request), unit=public_id, seen=seen(request),
            **form.cleaned_data,
        ))  # fmt: skip
        if done is not None:
            say(request, _("已退出，做过的还看得到"))
            return redirect("standard_units", key)
    context = head(scope) | {"form": form, "key": new_key(), "unit": found[0], "now": asked.now}
    return render(request, "standards/leave.html", context, status=422 if form.errors else 200)


def _draw(asked: AskedRequest, scope: Scope, form: Any, status: int) -> HttpResponse:
    standard = scope.one.standard
    rows = lists.units(asked.viewer, one=scope.one, day=scope.day)
    may = bool(policies.reached(asked.viewer, standard, policies.REVIEW, Reach.CAPTURE))
    context = head(scope) | {
        "now": asked.now, "tabs": tabs(asked, scope, "units"), "form": form, "key": new_key(), "may_name": may,
        "rows": [(unit, words.say(standard.classes[unit.unit_class].title)) for unit in rows],
    }  # fmt: skip
    return render(asked, "standards/units.html", context, status=status)
