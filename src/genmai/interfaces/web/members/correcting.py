"""Particulars put right with a reason, and a change of membership that was entered by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands.corrections import correct as put_right
from genmai.directory.roster.commands.corrections import undo_correction
from genmai.directory.roster.commands.joining import DAYS
from genmai.directory.roster.commands.mistakes import restore_membership, withdraw_membership
from genmai.directory.roster.models import Correction, Person
from genmai.directory.roster.queries.as_at import MEMBERS
from genmai.directory.roster.queries.file_then import corrections
from genmai.directory.roster.queries.members import MemberFile
from genmai.interfaces.web.edge.posting import actor, key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.acting import DO, PREVIEW, by, one_form, page, tried, undo_by
from genmai.interfaces.web.members.life_forms import CorrectForm
from genmai.interfaces.web.members.standing import back_to, kept
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.terms.forms import WhyForm
from genmai.kernel.refusal import NotFound

KEPT = ("sex", "born_on", "ethnicity", "education", "occupation", "worked_on")


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Each particular as it stands, to be put right; what would change is shown first, what stood before is kept."""
    asked = cast(AskedRequest, request)
    file = kept(asked, public_id)
    initial: dict[str, Any] = {name: getattr(file.profile, name, "") for name in KEPT}
    initial |= {"name": file.person.display_name, **{name: getattr(file.current, name) for name in DAYS}}
    form = CorrectForm(request.POST or None, initial=initial)
    outcome = None
    if form.is_bound and form.is_valid():
        preview = request.POST.get("step") == PREVIEW
        made = tried(form, lambda: (tried_only if preview else put_right)(
            person_id=file.person.pk, given=form.given(), reason=form.cleaned_data["reason"],
            document=form.cleaned_data["document"], **by(request),
        ))  # fmt: skip
        if made and not preview:
            changed = _("、").join(str(words.PARTICULARS[one.field]) for one in made)
            back = undo_by("member_uncorrect", public_id, made[0].key, reason=_("刚登记就发现错了"), step=DO)
            say(request, _("改好了：%(fields)s；改以前的样子按那天知道的还查得到") % {"fields": changed}, undo=back)
            return redirect("member", public_id)
        outcome = _would_change(file, form, made) if made else None
    return page(request, form, nav="members", title=_("更正信息"), button=_("更正"), back=back_to(file),
                outcome=outcome, previews=True,
                lead=_("现在手机号 %(phone)s，身份证号 %(identity)s") % {"phone": file.phone or "—", "identity": file.identity or "—"})  # fmt: skip


def _would_change(file: MemberFile, form: CorrectForm, made: Sequence[Correction]) -> dict[str, Any]:
    """Each particular from what to what (numbers are named, not shown), and what follows from the days."""
    fields = [one.field for one in made]
    facts = [(str(words.PARTICULARS[name]), _from_to(form, name)) for name in fields]
    said = []
    if set(fields) & set(DAYS):
        rows = [row for row in file.history if row.withdrawn_at is None and row.stage in MEMBERS]
        said.append(_("组织关系里 %(n)d 行的日期跟着改，过去各天的名册和统计也跟着改") % {"n": len(rows)})
    if "joined_on" in fields:
        table = mechanism.statistics().tables["joined"]
        was, now = (
            words.bucket(table, table.bucket_of(day))
            for day in (file.current.joined_on, form.cleaned_data["joined_on"])
        )
        said.append(_("统计里的入党时期：%(was)s → %(now)s") % {"was": was, "now": now} if was != now else
                    _("统计里的入党时期不变：%(now)s") % {"now": now})  # fmt: skip
    return {"facts": facts, "lists": [], "said": said}


def _from_to(form: CorrectForm, name: str) -> str:
    if name in ("identity", "phone"):
        return _("换成新填的号码")
    if name not in form.changed_data:
        return _("跟着身份证号改")
    values = (form.initial.get(name), form.cleaned_data.get(name))
    choices = dict(getattr(form.fields[name], "choices", ()))
    return " → ".join(str(choices.get(value, value)) if value else _("没登记") for value in values)


def tried_only(**given: Any) -> list[Correction]:
    """What the correction would be; nothing of it stays. Raises what it would raise."""
    with transaction.atomic():
        made = put_right(**given)
        transaction.set_rollback(True)
    return made


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, public_id: UUID, correction: UUID) -> HttpResponse:
    """A correction that was the mistake: what stood before it stands again."""
    asked = cast(AskedRequest, request)
    file = kept(asked, public_id)
    made = [one for one in corrections(asked.viewer, person_id=file.person.pk) if one.key == correction]
    if not made:
        raise NotFound("没有找到这一条")
    changed = _("、").join(str(words.PARTICULARS.get(one.field, one.field)) for one in made)
    return one_form(
        request, WhyForm(request.POST or None),
        partial(undo_correction, person_id=file.person.pk, correction=correction),
        said=_("撤回了更正，回到更正以前的样子；更正和撤回都留在历史里"), to=("member", public_id), nav="members",
        title=_("撤回更正：%(fields)s") % {"fields": changed}, button=_("撤回这次更正"), back=back_to(file),
        lead=f"{made[0].reason} · {made[0].document}",
    )  # fmt: skip


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The last change of the membership never was; what goes on instead is shown."""
    asked = cast(AskedRequest, request)
    file = kept(asked, public_id)
    form = WhyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        done = tried(form, lambda: [withdraw_membership(person_id=file.person.pk, **form.cleaned_data, **by(request))])
        if done and done[0] is not None:
            say(request, _("撤回了，前一条照旧"))
            return redirect("member", public_id)
        if done:
            say(request, _("撤回了，名册上没有%(name)s了") % {"name": file.person.display_name},
                undo=undo_by("member_restore", public_id))  # fmt: skip
            return redirect("members")
    return page(request, form, nav="members", title=_("最近一次变动登记错了"), button=_("撤回最近一次变动"),
                back=back_to(file), lead=_("%(name)s回到前一条；如果是登记进来的那一条，名册上就没有他了。") % {"name": file.person.display_name},
                outcome={"lists": [(_("撤回"), [_words(file)])], "said": []})  # fmt: skip


def _words(file: MemberFile) -> str:
    row = file.current
    return f"{row.valid_from} · {row.branch.short_name} · {words.STAGES[row.stage]} · {words.STATUSES[row.status]}"


@signed_in
@require_POST
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An enrolment taken back stands again."""
    asked = cast(AskedRequest, request)
    person = Person.objects.filter(public_id=public_id).first()
    if person is None:
        raise NotFound
    restore_membership(actor=actor(request), at=asked.now, key=key(request), person_id=person.pk)
    say(request, _("恢复了，%(name)s又在名册上") % {"name": person.display_name})
    return redirect("member", public_id)
