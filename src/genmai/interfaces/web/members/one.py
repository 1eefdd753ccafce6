"""One member's file: what the branch keeps and what the person reads; each change by its own form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands import members as commands
from genmai.directory.roster.commands import standing as standings
from genmai.directory.roster.commands import transfers
from genmai.directory.roster.commands.members import NewMember
from genmai.directory.roster.queries import members as queries
from genmai.directory.roster.queries.members import MemberFile
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members import forms, words
from genmai.interfaces.web.members.scope import kept_branch
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound, Refused


@never_cache
@signed_in
@require_safe
def member(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The file, whole."""
    asked = cast(AskedRequest, request)
    return render(request, "members/member.html", _context(asked, _found(asked, public_id)))


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The file of who is signed in."""
    asked = cast(AskedRequest, request)
    own = queries.own_membership(asked.viewer)
    if own is None:
        raise NotFound("您不在党员名册里；如果您是党员，请让所在支部把您登记进来")
    return redirect("member", own)


def _found(asked: AskedRequest, public_id: UUID) -> MemberFile:
    return queries.member_file(asked.viewer, public_id=public_id, at=asked.now)


def _context(asked: AskedRequest, file: MemberFile) -> dict[str, Any]:
    rules, current, profile = mechanism.members(), file.current, file.profile
    facts = [
        (_("所在支部"), current.branch.name), (_("阶段"), words.STAGES[current.stage]),
        (_("入党日期"), current.joined_on), (_("转正日期"), current.full_on),
        (_("手机号"), file.phone or "—"), (_("身份证号"), file.identity or "—"),
    ]  # fmt: skip
    if profile is not None:
        facts += [
            (_("性别"), words.SEXES.get(profile.sex, "—")), (_("出生日期"), profile.born_on),
            (_("民族"), words.code("ethnicity", profile.ethnicity)), (_("学历"), words.code("education", profile.education)),
            (_("职业"), words.code("occupation", profile.occupation)), (_("参加工作时间"), profile.worked_on),
        ]  # fmt: skip
    return {
        "nav_key": "members", "now": asked.now, "file": file, "facts": facts,
        "own": asked.viewer.person_id == file.person.pk,
        "may_keep": queries.may_keep(asked.viewer, file.path) and asked.viewer.person_id != file.person.pk,
        "status": words.STATUSES[current.status], "shape": words.STATUS_SHAPES[current.status],
        "history": [
            (row, words.STAGES[row.stage], words.STATUSES[row.status], words.chosen(rules.arrivals, row.arrived))
            for row in file.history if row.valid_to != row.valid_from
        ],
        "standings": [
            (row, row.ended, words.STANDINGS[row.kind], words.chosen(rules.levels, row.level)) for row in file.standings
        ],
        "dues": [(row, *words.DUES[row.status]) for row in file.dues[:12]],
        "proposals": [
            (row, words.say(rules.timers[row.timer].title) if row.timer in rules.timers else row.timer,
             words.OUTCOMES[row.decision.outcome] if hasattr(row, "decision") else "")
            for row in file.proposals
        ],
    }  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Somebody new on a branch's roll."""
    asked = cast(AskedRequest, request)
    code = request.POST.get("branch") or request.GET.get("branch", "")
    branch = kept_branch(asked.viewer, code, asked)
    form = forms.EnrolForm(
        request.POST if request.method == "POST" else None, initial={"on": day_of(asked.now), "stage": "full"}
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        about = NewMember(**{name: given[name] for name in ("name", "identity", "phone", "education", "ethnicity",
                                                            "occupation")})  # fmt: skip

        def enrolled() -> UUID:
            return commands.enrol(
                actor=actor(request), at=asked.now, key=key(request), branch=branch, member=about,
                stage=given["stage"], on=given["on"], joined_on=given["joined_on"], full_on=given["full_on"],
                arrived=given["arrived"], document=given["document"],
            ).person.public_id  # fmt: skip

        made = _tried(form, enrolled)
        if made:
            say(request, _("登记好了"))
            return redirect("member", made)
    context = {"nav_key": "members", "form": form, "branch": branch, "key": new_key()}
    return render(request, "members/new.html", context, status=422 if form.errors else 200)


def _tried(form: Form, act: Callable[[], Any]) -> Any:
    """What the command gave, or None with its words on the form."""
    try:
        return act()
    except NotFound:
        raise
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
        return None


def _asked_form(
    request: HttpRequest, public_id: UUID, *, title: str, button: str, done: str,
    form_of: Callable[[AskedRequest, MemberFile, Any], Form],
    act: Callable[[AskedRequest, MemberFile, dict[str, Any]], object],
) -> HttpResponse:  # fmt: skip
    """One form about one member: shown, tried, and back to the file."""
    asked = cast(AskedRequest, request)
    file = _found(asked, public_id)
    if not queries.may_keep(asked.viewer, file.path):
        raise NotFound("没有找到，或者不在您能登记的范围内")
    form = form_of(asked, file, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _tried(form, lambda: act(asked, file, form.cleaned_data) or True):
        say(request, done)
        return redirect("member", public_id)
    context = {
        "nav_key": "members", "form": form, "file": file, "title": title, "button": button, "key": new_key(),
        "fields": [(field, not field.field.required) for field in form],
    }  # fmt: skip
    return render(request, "members/act.html", context, status=422 if form.errors else 200)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another stage or status, by a document."""

    def act(asked: AskedRequest, file: MemberFile, given: dict[str, Any]) -> object:
        return commands.change(actor=actor(asked), at=asked.now, key=key(asked), person_id=file.person.pk, **given)

    return _asked_form(
        request, public_id, title=_("变动阶段或党籍状态"), button=_("记下变动"), done=_("变动记下了，原来的那一行还在"),
        form_of=lambda asked, file, data: forms.ChangeForm(
            data, initial={"stage": file.current.stage, "status": file.current.status, "on": day_of(asked.now)}
        ),
        act=act,
    )  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asked of another branch; nothing moves before it accepts."""

    def act(asked: AskedRequest, file: MemberFile, given: dict[str, Any]) -> object:
        return transfers.ask(actor=actor(asked), at=asked.now, key=key(asked), person_id=file.person.pk, **given)

    return _asked_form(
        request, public_id, title=_("转组织关系"), button=_("请对方接收"), done=_("已请对方接收；接收之前他还在本支部"),
        form_of=lambda asked, file, data: forms.TransferForm(data, viewer=asked.viewer), act=act,
    )  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def standing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An honour or a discipline."""

    def act(asked: AskedRequest, file: MemberFile, given: dict[str, Any]) -> object:
        return standings.record_standing(
            actor=actor(asked), at=asked.now, key=key(asked), person_id=file.person.pk, **given
        )

    return _asked_form(
        request, public_id, title=_("登记奖励或惩戒"), button=_("记下"), done=_("记下了"),
        form_of=lambda asked, file, data: forms.StandingForm(data), act=act,
    )  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def end_standing(request: HttpRequest, public_id: UUID, standing_id: UUID) -> HttpResponse:
    """Withdrawn; the row stays and says so."""

    def act(asked: AskedRequest, file: MemberFile, given: dict[str, Any]) -> object:
        found = next((one for one in file.standings if one.public_id == standing_id), None)
        if found is None:
            raise NotFound("没有找到这一条")
        return standings.end_standing(actor=actor(asked), at=asked.now, key=key(asked), standing=found, **given)

    return _asked_form(
        request, public_id, title=_("撤销奖励或惩戒"), button=_("记下撤销"), done=_("撤销记下了，原来的那一行还在"),
        form_of=lambda asked, file, data: forms.EndStandingForm(data, initial={"on": day_of(asked.now)}), act=act,
    )  # fmt: skip
