"""The turn of a term (换届): one person in both posts, mean age, education, women; before and after a day.

A village's two bodies (the Party organisation, the village or community committee) belong together by the ground they
stand on. Below `small` villages or people a share is shown with that said, never alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
    WHERE l.tree = %(tree)s AND l.path LIKE ANY(%(mine)s) AND l.path LIKE %(below)s AND {link}
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
    WHERE {post}
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

_TODAY = "{row}.valid_from <= %(day)s AND ({row}.valid_to IS NULL OR {row}.valid_to > %(day)s)"
# The same as `as_at.holding` and `posts.held`; of a row from before this was kept it was known all along.
_THEN = """{row}.valid_from <= %(day)s AND ({row}.recorded_at IS NULL OR {row}.recorded_at <= %(known)s) AND (
    (({row}.withdrawn_at IS NULL OR {row}.withdrawn_at <= %(known)s)
        AND ({row}.valid_to IS NULL OR {row}.valid_to > %(day)s OR {row}.ended_recorded_at > %(known)s))
    OR ({row}.withdrawn_at > %(known)s
        AND ({row}.known_to IS NULL OR {row}.known_to > %(day)s OR {row}.ended_recorded_at > %(known)s)))"""


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


def team_on(viewer: Viewer, *, path: str, day: date, known_at: datetime | None = None) -> Team:
    """The village teams below a path within the viewer's scope, as they stood on a day, as known then. One query.

    Who held what and where bodies stood is as known then; age and schooling are as they are known now.
    """
    rules = mechanism.statistics()
    turn, small = rules.turn, rules.small
    given: dict[str, Any] = {
        "tree": str(Tree.PARTY), "mine": [f"{one}%" for one in reached(viewer)], "below": f"{path}%", "day": day,
        "secretary": list(turn.secretary_posts), "head": list(turn.head_posts), "team": list(turn.team_posts),
        "college": list(turn.college_codes), "known": known_at,
    }  # fmt: skip
    held = _TODAY if known_at is None else _THEN
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(link=held.format(row="l"), post=held.format(row="p")), given)
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


def before_and_after(
    viewer: Viewer, *, path: str, on: date, known_at: datetime | None = None
) -> tuple[Team, Team]:  # fmt: skip
    """The day before a change of term and the day itself, as known then. Two queries."""
    before, after = (
        team_on(viewer, path=path, day=day, known_at=known_at) for day in (on - timedelta(days=1), on)
    )  # fmt: skip
    return before, after


def turns(
    viewer: Viewer, *, path: str, limit: int = 6, known_at: datetime | None = None
) -> list[tuple[date, int]]:  # fmt: skip
    """On which days terms began below a path, newest first, and in how many bodies, as known then. One query."""
    known = "t.withdrawn_at IS NULL"
    if known_at is not None:
        known = "t.recorded_at <= %s AND (t.withdrawn_at IS NULL OR t.withdrawn_at > %s)"
    sql = f"""
    SELECT t.valid_from, count(*) FROM roster_term AS t JOIN roster_link AS l
        ON l.organisation_id = t.organisation_id AND l.tree = %s AND l.valid_to IS NULL
    WHERE {known} AND l.path LIKE ANY(%s) AND l.path LIKE %s GROUP BY 1 ORDER BY 1 DESC LIMIT %s"""  # noqa: S608
    moments = [known_at, known_at] if known_at is not None else []
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(Tree.PARTY), *moments, [f"{one}%" for one in reached(viewer)], f"{path}%", limit])
        return [(day, n) for day, n in cursor.fetchall()]
