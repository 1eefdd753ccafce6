"""Restructuring in the browser: a form, what would happen, the doing, and the way back."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from genmai.coordination import restructuring
from genmai.directory.roster import queries
from genmai.directory.roster.models import ChangeKind, Organisation
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.organisations import words
from genmai.interfaces.web.organisations.browsing import check_view
from genmai.interfaces.web.organisations.forms import FORMS, ChangeForm
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Undo
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Ask, show what would happen, and, asked a second time, do it."""
    asked = cast(AskedRequest, request)
    body, trees = _body(asked, public_id)
    if kind not in FORMS or not trees:
        raise NotFound()
    form = FORMS[kind](request.POST or None, viewer=asked.viewer, at=asked.now, body=body, trees=trees)
    if request.method != "POST":
        return _page(asked, body, kind, form)
    if not form.is_valid():
        return _page(asked, body, kind, form, status=422)
    common: dict[str, Any] = {"actor": actor(asked), "at": asked.now, "key": key(asked), "wanted": form.wanted()}
    try:
        if request.POST.get("step") != "do":
            return _page(asked, body, kind, form, outcome=restructuring.preview(**common))
        done = restructuring.carry_out(**common).change
    except Refused as refused:
        if isinstance(refused, NotPermitted | NotFound):
            raise
        form.add_error(refused.field if refused.field in form.fields else None, _said(refused))
        return _page(asked, body, kind, form, status=422)
    _tell(request, body, done)
    landing = done.other if done.kind == ChangeKind.MERGE and done.other else body
    return redirect("organisation", landing.public_id)


@never_cache
@signed_in
@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a restructuring back."""
    asked = cast(AskedRequest, request)
    check_view(asked.viewer)
    found = queries.change(asked.viewer, public_id=public_id)
    restructuring.undo(actor=actor(asked), at=asked.now, key=key(asked), change=found.public_id)
    say(request, _("已撤回，一切回到变动以前"))
    return redirect("organisation", found.organisation.public_id)


def _said(refused: Refused) -> str:
    allowed = f"（{refused.allowed}）" if isinstance(refused, BadInput) and refused.allowed else ""
    return f"{sentence_of(refused)}{allowed}"


def _body(asked: AskedRequest, public_id: UUID) -> tuple[Organisation, list[str]]:
    """The body and the trees it stands in today. Raises NotPermitted for who may look and not change."""
    check_view(asked.viewer)
    body = queries.body(asked.viewer, public_id=public_id, at=asked.now)
    lines = dict(queries.lines_of(asked.viewer, organisation=body, at=asked.now))
    if lines and not queries.manageable(asked.viewer, organisation=body):
        raise NotPermitted("not_permitted", "组织和人员由系统管理员维护，您的账号没有这个权限，请联系管理员")
    return body, list(lines)


def _page(
    asked: AskedRequest, body: Organisation, kind: str, form: ChangeForm, *, outcome: Any = None, status: int = 200
) -> HttpResponse:
    title = str(words.DO[ChangeKind(kind)])
    context = {
        "nav_key": "organisations", "now": asked.now, "body": body, "kind": kind, "title": title, "form": form,
        "key": asked.POST.get("key") or new_key(), "outcome": outcome,
        "counts": _counts(outcome) if outcome else [],
    }  # fmt: skip
    return render(asked, "organisations/change.html", context, status=status)


def _counts(outcome: restructuring.Outcome) -> list[tuple[str, int]]:
    """What would change, in words with numbers; what stays nought is left out."""
    told = [
        (_("组织树里的位置"), outcome.links), (_("党员和发展对象的组织关系"), outcome.memberships),
        (_("结束的职务"), outcome.posts), (_("支部和网格的对应"), outcome.covers),
        (_("跟着变的授权"), outcome.grants), (_("跟着变的事项"), outcome.cases),
        (_("其中在办的事项"), outcome.open_cases),
    ]  # fmt: skip
    return [(word, number) for word, number in told if number]


def _tell(request: HttpRequest, body: Organisation, done: Any) -> None:
    text = _("%(what)s已登记：%(name)s") % {"what": words.CHANGES[ChangeKind(done.kind)], "name": body.name}
    back = Undo(reverse("organisation_undo", args=[done.public_id]), fields={"key": str(new_key())})
    say(request, text, undo=back)
