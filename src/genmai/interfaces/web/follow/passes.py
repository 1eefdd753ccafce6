"""The code once typed, kept by the browser: signed, read by no script, until the browser closes, two hours at most."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "genmai_follow"
SECONDS = 2 * 3600


def keep(response: HttpResponse, code: str) -> None:
    """Let the browser hold the code."""
    response.set_cookie(
        COOKIE,
        signing.dumps(code, salt=COOKIE),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def code_of(request: HttpRequest) -> str:
    """The code this browser holds; empty when it holds none of ours, or for too long."""
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=SECONDS))
    except signing.BadSignature:
        return ""


def drop(response: HttpResponse) -> None:
    """Forget it."""
    response.delete_cookie(COOKIE, samesite="Lax")
