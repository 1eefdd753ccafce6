"""A sheet of estates handed in: a dry run that writes nothing, then the good rows; the same sheet twice adds nothing."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from genmai.directory.territory.days import day_of
from genmai.interfaces.web.edge.posting import actor, new_key
from genmai.interfaces.web.edge.refusing import sentence_of
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.estates import sheet
from genmai.interfaces.web.estates.recording import homes
from genmai.interfaces.web.exports.views import XLSX
from genmai.interfaces.web.import_sheet.forms import FileForm
from genmai.interfaces.web.shell import sheet_words
from genmai.interfaces.web.shell.toast import say
from genmai.kernel import ids
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.sheets import Problem, SheetRefused
from genmai.kernel.store import Store
from genmai.processes.registers.commands import estates as commands
from genmai.processes.registers.mechanism import current, rules_of
from genmai.processes.registers.queries import estates as queries

SHOWN = 100


def _read(asked: AskedRequest, data: bytes, filename: str) -> sheet.Reading:
    return sheet.read(data, filename, rules=rules_of(current().ref), homes=homes(asked), since=day_of(asked.now))


def _told(fault: Problem) -> sheet_words.Problem:
    what = sheet_words.with_allowed(_(fault.message), fault.allowed)
    return sheet_words.Problem(fault.row, fault.column_name or fault.column, fault.shown, what)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file and see what would come of it."""
    asked = cast(AskedRequest, request)
    homes(asked)
    form, context, status = FileForm(), {}, 200
    form.fields["file"].label = _("小区表")
    if request.method == "POST":
        form, status = FileForm(request.POST, request.FILES), 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            data = file.read()
            try:
                context, status = _checked(asked, data, file.name), 200
            except SheetRefused as refused:
                form.add_error("file", sentence_of(refused))
    columns = [(_(field.label), field.required) for field in sheet.fields(rules_of(current().ref))]
    context |= {"nav_key": "estates", "form": form, "key": new_key(), "columns": columns, "most": sheet.MOST}
    return render(request, "estates/import.html", context, status=status)


def _checked(asked: AskedRequest, data: bytes, filename: str) -> dict[str, Any]:
    reading = _read(asked, data, filename)
    known = _known(asked, reading)
    return {
        "reading": reading, "faults": [_told(fault) for fault in reading.faults[:SHOWN]], "filename": filename,
        "failed": reading.rows - len(reading.good), "known": known, "fresh": len(reading.good) - known,
        "sha256": Store(settings.MEDIA_ROOT).put(data),
    }  # fmt: skip


def _known(asked: AskedRequest, reading: sheet.Reading) -> int:
    """Rows whose estate is in the register already."""
    wanted = {(new.home_id, new.name) for _number, new in reading.good}
    rows = queries.visible(asked.viewer).filter(place__name__in={name for _home, name in wanted})
    return len(wanted & set(rows.values_list("home_id", "place__name")))


@signed_in
@require_GET
def failing(request: HttpRequest) -> HttpResponse:
    """Only the rows that failed, of a sheet checked before; the address names it by what it holds."""
    asked = cast(AskedRequest, request)
    filename = request.GET.get("filename", "")[:120].replace("\x00", "")
    data = _read(asked, _kept(request.GET.get("sha256", "")), filename).failing(_)
    name = _("%(name)s 出错的行") % {"name": filename.rpartition(".")[0] or filename}
    response = HttpResponse(data, content_type=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return response


def _kept(sha256: str) -> bytes:
    """The sheet as it was handed in. Raises NotFound once it is gone."""
    try:
        return Store(settings.MEDIA_ROOT).get(sha256)
    except (OSError, ValueError) as gone:
        raise NotFound("存下来的文件已经不在，请重新上传") from gone


@signed_in
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Take the good rows in."""
    asked = cast(AskedRequest, request)
    filename = request.POST.get("filename", "")[:120].replace("\x00", "")
    data = _kept(request.POST.get("sha256", ""))
    created = repeated = 0
    for _number, new in _read(asked, data, filename).good:
        try:
            made = commands.register(
                actor=actor(asked), at=asked.now, key=ids.key_of("estates sheet", new.home_id, new.name), estate=new
            )
            fresh = made.registered_at == asked.now  # a replayed row gives the estate that is
            created, repeated = created + fresh, repeated + (not fresh)
        except Refused as refused:
            if refused.code != "known":
                raise
            repeated += 1
    say(request, _("新登记 %(created)s 个小区，%(repeated)s 个早已登记") % {"created": created, "repeated": repeated})
    return redirect("estates")
