"""The one pass over the deeds: every row it gives is a deed that counts in a figure, as known at a moment.

The rules of counting stand here, once; the vocabulary of the deeds is that of processes.cases.deeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from genmai.measures.scores.rules import Terms

FIGURES = ("response", "overdue", "solution", "satisfaction", "solved")

# `eff`      deeds known at the moment, corrected ones replaced by their corrections.
# `joined`   cases that stand merged: their own limits and closes don't count, their callers count with the survivor.
# `left_out` cases excluded or declined, and those merged into such; a reopening lifts an exclusion.
# `lifted`   misses of the months that don't stand: by what came after them (`_LIFTS`), a later limit was granted, or the
#            body turned out not to be answerable.
# `limits`   limits kept or missed in the months. A late `met` follows its miss and adds nothing.
# `carried`  merged cases whose own contact was never decided: their caller counts with each contact of the survivor
#            decided after the merge, as one more row of the same deed.
# `said`     each caller's last valid word; of a matter in the problem bank (挂账) "not solved", until it goes back to work
#            or the caller says otherwise; `closed` each case's last close unless reopened since, at its home;
#            what inspectors find arose nowhere: it is in no share solved where it arose.
# Sets are asked by NOT IN and IN … IS TRUE (none holds NULL): PostgreSQL hashes them once, whatever it thinks of their
# size. OFFSET 0: one case's few deeds are read by its index, not every deed of a kind beside it.
_LIFTS = """v.at >= d.at AND (
        (v.kind IN ('milestone.moved', 'milestone.resumed') AND v.due_at > d.due_at)
        OR (v.kind = 'milestone.void' AND v.reason IN ('uphold_objection', 'leave')))"""
_WITH = f"""
WITH RECURSIVE corrected AS MATERIALIZED (
    SELECT corrects_id FROM deeds_deed WHERE corrects_id IS NOT NULL AND recorded_at <= %(known)s
), eff AS NOT MATERIALIZED (
    SELECT * FROM deeds_deed WHERE recorded_at <= %(known)s AND id NOT IN (SELECT corrects_id FROM corrected)
), joined AS MATERIALIZED (
    SELECT source_id, survivor, at FROM (
        SELECT DISTINCT ON (source_id) source_id, kind, subject_id AS survivor, at FROM eff
        WHERE kind IN ('case.merged', 'case.unmerged') ORDER BY source_id, at DESC, id DESC
    ) m WHERE kind = 'case.merged'
), left_out AS (
    SELECT source_id FROM (
        SELECT DISTINCT ON (source_id) source_id, kind FROM eff
        WHERE kind IN ('case.excluded', 'case.declined', 'case.reopened') ORDER BY source_id, at DESC, id DESC
    ) x WHERE kind <> 'case.reopened'
    UNION
    SELECT j.source_id FROM joined j JOIN left_out l ON l.source_id = j.survivor
), lifted AS MATERIALIZED (
    SELECT d.id FROM eff d JOIN eff v ON v.source_id = d.source_id AND v.subject_id = d.subject_id
    WHERE d.kind = 'milestone.missed' AND d.milestone IN ('contact', 'resolve') AND d.at >= %(start)s AND d.at < %(end)s
      AND v.at >= %(start)s AND {_LIFTS}
), limits AS MATERIALIZED (
    SELECT id, source_id, milestone, path, at, CASE kind WHEN 'milestone.met' THEN 1 ELSE 0 END AS kept FROM eff
    WHERE kind IN ('milestone.met', 'milestone.missed') AND (kind = 'milestone.missed' OR outcome = 'on_time')
      AND milestone IN ('contact', 'resolve') AND at >= %(start)s AND at < %(end)s AND path LIKE %(below)s
      AND source_id NOT IN (SELECT source_id FROM left_out) AND id NOT IN (SELECT id FROM lifted)
), carried AS MATERIALIZED (
    SELECT survivor, at FROM joined j
    WHERE (survivor IN (SELECT source_id FROM limits WHERE milestone = 'contact')) IS TRUE AND NOT EXISTS (
        SELECT 1 FROM (SELECT * FROM eff WHERE source_id = j.source_id OFFSET 0) d
        WHERE d.milestone = 'contact' AND (d.kind = 'milestone.met' AND d.outcome = 'on_time'
          OR d.kind = 'milestone.missed' AND NOT EXISTS (
            SELECT 1 FROM (SELECT * FROM eff WHERE source_id = j.source_id OFFSET 0) v
            WHERE v.subject_id = d.subject_id AND {_LIFTS})))
), said AS (
    SELECT * FROM (
        SELECT DISTINCT ON (subject_id) id, source_id, path, at, outcome, quantity FROM eff e
        WHERE kind IN ('case.visited', 'case.judged', 'case.unsolved') AND outcome IN ('fixed', 'not_fixed')
          AND at >= %(start)s AND subject_id IS NOT NULL AND NOT (kind = 'case.unsolved' AND EXISTS (
              SELECT 1 FROM (SELECT kind FROM eff WHERE source_id = e.source_id AND id > e.id OFFSET 0) b
              WHERE b.kind IN ('case.unbanked', 'case.reopened')))
        ORDER BY subject_id, at DESC, id DESC
    ) s WHERE at < %(end)s AND path LIKE %(below)s AND source_id NOT IN (SELECT source_id FROM left_out)
), closed AS (
    SELECT s.id, r.path, s.at, s.level FROM (
        SELECT DISTINCT ON (source_id) id, source_id, kind, at, level, outcome FROM eff
        WHERE kind IN ('case.closed', 'case.reopened') AND at >= %(start)s ORDER BY source_id, at DESC, id DESC
    ) s CROSS JOIN LATERAL (SELECT kind, path, outcome FROM eff WHERE source_id = s.source_id OFFSET 0) r
    WHERE r.kind = 'case.received' AND r.path LIKE %(below)s AND r.outcome <> 'inspection'
      AND s.kind = 'case.closed' AND s.outcome = 'fixed' AND s.level IS NOT NULL AND s.at < %(end)s
      AND s.source_id NOT IN (SELECT source_id FROM left_out) AND s.source_id NOT IN (SELECT source_id FROM joined)
), items AS (
    SELECT 'response' AS figure, 0 AS level, id, path, at, kept AS n FROM limits WHERE milestone = 'contact'
    UNION ALL
    SELECT 'response', 0, c.id, c.path, c.at, c.kept FROM carried j JOIN limits c ON c.source_id = j.survivor
    WHERE c.milestone = 'contact' AND j.at <= c.at
    UNION ALL
    SELECT 'overdue', 0, id, path, at, 1 - kept FROM limits
    WHERE milestone = 'resolve' AND source_id NOT IN (SELECT source_id FROM joined)
    UNION ALL
    SELECT 'solution', 0, id, path, at, CASE outcome WHEN 'fixed' THEN 1 ELSE 0 END FROM said
    UNION ALL
    SELECT 'satisfaction', 0, id, path, at, CASE WHEN quantity >= %(satisfied)s THEN 1 ELSE 0 END FROM said
    WHERE quantity IS NOT NULL
    UNION ALL
    SELECT 'solved', level, id, path, at, 1 FROM closed
)
"""  # noqa: S608  no value of anybody's in it
# What lies outside the unit is summed up at the nearest body above the unit that holds it: enough to borrow from.
_SUMS = (
    f"{_WITH} SELECT figure, level,"  # noqa: S608  no value of anybody's in it
    " CASE WHEN path LIKE %(unit)s THEN path ELSE"
    " (SELECT max(up) FROM unnest(%(above)s::text[]) up WHERE starts_with(path, up)) END AS place,"
    " width_bucket(at, %(months)s::timestamptz[]) AS month, sum(n), count(*)"
    " FROM items GROUP BY 1, 2, 3, 4"
)
_OF_FIGURE = "FROM items WHERE figure = %(figure)s AND level BETWEEN %(low)s AND %(high)s AND n >= %(least)s"
# One deed may weigh several items (response, one a person): then they are alike, and it stands with their number.
_TALLY = f"{_WITH} SELECT count(DISTINCT id), count(*) {_OF_FIGURE}"
_IDS = (
    f"{_WITH} SELECT id, max(n) = 1 AND max(level) IN (0, %(counted_level)s), count(*) {_OF_FIGURE}"
    " GROUP BY id, at ORDER BY at DESC, id DESC OFFSET %(offset)s LIMIT %(limit)s"
)


@dataclass(frozen=True, slots=True)
class Window:
    """Which deeds are looked at: below a path, in these months, as known at `known`.

    `starts`: the first moment of each month, in order; `end`: the first moment after the last.
    """

    below: str
    starts: tuple[datetime, ...]
    end: datetime
    known: datetime

    def params(self, terms: Terms) -> dict[str, Any]:
        return {
            "below": f"{self.below}%",
            "start": self.starts[0],
            "end": self.end,
            "known": self.known,
            "satisfied": terms.satisfied_from,
        }


@dataclass(frozen=True, slots=True)
class Sum:
    """What counts for one body exactly (its subordinates apart) in one month. `level`: of solved cases, else 0.

    `month`: place in the window's `starts`.
    """

    figure: str
    level: int
    path: str
    month: int
    numerator: int
    denominator: int


def sums(window: Window, terms: Terms, *, unit: str) -> list[Sum]:
    """All figures of the window per body and month, in one query; outside `unit` only what its superiors need."""
    parts = unit.strip("/").split("/")
    above = ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts) - 1)]
    params = window.params(terms) | {"unit": f"{unit}%", "above": above, "months": list(window.starts)}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, params)
        rows = cursor.fetchall()
    return [Sum(figure, level, place, month - 1, int(n), d) for figure, level, place, month, n, d in rows]


@dataclass(frozen=True, slots=True)
class Counted:
    """One deed in a figure: whether it stands in the numerator, and how many items it weighs there."""

    deed_id: int
    in_numerator: bool
    weight: int


def counted_deeds(
    window: Window, terms: Terms, *, figure: str, level: int, only_numerator: bool, offset: int, limit: int
) -> tuple[int, int, list[Counted]]:
    """Deeds and items in a figure of the window, and one page of the deeds, latest first.

    `level` 0: the figure knows none; else the numerator is what was solved there.
    """
    params = window.params(terms) | {
        "figure": figure,
        "low": level if only_numerator else 0,
        "high": level if level and only_numerator else 99,
        "counted_level": level,
        "least": 1 if only_numerator else 0,
        "offset": offset,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TALLY, params)
        deeds, items = cursor.fetchone()
        cursor.execute(_IDS, params)
        return deeds, items, [Counted(*row) for row in cursor.fetchall()]
