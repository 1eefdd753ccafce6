"""Flags on looking: the list, and the looks one flag stands on with what the auditor found out."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from genmai.directory.access import looking
from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.people.logs import FIELDS
from genmai.interfaces.web.security.forms import FindingForm
from genmai.interfaces.web.shell.toast import say
from genmai.kernel.refusal import NotFound, Refused

DAYS = 30


def _title(flag: looking.Flag) -> str:
    return flag.said.title.en if get_language() == "en" else flag.said.title.zh


@signed_in
@require_GET
def flags(request: HttpRequest) -> HttpResponse:
    """The last thirty days, what nobody has asked about yet first."""
    asked = cast(AskedRequest, request)
    found = looking.flags(asked.viewer, at=asked.now, days=DAYS)
    context = {
        "nav_key": "looking",
        "now": asked.now,
        "days": DAYS,
        "flags": [(flag, _title(flag)) for flag in found],
        "mechanism": found[0].mechanism if found else "",
    }
    return render(request, "security/flags.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, account_id: int, day: str, rule: str) -> HttpResponse:
    """The looks behind a flag; the auditor writes down whom they asked and what it was."""
    asked = cast(AskedRequest, request)
    on = _day(day)
    found = looking.flags(asked.viewer, at=asked.now, days=DAYS)
    flag = next((one for one in found if (one.account_id, one.day, one.rule) == (account_id, on, rule)), None)
    if flag is None:
        raise NotFound("没有找到这一条")
    form = FindingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            looking.review(
                actor=actor(request), at=asked.now, key=key(request), account_id=account_id, day=on, rule=rule,
                finding=form.cleaned_data["finding"],
            )  # fmt: skip
        except Refused as refused:
            form.add_error("finding", refused.text(_))
        else:
            say(request, _("已记下"))
            return redirect("looking")
    looks = looking.looks_of(asked.viewer, account_id=account_id, day=on)
    context = {
        "nav_key": "looking", "now": asked.now, "flag": flag, "title": _title(flag), "form": form, "key": new_key(),
        "looks": [(look, FIELDS.get(look.fields, look.fields)) for look in looks],
    }  # fmt: skip
    return render(request, "security/one.html", context, status=422 if form.errors else 200)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound("没有找到这一条") from None
