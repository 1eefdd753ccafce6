"""The first page."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.interfaces.web.shell.navigation import entries_for
from genmai.kernel.viewer import Viewer


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The two actions for residents; people at work go on to their work."""
    work = _work(cast(AskedRequest, request).viewer)
    return redirect(work) if work else render(request, "home/home.html")


def _work(viewer: Viewer) -> str:
    """Where this person's work begins: the first entry of their rail; empty for residents."""
    if viewer.anonymous:
        return ""
    entries = entries_for(viewer.role)
    return entries[0].url if entries else reverse("account")
