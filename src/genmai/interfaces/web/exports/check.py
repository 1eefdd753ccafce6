"""A file that came back: unchanged, or what differs from what was exported. Open to anyone who holds the file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from genmai.interfaces import long_checks
from genmai.interfaces.file_check import TooLong, Verdict, check
from genmai.interfaces.web.edge.addresses import Pace, address_of
from genmai.interfaces.web.edge.posting import actor
from genmai.interfaces.web.edge.uploading import InMemory
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.shell.moving import moving_part
from genmai.interfaces.web.shell.view_models import Progress
from genmai.kernel import ids
from genmai.kernel.refusal import Refused
from genmai.reports.exports import checks
from genmai.reports.exports.findings import Finding
from genmai.reports.exports.limits import limits
from genmai.reports.exports.models import FileCheck

SHOWN = 100
TWICE = 30  # seconds within which the same file is the same wish
_FORM = 64 * 1024  # bytes a form takes besides its file
PACE = Pace(most=limits().check_a_minute, within=timedelta(minutes=1))
State = checks.State
BADGES = {State.WAITING: "new", State.RUNNING: "in-hand", State.DONE: "done", State.FAILED: "late"}
_CODE = re.compile(r"[^0-9A-Za-z -]")


@dataclass(frozen=True)
class Answer:
    """What the page says: a shape, a sentence, the differences."""

    kind: str
    sentence: str
    findings: Sequence[str] = ()
    more: int = 0


@csrf_exempt  # the token is asked for by `_check_file`, after the upload handler was chosen
def check_file(request: HttpRequest) -> HttpResponse:
    """Hand a file in; nothing of it is kept, and nothing of it lies in clear meanwhile. Too large a one isn't held."""
    if int(request.META.get("CONTENT_LENGTH") or 0) <= _bytes() + _FORM:
        request.upload_handlers = [InMemory(request)]
    answer: HttpResponse = _check_file(request)
    return answer


@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def _check_file(request: HttpRequest) -> HttpResponse:
    asked = cast(AskedRequest, request)
    if request.method != "POST":
        return _page(asked)
    try:
        verdict = _checked(asked)
    except TooLong as long:
        if not asked.viewer.anonymous:
            return _later(asked, long)
        return _page(asked, fault=long.text(_), status=422)
    except Refused as refused:
        return _page(asked, fault=refused.text(_), status=422)
    return _page(asked, verdict=verdict, answer=_answer(verdict.findings, len(verdict.findings)))


def _page(asked: AskedRequest, *, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "now": asked.now, "megabytes": limits().check_megabytes, "code": _code(asked), "rows": limits().check_rows,
        "named": not asked.viewer.anonymous, "recent": [(one, BADGES[State(one.state)], _(State(one.state).label)) for one in checks.own(asked.viewer)],
    }  # fmt: skip
    return render(asked, "exports/check.html", {**context, **more}, status=status)


def _later(asked: AskedRequest, long: TooLong) -> HttpResponse:
    """Too long for one to wait: sealed, and checked in the background."""
    file = cast("UploadedFile[bytes]", asked.FILES["file"])
    file.seek(0)
    data = file.read()
    name = hashlib.sha256(data).hexdigest()
    wish = ids.key_of("file check", asked.viewer.account_id or 0, name, int(asked.now.timestamp()) // TWICE)
    try:
        row = long_checks.hand_in(
            actor=actor(asked), at=asked.now, key=wish, pieces=[data], filename=file.name or "", code=_code(asked),
            about=long.about,
        )  # fmt: skip
    except Refused as refused:
        return _page(asked, fault=refused.text(_), status=422)
    return redirect("export_check_one", row.public_id)


@never_cache
@signed_in
@require_safe
def check_one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far the check of a long file is, and what it came to."""
    asked = cast(AskedRequest, request)
    row = checks.one(asked.viewer, public_id=public_id)
    if row.state in checks.OPEN:
        return _page(asked, progress=_progress(row))
    if row.export is None:
        return _page(asked, fault=row.trouble)
    found, count = long_checks.verdict_of(row)
    return _page(asked, verdict=Verdict(row.export, found), answer=_answer(found, count), filename=row.filename)


@never_cache
@signed_in
@require_safe
def check_progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The moving part of the page; once it has ended the page is asked for anew."""
    row = checks.one(cast(AskedRequest, request).viewer, public_id=public_id)
    return moving_part(request, _progress(row), over=row.state not in checks.OPEN)


def _progress(row: FileCheck) -> Progress:
    waits = _("排队中，马上开始") if row.state == State.WAITING else ""
    return Progress(
        title=_("正在核对：{name}").format(name=row.filename),
        finished=row.done,
        total=row.about or limits().check_rows,  # until its record is found, more than that is all that is known
        poll_url=reverse("export_check_progress", args=[row.public_id]),
        done=row.state == State.DONE,
        failed=row.trouble if row.state == State.FAILED else "",
        detail=waits,
    )


def _bytes() -> int:
    return limits().check_megabytes * 1024 * 1024


def _code(request: HttpRequest) -> str:
    return _CODE.sub("", request.POST.get("code", "")[:20])


def _checked(asked: AskedRequest) -> Verdict:
    address = address_of(asked)
    if PACE.free_at(address, asked.now) is not None:
        raise Refused("too_often", _("一分钟里核对得太多了，请过一会儿再试；文件没有留下"))
    PACE.count(address, asked.now)
    file = asked.FILES.get("file")
    if file is None:
        raise Refused("no_file", _("请先选择要核对的文件"))
    if (file.size or 0) > _bytes():
        raise Refused("too_large", _("这个文件太大，不像是这里导出的；没有打开"))
    return check(asked.viewer, data=file.read(), code=_code(asked))


def _answer(findings: Sequence[Finding], count: int) -> Answer:
    if not count:
        return Answer("done", _("没有改动：和导出时一样。"))
    sentence = _("有 {n} 处和导出时不一样。").format(n=count)
    shown = [finding.text(_) for finding in findings[:SHOWN]]
    return Answer("late", sentence, shown, max(count - SHOWN, 0))
