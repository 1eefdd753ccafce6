"""One file: its steps by stages, what hinders the next one and from which day it may come, its papers and its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from genmai.directory.roster.models import Organisation
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case.words import say
from genmai.interfaces.web.procedures import forms, words
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Dossier, DossierEntry
from genmai.processes.registers.procedures import policies, queries
from genmai.processes.registers.procedures.queries import FileView, StepView
from genmai.processes.registers.procedures.rules import Step


@dataclass(frozen=True)
class Line:
    """One step as drawn. `state` is a node of the timeline: done, in-hand, late, ahead."""

    key: str
    title: str
    body: str
    state: str
    word: str
    on: str
    by: str
    told: list[tuple[str, str]]
    since: str
    until: str
    rules: list[str]
    records: list[tuple[str, str, str]]  # title, day, what was written
    entry: DossierEntry | None
    may_correct: bool
    source: str


@dataclass(frozen=True)
class Block:
    """A stage with its steps."""

    title: str
    done: int
    whole: int
    lines: list[Line]
    current: bool


@dataclass(frozen=True)
class Standing:
    """A file as one viewer stands to it."""

    asked: AskedRequest
    view: FileView
    day: date
    actor: Actor

    @property
    def dossier(self) -> Dossier:
        return self.view.dossier

    @property
    def turn(self) -> StepView | None:
        return next((step for step in self.view.steps if step.standing == "now"), None)

    @property
    def step(self) -> Step | None:
        return self.view.rules.steps[self.turn.key] if self.turn is not None else None

    def may(self, *bodies: str) -> bool:
        return any(policies.may(self.actor, self.dossier, body) for body in bodies)


def standing_of(request: HttpRequest, public_id: UUID) -> Standing:
    """Raises NotFound outside the viewer's scope."""
    asked = cast(AskedRequest, request)
    day = day_of(asked.now)
    dossier = queries.one(asked.viewer, public_id=public_id)
    return Standing(asked, queries.file_of(asked.viewer, dossier=dossier, day=day), day, actor(request))


@signed_in
@require_safe
def file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page."""
    return page(request, standing_of(request, public_id))


def page(
    request: HttpRequest, one: Standing, *, bound: Any = None, opened: str = "", status: int = 200
) -> HttpResponse:
    """Everything the template draws; a refused form keeps what was typed."""
    dossier, view = one.dossier, one.view
    own = {body: one.may(body) for body in {step.by for step in view.rules.steps.values()}}
    running = dossier.state == "running"
    context = {
        "nav_key": "procedures", "now": one.asked.now, "dossier": dossier, "rules": view.rules,
        "title": say(view.rules.title), "name": dossier.subject.display_name, "badge": words.badge(dossier, one.day),
        "blocks": _blocks(one, own), "turn": words.turn(dossier, view.rules), "key": new_key(),
        "turn_body": words.body(dossier, dossier.next_by) if dossier.next_by else "",
        "mine": running and bool(one.step and own.get(one.step.by)), "history": _history(one),
        "papers": [(say(view.rules.annexes[p.kind]) if p.kind in view.rules.annexes else p.kind, p) for p in view.annexes],
        "may_add": any(own.values()) and dossier.state != "ended", "opened": opened, "bound": bound,
        "done": sum(step.standing == "done" for step in view.steps), "whole": len(view.steps),
        "mechanism": dossier.mechanism,
    }  # fmt: skip
    context |= _next(one, context["mine"], bound, opened) if running and one.turn and one.step else {}
    if one.may(*view.rules.stopped_by):
        context["pauses"] = _pauses(dossier.state, bound, opened)
    if context["may_add"]:
        context["paper_form"] = bound if opened == "paper" else forms.PaperForm(rules=view.rules, auto_id="paper_%s")
    return render(request, "procedures/file.html", context, status=status)


def _next(one: Standing, mine: bool, bound: Any, opened: str) -> dict[str, Any]:
    """What is next: why not yet, and the forms of whoever's turn it is."""
    turn, step = one.turn, one.step
    assert turn is not None and step is not None  # noqa: S101, PT018  asked by the caller
    context: dict[str, Any] = {
        "reasons": [words.why(hindrance) for hindrance in turn.hindrances],
        "help": say(step.help) if step.help else "",
        "since": words.day(turn.earliest, one.day) if turn.earliest and turn.earliest > one.day else "",
        "until": words.day(turn.latest, one.day), "past": turn.latest is not None and turn.latest < one.day,
        "review": _review(one, turn, step, mine, bound, opened),
    }  # fmt: skip
    if not mine:
        return context
    if not turn.hindrances or opened == "close":
        prepared = forms.step_form(step, initial={"on": one.day})
        context["close_form"] = bound if opened == "close" else prepared
    context["record_forms"] = [
        (key, say(records.title), bound if opened == f"record-{key}" else
         forms.RecordForm(auto_id=f"record-{key}_%s", initial={"on": one.day}), f"record-{key}" == opened)
        for key, records in step.records.items()
    ]  # fmt: skip
    context["back_form"] = bound if opened == "back" else back_form(one)
    if step.extension is not None and one.may(step.extension.by):
        context["extend_form"] = bound if opened == "extend" else forms.ExtendForm(auto_id="extend_%s")
    return context


