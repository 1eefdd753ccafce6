"""The reader's language: by their own switch, kept in a cookie, never guessed from the browser."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "genmai_language"
CHINESE, ENGLISH = "zh-hans", "en"
LANGUAGES = (CHINESE, ENGLISH)
YEAR = 365 * 24 * 3600


class LanguageMiddleware:
    """Activates the language of the cookie for the request; Chinese without one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(COOKIE, "")
        language = chosen if chosen in LANGUAGES else CHINESE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", "zh-Hans" if language == CHINESE else "en")
        return response


@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Remember the language asked for and go back to the page the switch was on."""
    response = HttpResponseRedirect(safe_return(request))
    language = request.POST.get("language", "")
    if language in LANGUAGES:
        remember(response, COOKIE, language)
    return response


def safe_return(request: HttpRequest) -> str:
    """The address to go back to: the posted `next`, if it stays on this site; else the first page."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return "/"


def remember(response: HttpResponse, cookie: str, value: str) -> None:
    """Keep a choice of display for a year; it says nothing about the person and is readable by no script."""
    response.set_cookie(
        cookie, value, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )
