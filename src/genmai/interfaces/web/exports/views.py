"""Ask for an export, wait for it, fetch it, find it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast
from urllib.parse import quote
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from genmai.interfaces import export_files
from genmai.interfaces.exporting import Making, request_of
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.exports.registry import registry
from genmai.interfaces.web.shell.moving import moving_part
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.shell.view_models import Progress
from genmai.kernel import ids
from genmai.kernel.refusal import NotFound
from genmai.reports.exports import commands, queries
from genmai.reports.exports.limits import limits
from genmai.reports.exports.models import ExportRecord
from genmai.reports.exports.shape import Export

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State = ExportRecord.State
BADGES = {
    State.QUEUED: "new",
    State.RUNNING: "in-hand",
    State.DONE: "done",
    State.CANCELLED: "done",
    State.FAILED: "late",
    State.EXPIRED: "done",
}
TWICE = 30  # seconds within which the same form is the same wish
_log = structlog.get_logger(__name__)


@never_cache
@signed_in
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """What I have exported, newest first."""
    asked = cast(AskedRequest, request)
    found = [(record, *_badge(record)) for record in queries.own(asked.viewer)]
    context = {"nav_key": "", "now": asked.now, "exports": found, "kept_days": limits().kept_days}
    return render(request, "exports/mine.html", context)


@signed_in
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """A short list comes at once; a long one is made by the worker; personal data need a purpose first."""
    asked = cast(AskedRequest, request)
    export = _registered(request.POST.get("what", ""))
    purpose = request.POST.get("purpose", "").replace("\x00", "").strip()[:200]
    wanted = request_of(asked.viewer, export, query=request.POST.get("query", "")[:2000], at=asked.now, purpose=purpose)
    if export.persons is not None and len(purpose) < 2:
        context = {"now": asked.now, "wanted": wanted, "what": export.key, "key": new_key(), "title": _(export.title)}
        context["later"] = wanted.expected > limits().at_once_rows
        missing = "purpose" in request.POST
        return render(request, "exports/purpose.html", {**context, "missing": missing}, status=422 if missing else 200)
    wish = ids.subkey(key(request), int(asked.now.timestamp()) // TWICE)
    record = commands.ask(actor=actor(request), at=asked.now, key=wish, export=export, request=wanted)
    if record.state == State.QUEUED and wanted.expected <= limits().at_once_rows:
        record = _made(record, asked, lambda: asked.now)
    return _sent(record) if record.state == State.DONE else redirect("export_one", record.public_id)


def _made(record: ExportRecord, asked: AskedRequest, clock: Callable[[], datetime]) -> ExportRecord:
    """Made within the request; what goes wrong is told on its page, and to the log."""
    try:
        return Making(record, asked.viewer, clock).go_on()
    except Exception:
        _log.exception("export failed", export=str(record.public_id))
        message = _("这份表没能做出来，什么都没有改动；请过一会儿再试，或告诉系统管理员")
        return commands.fail(
            actor=actor(asked), at=asked.now, key=ids.subkey(record.key, "fail"), export=record, message=message
        )


def _registered(what: str) -> Export:
    export = registry().get(what)
    if export is None:
        raise NotFound
    return export


@never_cache
@signed_in
@require_GET
def export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where one export stands."""
    asked = cast(AskedRequest, request)
    record = queries.one(asked.viewer, public_id=public_id)
    kind, word = _badge(record)
    context = {
        "now": asked.now, "record": record, "kind": kind, "word": word, "key": new_key(),
        "moving": record.state in commands.OPEN, "progress": _progress(record), "there": export_files.path_of(record.public_id).exists(),
    }  # fmt: skip
    return render(request, "exports/one.html", context)


@never_cache
@signed_in
@require_GET
def progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The moving part of the page; once it has ended the page is asked for anew."""
    record = queries.one(cast(AskedRequest, request).viewer, public_id=public_id)
    return moving_part(request, _progress(record), over=record.state not in commands.OPEN)


@signed_in
@require_POST
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stop it."""
    asked = cast(AskedRequest, request)
    record = queries.one(asked.viewer, public_id=public_id)
    stopped = commands.cancel(actor=actor(request), at=asked.now, key=key(request), export=record)
    if stopped.state == State.CANCELLED:
        say(request, _("已停下，没有留下文件"))
    return redirect("export_one", public_id)


@never_cache
@signed_in
@require_GET
def file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The file, as long as it is kept, for whoever asked for it."""
    return _sent(queries.one(cast(AskedRequest, request).viewer, public_id=public_id))


def _sent(record: ExportRecord) -> HttpResponse:
    """Opened piece by piece on its way out."""
    try:
        if record.state != State.DONE:
            raise FileNotFoundError
        pieces = export_files.read(record.public_id)
    except FileNotFoundError:
        raise NotFound(_("这个文件已过保存期，或者还没有做好；记录还在，需要的话请重新导出一份")) from None
    response = cast(HttpResponse, StreamingHttpResponse(pieces, content_type=XLSX))
    stamp = f"{record.as_of.astimezone():%Y%m%d-%H%M}" if record.as_of else ""
    response.headers["Content-Length"] = str(record.size)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{record.title} {stamp}')}.xlsx"
    return response


def _badge(record: ExportRecord) -> tuple[str, str]:
    state = State(record.state)
    return BADGES[state], _(state.label)


def _progress(record: ExportRecord) -> Progress:
    return Progress(
        title=record.title,
        finished=record.rows,
        total=max(record.rows, record.expected, 1),
        poll_url=reverse("export_progress", args=[record.public_id]),
        done=record.state == State.DONE,
        failed=record.trouble if record.state == State.FAILED else "",
        detail=_detail(record),
    )


def _detail(record: ExportRecord) -> str:
    if record.state == State.QUEUED:
        return _("排队中，马上开始")
    written = record.state == State.RUNNING and record.rows >= record.expected > 0
    return _("行都写好了，正在收尾") if written else ""
