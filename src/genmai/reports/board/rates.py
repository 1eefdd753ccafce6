"""The month's three rates, what is overdue, and at which level matters were solved, as `measures.scores` counts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from genmai.kernel.viewer import Actor, Granted, Reach, Viewer
from genmai.measures.scores import case_figures
from genmai.measures.scores.rules import LEVEL_KEYS, RULES, THREE_RATES, Rule, terms_of
from genmai.processes.cases import mechanism
from genmai.reports.board.limits import limits
from genmai.reports.board.models import MonthRates
from genmai.reports.board.policies import check_board
from genmai.reports.board.standing import Place

KEYS = (*THREE_RATES, "overdue", *LEVEL_KEYS)
_Counts = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Rate:
    """One figure of the month with what it is of. `small`: too few to stand alone."""

    rule: Rule
    numerator: int
    denominator: int
    small: bool


@dataclass(frozen=True, slots=True)
class Rates:
    """All figures of a place and month as known at one moment."""

    month: str
    known_at: datetime
    rates: Mapping[str, Rate]


def rates(viewer: Viewer, *, place: Place, at: datetime) -> Rates:
    """As last kept by the worker, which counts every few minutes; where it never has, counted now. Raises NotFound."""
    check_board(viewer, place.path)
    month = case_figures.month_of(at)
    kept = _kept(place, month, at)
    known_at, counts = kept if kept else (at, _counted(viewer, place.path, month, at).get(place.path, {}))
    few = terms_of(mechanism.mechanism_of(mechanism.loop())).small_sample
    found = {}
    for key in KEYS:
        n, d = counts.get(key, (0, 0))
        found[key] = Rate(RULES[key], n, d, d < few)
    return Rates(month, known_at, found)


def _kept(place: Place, month: str, at: datetime) -> tuple[datetime, _Counts] | None:
    """The newest count of the month that holds this place; old or not, it says when it was made. One query."""
    above = [int(part) for part in place.path.split("/") if part]
    rows = MonthRates.objects.filter(root_id__in=above, month=month, known_at__lte=at)
    for row in rows.order_by("-known_at"):
        if place.path in row.figures:
            return row.known_at, {key: (n, d) for key, (n, d) in row.figures[place.path].items()}
    return None


def _counted(viewer: Viewer, path: str, month: str, at: datetime) -> dict[str, dict[str, tuple[int, int]]]:
    """For the unit and those directly below it, from one pass over the deeds."""
    terms = terms_of(mechanism.mechanism_of(mechanism.loop()))
    board = case_figures.board(viewer, path=path, months=(month,), known_at=at, terms=terms)
    near = [unit.path for unit in board.units if unit.path.count("/") <= path.count("/") + 1]
    return {
        each: {figure.rule.key: (figure.numerator, figure.denominator) for figure in board.row(each, month, KEYS)}
        for each in near
    }


def count_anew(*, actor: Actor, at: datetime, key: UUID, place: Place) -> MonthRates | None:
    """Count the running month anew and keep it; None while the last count is young enough. For the worker."""
    month = case_figures.month_of(at)
    since = at - timedelta(seconds=limits().rates_kept_seconds)
    if MonthRates.objects.filter(root_id=place.id, month=month, known_at__gt=since).exists():
        return None
    figures = _counted(_everything(place.path), place.path, month, at)
    return MonthRates.objects.update_or_create(
        root_id=place.id, month=month, defaults={"known_at": at, "figures": figures}
    )[0]


def _everything(path: str) -> Viewer:
    """Who may count a place's figures without being anybody: numbers only, and only for this table."""
    granted = Granted("board", frozenset({case_figures.PERMISSION}), path, frozenset({Reach.VIEW}))
    return Viewer(grants=(granted,))
