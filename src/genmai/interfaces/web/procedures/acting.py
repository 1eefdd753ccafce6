"""What is done to a file: each verb one command; a refusal stands at its field and keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from genmai.interfaces.web.edge.posting import key, new_key, seen
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import signed_in
from genmai.interfaces.web.procedures import forms, words
from genmai.interfaces.web.procedures.one import Standing, back_form, page, standing_of
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import Changed, NotFound, NotPermitted, Refused
from genmai.processes.registers.models import Dossier
from genmai.processes.registers.procedures.commands import closing, pausing, reviewing
from genmai.processes.registers.procedures.commands.closing import Fact


def run(form: PlainForm, command: Callable[[], Any]) -> Any:
    """Do it; a refusal goes to its field. None when it was refused."""
    try:
        return command()
    except (NotFound, NotPermitted, Changed):
        raise
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
        return None


def _close(one: Standing, data: Any, common: dict[str, Any]) -> tuple[str, PlainForm, Callable[[], Dossier]]:
    step = data.get("step", "")
    if step not in one.view.rules.steps:
        raise NotFound
    form = forms.step_form(one.view.rules.steps[step], data)
    return "close", form, lambda: closing.close_step(step=step, fact=form.fact(), **common)


def _record(one: Standing, data: Any, common: dict[str, Any]) -> tuple[str, PlainForm, Callable[[], Dossier]]:
    step, what = data.get("step", ""), data.get("what", "")
    form = forms.RecordForm(data, auto_id=f"record-{what}_%s")
    return f"record-{what}", form, lambda: closing.write_record(step=step, what=what, **form.cleaned_data, **common)


def _back(one: Standing, data: Any, common: dict[str, Any]) -> tuple[str, PlainForm, Callable[[], Dossier]]:
    form = back_form(one, data)
    return "back", form, lambda: closing.send_back(**form.cleaned_data, **common)


def _extend(one: Standing, data: Any, common: dict[str, Any]) -> tuple[str, PlainForm, Callable[[], Dossier]]:
    form = forms.ExtendForm(data, auto_id="extend_%s")
    return "extend", form, lambda: closing.extend(**form.cleaned_data, **common)


def _ask(one: Standing, data: Any, common: dict[str, Any]) -> tuple[str, PlainForm, Callable[[], Dossier]]:
    return "ask", PlainForm(data), lambda: reviewing.ask(**common)


def _answer(one: Standing, data: Any, common: dict[str, Any]) -> tuple[str, PlainForm, Callable[[], Dossier]]:
    body = data.get("body", "")
    form = forms.AnswerForm(data, auto_id=f"answer-{body}_%s")

    def command() -> Dossier:
        given = form.cleaned_data
        return reviewing.answer(
            body=body, agrees=given["agrees"] == "yes", text=given["text"], document=given["document"], **common
        )

    return f"answer-{body}", form, command


def _pause(verb: str, command: Any) -> Any:
    def prepared(one: Standing, data: Any, common: dict[str, Any]) -> tuple[str, PlainForm, Callable[[], Dossier]]:
        form = forms.ReasonForm(data, auto_id=f"{verb}_%s")
        return verb, form, lambda: command(reason=form.cleaned_data["reason"], **common)

    return prepared


VERBS: dict[str, Any] = {
    "close": _close,
    "record": _record,
    "back": _back,
    "extend": _extend,
    "ask": _ask,
    "answer": _answer,
    "stop": _pause("stop", pausing.stop),
    "resume": _pause("resume", pausing.resume),
    "end": _pause("end", pausing.end),
}


@signed_in
@require_POST
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """One verb of the page."""
    if verb not in VERBS:
        raise NotFound
    one = standing_of(request, public_id)
    common = {"actor": one.actor, "at": one.asked.now, "key": key(request), "dossier": public_id, "seen": seen(request)}
    opened, form, command = VERBS[verb](one, request.POST, common)
    if request.POST.get("step", one.dossier.next_step) != one.dossier.next_step and form.is_valid():
        command()  # a form of a step that has moved on: done before, or refused on a page of its own
        return redirect("procedure_file", public_id)
    if form.is_valid() and run(form, command) is not None:
        after = standing_of(request, public_id)
        turn = words.turn(after.dossier, after.view.rules)
        say(request, _("记下了，接着是%(turn)s") % {"turn": turn} if turn else _("记下了"))
        return redirect("procedure_file", public_id)
    return page(request, one, bound=form, opened=opened, status=422)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, public_id: UUID, entry_id: UUID) -> HttpResponse:
    """A later entry in the place of a wrong one."""
    one = standing_of(request, public_id)
    wrong = next((entry for entry in one.view.entries if entry.public_id == entry_id), None)
    if wrong is None or wrong.kind != "closed":
        raise NotFound
    rule = one.view.rules.steps[wrong.step]
    if not one.may(rule.by):
        raise NotPermitted(
            "not_permitted", "这一步由{who}来办，您的账号没有这个权限", who=words.body(one.dossier, rule.by)
        )
    told = dict(one.view.words.get(wrong.number, {}))
    data = request.POST if request.method == "POST" else None
    form = forms.step_form(rule, data, correcting=True, initial=forms.initial_of(wrong, told), prefix="correct")
    if data is not None and form.is_valid():
        fact: Fact = form.fact()
        done = run(form, lambda: closing.correct(
            actor=one.actor, at=one.asked.now, key=key(request), entry=entry_id, fact=fact,
            reason=form.cleaned_data["reason"], seen=seen(request),
        ))  # fmt: skip
        if done is not None:
            say(request, _("更正了，原来的那条还留在档案里"))
            return redirect("procedure_file", public_id)
    context = {
        "nav_key": "procedures", "form": form, "key": new_key(), "seen": one.dossier.version, "dossier": one.dossier,
        "name": one.dossier.subject.display_name, "step": words.numbered(rule), "wrong": wrong,
        "told": words.told(wrong, told, one.view.rules),
    }  # fmt: skip
    return render(request, "procedures/correct.html", context, status=422 if form.errors else 200)
