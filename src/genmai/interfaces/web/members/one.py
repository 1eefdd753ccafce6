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

from genmai.directory.roster.commands import members as commands
from genmai.directory.roster.commands import transfers
from genmai.directory.roster.commands.members import NewMember
from genmai.directory.roster.queries import members as queries
from genmai.directory.roster.queries.members import MemberFile
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members import filed, forms
from genmai.interfaces.web.members.acting import tried
from genmai.interfaces.web.members.scope import kept_branch
from genmai.interfaces.web.organisations import asking
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound


@never_cache
@signed_in
@require_safe
def member(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The file, whole; with `known`, as it was known then."""
    asked = cast(AskedRequest, request)
    question = asking.read(asked.viewer, {"known": request.GET.get("known", "")}, asked.now)
    context = filed.context(asked, found(asked, public_id), question)
    return render(request, "members/member.html", context)


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The file of who is signed in."""
    asked = cast(AskedRequest, request)
    own = queries.own_membership(asked.viewer)
    if own is None:
        raise NotFound("您不在党员名册里；如果您是党员，请让所在支部把您登记进来")
    return redirect("member", own)


def found(asked: AskedRequest, public_id: UUID) -> MemberFile:
    return queries.member_file(asked.viewer, public_id=public_id, at=asked.now)


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

        made = tried(form, enrolled)
        if made:
            say(request, _("登记好了"))
            return redirect("member", made)
    context = {"nav_key": "members", "form": form, "branch": branch, "key": new_key()}
    return render(request, "members/new.html", context, status=422 if form.errors else 200)


def asked_form(
    request: HttpRequest, public_id: UUID, *, title: str, button: str, done: str,
    form_of: Callable[[AskedRequest, MemberFile, Any], Form],
    act: Callable[[AskedRequest, MemberFile, dict[str, Any]], object],
) -> HttpResponse:  # fmt: skip
    """One form about one member: shown, tried, and back to the file."""
    asked = cast(AskedRequest, request)
    file = found(asked, public_id)
    if not queries.may_keep(asked.viewer, file.path):
        raise NotFound("没有找到，或者不在您能登记的范围内")
    form = form_of(asked, file, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and tried(form, lambda: act(asked, file, form.cleaned_data) or True):
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

    return asked_form(
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

    return asked_form(
        request, public_id, title=_("转组织关系"), button=_("请对方接收"), done=_("已请对方接收；接收之前他还在本支部"),
        form_of=lambda asked, file, data: forms.TransferForm(data, viewer=asked.viewer), act=act,
    )  # fmt: skip
