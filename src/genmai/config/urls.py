"""Every address: the pages of `interfaces.web` and the health page."""

from __future__ import annotations

from importlib.util import find_spec

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 when the site runs and reaches its database; for supervisors and balancers, shows nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


urlpatterns: list[URLPattern | URLResolver] = [path("healthz", health, name="health")]
if find_spec("genmai.interfaces.web") and find_spec("genmai.interfaces.web.urls"):
    urlpatterns.append(path("", include("genmai.interfaces.web.urls")))
