"""Particulars put right with a reason, and a change of membership that was entered by mistake."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from genmai.directory.roster.commands.corrections import correct as put_right
from genmai.directory.roster.commands.mistakes import restore_membership, withdraw_membership
from genmai.directory.roster.models import Person
from genmai.directory.roster.queries.members import MemberFile
from genmai.interfaces.web.edge.posting import actor, key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.members import words
from genmai.interfaces.web.members.acting import by, page, tried, undo_by
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
    """Each particular as it stands, to be put right; what stood before is kept."""
    asked = cast(AskedRequest, request)
    file = kept(asked, public_id)
    initial: dict[str, Any] = {name: getattr(file.profile, name, "") for name in KEPT}
    initial["name"] = file.person.display_name
    form = CorrectForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        made = tried(form, lambda: put_right(
            person_id=file.person.pk, given=form.given(), reason=form.cleaned_data["reason"],
            document=form.cleaned_data["document"], **by(request),
        ))  # fmt: skip
        if made:
            changed = _("、").join(str(words.PARTICULARS[one.field]) for one in made)
            say(request, _("改好了：%(fields)s；改以前的样子按那天知道的还查得到") % {"fields": changed})
            return redirect("member", public_id)
    return page(request, form, nav="members", title=_("更正信息"), button=_("更正"), back=back_to(file),
                lead=_("现在手机号 %(phone)s，身份证号 %(identity)s") % {"phone": file.phone or "—", "identity": file.identity or "—"})  # fmt: skip


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
