"""The pre-review of major matters: inbox, form, one matter and its verbs, the owners' vote with its arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates import forms, words
from genmai.interfaces.web.estates.listing import Told, check_view
from genmai.interfaces.web.estates.one import standing_of
from genmai.interfaces.web.estates.recording import run
from genmai.interfaces.web.shell.plain_forms import PlainForm
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Tab
from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.processes.registers import policies
from genmai.processes.registers.commands import prereview
from genmai.processes.registers.estate_rules import EstateRules, Majority
from genmai.processes.registers.flow import REVIEW
from genmai.processes.registers.majorities import Ballot, count
from genmai.processes.registers.mechanism import rules_of
from genmai.processes.registers.models import Matter, Vote
from genmai.processes.registers.queries import matters as queries
from genmai.processes.registers.queries.matters import PAGE


@signed_in
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for review first."""
    asked = cast(AskedRequest, request)
    check_view(asked.viewer)
    counted = queries.counts(asked.viewer)
    state = request.GET.get("state", "submitted" if counted.get("submitted") else "")
    state = state if state in REVIEW.states else ""
    text = request.GET.get("page", "")
    number = int(text) if text.isdigit() and 0 < int(text) < 100_000 else 1
    found, total = queries.page(asked.viewer, state=state, offset=(number - 1) * PAGE)
    tabs = [Tab(_("全部"), "?state=", not state, sum(counted.values()))]
    tabs += [
        Tab(str(words.REVIEWS[one][1]), f"?state={one}", state == one, counted[one])
        for one in REVIEW.states
        if counted.get(one)
    ]
    context = {
        "nav_key": "estates", "now": asked.now, "tabs": tabs, "page": Told(found, number, total, PAGE),
        "export_state": state or "all",
        "rows": [(m, words.REVIEWS[m.state], words.title(rules_of(m.mechanism).matters, m.kind)) for m in found],
    }  # fmt: skip
    return render(request, "estates/matters.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand one in."""
    one = standing_of(request, public_id)
    if not one.may("estates:submit"):
        raise NotPermitted("not_permitted", "前置审核由业委会、物业或社区提交，您的账号没有这个权限")
    asked, data = one.asked, request.POST if request.method == "POST" else None
    form = forms.MatterForm(data, rules=one.rules)
    if data is not None and form.is_valid():
        given = prereview.NewMatter(**form.cleaned_data)
        made = run(form, lambda: prereview.submit(
            actor=actor(asked), at=asked.now, key=key(asked), estate=public_id, matter=given
        ))  # fmt: skip
        if made is not None:
            say(request, _("已提交，社区微治办会在期限内答复"))
            return redirect("estate_matter", made.public_id)
    context = {
        "nav_key": "estates", "form": form, "key": new_key(), "title": _("提交前置审核"), "estate": one.estate,
        "seen": "", "limit": one.rules.review,
    }  # fmt: skip
    return render(request, "estates/form.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Verb:
    """A verb of the review with its form and words."""

    name: str
    label: Any
    done: Any
    form: type[PlainForm]
    primary: bool = False


VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("pass_on", gettext_lazy("审核通过"), gettext_lazy("已通过，可以交业主表决"), forms.AnswerForm, True),
        Verb("send_back", gettext_lazy("退回，写明理由"), gettext_lazy("已退回"), forms.AnswerForm),
        Verb("resubmit", gettext_lazy("改好，再提交"), gettext_lazy("已再提交"), forms.MatterForm, True),
        Verb("record_vote", gettext_lazy("登记业主表决结果"), gettext_lazy("已登记表决结果"), forms.VoteForm, True),
        Verb("withdraw", gettext_lazy("收回"), gettext_lazy("已收回"), PlainForm),
    )
}


def _form(verb: Verb, matter: Matter, rules: EstateRules, asked: AskedRequest, data: Any = None) -> PlainForm:
    given: dict[str, Any] = {"auto_id": f"{verb.name}_%s"}
    if verb.name == "resubmit":
        initial = {name: getattr(matter, name) for name in ("kind", "title", "text", "amount")}
        return forms.MatterForm(data, rules=rules, initial=initial, **given)
    if verb.name == "record_vote":
        return forms.VoteForm(data, initial=forms.today(day_of(asked.now)), **given)
    return verb.form(data, **given)


