"""Large type: a switch on every page, kept in a cookie and set on the page by the server, so no flash of small type."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from genmai.interfaces.web.language import remember, safe_return

COOKIE = "genmai_type"
NORMAL, LARGE = "normal", "large"


def type_size(request: HttpRequest) -> str:
    """`large` or `normal`, as the reader last chose."""
    return LARGE if request.COOKIES.get(COOKIE) == LARGE else NORMAL


@require_POST
def switch_type(request: HttpRequest) -> HttpResponse:
    """Remember the type size asked for and go back to the page the switch was on."""
    response = HttpResponseRedirect(safe_return(request))
    size = request.POST.get("type", "")
    if size in (NORMAL, LARGE):
        remember(response, COOKIE, size)
    return response
