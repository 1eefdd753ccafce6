"""What a party of an estate takes part in: its estates, the matters it was asked to join, its own part in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates import forms, words
from genmai.interfaces.web.estates.matters import told
from genmai.interfaces.web.estates.recording import run
from genmai.interfaces.web.handle_case.words import badge, title_of
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Event
from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.processes.cases.commands import bodies, handling
from genmai.processes.cases.commands import parties as commands
from genmai.processes.cases.models import Body, Case
from genmai.processes.cases.queries import parties as queries
from genmai.processes.registers.models import Management
from genmai.processes.registers.queries import estates, matters
from genmai.records.deeds import kinds


@dataclass(frozen=True)
class Verb:
    """What a party may do."""

    name: str
    label: Any
    done: Any
    form: type[PlainForm]


VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("promise", gettext_lazy("答应哪天办好"), gettext_lazy("已记下答应的日期"), forms.PromiseForm),
        Verb("arrive", gettext_lazy("到现场了"), gettext_lazy("已报到"), forms.OptionalWordsForm),
        Verb("note", gettext_lazy("记一笔"), gettext_lazy("已记下"), forms.WordsForm),
        Verb("conclude", gettext_lazy("我们这部分办完了"), gettext_lazy("已写明办理结果"), forms.WordsForm),
    )
}


def _open(body: Body) -> list[Verb]:
    """In hand and not concluded; arriving once."""
    if body.case.state != "in_hand" or body.concluded_at is not None:
        return []
    first = "promise" if body.arrived_at is None else "conclude"
    found = [verb for verb in VERBS.values() if verb.name != "arrive" or body.arrived_at is None]
    return sorted(found, key=lambda verb: verb.name != first)


def _state(body: Body) -> tuple[str, str]:
    if body.concluded_at is not None:
        return "done", _("我们办完了")
    if body.case.state == "in_hand":
        return ("in-hand", _("我们已到现场")) if body.arrived_at else ("new", _("等我们办"))
    return badge(body.case.state)


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Our estates and the matters we were asked to join."""
    asked = cast(AskedRequest, request)
    viewer, day = asked.viewer, day_of(asked.now)
    if not viewer.paths("cases:party"):
        raise NotPermitted("not_permitted", "这里给业委会和物业用，您的账号没有这个权限")
    found, _total = estates.page(viewer, filters=estates.Filters(), day=day)
    context = {
        "nav_key": "estates", "now": asked.now,
        "estates": [(e, words.managed_badge(f.management.management if f.management else Management.NONE.value))
                    for e, f in found],
        "rows": [(body, title_of(body.case, 40), _state(body)) for body in queries.mine(viewer)],
        "matters": [(m, words.REVIEWS[m.state]) for m in matters.page(viewer, limit=10)[0]],
    }  # fmt: skip
    return render(request, "estates/together.html", context)


@signed_in
@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One matter: where, what, who leads, our own part."""
    return _page(request, queries.one(cast(AskedRequest, request).viewer, case=public_id))


def _page(
    request: HttpRequest, part: queries.Part, *, bound: PlainForm | None = None, verb: str = "", status: int = 200
) -> HttpResponse:
    asked = cast(AskedRequest, request)
    offers = [
        (one, bound if bound is not None and one.name == verb else _form(one, asked), new_key())
        for one in _open(part.body)
    ]
    events = [
        Event(said.at, _(kinds.title(said.kind)), part.body.organisation.short_name, said.text)
        for said in reversed(part.said)
    ]
    context = {
        "nav_key": "estates", "now": asked.now, "part": part, "body": part.body, "case": part.body.case,
        "title": title_of(part.body.case, 60), "badge": _state(part.body), "first": offers[0] if offers else None,
        "told": told(bound, verb, [one[0].name for one in offers]), "others": offers[1:], "events": events, "opened": verb,
    }  # fmt: skip
    return render(request, "estates/part.html", context, status=status)


def _form(verb: Verb, asked: AskedRequest, data: Any = None) -> PlainForm:
    return verb.form(data, auto_id=f"{verb.name}_%s")


@signed_in
@require_POST
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Carry out a verb of our own part."""
    asked = cast(AskedRequest, request)
    part = queries.one(asked.viewer, case=public_id)
    if verb not in VERBS:
        raise NotFound
    form = _form(VERBS[verb], asked, request.POST)
    if form.is_valid():
        done = run(form, _command(verb, asked, part, form))
        if done is not None:
            say(request, str(VERBS[verb].done))
            return redirect("estate_together", public_id)
    return _page(request, part, bound=form, verb=verb, status=422)


def _command(verb: str, asked: AskedRequest, part: queries.Part, form: PlainForm) -> Callable[[], Case]:
    given = {
        "actor": actor(asked), "at": asked.now, "key": key(asked), "case": part.body.case.public_id,
        **form.cleaned_data,
    }  # fmt: skip
    if verb == "note":
        return lambda: handling.note(**given)
    known: dict[str, Callable[..., Case]] = {
        "promise": commands.promise,
        "arrive": bodies.arrive,
        "conclude": bodies.conclude,
    }
    return lambda: known[verb](**given, body=part.body.public_id)
