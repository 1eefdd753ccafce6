"""Upload, dry run, columns, confirm, progress, result. Every address asks whether the viewer may import there."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import organisations_by_id
from genmai.interfaces import sheet_import
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.import_sheet import pages
from genmai.interfaces.web.import_sheet.forms import FileForm, chosen_columns
from genmai.interfaces.web.shell import sheet_words
from genmai.interfaces.web.shell.moving import moving_part
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.sheets import SheetRefused
from genmai.processes.cases.commands import importing
from genmai.processes.cases.models import SheetImport
from genmai.processes.cases.queries import lists

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State = SheetImport.State


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def uploads(request: HttpRequest) -> HttpResponse:
    """Choose a file; below, what was brought in lately."""
    asked = cast(AskedRequest, request)
    organisation = _own(asked)
    form, status = FileForm(), 200
    if request.method == "POST":
        form, status = FileForm(request.POST, request.FILES), 422
        if form.is_valid():
            try:
                return redirect("import_one", _checked(asked, organisation, form).public_id)
            except SheetRefused as refused:
                form.add_error("file", sheet_words.with_allowed(refused.text(_), refused.accepts(_)))
    found = lists.imports(asked.viewer)
    context = {
        "nav_key": "import",
        "now": asked.now,
        "form": form,
        "key": new_key(),
        "uploads": [(upload, *pages.badge(upload)) for upload in found],
        "organisation": organisation,
    }
    return render(request, "import_sheet/uploads.html", context, status=status)


def _own(asked: AskedRequest) -> Organisation:
    """The office whose sheets these are. Raises NotPermitted."""
    viewer = asked.viewer
    if viewer.organisation_id is None or not viewer.may("cases:import", viewer.path):
        raise NotPermitted("not_permitted", "导入工单由镇街和区的分派台来办，您的账号没有这个权限")
    return organisations_by_id(viewer, ids=[viewer.organisation_id], at=asked.now)[viewer.organisation_id]


def _checked(asked: AskedRequest, organisation: Organisation, form: FileForm) -> SheetImport:
    file = form.cleaned_data["file"]
    return sheet_import.check(
        actor=actor(asked),
        at=asked.now,
        key=key(asked),
        organisation=organisation,
        data=file.read(),
        filename=file.name,
    )


def _found(request: HttpRequest, public_id: UUID) -> SheetImport:
    """Raises NotFound outside the viewer's scope."""
    upload = lists.one_import(cast(AskedRequest, request).viewer, public_id=public_id)
    if upload is None:
        raise NotFound()
    return upload


@signed_in
@require_GET
def upload(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where one upload stands: to be confirmed, under way, or what became of it."""
    return _page(request, _found(request, public_id))


def _page(request: HttpRequest, upload: SheetImport, fault: str = "", status: int = 200) -> HttpResponse:
    asked = cast(AskedRequest, request)
    kind, word = pages.badge(upload)
    context: dict[str, Any] = {
        "nav_key": "import" if upload.round is None else "inspection",
        "now": asked.now,
        "upload": upload,
        "kind": kind,
        "word": word,
        "fault": fault or sheet_words.refusal(upload.mapping),
        "problems": pages.problems(upload),
        "good": pages.good_rows(upload),
        "key": new_key(),
        "version": importing.version_of(upload),
    }
    if upload.state == State.CHECKED:
        context |= {
            "choices": pages.choices(upload),
            "headers": sheet_words.headers(upload.mapping),
            "unknown": pages.unknown(upload),
            "sheets": upload.mapping.get("sheets", []),
        }
        return render(request, "import_sheet/check.html", context, status=status)
    context |= {
        "progress": pages.progress(upload),
        "shares": pages.shares(upload),
        "ended": upload.state in pages.ENDED,
    }
    return render(request, "import_sheet/result.html", context, status=status)


@signed_in
@require_POST
def columns(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another sheet, or other columns: read again and shown again."""
    asked, kept = cast(AskedRequest, request), _found(request, public_id)
    fields = tuple(field.key for field in sheet_import.fields_for(kept.round))
    wanted = chosen_columns(request.POST, fields, len(kept.mapping.get("headers", ())))
    try:
        sheet_import.recheck(
            actor=actor(request), at=asked.now, key=key(request), upload=kept,
            sheet=request.POST.get("sheet", "")[:80] or kept.sheet, columns=wanted, seen=request.POST.get("version", ""),
        )  # fmt: skip
    except SheetRefused as refused:
        return _page(request, kept, fault=_mapping_fault(refused, kept), status=422)
    return redirect("import_one", public_id)


def _mapping_fault(refused: SheetRefused, kept: SheetImport) -> str:
    """Names of fields as people read them, not their keys."""
    labels = {field.key: _(field.label) for field in sheet_import.fields_for(kept.round)}
    if "name" in refused.params:
        keys = str(refused.params["name"]).split(", ")
        refused.params["name"] = _("、").join(labels.get(one, one) for one in keys)
    return sheet_words.with_allowed(refused.text(_), refused.accepts(_))


@signed_in
@require_POST
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Start it; the worker takes it from here."""
    asked = cast(AskedRequest, request)
    importing.confirm(
        actor=actor(request), at=asked.now, key=key(request), upload=public_id, seen=request.POST.get("version", "")
    )
    return redirect("import_one", public_id)


@signed_in
@require_POST
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stop it; what is in already stays."""
    asked = cast(AskedRequest, request)
    stopped = importing.cancel(actor=actor(request), at=asked.now, key=key(request), upload=public_id)
    if stopped.state == State.CANCELLED:
        say(request, _("已停下。导入了的 %(n)s 行都还在，再传一次同一个文件会接着导入") % {"n": stopped.done})
    return redirect("import_one", public_id)


@signed_in
@require_GET
def progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The moving part of the page; once it has ended the page is asked for anew."""
    kept = _found(request, public_id)
    return moving_part(request, pages.progress(kept), over=kept.state in pages.ENDED)


@signed_in
@require_GET
def failing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Only the rows that failed, with what is wrong beside each, to be repaired and handed in again."""
    kept = _found(request, public_id)
    try:
        data = sheet_import.failing_file(kept, _)
    except OSError as gone:
        raise NotFound("存下来的文件已经不在，请重新上传") from gone
    name = _("%(name)s 出错的行") % {"name": kept.filename.rpartition(".")[0] or kept.filename}
    response = HttpResponse(data, content_type=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return response
