"""Honours and disciplines of one member: entered, revoked by a body with its reason, taken back as wrong."""

from __future__ import annotations

from functools import partial
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands import standing as commands
from genmai.directory.roster.models import Standing, StandingKind
from genmai.directory.roster.queries import honours
from genmai.directory.roster.queries import members as queries
from genmai.directory.roster.queries.members import MemberFile
from genmai.directory.roster.revocations import standing_ends
from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members.acting import DO, by, one_form, page, tried, undo_by
from genmai.interfaces.web.members.life_forms import DisciplineForm, EndStandingForm, HonourForm, ResumeForm
from genmai.interfaces.web.members.one import found
from genmai.interfaces.web.members.words import say as words_of
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.terms.forms import WhyForm
from genmai.kernel.refusal import NotFound


def kept(asked: AskedRequest, public_id: UUID, *, discipline: bool = False) -> MemberFile:
    """The file of a member the viewer keeps. Raises NotFound."""
    file = found(asked, public_id)
    if not queries.may_keep(asked.viewer, file.path):
        raise NotFound("没有找到，或者不在您能登记的范围内")
    if discipline and not honours.sees_discipline(asked.viewer, file.path):
        raise NotFound("没有找到，或者不在您能登记的范围内")
    return file


def back_to(file: MemberFile) -> tuple[str, str]:
    return reverse("member", args=[file.person.public_id]), file.person.display_name


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def honour(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An honour; how many of its kind there are is said beforehand."""
    asked = cast(AskedRequest, request)
    file = kept(asked, public_id)
    form = HonourForm(request.POST or None, initial={"year": day_of(asked.now).year})
    outcome = None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        if request.POST.get("step") == "preview":
            outcome = _beside_the_quota(asked, given["code"])
        else:
            made = tried(form, lambda: commands.record_standing(
                person_id=file.person.pk, kind=StandingKind.HONOUR, **given, **by(request)
            ))  # fmt: skip
            if made:
                return _said(request, file, made, _("荣誉记下了"))
    return page(request, form, nav="members", title=_("登记荣誉"), button=_("记下荣誉"), back=back_to(file),
                lead=file.current.branch.name, outcome=outcome, previews=True)  # fmt: skip


def _beside_the_quota(asked: AskedRequest, code: str) -> dict[str, Any]:
    section = mechanism.honours()
    if not code or section.honours[code].quota is None:
        return {"lists": [], "said": [_("这一项没有说名额，只数登记了多少")]}
    rows = (
        honours.standings(asked.viewer, kind=StandingKind.HONOUR, at=asked.now)
        .filter(code=code)
        .exclude(standing_ends())
    )
    given, one = rows.count(), section.honours[code]
    left = section.left(code, given + 1) or 0
    said = _("%(title)s全市名额 %(quota)d 个；您管的范围里已登记 %(given)d 个，再记这一个是第 %(next)d 个") % {
        "title": words_of(one.title), "quota": one.quota, "given": given, "next": given + 1,
    }  # fmt: skip
    over = [_("比名额多 %(n)d 个，请先核对") % {"n": -left}] if left < 0 else []
    return {"lists": [], "said": [said, *over]}


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def discipline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A discipline; what it touches is shown, and only put before the body above."""
    asked = cast(AskedRequest, request)
    file = kept(asked, public_id, discipline=True)
    form = DisciplineForm(request.POST or None)
    outcome = None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        if request.POST.get("step") == "preview":
            outcome = _touched(file, given)
        else:
            made = tried(form, lambda: commands.record_standing(
                person_id=file.person.pk, kind=StandingKind.DISCIPLINE, **given, **by(request)
            ))  # fmt: skip
            if made:
                return _said(request, file, made, _("处分记下了，已提请上级研究"))
    return page(request, form, nav="members", title=_("登记处分"), button=_("记下处分"), back=back_to(file),
                lead=_("只有管处分的人和本人看得到。"), outcome=outcome, previews=True)  # fmt: skip


def _touched(file: MemberFile, given: dict[str, Any]) -> dict[str, Any]:
    kept = [f"{row.name} · {row.decided_on}" for row in file.standings
            if row.kind == StandingKind.HONOUR and row.ended is None]  # fmt: skip
    posts = [f"{post.organisation.short_name} {post.title}" for post in file.posts if post.valid_to is None]
    until = _("影响期到 %(day)s") % {"day": given["until"]} if given.get("until") else _("没有影响期")
    return {
        "lists": [(_("请上级研究要不要撤销的荣誉"), kept), (_("请上级研究要不要变动的职务"), posts)],
        "said": [until, _("荣誉、职务和党籍状态现在都不动，只提请上级党组织研究。")],
    }  # fmt: skip


def _said(request: HttpRequest, file: MemberFile, made: Standing, text: str) -> HttpResponse:
    back = undo_by(
        "member_standing_mistaken", file.person.public_id, made.public_id, reason=_("刚登记就发现错了"), step=DO
    )
    say(request, text, undo=back)
    return redirect("member", file.person.public_id)


def _one(asked: AskedRequest, public_id: UUID, standing_id: UUID) -> tuple[MemberFile, Standing]:
    file = kept(asked, public_id)
    row = next((one for one in file.standings if one.public_id == standing_id), None)
    if row is None or (row.kind == StandingKind.DISCIPLINE and not honours.sees_discipline(asked.viewer, file.path)):
        raise NotFound("没有找到这一条")
    return file, row


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: UUID, standing_id: UUID) -> HttpResponse:
    """Revoked by a body; the row stays and says so."""
    asked = cast(AskedRequest, request)
    file, row = _one(asked, public_id, standing_id)
    back = undo_by("member_standing_resume", public_id, standing_id, reason=_("刚登记就发现错了"), step=DO)
    return one_form(
        request, EndStandingForm(request.POST or None, initial={"on": day_of(asked.now)}),
        partial(commands.end_standing, standing=row), said=_("撤销记下了，原来的那一行还在"), to=("member", public_id),
        undo=back, nav="members", title=_("撤销：%(name)s") % {"name": row.name}, button=_("记下撤销"),
        back=back_to(file), lead=_given(row),
    )  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def mistaken(request: HttpRequest, public_id: UUID, standing_id: UUID) -> HttpResponse:
    """The entry was wrong from the start."""
    asked = cast(AskedRequest, request)
    file, row = _one(asked, public_id, standing_id)
    back = undo_by("member_standing_resume", public_id, standing_id, reason=_("没有登记错"), step=DO)
    return one_form(
        request, WhyForm(request.POST or None), partial(commands.withdraw_standing, standing=row),
        said=_("撤回了，当作没有登记过；过去知道的样子还查得到"), to=("member", public_id), undo=back, nav="members",
        title=_("登记错了：%(name)s") % {"name": row.name}, button=_("撤回这一条"), back=back_to(file),
        lead=_("只在登记错了的时候用；组织决定撤销的，请登记撤销。"),
    )  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, public_id: UUID, standing_id: UUID) -> HttpResponse:
    """The revocation was the mistake: valid all along; both rows stay."""
    asked = cast(AskedRequest, request)
    file, row = _one(asked, public_id, standing_id)
    ended, lead = row.ended, _given(row)
    if ended is not None and not ended.mistaken:
        lead = _("%(day)s 撤销（%(document)s）登记错了的时候用；组织决定恢复的，请另外登记。") % {
            "day": ended.on, "document": ended.document,
        }  # fmt: skip
    return one_form(
        request, ResumeForm(request.POST or None), partial(commands.resume_standing, standing=row),
        said=_("收回了撤销，当作一直有效；撤销和收回都留在历史里"), to=("member", public_id), nav="members",
        title=_("收回撤销：%(name)s") % {"name": row.name}, button=_("收回撤销"), back=back_to(file), lead=lead,
    )  # fmt: skip


def _given(row: Standing) -> str:
    """By whom, when, by which document."""
    return f"{row.body} · {row.decided_on} · {row.document}"
