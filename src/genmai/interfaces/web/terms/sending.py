"""Assignments (第一书记、挂职、下派): entered, reviewed, ended, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from genmai.directory.roster.commands import assignments as commands
from genmai.directory.roster.models import Assignment
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members.acting import DO, by, page, tried, undo_by
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.terms.body import back_to, kept
from genmai.interfaces.web.terms.forms import AssignForm, EndForm, ReviewForm, WhyForm
from genmai.kernel.refusal import NotFound


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody is sent to this body."""
    asked = cast(AskedRequest, request)
    body = kept(asked, public_id)
    form = AssignForm(request.POST or None, viewer=asked.viewer, at=asked.now, body=body)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        made = tried(form, lambda: commands.assign(
            actor=actor(request), at=asked.now, key=key(request), host=body, **given
        ))  # fmt: skip
        if made:
            back = undo_by("assignment_withdraw", made.public_id, reason=_("刚登记就发现错了"), step=DO)
            said = _("登记好了：%(name)s %(title)s") % {"name": made.person.display_name, "title": made.title}
            say(request, said, undo=back)
            return redirect("body_posts", public_id)
    return page(request, form, nav="organisations", title=_("登记下派挂职"), button=_("记下"), back=back_to(body),
                lead=body.name)  # fmt: skip


def _found(asked: AskedRequest, public_id: UUID) -> Assignment:
    row = Assignment.objects.select_related("person", "host").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    kept(asked, row.host.public_id)
    return row


def _form(
    request: HttpRequest, public_id: UUID, form: Form, *, title: str, button: str, done: str,
    act: Callable[[Assignment], Any], resumable: bool = False,
) -> HttpResponse:  # fmt: skip
    asked = cast(AskedRequest, request)
    row = _found(asked, public_id)
    if form.is_bound and form.is_valid() and tried(form, lambda: act(row)):
        say(request, done, undo=undo_by("assignment_resume", public_id) if resumable else None)
        return redirect("body_posts", row.host.public_id)
    lead = f"{row.person.display_name} · {row.title} · {row.valid_from} – {row.planned_end}"
    return page(request, form, nav="organisations", title=title, button=button, back=back_to(row.host), lead=lead)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How it was judged."""
    form = ReviewForm(request.POST or None, initial={"on": day_of(cast(AskedRequest, request).now)})
    return _form(
        request, public_id, form, title=_("登记考核"), button=_("记下考核"), done=_("考核记下了"),
        act=lambda row: commands.review_assignment(assignment=row, **form.cleaned_data, **by(request)),
    )  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Completed, recalled, moved on."""
    form = EndForm(request.POST or None, initial={"on": day_of(cast(AskedRequest, request).now)})
    return _form(
        request, public_id, form, title=_("结束下派挂职"), button=_("记下结束"), done=_("结束记下了"), resumable=True,
        act=lambda row: commands.end_assignment(assignment=row, **form.cleaned_data, **by(request)),
    )  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Entered by mistake."""
    form = WhyForm(request.POST or None)
    return _form(
        request, public_id, form, title=_("下派挂职登记错了"), button=_("撤回这一条"), done=_("撤回了，过去知道的样子还查得到"),
        act=lambda row: commands.withdraw_assignment(assignment=row, **form.cleaned_data, **by(request)),
    )  # fmt: skip


@signed_in
@require_POST
def resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The end was wrong."""
    row = _found(cast(AskedRequest, request), public_id)
    commands.resume_assignment(assignment=row, **by(request))
    say(request, _("撤回了结束，%(name)s照旧在任") % {"name": row.person.display_name})
    return redirect("body_posts", row.host.public_id)