def back_form(one: Standing, data: Any = None) -> forms.BackForm:
    """The steps one may go back to, the nearest first."""
    done = [step.key for step in reversed(one.view.steps) if step.standing == "done"]
    choices = [(key, words.numbered(one.view.rules.steps[key])) for key in done]
    return forms.BackForm(data, steps=choices, auto_id="back_%s")


def _review(one: Standing, turn: StepView, step: Step, mine: bool, bound: Any, opened: str) -> Any:
    """The bodies of a joint review, what each said, and who may answer."""
    if step.review is None:
        return None
    rows = []
    for key, body in step.review.bodies.items():
        given = turn.answers.get(key)
        state, word = ("new", _("还没答复")) if given is None else ("done", _("同意"))
        if given is not None and given.agrees is False:
            state, word = "late", _("不同意")
        itself = bool(body.code) and _is(one, body.code)
        form = None
        if turn.asked_on and (itself or mine):
            form = bound if opened == f"answer-{key}" else forms.AnswerForm(auto_id=f"answer-{key}_%s")
        text = one.view.words.get(given.number, {}).get("text", "") if given is not None else ""
        rows.append((key, say(body.title), (state, word), given, text, form, opened == f"answer-{key}"))
    return {"asked": turn.asked_on, "rows": rows, "may_ask": mine and turn.asked_on is None,
            "within": words.span(step.review.within)}  # fmt: skip


def _is(one: Standing, code: str) -> bool:
    viewer = one.asked.viewer
    if viewer.organisation_id is None or not viewer.may(policies.REVIEW):
        return False
    return Organisation.objects.filter(pk=viewer.organisation_id, code=code).exists()


def _pauses(state: str, bound: Any, opened: str) -> list[tuple[str, str, Any, bool]]:
    offers = {"running": (("stop", _("先停一停")), ("end", _("终止，不再办了"))),
              "stopped": (("resume", _("恢复办理")), ("end", _("终止，不再办了")))}  # fmt: skip
    return [
        (verb, label, bound if opened == verb else forms.ReasonForm(auto_id=f"{verb}_%s"), opened == verb)
        for verb, label in offers.get(state, ())
    ]


def _blocks(one: Standing, own: Mapping[str, bool]) -> list[Block]:
    rules, blocks = one.view.rules, []
    for key in sorted(rules.stages, key=lambda stage: rules.stages[stage].order):
        steps = [step for step in one.view.steps if rules.steps[step.key].stage == key]
        lines = [_line(one, step, own) for step in steps]
        done = sum(step.standing == "done" for step in steps)
        blocks.append(Block(say(rules.stages[key].title), done, len(steps), lines, one.dossier.stage == key))
    return blocks


def _line(one: Standing, step: StepView, own: Mapping[str, bool]) -> Line:
    rules, rule, entry = one.view.rules, one.view.rules.steps[step.key], step.entry
    state = {"done": "done", "now": "in-hand", "ahead": "ahead"}[step.standing]
    word = {"done": _("办完"), "now": _("轮到这一步"), "ahead": ""}[step.standing]
    if step.late:
        state, word = ("done", _("办完，晚了")) if entry else ("late", _("过了期限"))
    said = words.told(entry, dict(one.view.words.get(entry.number, {})), rules) if entry else []
    records = [
        (say(rule.records[record.what].title) if record.what in rule.records else record.what,
         words.day(record.happened_on, one.day), one.view.words.get(record.number, {}).get("text", ""))
        for record in step.records
    ]  # fmt: skip
    return Line(
        step.key, words.numbered(rule), words.body(one.dossier, rule.by), state, word,
        words.day(entry.happened_on, one.day) if entry else "", entry.by.display_name if entry and entry.by else "",
        said, words.day(step.earliest, one.day) if step.earliest and step.earliest > one.day else "",
        words.day(step.latest, one.day) if step.standing != "done" else "",
        words.limits(rule, rules) if step.standing == "ahead" else [], records, entry,
        bool(entry and own.get(rule.by) and one.dossier.state != "ended"), rule.source,
    )  # fmt: skip


def _history(one: Standing) -> list[tuple[DossierEntry, str, list[tuple[str, str]], bool]]:
    """Everything ever written, the last first; what a later entry corrected is struck through."""
    corrected = {entry.corrects.number for entry in one.view.entries if entry.corrects is not None}
    found = []
    for entry in reversed(one.view.entries):
        kind = str(words.KINDS.get(entry.kind, entry.kind))
        if entry.corrects is not None:
            kind = _("更正")
        step = one.view.rules.steps.get(entry.step)
        title = f"{kind} · {words.numbered(step)}" if step is not None else kind
        told = words.told(entry, dict(one.view.words.get(entry.number, {})), one.view.rules)
        found.append((entry, title, told, entry.number in corrected))
    return found
