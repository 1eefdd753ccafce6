"""Somebody who may be a member: told by a visit or a registration, looked up with a purpose, spoken to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from genmai.interfaces.web.duplicates.waterfall import drawn
from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.recording import run
from genmai.interfaces.web.flowing import bodies, forms, words
from genmai.interfaces.web.flowing.listing import check_view, may
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted
from genmai.processes.registers.flowing import policies, queries
from genmai.processes.registers.flowing.commands import candidates as commands
from genmai.processes.registers.flowing.flow import CANDIDATE
from genmai.processes.registers.flowing.mechanism import current, rules_of
from genmai.processes.registers.flowing.sealing import Resident


@dataclass(frozen=True)
class Verb:
    """What they may have said."""

    name: str
    label: Any
    done: Any
    form: type[forms.Ruled]
    command: Callable[..., Any]
    primary: bool = False


VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("declare", gettext_lazy("本人说是党员，报到"), gettext_lazy("已登记报到，等他的支部核对"),
             forms.DeclareForm, commands.declare, True),
        Verb("miss", gettext_lazy("没联系上"), gettext_lazy("记下了，过几天再提醒"), forms.WayForm, commands.miss),
        Verb("deny", gettext_lazy("本人说不是党员"), gettext_lazy("记下了，不再联系"), forms.WayForm, commands.deny),
        Verb("settle", gettext_lazy("组织关系就在本地"), gettext_lazy("记下了"), forms.WayForm, commands.settle),
        Verb("close", gettext_lazy("联系不上，先放下"), gettext_lazy("先放下了"), forms.WayForm, commands.close),
    )
}  # fmt: skip


@sensitive_post_parameters("name", "phone", "identity", "born", "sex", "text")
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest) -> HttpResponse:
    """Somebody met at the window or on a round."""
    asked = cast(AskedRequest, request)
    if not may(asked.viewer, policies.CONTACT):
        raise NotPermitted(
            "not_permitted", "这一步由{who}来办，您的账号没有这个权限", who=policies.WORDS[policies.CONTACT]
        )
    choices = [(body.pk, body.short_name) for body in bodies.hosts(asked)]
    data = request.POST if request.method == "POST" else None
    form = forms.TellForm(data, rules=rules_of(current().ref), hosts=choices, initial={"source": "visit", "sex": ""})
    if data is not None and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("source", "name", "phone", "text")}
        host = int(form.cleaned_data["host_id"])
        made = run(form, lambda: commands.tell(
            actor=actor(asked), at=asked.now, key=key(asked), host_id=host, known=form.known(), **typed
        ))  # fmt: skip
        if made is not None:
            say(request, _("记下了，请去联系本人"))
            return redirect("flowing_candidate", made.public_id)
    context = {
        "nav_key": "flowing", "form": form, "key": new_key(), "title": _("登记可能的流动党员"),
        "lead": _("只保存姓名和电话，够去联系就行。是不是党员，由本人说。"),
    }  # fmt: skip
    return render(request, "flowing/form.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who, where from, what was tried, and what they said."""
    return _page(request, public_id)


@signed_in
@require_POST
def look(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Name and number, for a stated purpose; the log has it first."""
    asked = cast(AskedRequest, request)
    purpose = request.POST.get("purpose", "")
    try:
        shown = commands.look(
            actor=actor(asked), at=asked.now, key=key(asked), candidate=public_id, purpose=purpose,
        )  # fmt: skip
    except BadInput as refused:
        return _page(request, public_id, look={"fault": sentence_of(refused), "purpose": purpose}, status=422)
    page = _page(request, public_id, shown=shown)
    page.headers["Cache-Control"] = "no-store"
    return page


@signed_in
@require_POST
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """What they said, or that nobody was reached."""
    asked = cast(AskedRequest, request)
    chosen = VERBS.get(verb)
    if chosen is None:
        raise NotFound
    found = queries.candidate(asked.viewer, public_id=public_id)
    form = chosen.form(request.POST, rules=rules_of(found.mechanism), auto_id=f"{verb}_%s")
    if form.is_valid():
        done = run(
            form,
            lambda: chosen.command(
                actor=actor(asked), at=asked.now, key=key(asked), candidate=public_id, seen=seen(asked),
                **forms.given(form),
            ),
        )  # fmt: skip
        if done is not None:
            say(request, str(chosen.done))
            return redirect("flowing_candidate", public_id)
    return _page(request, public_id, bound=form, verb=verb, status=422)


def _page(
    request: HttpRequest, public_id: UUID, *, shown: Resident | None = None, bound: Any = None, verb: str = "",
    look: Mapping[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    asked = cast(AskedRequest, request)
    check_view(asked.viewer)
    found = queries.candidate(asked.viewer, public_id=public_id)
    rules = rules_of(found.mechanism)
    may_judge = policies.holds(asked.viewer, policies.SCREEN, found.reach)
    open_verbs = [VERBS[name] for name in VERBS if CANDIDATE.allows(found.state, name)]
    if not may(asked.viewer, policies.CONTACT):
        open_verbs = []
    offers = [
        (one, bound if one.name == verb else one.form(rules=rules, auto_id=f"{one.name}_%s"), new_key())
        for one in open_verbs
    ]
    context = {
        "nav_key": "flowing", "now": asked.now, "candidate": found, "badge": words.CANDIDATE[found.state],
        "source": words.SOURCES[found.source], "who": queries.masked(asked.viewer, of=[found]).get(found.pk),
        "shown": shown, "explained": drawn(queries.explained(asked.viewer, of=found)), "look_key": new_key(), "opened": verb,
        "look": look or {"purpose": _("联系可能的流动党员")}, "judged": may_judge and bool(found.parameters),
        "first": next((offer for offer in offers if offer[0].primary), None),
        "others": [offer for offer in offers if not offer[0].primary],
        "touches": [(one, words.VERBS[one.verb], words.say(rules.contact.ways.get(one.way))) for one in queries.touches(asked.viewer, of=found)],
    }  # fmt: skip
    return render(request, "flowing/candidate.html", context, status=status)
