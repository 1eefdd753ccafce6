"""The turn of a term (换届): one person in both posts, mean age, education, women; before and after a day.

A village's two bodies (the Party organisation, the village or community committee) belong together by the ground they
stand on. Below `small` villages or people a share is shown with that said, never alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from genmai.directory.roster import mechanism
from genmai.directory.roster.models import Tree
from genmai.directory.roster.queries.membership_sql import reached
from genmai.kernel.viewer import Viewer

# `village`: the ground both bodies stand on. The Party body's place, or, where none is kept, the code its own ends with; two
# joins, for with an OR between them each body is held beside every village.
_SQL = """
WITH below AS MATERIALIZED (
    SELECT o.id, o.code, o.place_id FROM roster_link AS l JOIN roster_organisation AS o ON o.id = l.organisation_id
    WHERE l.tree = %(tree)s AND l.path LIKE ANY(%(mine)s) AND l.path LIKE %(below)s
        AND l.valid_from <= %(day)s AND (l.valid_to IS NULL OR l.valid_to > %(day)s)
), ground AS (
    SELECT b.id AS body, g.id AS village FROM below AS b
    JOIN territory_place AS g ON g.id = b.place_id AND g.kind IN ('village', 'community')
    UNION ALL SELECT b.id, g.id FROM below AS b
    JOIN territory_place AS g ON g.code = substr(b.code, 7) AND g.kind IN ('village', 'community')
    WHERE b.place_id IS NULL AND starts_with(b.code, 'party-')
), bodies AS (
    SELECT body, village FROM ground
    UNION SELECT o.id, village FROM ground JOIN roster_organisation AS o ON o.place_id = village AND o.kind = 'community'
), held AS (
    SELECT DISTINCT b.village, p.person_id, p.key = ANY(%(secretary)s) AS secretary, p.key = ANY(%(head)s) AS head
    FROM bodies AS b JOIN roster_post AS p ON p.organisation_id = b.body AND p.key = ANY(%(team)s)
    WHERE p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
), pairs AS (
    SELECT village, bool_or(one) AS one, bool_or(secretary) AND bool_or(head) AS filled FROM (
        SELECT village, person_id, bool_or(secretary) AS secretary, bool_or(head) AS head,
            bool_or(secretary) AND bool_or(head) AS one
        FROM held GROUP BY village, person_id) AS each GROUP BY village
), people AS (SELECT DISTINCT person_id FROM held), known AS (
    SELECT f.* FROM people JOIN roster_profile AS f USING (person_id)
)
SELECT (SELECT count(*) FROM pairs WHERE filled), (SELECT count(*) FROM pairs WHERE one),
    (SELECT count(*) FROM people),
    count(born_on), sum(extract(year FROM age(%(day)s::date, born_on)))::bigint,
    count(*) FILTER (WHERE education <> ''), count(*) FILTER (WHERE education = ANY(%(college)s)),
    count(*) FILTER (WHERE sex <> ''), count(*) FILTER (WHERE sex = '2')
FROM known
"""


@dataclass(frozen=True, slots=True)
class Ratio:
    """n of d; `small` says the sample is too small for the share to stand alone."""

    n: int
    d: int
    small: bool

    @property
    def percent(self) -> Decimal | None:
        """To one decimal; None of nobody."""
        return (Decimal(self.n * 1000) / self.d).quantize(Decimal(1)) / 10 if self.d else None


@dataclass(frozen=True, slots=True)
class Team:
    """The village teams of a subtree on a day. Shares are of those whose particular is known."""

    day: date
    people: int
    both: Ratio  # villages with both posts filled → one person holds both
    mean_age: Decimal | None
    aged: int
    college: Ratio
    women: Ratio


def team_on(viewer: Viewer, *, path: str, day: date) -> Team:
    """The village teams below a path within the viewer's scope, as they stood on a day. One query."""
    rules = mechanism.statistics()
    turn, small = rules.turn, rules.small
    given: dict[str, Any] = {
        "tree": str(Tree.PARTY), "mine": [f"{one}%" for one in reached(viewer)], "below": f"{path}%", "day": day,
        "secretary": list(turn.secretary_posts), "head": list(turn.head_posts), "team": list(turn.team_posts),
        "college": list(turn.college_codes),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SQL, given)
        filled, one, people, aged, years, schooled, college, sexed, women = cursor.fetchone()
    return Team(
        day=day,
        people=people,
        both=Ratio(one, filled, filled < small),
        mean_age=(Decimal(years) / aged).quantize(Decimal("0.1")) if aged else None,
        aged=aged,
        college=Ratio(college, schooled, schooled < small),
        women=Ratio(women, sexed, sexed < small),
    )


def before_and_after(viewer: Viewer, *, path: str, on: date) -> tuple[Team, Team]:
    """The day before a change of term and the day itself. Two queries."""
    return team_on(viewer, path=path, day=on - timedelta(days=1)), team_on(viewer, path=path, day=on)


def turns(viewer: Viewer, *, path: str, limit: int = 6) -> list[tuple[date, int]]:
    """On which days terms began below a path, newest first, and in how many bodies. One query."""
    sql = """
    SELECT t.valid_from, count(*) FROM roster_term AS t JOIN roster_link AS l
        ON l.organisation_id = t.organisation_id AND l.tree = %s AND l.valid_to IS NULL
    WHERE t.withdrawn_at IS NULL AND l.path LIKE ANY(%s) AND l.path LIKE %s GROUP BY 1 ORDER BY 1 DESC LIMIT %s"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(Tree.PARTY), [f"{one}%" for one in reached(viewer)], f"{path}%", limit])
        return [(day, n) for day, n in cursor.fetchall()]
