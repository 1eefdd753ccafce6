"""Figures of calls for one unit and month: what the two sides say of each other, and calls that should not have been.

From deeds alone, each with numerator, denominator and the moment as known at; shown, never scored (DOMAIN §3.4: the share of
calls is to be neither too low nor too high). Small samples say so and borrow from the nearest unit above that has enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection

from genmai.directory.roster.models import Organisation
from genmai.kernel.refusal import BadInput
from genmai.kernel.viewer import Viewer
from genmai.measures.scores.case_figures import DEFAULT_TERMS, Behind, Figure, Unit, check_scope, lines, window_of
from genmai.measures.scores.items import Counted
from genmai.measures.scores.rules import CALL_RULES, Terms
from genmai.records.deeds.models import Deed

# `wrong`, `right`: calls (their called body) that were taken back or found wrong, and those found right.
# A call counts where it was made and in the month it was made; a flag where it was raised, once it is settled.
_WITH = """
WITH eff AS NOT MATERIALIZED (
    SELECT * FROM deeds_deed WHERE recorded_at <= %(known)s
      AND id NOT IN (SELECT corrects_id FROM deeds_deed WHERE corrects_id IS NOT NULL AND recorded_at <= %(known)s)
), wrong AS (
    SELECT DISTINCT subject_id FROM eff WHERE kind IN ('case.call_withdrawn', 'case.flag_upheld')
), found_right AS (
    SELECT DISTINCT subject_id FROM eff WHERE kind = 'case.flag_rejected'
), span AS (
    SELECT * FROM eff WHERE kind IN ('case.call_rated', 'case.caller_rated', 'case.called', 'case.call_flagged')
      AND at >= %(start)s AND at < %(end)s AND path LIKE %(below)s
), items AS (
    SELECT 'call_came' AS figure, id, path, at, (outcome = 'good')::int AS n FROM span WHERE kind = 'case.call_rated'
    UNION ALL
    SELECT 'call_made', id, path, at, (outcome = 'good')::int FROM span WHERE kind = 'case.caller_rated'
    UNION ALL
    SELECT 'calls_wrong', s.id, path, at, (w.subject_id IS NOT NULL)::int FROM span s
    LEFT JOIN wrong w ON w.subject_id = s.subject_id WHERE kind = 'case.called'
    UNION ALL
    SELECT 'flags_upheld', s.id, path, at, (w.subject_id IS NOT NULL)::int FROM span s
    LEFT JOIN wrong w ON w.subject_id = s.subject_id LEFT JOIN found_right r ON r.subject_id = s.subject_id
    WHERE kind = 'case.call_flagged' AND (w.subject_id IS NOT NULL OR r.subject_id IS NOT NULL)
)
"""
_SUMS = (
    f"{_WITH} SELECT figure, up, sum(n), count(*) FROM items"  # noqa: S608  no value of anybody's in it
    " JOIN unnest(%(line)s::text[]) up ON starts_with(path, up) GROUP BY 1, 2"
)
_OF_FIGURE = "FROM items WHERE figure = %(figure)s AND n >= %(least)s"
_TALLY = f"{_WITH} SELECT count(*) {_OF_FIGURE}"
_IDS = f"{_WITH} SELECT id, n = 1, 1 {_OF_FIGURE} ORDER BY at DESC, id DESC OFFSET %(offset)s LIMIT %(limit)s"


def call_figures(
    viewer: Viewer, *, path: str, month: str, known_at: datetime, terms: Terms = DEFAULT_TERMS
) -> tuple[Figure, ...]:
    """The four figures of the unit at `path`; two queries. Raises NotFound outside the viewer's scope."""
    check_scope(viewer, path)
    line = lines(path)
    sums = _sums(line, month, known_at)
    units = _units(line)
    return tuple(_figure(key, line, sums, units, month, known_at, terms) for key in CALL_RULES)


def _sums(line: Sequence[str], month: str, known_at: datetime) -> Mapping[tuple[str, str], tuple[int, int]]:
    params = _params(line[0], month, known_at) | {"line": list(line)}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, params)
        return {(figure, up): (int(n), d) for figure, up, n, d in cursor.fetchall()}


def _params(below: str, month: str, known_at: datetime) -> dict[str, Any]:
    window = window_of(below, month, known_at)
    return {"below": f"{below}%", "start": window.starts[0], "end": window.end, "known": known_at}


def _units(line: Sequence[str]) -> dict[str, Unit]:
    ids = {up: int(up.strip("/").rpartition("/")[2]) for up in line}
    known = {
        pk: (name, level)
        for pk, name, level in Organisation.objects.filter(pk__in=ids.values()).values_list("pk", "name", "level")
    }
    return {up: Unit(pk, *_named(known, pk, up)) for up, pk in ids.items() if pk in known}


def _named(known: Mapping[int, tuple[str, int]], pk: int, path: str) -> tuple[str, str, int]:
    name, level = known[pk]
    return name, path, level


def _figure(
    key: str,
    line: Sequence[str],
    sums: Mapping[tuple[str, str], tuple[int, int]],
    units: Mapping[str, Unit],
    month: str,
    known_at: datetime,
    terms: Terms,
) -> Figure:
    """The unit's own; small, with the nearest one above that has enough."""

    def at(up: str) -> Figure:
        numerator, denominator = sums.get((key, up), (0, 0))
        small = denominator < terms.small_sample
        return Figure(units[up], month, CALL_RULES[key], numerator, denominator, known_at, small)

    own = at(line[-1])
    above = (at(up) for up in reversed(line[:-1]) if up in units)
    return replace(own, lender=next((one for one in above if not one.small), None)) if own.small else own


def calls_behind(
    viewer: Viewer,
    *,
    path: str,
    month: str,
    key: str,
    known_at: datetime,
    only_numerator: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> Behind:
    """The deeds a figure of calls opens to. Raises NotFound outside the viewer's scope, BadInput for no such figure."""
    check_scope(viewer, path)
    if key not in CALL_RULES:
        raise BadInput("unknown_figure", "没有这项统计", field="key", allowed=", ".join(CALL_RULES))
    params = _params(path, month, known_at) | {
        "figure": key, "least": int(only_numerator), "offset": max(offset, 0), "limit": min(max(limit, 1), 200),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, params)
        (total,) = cursor.fetchone()
        cursor.execute(_IDS, params)
        found = [Counted(*row) for row in cursor.fetchall()]
    related = ("actor", "actor_organisation", "organisation", "counterpart", "place")
    deeds = Deed.objects.select_related(*related).in_bulk([one.deed_id for one in found])
    return Behind(total, tuple(deeds[one.deed_id] for one in found), total, tuple(found))
