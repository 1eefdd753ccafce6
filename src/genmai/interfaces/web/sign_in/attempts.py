"""What every way of signing in shares: the security log and the words for a shut login."""

from __future__ import annotations

import math
from datetime import datetime
from typing import cast

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from genmai.directory.access import commands
from genmai.directory.access.definition import sign_in_rules
from genmai.directory.access.models import Account
from genmai.interfaces.web.edge.posting import new_key
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.kernel.viewer import Actor

SIGN_IN = Actor.system("sign_in")


def locked_words(until: datetime, now: datetime) -> str:
    """How long to wait, and who can help at once."""
    minutes = math.ceil((until - now).total_seconds() / 60)
    said = _("连续输错 %(failures)d 次，这个登录名先停用一会儿，请过 %(minutes)d 分钟再试；急用请找安全管理员解开")
    return said % {"failures": sign_in_rules().failures, "minutes": minutes}


def next_of(request: HttpRequest) -> str:
    """Where the person was going, if that is a page of ours."""
    return safe_target(request, request.POST.get("next") or request.GET.get("next"))


def safe_target(request: HttpRequest, target: object) -> str:
    """That address if it is a page of ours, else the entrance."""
    text = target if isinstance(target, str) else ""
    safe = url_has_allowed_host_and_scheme(text, {request.get_host()}, require_https=request.is_secure())
    return text if safe else "/"


def log(request: HttpRequest, kind: str, name: str, account: Account | None = None, detail: str = "") -> None:
    """One line of the security log."""
    commands.record_security_event(
        actor=SIGN_IN,
        at=cast(AskedRequest, request).now,
        key=new_key(),
        kind=kind,
        login=name,
        account_id=account.pk if account else None,
        address=request.META.get("REMOTE_ADDR") or None,
        detail=detail,
    )
