"""The design system on show: every component in every state, on invented data, for review by eye.

Open to developers (DEBUG) and to administrators; nobody else finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from genmai.interfaces.web.shell import gallery_samples as samples
from genmai.interfaces.web.shell.view_models import Identity, Tab
from genmai.processes.cases.queries.extras import Standing

Context = dict[str, Any]

TITLES = {
    "components": "组件",
    "report": "居民：反映一件事",
    "follow": "居民：查进度",
    "desk": "镇街：列表、事项、经过",
    "unit": "单位页：数字",
    "many": "两万条的表",
    "states": "空、等、错",
    "wall": "大屏",
}


def _open_to(request: HttpRequest) -> bool:
    identity: Identity | None = getattr(request, "identity", None)
    return bool(settings.DEBUG or getattr(settings, "GENMAI_DESIGN_GALLERY", False)) or bool(
        identity and identity.role_key == "administrator"
    )


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The list of sheets."""
    return sheet(request, "components")


@require_safe
def sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """One sheet of the gallery; 404 to anyone it is not for."""
    if slug not in TITLES or not _open_to(request):
        raise Http404
    request.identity = samples.IDENTITIES.get(slug)  # type: ignore[attr-defined]
    context: Context = {
        "now": samples.NOW,
        "title": TITLES[slug],
        "sheets": [Tab(title, f"/design/{key}/", key == slug) for key, title in TITLES.items()],
        "keys": samples.KEYS,
        **FILLERS.get(slug, dict)(),
    }
    if slug == "many":
        context["page"] = Paginator(samples.ManyRows(20_000), 50).get_page(request.GET.get("page"))
    if slug == "desk":
        context["has_matter"] = request.GET.get("matter", "1") != ""
    request.standing = Standing()  # type: ignore[attr-defined]  # samples, whatever happens outside
    response = render(request, f"gallery/{slug}.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


FILLERS: dict[str, Callable[[], Context]] = {
    "components": lambda: {
        "form": samples.filled_form(),
        "faulty": samples.faulty_form(),
        "dues": samples.DUES,
        "events": samples.EVENTS,
        "figures": samples.figures(),
        "charts": samples.charts(),
        "jobs": samples.JOBS,
        "crumbs": samples.CRUMBS,
        "tabs": samples.TABS,
        "steps": samples.STEPS,
        "explained": samples.explained(),
        "undo": samples.UNDO,
        "chosen": samples.CHOSEN,
    },
    "report": lambda: {"form": samples.ReportSample()},
    "follow": lambda: {"events": samples.EVENTS, "steps": samples.STEPS, "form": samples.JudgeSample()},
    "desk": lambda: {
        "matters": samples.MATTERS,
        "events": samples.EVENTS,
        "crumbs": samples.CRUMBS,
        "tabs": samples.TABS,
        "nav_key": "dispatch",
    },
    "unit": lambda: {
        "figures": samples.figures(),
        "charts": samples.charts(),
        "crumbs": samples.CRUMBS,
        "others": samples.OTHERS,
        "units": samples.UNITS,
        "nav_key": "unit",
    },
    "many": lambda: {"nav_key": "cases", "chosen": samples.CHOSEN},
    "wall": lambda: {"figures": samples.figures(), "charts": samples.charts(), "others": samples.OTHERS},
}
