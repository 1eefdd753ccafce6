"""The moving part of a page about long work: it asks for itself again and again, and at the end for the page anew."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from genmai.interfaces.web.shell.view_models import Progress


def moving_part(request: HttpRequest, progress: Progress, *, over: bool) -> HttpResponse:
    """The answer to `progress.poll_url`; `over`: nothing moves any more."""
    response = render(request, "components/progress.html", {"progress": progress})
    if over:
        response.headers["HX-Refresh"] = "true"
    return response
