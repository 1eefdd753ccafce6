"""The unit page, and the deeds behind one of its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries import ancestors, children
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.shell.view_models import Crumb, Tab
from genmai.interfaces.web.unit import below, figures, question
from genmai.interfaces.web.unit.question import Question
from genmai.interfaces.web.unit.standing import case_link, cases_of, deed_words, lately, standing
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.measures.scores.call_figures import call_figures, calls_behind
from genmai.measures.scores.case_figures import PERMISSION, Behind, board, deeds_behind
from genmai.measures.scores.rules import CALL_RULES, RULES, Terms, terms_of
from genmai.processes.cases import mechanism

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One deed in a figure."""

    at: datetime
    shape: str
    what: str
    number: str
    title: str
    url: str
    unit: str
    counts: bool
    weight: int


@never_cache
@signed_in
@require_safe
def my_unit(request: HttpRequest) -> HttpResponse:
    """The page of the organisation one works for, asked the same."""
    viewer = cast(AskedRequest, request).viewer
    public_id = Organisation.objects.filter(pk=viewer.organisation_id or 0).values_list("public_id", flat=True).first()
    if public_id is None:
        raise NotFound
    asked = request.META.get("QUERY_STRING", "")
    return redirect(reverse("unit", args=[public_id]) + (f"?{asked}" if asked else ""))


@never_cache
@signed_in
@require_safe
def unit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What waits, what changed, how we do against our own last months."""
    viewer, asked = _asked(request, public_id)
    made = board(viewer, path=asked.unit.path, months=asked.months, known_at=asked.known_at, terms=_terms())
    below_us = children(viewer, organisation=asked.unit, at=asked.now)
    units = [one for one in below_us if one.kind not in ("owners", "property")]  # parties of estates are no units
    context = {
        "nav_key": "unit", "now": asked.now, "asked": asked, "crumbs": crumbs(viewer, asked),
        "headline": figures.headline(asked, made), "standing": standing(viewer, asked),
        "own": asked.unit.pk == viewer.organisation_id, "events": lately(viewer, asked),
        "cards": figures.cards(asked, made), "charts": figures.charts(asked, made),
        "calls": _calls(viewer, asked), "levels": figures.levels(asked, made), "groups": below.groups(viewer, asked, made, units),
        "today_url": asked.address(known=False),
    }  # fmt: skip
    return render(request, "unit/unit.html", context)


@never_cache
@signed_in
@require_safe
def unit_deeds(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The deeds a figure is made of, with the figure itself on top."""
    viewer, asked = _asked(request, public_id)
    key = request.GET.get("figure", "")
    if key not in RULES and key not in CALL_RULES:
        raise NotFound
    only = request.GET.get("only") == "n"
    figure = _shown(viewer, asked, key)
    behind, page = _page(viewer, asked, key, only, request.GET.get("page", ""))
    context = {
        "nav_key": "unit", "now": asked.now, "asked": asked, "figure": figure, "only": only, "behind": behind,
        "crumbs": [*crumbs(viewer, asked, leaf=False), Crumb(figure.name)], "page": page,
        "lines": _lines(viewer, behind), "weighed": behind.items != behind.total,
        "tabs": [
            Tab(_("算进分母的"), figure.url, not only, figure.denominator),
            Tab(_("算进分子的"), figure.url_numerator, only, figure.numerator),
        ],
    }  # fmt: skip
    return render(request, "unit/deeds.html", context)


def _calls(viewer: Viewer, asked: Question) -> list[figures.Shown]:
    """What both sides of a call say, and calls that should not have been; nothing where nobody called."""
    found = call_figures(viewer, path=asked.unit.path, month=asked.month, known_at=asked.known_at, terms=_terms())
    return [figures.shown_alone(asked, one) for one in found if one.denominator]


def _shown(viewer: Viewer, asked: Question, key: str) -> figures.Shown:
    """The figure itself, on top of its deeds."""
    ask: dict[str, Any] = {"path": asked.unit.path, "known_at": asked.known_at, "terms": _terms()}
    if key in CALL_RULES:
        found = call_figures(viewer, month=asked.month, **ask)
        return figures.shown_alone(asked, next(one for one in found if one.rule.key == key))
    made = board(viewer, months=(asked.previous, asked.month), **ask)
    return figures.shown(asked, made, made.figure(asked.unit.path, asked.month, key))


def _asked(request: HttpRequest, public_id: UUID) -> tuple[Viewer, Question]:
    asked = cast(AskedRequest, request)
    return asked.viewer, question.read(asked.viewer, public_id, request.GET, asked.now)


def _terms() -> Terms:
    return terms_of(mechanism.mechanism_of(mechanism.loop()))


def crumbs(viewer: Viewer, asked: Question, *, leaf: bool = True) -> list[Crumb]:
    """The line above as far as the viewer may see it, and the unit itself."""
    above = ancestors(viewer, organisation=asked.unit, at=asked.now)
    seen = [one for one in above if viewer.may(PERMISSION, one.path, Reach.VIEW)]
    found = [Crumb(one.short_name, asked.address(one)) for one in seen]
    return [*found, Crumb(asked.unit.short_name, "" if leaf else asked.address())]


def _page(viewer: Viewer, asked: Question, key: str, only: bool, text: str) -> tuple[Behind, Any]:
    """One page of the deeds; a page beyond the last is the last."""
    number = int(text) if text.isdigit() and 0 < len(text) < 7 else 1

    def fetch(at_page: int) -> Behind:
        if key in CALL_RULES:
            return calls_behind(
                viewer, path=asked.unit.path, month=asked.month, key=key, known_at=asked.known_at,
                only_numerator=only, offset=(at_page - 1) * PAGE, limit=PAGE,
            )  # fmt: skip
        return deeds_behind(
            viewer, path=asked.unit.path, month=asked.month, key=key, known_at=asked.known_at,
            only_numerator=only, offset=(at_page - 1) * PAGE, limit=PAGE, terms=_terms(),
        )  # fmt: skip

    behind = fetch(max(number, 1))
    page = Paginator(range(behind.total), PAGE).get_page(number)
    return (behind if page.number == number else fetch(page.number)), page


def _lines(viewer: Viewer, behind: Behind) -> list[Line]:
    cases = cases_of(viewer, behind.deeds)
    found = []
    for deed, counted in zip(behind.deeds, behind.counted, strict=True):
        case = cases.get(deed.source_id)
        shape, what = deed_words(deed, case)
        found.append(
            Line(
                at=deed.at,
                shape=shape,
                what=what,
                number=case.number if case else "",
                title=words.title_of(case, 34) if case else "",
                url=case_link(case),
                unit=deed.organisation.short_name if deed.organisation else "",
                counts=counted.in_numerator,
                weight=counted.weight,
            )
        )
    return found
