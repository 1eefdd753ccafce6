"""Templates, upload, dry run, columns, confirm, progress, result. Every address asks for the registry's permission."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from genmai.directory.roster.models import RegistryImport
from genmai.directory.roster.registry import policies
from genmai.directory.roster.registry import uploads as kept_uploads
from genmai.directory.roster.registry.definition import KINDS, definition
from genmai.directory.roster.registry.template import template_file
from genmai.interfaces import registry_import
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.registry import pages
from genmai.interfaces.web.registry.forms import SheetForm, chosen_columns
from genmai.interfaces.web.shell import sheet_words
from genmai.interfaces.web.shell.moving import moving_part
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State = RegistryImport.State
# So small a file is checked while its sender waits a moment; a bigger one by the background.
_AT_ONCE = 200_000


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def uploads(request: HttpRequest) -> HttpResponse:
    """Fetch a template, hand a file in; below, what was handed in lately."""
    asked = cast(AskedRequest, request)
    policies.check_import(actor(request))
    form, status = SheetForm(), 200
    if request.method == "POST":
        form, status = SheetForm(request.POST, request.FILES), 422
        if form.is_valid():
            return redirect("registry_one", _handed_in(asked, form).public_id)
    found = kept_uploads.visible(asked.viewer).select_related("by")[:50]
    context = {
        "nav_key": "registry",
        "now": asked.now,
        "form": form,
        "key": new_key(),
        "templates": pages.templates(),
        "uploads": [(upload, pages.title_of(upload), *pages.badge(upload)) for upload in found],
    }
    return render(request, "registry/uploads.html", context, status=status)


def _handed_in(asked: AskedRequest, form: SheetForm) -> RegistryImport:
    file = form.cleaned_data["file"]
    upload = registry_import.hand_in(
        actor=actor(asked), at=asked.now, key=key(asked), kind=form.cleaned_data["kind"], data=file.read(),
        filename=file.name,
    )  # fmt: skip
    if file.size <= _AT_ONCE and upload.state == State.CHECKING:
        upload = registry_import.carry(at=asked.now, upload=upload, clock=lambda: datetime.now(UTC))
    return upload


@signed_in
@require_GET
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty sheet to fill in."""
    policies.check_import(actor(request))
    if kind not in KINDS:
        raise NotFound()
    known = definition(kind)
    return _file(template_file(known, _), _(known.sheet.title))


@signed_in
@require_GET
def upload(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where one upload stands: being checked, to be confirmed, under way, or what became of it."""
    asked = cast(AskedRequest, request)
    kept = kept_uploads.one(asked.viewer, public_id)
    kind, word = pages.badge(kept)
    context: dict[str, Any] = {
        "nav_key": "registry",
        "now": asked.now,
        "upload": kept,
        "title": pages.title_of(kept),
        "kind": kind,
        "word": word,
        "fault": sheet_words.refusal(kept.plan),
        "problems": pages.problems(kept),
        "kinds": pages.kinds(kept),
        "good": kept.new + kept.changed,
        "nothing_new": pages.nothing_new(kept),
        "key": new_key(),
        "version": kept_uploads.version_of(kept),
    }
    if kept.state == State.CHECKED:
        context |= {
            "choices": pages.choices(kept),
            "headers": sheet_words.headers(kept.plan),
            "left_out": pages.left_out(kept),
            "sheets": kept.plan.get("sheets", []),
        }
        return render(request, "registry/check.html", context)
    context |= {"progress": pages.progress(kept), "ended": kept.state in kept_uploads.ENDED}
    return render(request, "registry/result.html", context)


@signed_in
@require_POST
def columns(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another sheet, or other columns: read again and shown again."""
    asked = cast(AskedRequest, request)
    kept = kept_uploads.one(asked.viewer, public_id)
    keys = tuple(one.key for one in definition(kept.kind).kept)
    wanted = chosen_columns(request.POST, keys, len(kept.plan.get("headers", ())))
    kept = kept_uploads.check_again(
        actor=actor(request), at=asked.now, key=key(request), upload=public_id, columns=wanted,
        sheet=request.POST.get("sheet", "")[:80] or kept.sheet, seen=request.POST.get("version", ""),
    )  # fmt: skip
    if kept.about <= 2000:
        registry_import.carry(at=asked.now, upload=kept, clock=lambda: datetime.now(UTC))
    return redirect("registry_one", public_id)


@signed_in
@require_POST
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Start it; the background takes it from here."""
    asked = cast(AskedRequest, request)
    kept_uploads.confirm(
        actor=actor(request), at=asked.now, key=key(request), upload=public_id, seen=request.POST.get("version", "")
    )
    return redirect("registry_one", public_id)


@signed_in
@require_POST
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stop it; nothing of it stays."""
    asked = cast(AskedRequest, request)
    stopped = kept_uploads.cancel(actor=actor(request), at=asked.now, key=key(request), upload=public_id)
    if stopped.state == State.CANCELLED:
        registry_import.throw_away(stopped)
        say(request, _("已取消，什么也没有写入"))
    return redirect("registry_one", public_id)


@signed_in
@require_GET
def progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The moving part of the page; once it has ended the page is asked for anew."""
    kept = kept_uploads.one(cast(AskedRequest, request).viewer, public_id)
    return moving_part(request, pages.progress(kept), over=kept.state not in kept_uploads.WAITING)


@signed_in
@require_GET
def failing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Only the rows that failed, with what is wrong beside each, to be repaired and handed in again."""
    kept = kept_uploads.one(cast(AskedRequest, request).viewer, public_id)
    data = registry_import.failing_file(kept)
    return _file(data, _("%(name)s 出错的行") % {"name": kept.filename.rpartition(".")[0] or kept.filename})


def _file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return response
