"""Ready answers of the organisation: written, tried on a sample matter, removed and brought back."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import status_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import ready, words
from genmai.interfaces.web.handle_case.forms import category_of
from genmai.interfaces.web.handle_case.views import told
from genmai.interfaces.web.shell.plain_forms import PlainForm, refuse_nul
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Undo
from genmai.kernel.refusal import NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.commands import templates as commands
from genmai.processes.cases.models import ReplyTemplate
from genmai.processes.cases.queries import templates as queries
from genmai.processes.cases.wording import CHINESE, ENGLISH, Facts, filled


class TemplateForm(PlainForm):
    """Name, words, for which subjects."""

    title = forms.CharField(label=_("叫什么"), max_length=commands.LONGEST_TITLE, validators=[refuse_nul])
    category = forms.CharField(
        label=_("哪一类用"), max_length=200, required=False, validators=[refuse_nul],
        help_text=_("写分类的名称或编码；不填，哪一类都能用"),
    )  # fmt: skip
    text = forms.CharField(
        label=_("答复的话"), max_length=commands.LONGEST_TEXT, validators=[refuse_nul],
        widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip

    def clean_category(self) -> str:
        """A code, or what the words name."""
        typed = self.cleaned_data["category"].strip()
        return category_of(typed) if typed else ""


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest) -> HttpResponse:
    """All answers offered here; below, a new one."""
    _check(cast(AskedRequest, request).viewer)
    form = TemplateForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid() and "try" not in request.POST:
        try:
            kept = commands.add_template(**_common(request), **form.cleaned_data)
        except Refused as refused:
            return _refused(request, form, refused, None)
        say(request, gettext("模板“{name}”存下了").format(name=kept.title))
        return redirect("reply_templates")
    return _draw(request, form, None, 422 if request.method == "POST" and not form.is_valid() else 200)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One of the organisation's own, to be changed."""
    viewer = cast(AskedRequest, request).viewer
    _check(viewer)
    kept = queries.own_template(viewer, public_id=public_id)
    known = mechanism.taxonomy().categories.get(kept.category)
    initial = {"title": kept.title, "text": kept.text, "category": words.subject(known) if known else ""}
    form = TemplateForm(request.POST or None, initial=initial, label_suffix="")
    if request.method == "POST" and form.is_valid() and "try" not in request.POST:
        try:
            seen = int(request.POST["seen"]) if request.POST.get("seen", "").isdigit() else 0
            commands.change_template(**_common(request), template=public_id, **form.cleaned_data, seen=seen)
        except NotFound:
            raise
        except Refused as refused:
            return _refused(request, form, refused, kept)
        say(request, gettext("模板“{name}”改好了").format(name=form.cleaned_data["title"]))
        return redirect("reply_templates")
    return _draw(request, form, kept, 422 if request.method == "POST" and not form.is_valid() else 200)


@never_cache
@signed_in
@require_POST
def do(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Remove it, or bring it back."""
    verbs = {"remove": commands.remove_template, "restore": commands.restore_template}
    if verb not in verbs:
        raise Http404
    try:
        kept = verbs[verb](**_common(request), template=public_id)
    except NotFound:
        raise
    except Refused as refused:
        say(request, told(refused))
        return redirect("reply_templates")
    if verb == "remove":
        url = reverse("template_do", args=[public_id, "restore"])
        say(request, gettext("模板“{name}”删了").format(name=kept.title), undo=Undo(url, "", {"key": str(new_key())}))
    else:
        say(request, gettext("模板“{name}”恢复了").format(name=kept.title))
    return redirect("reply_templates")


def _check(viewer: Viewer) -> None:
    """Raises NotPermitted for whoever answers nothing."""
    if viewer.organisation_id is None or not viewer.may("cases:handle", viewer.path):
        raise NotPermitted("not_permitted", "答复模板由办理事项的单位来写，您的账号没有这个权限")


def _common(request: HttpRequest) -> dict[str, Any]:
    return {"actor": actor(request), "at": cast(AskedRequest, request).now, "key": key(request)}


def _refused(request: HttpRequest, form: TemplateForm, refused: Refused, kept: ReplyTemplate | None) -> HttpResponse:
    form.add_error(refused.field if refused.field in form.fields else None, told(refused))
    return _draw(request, form, kept, status_of(refused))


def _draw(request: HttpRequest, form: TemplateForm, kept: ReplyTemplate | None, status: int) -> HttpResponse:
    viewer = cast(AskedRequest, request).viewer
    sample = sample_facts(request)
    found = [
        (one, ready.said(one.title), filled(ready.said(one.text), sample), _subject(one.category), _is_own(viewer, one))
        for one in queries.templates(viewer)
    ]
    typed = form.data.get("text", "") if form.is_bound else (kept.text if kept else "")
    context = {
        "nav_key": "dispatch", "form": form, "kept": kept, "key": new_key(), "found": found, "places": ENGLISH if get_language() == "en" else CHINESE,
        "tried": filled(typed, sample) if typed and form.is_bound else "",
    }  # fmt: skip
    return render(request, "desk_tools/templates.html", context, status=status)


def _is_own(viewer: Viewer, one: queries.Ready) -> bool:
    return one.template is not None and one.template.organisation_id == viewer.organisation_id


def _subject(code: str) -> str:
    known = mechanism.taxonomy().categories.get(code)
    return words.subject(known) if known else ""


def sample_facts(request: HttpRequest) -> Facts:
    """A made-up matter of today, so that an answer can be read before it is sent to anybody."""
    asked = cast(AskedRequest, request)
    day = timezone.localtime(asked.now)
    date = gettext("{year}年{month}月{day}日").format(year=day.year, month=day.month, day=day.day)
    return Facts(
        f"{day:%y%m%d}-88", gettext("三号楼前"), asked.viewer.organisation_name, date, gettext("三号楼路灯不亮")
    )
