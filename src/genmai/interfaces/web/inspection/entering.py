"""Findings entered one by one on a phone, or many from a sheet."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from genmai.interfaces import sheet_import
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.refusing import sentence_of, status_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.inspection.forms import FindingForm, SheetForm
from genmai.interfaces.web.inspection.views import base, inspecting
from genmai.interfaces.web.report import photos
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import Refused
from genmai.kernel.sheets import SheetRefused
from genmai.processes.cases.commands import findings
from genmai.processes.cases.commands.findings import NewFinding
from genmai.processes.cases.models import Finding, Round
from genmai.processes.cases.queries import rounds as read

KEPT = ("service", "place_text", "body")  # they stay for the next one


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One finding; the next begins with the same class, place and body. Posted twice it is one."""
    asked, viewer, found = inspecting(request, public_id)
    bodies = read.bodies(viewer, round=found)
    if request.method != "POST":
        start = {name: request.GET.get(name, "") for name in KEPT}
        return _draw(request, found, FindingForm(initial=start, round=found, bodies=bodies), [], new_key())
    form_key = key(request)
    taken, wrong = photos.take(request.FILES.getlist("photos"), photos.kept(request.POST.getlist("kept")))
    form = FindingForm(request.POST, round=found, bodies=bodies)
    for fault in wrong:
        form.add_error("photos", fault)
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        body = next(one for one in bodies if str(one.public_id) == given["body"])
        try:
            made = findings.enter(
                actor=actor(request), at=asked.now, key=form_key, round=found.public_id,
                found=_new(given, body.pk), pictures=[one.picture for one in taken],
            )  # fmt: skip
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, sentence_of(refused))
            status = status_of(refused)
        else:
            return _next(request, found, made, given)
    return _draw(request, found, form, taken, form_key, status)


def _new(given: dict[str, Any], body_id: int) -> NewFinding:
    names = ("text", "service", "urgency", "place_text")
    return NewFinding(body_id=body_id, **{name: given[name] for name in names})


def _next(request: HttpRequest, found: Round, made: Finding, given: dict[str, Any]) -> HttpResponse:
    say(request, _("第 {no} 条记下了，交给{body}").format(no=made.no, body=made.body.short_name))
    stay = {name: given[name] for name in KEPT if given[name]} | {"sent": "1"}
    return redirect(f"{reverse('inspection_enter', args=[found.public_id])}?{urlencode(stay)}")


def _draw(
    request: HttpRequest, found: Round, form: FindingForm, taken: list[photos.Kept], form_key: UUID, status: int = 200
) -> HttpResponse:
    context = base(request, found, True) | {
        "form": form,
        "kept": taken,
        "key": form_key,
        "most": photos.MOST,
        "count": found.findings.count(),
        "sent": request.method != "POST" and request.GET.get("sent") == "1",
    }
    return render(request, "inspection/enter.html", context, status=status)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A sheet of findings: checked first; columns, confirmation and result are the import's own pages."""
    asked, _viewer, found = inspecting(request, public_id)
    form, status = SheetForm(), 200
    if request.method == "POST":
        form, status = SheetForm(request.POST, request.FILES), 422
        if form.is_valid():
            try:
                return redirect("import_one", _checked(asked, request, found, form).public_id)
            except SheetRefused as refused:
                form.add_error("file", sentence_of(refused))
    context = base(request, found, True) | {"form": form, "key": new_key(), "uploads": _uploads(found)}
    return render(request, "inspection/sheet.html", context, status=status)


def _checked(asked: AskedRequest, request: HttpRequest, found: Round, form: SheetForm) -> Any:
    file = form.cleaned_data["file"]
    return sheet_import.check(
        actor=actor(request), at=asked.now, key=key(request), organisation=found.organisation, data=file.read(),
        filename=file.name, round=found,
    )  # fmt: skip


def _uploads(found: Round) -> list[Any]:
    return list(found.uploads.order_by("-id")[:10])
