"""A file that came back: unchanged, or what differs from what was exported. Open to anyone who holds the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from genmai.interfaces.file_check import Verdict, check
from genmai.interfaces.web.edge.addresses import Pace, address_of
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.kernel.refusal import Refused
from genmai.reports.exports.limits import limits

SHOWN = 100
PACE = Pace(most=limits().check_a_minute, within=timedelta(minutes=1))
_CODE = re.compile(r"[^0-9A-Za-z -]")


@dataclass(frozen=True)
class Answer:
    """What the page says: a shape, a sentence, the differences."""

    kind: str
    sentence: str
    findings: Sequence[str] = ()
    more: int = 0


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_file(request: HttpRequest) -> HttpResponse:
    """Hand a file in; nothing of it is kept."""
    asked = cast(AskedRequest, request)
    answer, verdict, fault, status = None, None, "", 200
    if request.method == "POST":
        try:
            verdict = _checked(asked)
            answer = _answer(verdict)
        except Refused as refused:
            fault, status = refused.text(_), 422
    context = {
        "now": asked.now, "answer": answer, "verdict": verdict, "fault": fault,
        "megabytes": limits().check_megabytes, "code": _code(asked), "named": not asked.viewer.anonymous,
    }  # fmt: skip
    return render(request, "exports/check.html", context, status=status)


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
    if (file.size or 0) > limits().check_megabytes * 1024 * 1024:
        raise Refused("too_large", _("这个文件太大，不像是这里导出的；没有打开"))
    return check(asked.viewer, data=file.read(), code=_code(asked))


def _answer(verdict: Verdict) -> Answer:
    found = [finding.text(_) for finding in verdict.findings]
    if not found:
        return Answer("done", _("没有改动：和导出时一样。"))
    sentence = _("有 {n} 处和导出时不一样。").format(n=len(found))
    return Answer("late", sentence, found[:SHOWN], max(len(found) - SHOWN, 0))
