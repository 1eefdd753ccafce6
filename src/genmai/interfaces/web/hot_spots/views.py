"""Hot spots of the hour, the day and the week, and the matters behind each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.rows import rows
from genmai.interfaces.web.shell.view_models import Tab
from genmai.kernel.refusal import NotFound
from genmai.processes.cases import mechanism
from genmai.processes.cases.queries import hot_spots as queries

SPANS: dict[str, tuple[object, dict[str, float]]] = {
    "week": (_("这一周"), {"days": 7}),
    "day": (_("这一天"), {"days": 1}),
    "hour": (_("这一小时"), {"hours": 1}),
}
PER_PAGE = 30


@dataclass(frozen=True)
class SpotLine:
    """One hot spot as a row."""

    place: str
    subject: str
    n: int
    merged: int
    still_open: int
    before: int
    usual: str
    unusual: bool
    url: str


@never_cache
@signed_in
@require_safe
def hot_spots(request: HttpRequest) -> HttpResponse:
    """The list, most unusual first."""
    asked = cast(AskedRequest, request)
    key, span = _span(request)
    lines = [_line(one, key) for one in queries.of(asked.viewer, at=asked.now, **span)]
    context = {
        "nav_key": "hot_spots", "now": asked.now, "lines": lines, "span": key, "tabs": _tabs(key), "rules": _rules(),
        "unusual": sum(line.unusual for line in lines), "without": queries.unclassified(asked.viewer, at=asked.now, **span),
        "window": queries.window(asked.viewer, at=asked.now, **span),
    }  # fmt: skip
    return render(request, "hot_spots/hot_spots.html", context)


@never_cache
@signed_in
@require_safe
def spot(request: HttpRequest, home: UUID, category: str) -> HttpResponse:
    """The matters behind one. Raises NotFound where the viewer sees none of them."""
    asked = cast(AskedRequest, request)
    key, span = _span(request)
    found = queries.matters(asked.viewer, home=home, category=category, at=asked.now, **span)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    if not page.object_list:
        raise NotFound
    matters = rows(asked.viewer, list(page.object_list), asked.now)
    context = {
        "nav_key": "hot_spots", "now": asked.now, "page": page, "matters": matters, "span": key,
        "said": SPANS[key][0], "place": page.object_list[0].home.short_name, "subject": _subject(category),
        "home": home, "category": category,
    }  # fmt: skip
    return render(request, "hot_spots/spot.html", context)


def _span(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    key = request.GET.get("span", "")
    key = key if key in SPANS else "week"
    return key, dict(SPANS[key][1])


def _tabs(chosen: str) -> list[Tab]:
    return [Tab(str(title), "?" + urlencode({"span": key}), key == chosen) for key, (title, _span) in SPANS.items()]


def _line(one: queries.HotSpot, span: str) -> SpotLine:
    url = reverse("hot_spot", args=[one.home, one.category])
    return SpotLine(
        place=one.place,
        subject=_subject(one.category),
        n=one.n,
        merged=one.merged,
        still_open=one.still_open,
        before=one.before,
        usual=f"{one.usual:.1f}" if one.usual >= 0.05 or not one.usual else gettext("不到 0.1"),
        unusual=one.unusual,
        url=f"{url}?{urlencode({'span': span})}",
    )


def _subject(code: str) -> str:
    category = mechanism.taxonomy().categories.get(code)
    return words.subject(category) if category else code


def _rules() -> dict[str, object]:
    rules = mechanism.definition_of(mechanism.loop()).hot_spots
    return {"least": rules.least, "weeks": rules.weeks, "chance": f"{float(rules.chance) * 100:g}"}
