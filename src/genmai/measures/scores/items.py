"""The one pass over the deeds: every row it gives is a deed that counts in a figure, as known at a moment.

The rules of counting stand here, once; the vocabulary of the deeds is that of processes.cases.deeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from genmai.measures.scores.rules import Terms

# `eff`     deeds known at the moment, corrected ones replaced by their corrections.
# `joined`  cases that stand merged: their own limits and closes don't count, their callers count with the survivor.
# `left_out` cases excluded or declined, and those merged into such; a reopening lifts an exclusion.
# `decided` limits kept or missed. A later limit lifts a miss of an earlier one; so does a void because the body was
#           not answerable. A late `met` follows its miss and adds nothing.
# `contacts` a limit to contact weighs as many persons as it concerns: the case's own callers and those of cases merged
#           into it by then whose own limit was never decided.
# `said`    each caller's last valid word; `closed` each case's last close unless reopened since.
_WITH = """
WITH RECURSIVE eff AS NOT MATERIALIZED (
    SELECT d.* FROM deeds_deed d
    WHERE d.recorded_at <= %(known)s
      AND NOT EXISTS (SELECT 1 FROM deeds_deed c WHERE c.corrects_id = d.id AND c.recorded_at <= %(known)s)
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
), decided AS NOT MATERIALIZED (
    SELECT d.id, d.source_id, d.milestone, d.path, d.at, d.kind = 'milestone.met' AS kept FROM eff d
    WHERE (d.kind = 'milestone.met' AND d.outcome = 'on_time')
       OR (d.kind = 'milestone.missed' AND NOT EXISTS (
            SELECT 1 FROM eff v WHERE v.source_id = d.source_id AND v.subject_id = d.subject_id AND (
                (v.kind IN ('milestone.moved', 'milestone.resumed') AND v.due_at > d.due_at)
                OR (v.kind = 'milestone.void' AND v.reason = 'uphold_objection'))))
), limits AS NOT MATERIALIZED (
    SELECT * FROM decided WHERE at >= %(start)s AND at < %(end)s AND path LIKE %(below)s
      AND NOT EXISTS (SELECT 1 FROM left_out l WHERE l.source_id = decided.source_id)
), contacts AS (
    SELECT c.id, c.path, c.at, c.kept, 1 + (
        SELECT count(*) FROM joined j WHERE j.survivor = c.source_id AND j.at <= c.at AND NOT EXISTS (
            SELECT 1 FROM decided o WHERE o.source_id = j.source_id AND o.milestone = 'contact')
    ) AS persons
    FROM limits c WHERE c.milestone = 'contact'
), said AS (
    SELECT * FROM (
        SELECT DISTINCT ON (subject_id) id, source_id, path, at, outcome, quantity FROM eff
        WHERE kind IN ('case.visited', 'case.judged') AND outcome IN ('fixed', 'not_fixed') AND at >= %(start)s
          AND subject_id IS NOT NULL
        ORDER BY subject_id, at DESC, id DESC
    ) s WHERE at < %(end)s AND path LIKE %(below)s
      AND NOT EXISTS (SELECT 1 FROM left_out l WHERE l.source_id = s.source_id)
), closed AS (
    SELECT s.id, r.path, s.at, s.level FROM (
        SELECT DISTINCT ON (source_id) id, source_id, kind, at, level, outcome FROM eff
        WHERE kind IN ('case.closed', 'case.reopened') AND at >= %(start)s ORDER BY source_id, at DESC, id DESC
    ) s JOIN eff r ON r.source_id = s.source_id AND r.kind = 'case.received'
    WHERE s.kind = 'case.closed' AND s.outcome = 'fixed' AND s.level IS NOT NULL AND s.at < %(end)s
      AND r.path LIKE %(below)s
      AND NOT EXISTS (SELECT 1 FROM left_out l WHERE l.source_id = s.source_id)
      AND NOT EXISTS (SELECT 1 FROM joined j WHERE j.source_id = s.source_id)
), items AS (
    SELECT 'response' AS figure, 0 AS level, id, path, at, CASE WHEN kept THEN persons ELSE 0 END AS n, persons AS d
    FROM contacts
    UNION ALL
    SELECT 'overdue', 0, id, path, at, CASE WHEN kept THEN 0 ELSE 1 END, 1 FROM limits
    WHERE milestone = 'resolve' AND NOT EXISTS (SELECT 1 FROM joined j WHERE j.source_id = limits.source_id)
    UNION ALL
    SELECT 'solution', 0, id, path, at, CASE WHEN outcome = 'fixed' THEN 1 ELSE 0 END, 1 FROM said
    UNION ALL
    SELECT 'satisfaction', 0, id, path, at, CASE WHEN quantity >= %(satisfied)s THEN 1 ELSE 0 END, 1 FROM said
    WHERE quantity IS NOT NULL
    UNION ALL
    SELECT 'solved', level, id, path, at, 1, 1 FROM closed
)
"""
_MONTH = "to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')"
_SUMS = f"{_WITH} SELECT figure, level, path, {_MONTH}, sum(n), sum(d) FROM items GROUP BY 1, 2, 3, 4"  # noqa: S608
_OF_FIGURE = "FROM items WHERE figure = %(figure)s AND level BETWEEN %(low)s AND %(high)s AND n >= %(least)s"
_COUNT = f"{_WITH} SELECT count(*) {_OF_FIGURE}"
_IDS = f"{_WITH} SELECT id {_OF_FIGURE} ORDER BY at DESC, id DESC OFFSET %(offset)s LIMIT %(limit)s"


@dataclass(frozen=True, slots=True)
class Window:
    """Which deeds are looked at: below a path, from `start` until before `end`, as known at `known`."""

    below: str
    start: datetime
    end: datetime
    known: datetime

    def params(self, terms: Terms) -> dict[str, Any]:
        return {
            "below": f"{self.below}%",
            "start": self.start,
            "end": self.end,
            "known": self.known,
            "satisfied": terms.satisfied_from,
        }


@dataclass(frozen=True, slots=True)
class Sum:
    """What counts for one body exactly (its subordinates apart) in one month. `level`: of solved cases, else 0."""

    figure: str
    level: int
    path: str
    month: str
    numerator: int
    denominator: int


def sums(window: Window, terms: Terms) -> list[Sum]:
    """All figures of the window, per body and month, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, window.params(terms))
        return [Sum(*row[:4], int(row[4]), int(row[5])) for row in cursor.fetchall()]


def deed_ids(
    window: Window, terms: Terms, *, figure: str, level: int, only_numerator: bool, offset: int, limit: int
) -> tuple[int, list[int]]:
    """How many deeds count in a figure of the window, and one page of them, latest first. `level` 0: every level."""
    params = window.params(terms) | {
        "figure": figure,
        "low": level,
        "high": level or 99,
        "least": 1 if only_numerator else 0,
        "offset": offset,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, params)
        (total,) = cursor.fetchone()
        cursor.execute(_IDS, params)
        return total, [row[0] for row in cursor.fetchall()]
