"""One record with both sides: registering that a member goes, confirming who it is, contact, care, and the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key, new_key, seen
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates.recording import run
from genmai.interfaces.web.flowing import forms, words
from genmai.interfaces.web.flowing.listing import check_view, may, name_of
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted
from genmai.processes.registers.flowing import policies, queries
from genmai.processes.registers.flowing.commands import looking
from genmai.processes.registers.flowing.commands import records as commands
from genmai.processes.registers.flowing.definition import FlowingSection
from genmai.processes.registers.flowing.flow import RECORD
from genmai.processes.registers.flowing.mechanism import current, rules_of
from genmai.processes.registers.models import FlowRecord


@dataclass(frozen=True)
class Verb:
    """A step of either side: `who` may take it, on which side."""

    name: str
    label: Any
    form: type[forms.Ruled]
    who: str
    home_only: bool = False


VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("confirm", gettext_lazy("确认是本支部的党员"), forms.ConfirmForm, policies.KEEP, True),
        Verb("contact", gettext_lazy("记一次联系"), forms.ContactForm, policies.CONTACT),
        Verb("name_home", gettext_lazy("问清了在哪个支部"), forms.HomeForm, policies.CONTACT),
        Verb("care", gettext_lazy("记一件关爱或学习"), forms.CareForm, policies.CONTACT),
        Verb("disown", gettext_lazy("不是本支部的"), forms.DisownForm, policies.KEEP, True),
        Verb("come_back", gettext_lazy("回来了"), forms.EndForm, policies.KEEP, True),
        Verb("transfer", gettext_lazy("组织关系转走了"), forms.EndForm, policies.KEEP, True),
        Verb("lose", gettext_lazy("支部研究后认定失联"), forms.EndForm, policies.KEEP, True),
        Verb("withdraw", gettext_lazy("登记错了，撤下"), forms.EndForm, policies.KEEP, True),
    )
}
ENDS = ("come_back", "transfer", "lose", "withdraw")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Register that a member goes; first find them on the roll by name."""
    asked = cast(AskedRequest, request)
    if not may(asked.viewer, policies.KEEP):
        raise NotPermitted(
            "not_permitted", "这一步由{who}来办，您的账号没有这个权限", who=policies.WORDS[policies.KEEP]
        )
    name = (request.POST.get("q") or request.GET.get("q", "")).replace("\x00", "").strip()[:40]
    members = _members(asked, name)
    data = request.POST if request.method == "POST" else None
    form = forms.LeaveForm(data, rules=rules_of(current().ref), members=members, initial={"planned": "no"})
    if data is not None and form.is_valid():
        typed = dict(forms.given(form))
        member, planned = UUID(typed.pop("member")), typed.pop("planned") == "yes"
        made = run(form, lambda: commands.leave(
            actor=actor(asked), at=asked.now, key=key(asked), member=member, planned=planned, **typed
        ))  # fmt: skip
        if made is not None:
            say(request, _("已登记外出"))
            return redirect("flowing_record", made.public_id)
    context = {
        "nav_key": "flowing", "form": form, "key": new_key(), "q": name, "members": members, "title": _("登记外出"),
    }  # fmt: skip
    return render(request, "flowing/leave.html", context, status=422 if form.errors else 200)


def _members(asked: AskedRequest, name: str) -> list[tuple[str, str]]:
    found = queries.roll(asked.viewer, words=name)
    return [(str(row.person.public_id), f"{row.person.display_name}（{row.branch.short_name}）") for row in found]


@signed_in
@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Both sides, the clocks, duties, and the log."""
    return _page(request, public_id)


@signed_in
@require_POST
def look(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Name and number of one's own side, for a stated purpose; the log has it first."""
    asked = cast(AskedRequest, request)
    check_view(asked.viewer)
    purpose = request.POST.get("purpose", "")
    try:
        shown = looking.look(actor=actor(asked), at=asked.now, key=key(asked), record=public_id, purpose=purpose)
    except BadInput as refused:
        return _page(request, public_id, look={"fault": sentence_of(refused), "purpose": purpose}, status=422)
    page = _page(request, public_id, look={"shown": shown})
    page.headers["Cache-Control"] = "no-store"
    return page


@signed_in
@require_POST
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """One step."""
    asked = cast(AskedRequest, request)
    chosen = VERBS.get(verb)
    if chosen is None:
        raise NotFound
    found = queries.record(asked.viewer, public_id=public_id)
    form = _form(asked, chosen, found, rules_of(found.mechanism), request.POST)
    if form.is_valid() and run(form, lambda: _run(asked, found, verb, dict(forms.given(form)))) is not None:
        say(request, _("记下了"))
        return redirect("flowing_record", public_id)
    return _page(request, public_id, bound=form, verb=verb, status=422)


