"""An address that only takes what is sent to it, opened to be read: the nearest page above it answers instead.

A page drawn after a post stands under the address of the post. Who switches the language there, opens the tab again or
comes back from signing in asks to read that address; what they want is the page the form stood on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import Resolver404, resolve


class ReadingMiddleware:
    """Leads a browser from an address that cannot be read to one that may be; programmes are told 405 as before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.method != "GET" or not _is_reader(request):
            return response
        return HttpResponseRedirect(page_above(request.path))


def page_above(path: str) -> str:
    """The nearest address above that leads to a page; the first page in the end."""
    return next((above for above in _above(path) if _leads_somewhere(above)), "/")


def _above(path: str) -> Iterator[str]:
    steps = path.strip("/").split("/")
    for n in range(len(steps) - 1, 0, -1):
        above = "/" + "/".join(steps[:n])
        yield above
        yield above + "/"


def _leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _is_reader(request: HttpRequest) -> bool:
    """A person's browser opening a page, not a part of one fetched by a script."""
    return "text/html" in request.headers.get("Accept", "") and not request.headers.get("HX-Request")
