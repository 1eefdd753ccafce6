"""Branches on grids: the gaps first, then pair by pair, then each grid beside the standard."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.directory.roster.definition_grids import GridSection
from genmai.directory.roster.queries import coverage
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.organisations import asking
from genmai.interfaces.web.organisations.browsing import check_view
from genmai.interfaces.web.shell.view_models import Tab
from genmai.mechanisms import installing
from genmai.mechanisms.schema import Text

STANDARD = "zhejiang/wangge-biaozhun"
PAGE = 50
VIEWS = ("grids", "branches", "pairs", "standard")
SHAPES = {"fits": "done", "small": "late", "big": "late", "unknown": "new"}


def rules() -> tuple[str, GridSection]:
    """The standard in force, with its name and version."""
    found = installing.library(settings.GENMAI_MECHANISMS).get(STANDARD)
    return found.ref, found.section(GridSection)


def say(text: Text) -> str:
    """A mechanism's words in the reader's language."""
    return str(text.en if get_language() == "en" else text.zh)


@never_cache
@signed_in
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """One of four lists, with the counts of the gaps on top."""
    asked = cast(AskedRequest, request)
    check_view(asked.viewer)
    question = asking.read(asked.viewer, request.GET, asked.now)
    when = cast(Any, question.when)
    view = request.GET.get("view", "grids")
    view = view if view in VIEWS else "grids"
    counts = coverage.counts(asked.viewer, **when)
    ask = partial(_rows, asked, when, view)
    rows = Paginator(ask(), PAGE).get_page(request.GET.get("page"))
    key, standard = rules()
    context = {
        "nav_key": "organisations", "now": asked.now, "asked": question, "view": view, "counts": counts, "page": rows,
        "tabs": _tabs(question, view, counts), "rows": rows.object_list, "action": reverse("organisations_grids"),
        "hidden": [("view", view)], "today_url": reverse("organisations_grids") + question.today().kept(view=view),
    }  # fmt: skip
    if view == "standard":
        found = coverage.measured(
            asked.viewer, grids=list(rows.object_list), rules=standard, at=asked.now, as_at=question.as_at,
            known_at=question.known_at,
        )  # fmt: skip
        context |= {"rows": [line(one, standard) for one in found], "rule": key, "rules": _told(standard)}
    return render(request, "organisations/grids.html", context)


def _rows(asked: AskedRequest, when: Any, view: str) -> Any:
    if view == "branches":
        return coverage.bare_branches(asked.viewer, **when)
    if view == "pairs":
        return coverage.covers(asked.viewer, **when)
    if view == "standard":
        return coverage.grids(asked.viewer, **when).order_by("code")
    return coverage.bare_grids(asked.viewer, **when)


def _tabs(question: asking.Question, view: str, counts: coverage.Counts) -> list[Tab]:
    told = {
        "grids": (_("没有支部的网格"), counts.bare_grids), "branches": (_("没有落到网格的村社支部"), counts.bare_branches),
        "pairs": (_("支部和网格的对应"), None), "standard": (_("对照标准"), counts.grids),
    }  # fmt: skip
    base = reverse("organisations_grids")
    return [Tab(word, base + question.kept(view=key), key == view, number) for key, (word, number) in told.items()]


def line(one: coverage.Measured, standard: GridSection) -> tuple[coverage.Measured, str, str, str]:
    """A grid, the shape and word of its size, and which places are not filled."""
    size = {
        "fits": _("合乎标准"), "small": _("偏小"), "big": _("偏大"), "unknown": _("户数不知道"),
    }[one.size]  # fmt: skip
    lacking = _("、").join(say(standard.staff[name].title) for name in one.lacking)
    return one, SHAPES[one.size], size, lacking


def _told(standard: GridSection) -> list[tuple[str, str]]:
    """Each rule with where it comes from."""
    sizes = [(say(size.title), say(size.source)) for size in standard.sizes.values()]
    return [*sizes, *((say(place.title), say(place.source)) for place in standard.staff.values())]