def _run(asked: AskedRequest, found: FlowRecord, verb: str, given: dict[str, Any]) -> FlowRecord:
    common: dict[str, Any] = {
        "actor": actor(asked), "at": asked.now, "key": key(asked), "record": found.public_id, "seen": seen(asked)
    }  # fmt: skip
    if verb == "confirm":
        return commands.confirm(**common, member=UUID(given["member"]))
    if verb == "contact":
        return commands.contact(
            **common, way=given["way"], reached=given["reached"] == "yes", text=given.get("text", "")
        )
    if verb == "care":
        return commands.care(**common, **given)
    if verb == "disown":
        return commands.disown(**common, **given)
    if verb == "name_home":
        body = queries.party_body(asked.viewer, words=given["home"])
        if body is None:
            raise BadInput("home", "没有找到这个党组织，或者不止一个叫这个名字：请写编码", field="home")
        return commands.name_home(**common, home_id=body.pk, text=given.get("text", ""))
    return commands.end(**common, how=verb, **given)


def _form(asked: AskedRequest, verb: Verb, found: FlowRecord, rules: FlowingSection, data: Any = None) -> forms.Ruled:
    more: dict[str, Any] = {"rules": rules, "auto_id": f"{verb.name}_%s"}
    if verb.name == "confirm":
        return forms.ConfirmForm(data, members=_who(asked, found), **more)
    initial = {"on": day_of(asked.now), "reached": "yes"}
    return verb.form(data, initial={k: v for k, v in initial.items() if k in verb.form.base_fields}, **more)


def _who(asked: AskedRequest, found: FlowRecord) -> list[tuple[str, str]]:
    """Whom the home side may mean: who was registered as gone, whom the comparison pointed at, who bears the name typed."""
    named = [found.member] if found.member is not None else [found.thought] if found.thought is not None else []
    rows = [queries.place_of(asked.viewer, person=person) for person in named]
    chosen = [
        (str(row.person.public_id), f"{row.person.display_name}（{row.branch.short_name}）") for row in rows if row
    ]
    return list(dict.fromkeys(chosen + _members(asked, asked.GET.get("q", "").replace("\x00", "")[:40])))


def _page(
    request: HttpRequest, public_id: UUID, *, bound: Any = None, verb: str = "",
    look: Mapping[str, Any] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    asked = cast(AskedRequest, request)
    viewer = asked.viewer
    check_view(viewer)
    found = queries.record(viewer, public_id=public_id)
    rules = rules_of(found.mechanism)
    at_home = policies.holds(viewer, policies.VIEW, found.home_reach)
    offers = [
        (one, bound if one.name == verb else _form(asked, one, found, rules), new_key())
        for one in VERBS.values()
        if _open(found, one, at_home) and may(viewer, one.who)
    ]
    first = offers[0] if offers and offers[0][0].name in ("confirm", "contact") else None
    log = queries.touches(viewer, of=found)
    context = {
        "nav_key": "flowing", "now": asked.now, "today": day_of(asked.now), "record": found, "name": name_of(found),
        "badge": words.RECORD[found.state], "reason": words.say(rules.reasons.get(found.reason)), "at_home": at_home,
        "first": first, "others": [offer for offer in offers if offer is not first], "opened": verb,
        "clocks": [(words.CLOCKS[kind], since) for kind, since in queries.clocks(viewer, of=found, today=day_of(asked.now))],
        "touches": [(one, words.VERBS[one.verb], _what(one, rules)) for one in log],
        "care": _duties(rules, "care", log), "classroom": _duties(rules, "classroom", log),
        "q": request.GET.get("q", "")[:40], "look": look or {"purpose": _("和流动党员联系")}, "look_key": new_key(),
        "may_look": found.ended_on is None and looking.whom(viewer, found) is not None,
    }  # fmt: skip
    return render(request, "flowing/record.html", context, status=status)


def _open(found: FlowRecord, verb: Verb, at_home: bool) -> bool:
    name = "reach" if verb.name == "contact" and not RECORD.allows(found.state, "contact") else verb.name
    if verb.name == "disown" and found.member_id is not None:
        return False
    if verb.name == "name_home" and found.home_id is not None:
        return False
    return RECORD.allows(found.state, name) and (at_home or not verb.home_only)


def _what(touch: Any, rules: FlowingSection) -> str:
    if touch.duty and touch.duty in rules.duties:
        return words.say(rules.duties[touch.duty].title)
    return words.say(rules.contact.ways.get(touch.way))


def _duties(rules: FlowingSection, place: str, log: list[Any]) -> list[tuple[str, Any, Any]]:
    """Each duty, whose it is, and when it was last done."""
    last: dict[str, Any] = {}
    for one in log:
        last.setdefault(one.duty, one.at)
    return [(words.say(duty.title), words.SIDES[duty.side], last.get(name)) for name, duty in rules.of(place)]
