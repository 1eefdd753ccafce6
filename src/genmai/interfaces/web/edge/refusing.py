"""A refusal is an answer: what happened, what is safe, what to do, with the status that machines expect."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.mechanisms.schema import Text

STATUS: tuple[tuple[type[Refused], int], ...] = ((NotFound, 404), (NotPermitted, 403), (Changed, 409), (BadInput, 422))


def status_of(refused: Refused) -> int:
    """404 outside the scope, 403 without the right, 409 when somebody was first, 422 for a bad value, 400 else."""
    return next((status for kind, status in STATUS if isinstance(refused, kind)), 400)


def sentence_of(refused: Refused) -> str:
    """The refusal in the reader's language, a mechanism's own words in it, too."""
    english = get_language() == "en"
    words = {
        name: (value.en if english else value.zh) if isinstance(value, Text) else value
        for name, value in refused.params.items()
    }
    said = Refused(refused.code, refused.message)
    said.params = words
    return said.text(gettext)


class RefusalMiddleware:
    """Turns a Refused that no view caught into its page. Nothing was written; the words people typed are still there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        context = {
            "refused": exception,
            "sentence": sentence_of(exception),
            "allowed": exception.accepts(gettext),
            "typed": [
                (name, value)
                for name, value in request.POST.items()
                if len(value) > 10 and name != "csrfmiddlewaretoken"
            ],
            "back": request.META.get("HTTP_REFERER", "/") if request.method == "POST" else "/",
        }
        return render(request, "edge/refused.html", context, status=status_of(exception))
