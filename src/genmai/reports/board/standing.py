"""What is open now: one pass gives every count, and the same statement, narrowed, the matters behind any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from genmai.kernel.viewer import Viewer
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.models import Case
from genmai.reports.board.policies import check_board

_OPEN = ", ".join(f"'{state}'" for state in OPEN)
NO_SUBJECT = "-"  # nobody has said yet what it is about
_SUBJECT = "CASE category WHEN '' THEN '-' ELSE left(category, 2) END AS subject"
_MARKS = "coalesce(d.late, false) AS late, coalesce(d.soon AND NOT d.late, false) AS soon"
_ANSWERS = "coalesce(c.lead_id, c.holder_id)"
_UNIT = """CASE WHEN l.path = %(path)s THEN l.organisation_id
             WHEN starts_with(l.path, %(path)s) THEN split_part(l.path, '/', %(part)s)::bigint
             ELSE {who} END AS body"""

# `due`      matters with a limit running: is one over, is one about to be (its warning time has come)?
# `standing` open matters that the place has a part in: all of them lie in the scope of whoever may see its board. `body`: who answers for it (the lead, else whoever
#            holds it), named by the unit directly below the place; bodies outside the place by themselves.
_STANDING = f"""
WITH due AS MATERIALIZED (
    SELECT case_id, bool_or(missed_at IS NOT NULL OR due_at < %(at)s) AS late, bool_or(warn_at <= %(at)s) AS soon,
        min(due_at) AS due_at
    FROM cases_milestone WHERE state = 'running' GROUP BY case_id
), standing AS MATERIALIZED (
    SELECT c.id, c.state, c.level, {_SUBJECT}, c.reopens > 0 AS reopened, d.due_at, {_MARKS}, {_UNIT.format(who=_ANSWERS)}
    FROM cases_case c LEFT JOIN due d ON d.case_id = c.id
    LEFT JOIN roster_link l ON l.organisation_id = {_ANSWERS} AND l.tree = 'administrative'
        AND l.valid_to IS NULL
    WHERE c.state IN ({_OPEN}) AND c.reach @> %(unit)s::bigint[]
)
"""  # noqa: S608  states of the flow, no value of anybody's
# The same matters for the counts alone: whoever answers for them is looked up once they have been counted together, and a
# thousandth of the rows is left for the five tables.
_COUNTS = f"""
WITH due AS (
    SELECT case_id, bool_or(missed_at IS NOT NULL OR due_at < %(at)s) AS late, bool_or(warn_at <= %(at)s) AS soon
    FROM cases_milestone WHERE state = 'running' GROUP BY case_id
), counted AS MATERIALIZED (
    SELECT c.state, c.level, c.category, c.reopens > 0 AS reopened, {_ANSWERS} AS who, {_MARKS}, count(*) AS n
    FROM cases_case c LEFT JOIN due d ON d.case_id = c.id
    WHERE c.state IN ({_OPEN}) AND c.reach @> %(unit)s::bigint[]
    GROUP BY 1, 2, 3, 4, 5, 6, 7
), standing AS (
    SELECT state, level, {_SUBJECT}, reopened, late, soon, n, {_UNIT.format(who="who")}
    FROM counted LEFT JOIN roster_link l ON l.organisation_id = who AND l.tree = 'administrative' AND l.valid_to IS NULL
)
SELECT state, level, subject, body, sum(n)::bigint, (sum(n) FILTER (WHERE late))::bigint,
    (sum(n) FILTER (WHERE soon))::bigint, (sum(n) FILTER (WHERE reopened))::bigint
FROM standing GROUP BY GROUPING SETS ((), (state), (level), (subject), (body))
"""  # noqa: S608  states of the flow, no value of anybody's
_MATTERS = f"{_STANDING} SELECT id, count(*) OVER () FROM standing WHERE {{}} ORDER BY due_at, id OFFSET %(offset)s LIMIT %(limit)s"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Place:
    """The unit a board is of: its id and its path in today's administrative tree."""

    id: int
    path: str


@dataclass(frozen=True, slots=True)
class Count:
    """Open matters, of them late, about to be late, and open again after they were closed."""

    open: int = 0
    late: int = 0
    soon: int = 0
    reopened: int = 0


NOTHING = Count()


@dataclass(slots=True)
class Standing:
    """All counts of one moment; each by-table sums up to `all`."""

    all: Count = NOTHING
    by_state: dict[str, Count] = field(default_factory=dict)
    by_level: dict[int, Count] = field(default_factory=dict)
    by_subject: dict[str, Count] = field(default_factory=dict)
    by_body: dict[int, Count] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slice:
    """Which of the open matters; the parts of one number on the board."""

    state: str = ""
    level: int | None = None
    subject: str = ""
    body: int | None = None
    late: bool = False
    soon: bool = False
    reopened: bool = False


def standing(viewer: Viewer, *, place: Place, at: datetime) -> Standing:
    """Every count in one query. Raises NotPermitted, NotFound."""
    check_board(viewer, place.path)
    found = Standing()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, _params(place, at))
        for state, level, subject, body, *counts in cursor.fetchall():
            count = Count(*(n or 0 for n in counts))
            if state is not None:
                found.by_state[state] = count
            elif level is not None:
                found.by_level[level] = count
            elif subject is not None:
                found.by_subject[subject] = count
            elif body is not None:
                found.by_body[body] = count
            else:
                found.all = count
    return found


def matters(
    viewer: Viewer, *, place: Place, at: datetime, part: Slice, offset: int = 0, limit: int = 50
) -> tuple[list[Case], int]:
    """One page of the matters of a number, the nearest limit first, and how many there are. Two queries."""
    check_board(viewer, place.path)
    where, named = _narrowed(part)
    params = {**_params(place, at), **named, "offset": offset, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_MATTERS.format(where), params)
        rows = cursor.fetchall()
    found = cases_of([row[0] for row in rows])
    return found, rows[0][1] if rows else 0


def cases_of(ids: Sequence[int]) -> list[Case]:
    """These cases in this order, as lists show them; whoever asks has asked for the scope."""
    rows = Case.objects.select_related("holder", "lead", "home").defer("words", "reach", "answers").in_bulk(ids)
    return [rows[one] for one in ids if one in rows]


def _params(place: Place, at: datetime) -> dict[str, Any]:
    part = len(place.path.split("/"))  # "/1/7/" → the unit directly below stands in the fourth part
    return {"at": at, "unit": [place.id], "path": place.path, "part": part}


def _narrowed(part: Slice) -> tuple[str, Mapping[str, Any]]:
    columns = {"state": part.state or None, "level": part.level, "subject": part.subject or None, "body": part.body}
    wanted = {name: value for name, value in columns.items() if value is not None}
    parts = [f"{name} = %({name}_wanted)s" for name in wanted]
    parts += [flag for flag in ("late", "soon", "reopened") if getattr(part, flag)]
    return " AND ".join(parts) or "true", {f"{name}_wanted": value for name, value in wanted.items()}
