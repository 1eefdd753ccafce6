"""The entrance, and one body's list: each item with what was shown, who looked, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import ids_of, organisations_by_id
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.standards import forms, words
from genmai.interfaces.web.standards.scope import Scope, asked_scope, head, lists_for, tabs, trail
from genmai.processes.registers.models import Mark
from genmai.processes.registers.standards import policies
from genmai.processes.registers.standards.definition import Item
from genmai.processes.registers.standards.flow import MARK
from genmai.processes.registers.standards.mechanism import Installed
from genmai.processes.registers.standards.owed import Owed
from genmai.processes.registers.standards.queries import lists


@dataclass(frozen=True)
class Own:
    """One list in the entrance, with one's own body's n of d."""

    one: Installed
    title: str
    about: str
    body: Organisation
    n: int
    d: int


@dataclass(frozen=True)
class Shown:
    """One mark with what may be done about it."""

    mark: Mark
    shape: str
    word: str
    verbs: Sequence[tuple[str, UUID]] = field(default=())


@dataclass(frozen=True)
class Line:
    """One item of the body."""

    key: str
    item: Item
    title: str
    rhythm: str
    shape: str
    word: str
    marks: list[Shown]
    form: forms.ShowForm | None
    form_key: UUID
    opened: bool = False


@signed_in
@require_safe
def entrance(request: HttpRequest) -> HttpResponse:
    """Every list that is for this person, with their own body's n of d."""
    asked = cast(AskedRequest, request)
    day = day_of(asked.now)
    found: list[Own] = []
    for one in lists_for(asked.viewer):
        own = ids_of(policies.reached(asked.viewer, one.standard)[0])[-1]
        body = organisations_by_id(asked.viewer, ids=[own], at=asked.now, tree=one.standard.tree)[own]
        owed = lists.of_body(asked.viewer, one=one, organisation=body, day=day)
        title, about = words.say(one.standard.title), words.say(one.standard.about)
        found.append(Own(one, title, about, body, sum(row.done for row in owed), len(owed)))
    return render(request, "standards/entrance.html", {"nav_key": "standards", "rows": found, "now": asked.now})


@signed_in
@require_safe
def page(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """One body's list on a day."""
    return draw(request, key, code)


def draw(
    request: HttpRequest, key: str, code: str, *, item: str = "", bound: Any = None, sent_back: Any = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The same after a form was refused: it keeps what was typed."""
    asked = cast(AskedRequest, request)
    scope = asked_scope(asked, key, code)
    viewer, standard = asked.viewer, scope.one.standard
    owed = lists.of_body(viewer, one=scope.one, organisation=scope.body, day=scope.day, known_at=scope.known_at)
    marks = lists.marks_of(viewer, one=scope.one, organisation=scope.body)
    may = {who: not scope.past and policies.may(actor(request), standard, who, scope.path) for who in _WHO}
    lines = [_line(scope, row, marks.get(row.item, ()), may, bound if row.item == item else None) for row in owed]
    groups = [
        (words.say(title), [line for line in lines if line.item.group == group])
        for group, title in standard.groups.items()
    ]
    context = head(scope) | {
        "now": asked.now, "trail": trail(asked, scope), "tabs": tabs(asked, scope, "one"),
        "groups": [(title, rows) for title, rows in groups if rows], "n": sum(row.done for row in owed), "d": len(owed),
        "return_form": sent_back or forms.ReturnForm(auto_id="return_%s"),
    }  # fmt: skip
    return render(request, "standards/one.html", context, status=status)


_WHO = (policies.MARK_IT, policies.REVIEW)


def _line(scope: Scope, row: Owed, marks: Sequence[Mark], may: dict[str, bool], bound: Any) -> Line:
    item = scope.one.standard.items[row.item]
    shape, word = words.standing(row, item, scope.one.standard.review)
    open_to_tick = may[policies.MARK_IT] and not (item.target == 1 and row.done)
    fresh = forms.ShowForm(
        item=item, hint=words.say(item.proof), initial={"on": scope.today, "quantity": 1}, auto_id=f"{row.item}_%s"
    )
    form = (bound or fresh) if open_to_tick else None
    current = [mark for mark in marks if scope.known_at is None or mark.recorded_at <= scope.known_at][:12]
    shown = [_shown(mark, may, scope.one.standard.review) for mark in current]
    return Line(
        row.item,
        item,
        words.say(item.title),
        words.rhythm(item),
        shape,
        word,
        shown,
        form,
        new_key(),
        bound is not None,
    )


def _shown(mark: Mark, may: dict[str, bool], review: bool) -> Shown:
    shape, word = words.MARKS[mark.state]
    verbs = []
    for verb in ("withdraw", "confirm", "send_back"):
        row = MARK.row(verb)
        if MARK.allows(mark.state, verb) and may[row.who] and (review or row.who != policies.REVIEW):
            verbs.append((verb, new_key()))
    if not review and mark.state == "shown":
        shape, word = "done", words.MARKS["confirmed"][1] if mark.looked_at else words.PLAIN
    return Shown(mark, shape, str(word), verbs)