def _open_verbs(asked: AskedRequest, matter: Matter) -> list[Verb]:
    """What this viewer may do now."""
    who = actor(asked)
    found = []
    for name in REVIEW.verbs(matter.state):
        row = REVIEW.row(name)
        if name not in VERBS or not policies.may(row.who, who, matter.estate):
            continue
        try:
            if name in ("pass_on", "send_back"):
                policies.check_not_submitter(who, matter)
            else:
                policies.check_submitter(who, matter)
        except NotPermitted:
            continue
        found.append(VERBS[name])
    return sorted(found, key=lambda verb: not verb.primary)


@signed_in
@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One matter."""
    return _page(request, queries.one(cast(AskedRequest, request).viewer, public_id=public_id))


def _page(
    request: HttpRequest, matter: Matter, *, bound: PlainForm | None = None, verb: str = "", status: int = 200
) -> HttpResponse:
    asked = cast(AskedRequest, request)
    rules = rules_of(matter.mechanism)
    majority = rules.majorities[rules.matters[matter.kind].majority] if matter.kind in rules.matters else None
    open_verbs = _open_verbs(asked, matter)
    offers = [
        (one, bound if bound is not None and one.name == verb else _form(one, matter, rules, asked), new_key())
        for one in open_verbs
    ]
    due = offers and offers[0][0].primary and matter.state != "voted"  # reported once; anew is not the next step
    first = offers[0] if due else None
    context = {
        "nav_key": "estates", "now": asked.now, "matter": matter, "badge": words.REVIEWS[matter.state],
        "kind": words.title(rules.matters, matter.kind), "first": first,
        "told": told(bound, verb, [one[0].name for one in offers]), "others": [one for one in offers if one is not first], "majority": majority, "opened": verb,
        "late": matter.state == "submitted" and matter.due_at < asked.now,
        "votes": [_vote(one, rules) for one in matter.votes.all()],
        "own": any(one.name in ("pass_on", "send_back") for one in open_verbs),
    }  # fmt: skip
    return render(request, "estates/matter.html", context, status=status)


def told(bound: PlainForm | None, verb: str, offered: list[str]) -> str:
    """Why something was refused whose form is no longer on the page."""
    if bound is None or verb in offered:
        return ""
    return " ".join(str(error) for errors in bound.errors.values() for error in errors)


def _vote(vote: Vote, rules: EstateRules) -> dict[str, Any]:
    """The four conditions with n, d and what is needed; and whether report and arithmetic agree."""
    majority: Majority = rules.majorities[vote.majority]
    counted = count(Ballot(**{name: getattr(vote, name) for name in Ballot.__slots__}), majority)
    lines = [
        {
            "title": words.TESTS[test.key], "n": test.n, "d": test.d, "holds": test.holds,
            "needs": _needs(test.share.numerator, test.share.denominator, test.over),
        }
        for test in counted.tests
    ]  # fmt: skip
    return {"vote": vote, "lines": lines, "carried": counted.carried, "majority": majority}


def _needs(n: int, d: int, over: bool) -> str:
    return _("多于 %(share)s") % {"share": f"{n}/{d}"} if over else _("%(share)s 以上") % {"share": f"{n}/{d}"}


def _given(verb: str, form: Any) -> dict[str, Any]:
    data = form.cleaned_data
    if verb == "pass_on":
        return {"conditions": data["answer"]}
    if verb == "send_back":
        return {"reasons": data["answer"]}
    if verb == "resubmit":
        return {"changed": prereview.NewMatter(**data)}
    if verb == "record_vote":
        return {
            "ballot": form.ballot(), "voted_on": data["voted_on"], "reported": data["reported"] == "yes",
            "document": data["document"],
        }  # fmt: skip
    return {}


@signed_in
@require_POST
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Carry out a verb."""
    asked = cast(AskedRequest, request)
    matter = queries.one(asked.viewer, public_id=public_id)
    if verb not in VERBS:
        raise NotFound
    found = VERBS[verb]
    form = _form(found, matter, rules_of(matter.mechanism), asked, request.POST)
    if form.is_valid():
        command: Callable[..., Matter] = getattr(prereview, verb)
        done = run(form, lambda: command(
            actor=actor(asked), at=asked.now, key=key(asked), matter=public_id, seen=seen(request), **_given(verb, form)
        ))  # fmt: skip
        if done is not None:
            say(request, str(found.done))
            return redirect("estate_matter", public_id)
    return _page(request, matter, bound=form, verb=verb, status=422)
