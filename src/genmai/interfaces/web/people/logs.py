"""The security log and the log of looks: the auditor reads all, everybody what concerns themself."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from genmai.directory.access import queries
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.sign_in.views import EVENT_WORDS
from genmai.kernel.viewer import Reach

SHOWN = 200
WORDS = {
    **EVENT_WORDS,
    "granted": _("授权"),
    "grant_ended": _("结束授权"),
    "account_opened": _("新开账号"),
    "account_closed": _("停用账号"),
    "refused": _("被拒绝"),
}
FIELDS = {"name,phone": _("姓名和电话"), "identity,phone": _("身份证号和手机号"),
          "name": _("姓名"), "phone": _("电话"),
          "export:masked": _("导出的名单，号码遮挡")}  # fmt: skip


@signed_in
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """The latest lines; for who is no auditor those of their own login."""
    asked = cast(AskedRequest, request)
    login = request.GET.get("login", "").replace("\x00", "").strip()[:40]
    events = queries.security_events(asked.viewer, limit=SHOWN, login=login)
    context = {
        "nav_key": "security",
        "now": asked.now,
        "login": login,
        "all": bool(asked.viewer.paths("security:view", Reach.VIEW)),
        "events": [(event, WORDS.get(event.kind, event.kind)) for event in events],
    }
    return render(request, "people/security.html", context)


@signed_in
@require_GET
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at whose personal data, and why; for who is no auditor who looked at their own."""
    asked = cast(AskedRequest, request)
    everybody = bool(asked.viewer.paths("people:looks", Reach.VIEW))
    found = queries.looks(asked.viewer, limit=SHOWN)
    context = {
        "nav_key": "security",
        "now": asked.now,
        "all": everybody,
        "looks": [(look, FIELDS.get(look.fields, look.fields)) for look in found],
    }
    return render(request, "people/looks.html", context)
