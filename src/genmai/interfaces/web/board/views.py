"""The board on desk and phone, the large screen, and the part of each that asks for itself anew."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from genmai.interfaces.web.board import question, shown
from genmai.interfaces.web.board.question import Question
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.processes.cases.queries import problem_bank
from genmai.reports.board.bands import bodies
from genmai.reports.board.hot import hottest
from genmai.reports.board.inflow import inflow
from genmai.reports.board.limits import limits
from genmai.reports.board.rates import rates
from genmai.reports.board.standing import standing


@never_cache
@signed_in
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """All of it, or only the moving part."""
    asked = _asked(request)
    moving = "part" in request.GET
    return render(request, "board/now.html" if moving else "board/board.html", {"nav_key": "board", **_context(asked)})


@never_cache
@signed_in
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """The same for the large screen."""
    asked = _asked(request)
    moving = "part" in request.GET
    return render(request, "board/wall_now.html" if moving else "board/wall.html", _context(asked))


def _asked(request: HttpRequest) -> Question:
    asked = cast(AskedRequest, request)
    return question.read(asked.viewer, cast(Any, request.GET), asked.now)


def _context(asked: Question) -> dict[str, Any]:
    """A constant number of queries, whatever the size of the place."""
    viewer, place, at = asked.viewer, asked.place, asked.now
    made, came = standing(viewer, place=place, at=at), inflow(viewer, place=place, at=at)
    bank = problem_bank.sums(viewer, filters=problem_bank.Filters(), at=at)
    month = rates(viewer, place=place, at=at)
    spots = hottest(viewer, place=place, at=at)
    return {
        "asked": asked, "now": at, "headline": shown.headline(made, came), "bigs": shown.bigs(asked, made, came, bank),
        "hot": shown.hot(asked, spots.spots, spots.span), "span": spots.span, "hot_at": spots.at, "hours": shown.hours(asked, came),
        "by_state": shown.by_state(asked, made), "by_subject": shown.by_subject(asked, made),
        "levels": shown.levels(asked, made, month), "bands": shown.bands(asked, bodies(viewer, counts=made.by_body)),
        "rates": shown.month_rates(asked, month), "month": month, "open": made.all.open, "limits": limits(),
    }  # fmt: skip
