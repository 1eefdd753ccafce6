"""The page about suggestions, and the button that has the worker learn anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from genmai.interfaces.web.edge.posting import actor, key, new_key
from genmai.interfaces.web.edge.viewing import AskedRequest, signed_in
from genmai.interfaces.web.shell.toast import say
from genmai.interfaces.web.suggestion import figures
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.cases import mechanism
from genmai.processes.cases.commands import suggesting
from genmai.processes.cases.models import Learning
from genmai.processes.cases.queries import suggestion_drift, suggestions
from genmai.processes.cases.suggestion import current

UNDER_WAY = (Learning.State.ASKED, Learning.State.RUNNING)


def _check(viewer: Viewer) -> None:
    """For everybody at a desk or above it; others are told like absence."""
    if not viewer.may("figures:view", viewer.path or None, Reach.VIEW) or not viewer.paths("cases:view", Reach.VIEW):
        raise NotFound


@never_cache
@signed_in
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What the suggestions here are made of and how they fare."""
    asked = cast(AskedRequest, request)
    viewer, now = asked.viewer, asked.now
    _check(viewer)
    standing, rules = current.standing(), mechanism.definition_of(mechanism.loop()).suggestion
    weeks = suggestion_drift.weeks(viewer, at=now)
    learned = learned_labels(standing)
    span = timedelta(weeks=rules.drift.weeks)
    moved = suggestion_drift.moved(viewer, at=now, learned=learned, span=span, least=rules.drift.least)
    context: dict[str, Any] = {
        "nav_key": "dispatch", "now": now, "headline": figures.headline(weeks), "model": standing.model,
        "trouble": gettext(figures.TROUBLE[standing.trouble]) if standing.trouble in figures.TROUBLE else "",
        "paused": suggestions.paused(now), "waiting": suggestion_drift.waiting(viewer),
        "chart": figures.by_week(weeks) if weeks else None,
        "drift": figures.drift_words(moved, rules.drift), "drift_rows": figures.drift_rows(moved, learned),
        "precision": round(100 * rules.precision), "rule": mechanism.loop(),
    }  # fmt: skip
    if standing.model is not None:
        context |= {
            "learned_at": figures.learned_at(standing.model), "sources": figures.sources(standing.model),
            "measured": figures.measured(standing.model), "habits": len(standing.model.habits),
        }  # fmt: skip
    return render(request, "suggestion/page.html", context | _runs(request, viewer))


def learned_labels(standing: current.Standing) -> Mapping[str, int]:
    """How many of each first-level subject the model in use learned from."""
    labels = standing.model.facts.get("labels", {}) if standing.model else {}
    return {str(code): int(n) for code, n in labels.items()} if isinstance(labels, Mapping) else {}


def _runs(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    runs = suggestion_drift.learnings(viewer)
    return {
        "runs": [(one, gettext(figures.ENDED[one.trouble]) if one.trouble else "") for one in runs],
        "under_way": any(one.state in UNDER_WAY for one in runs),
        "may_learn": _may_learn(viewer),
        "key": new_key(),
    }


def _may_learn(viewer: Viewer) -> bool:
    """The button is for the district's desk; the command asks the same and refuses others."""
    return viewer.role == "district_office" and viewer.may("cases:import", viewer.path)


@never_cache
@signed_in
@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    """The runs of learning alone: asked for again while one is under way."""
    asked = cast(AskedRequest, request)
    _check(asked.viewer)
    return render(request, "suggestion/learning.html", {"now": asked.now} | _runs(request, asked.viewer))


@never_cache
@signed_in
@require_POST
def learn(request: HttpRequest) -> HttpResponse:
    """Ask for a run of learning."""
    _check(cast(AskedRequest, request).viewer)
    suggesting.ask_learning(actor=actor(request), at=cast(AskedRequest, request).now, key=key(request))
    say(request, gettext("已排上，学好了自动换用；学的时候照常办事"))
    return redirect("suggestions")
