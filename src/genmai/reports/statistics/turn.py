"""The turn of a term (换届): one person in both posts, mean age, education, women; before and after a day.

A village's two bodies (the Party organisation, the village or community committee) belong together by the ground they
stand on. Below `small` villages or people a share is shown with that said, never alone.
"""

from __future__ import annotations

from collections.abc import Sequence
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
# joins, for with an OR between them each body is held beside every village. `days` holds a bit for each day asked for on
# which a body stood below, or a post was held: all of them are gone through at once, and a village is counted on a day
# where the bits of its secretaries and of its heads meet.
_SQL = """
WITH villages AS MATERIALIZED (SELECT id, code FROM territory_place WHERE kind IN ('village', 'community')
), below AS MATERIALIZED (
    SELECT o.id, o.code, o.place_id, {link} AS days
    FROM roster_link AS l JOIN roster_organisation AS o ON o.id = l.organisation_id
    WHERE l.tree = %(tree)s AND l.path LIKE ANY(%(mine)s) AND l.path LIKE %(below)s AND (
        o.place_id IS NULL OR o.place_id IN (SELECT id FROM villages))
), ground AS MATERIALIZED (
    SELECT b.id AS body, g.id AS village, b.days FROM below AS b JOIN villages AS g ON g.id = b.place_id WHERE b.days > 0
    UNION ALL SELECT b.id, g.id, b.days FROM below AS b JOIN villages AS g ON g.code = substr(b.code, 7)
    WHERE b.place_id IS NULL AND starts_with(b.code, 'party-') AND b.days > 0
), stood AS MATERIALIZED (SELECT village, bit_or(days) AS days FROM ground GROUP BY village
), posts AS MATERIALIZED (
    SELECT p.organisation_id AS body, p.person_id, {post} AS days,
        p.key = ANY(%(secretary)s) AS secretary, p.key = ANY(%(head)s) AS head
    FROM roster_post AS p WHERE p.key = ANY(%(team)s)
), held AS (
    SELECT village, person_id, bit_or(days) AS days, coalesce(bit_or(days) FILTER (WHERE secretary), 0) AS secretary,
        coalesce(bit_or(days) FILTER (WHERE head), 0) AS head
    FROM (
        SELECT g.village, p.person_id, p.days & g.days AS days, secretary, head FROM ground AS g JOIN posts AS p USING (body)
        UNION ALL SELECT s.village, p.person_id, p.days & s.days, secretary, head FROM stood AS s
        JOIN roster_organisation AS o ON o.place_id = s.village AND o.kind = 'community' JOIN posts AS p ON p.body = o.id
    ) AS each GROUP BY village, person_id
), pairs AS MATERIALIZED (
    SELECT bit_or(secretary) & bit_or(head) AS filled, bit_or(secretary & head) AS one FROM held GROUP BY village
), known AS MATERIALIZED (
    SELECT people.days, f.* FROM (  -- in the order particulars lie in
        SELECT person_id, bit_or(days) AS days FROM held GROUP BY person_id ORDER BY person_id
    ) AS people LEFT JOIN roster_profile AS f USING (person_id)
)
SELECT (SELECT count(*) FROM pairs WHERE filled & d.bit > 0), (SELECT count(*) FROM pairs WHERE one & d.bit > 0),
    count(k.days), count(born_on), sum(extract(year FROM age(d.day, born_on)))::bigint,
    count(*) FILTER (WHERE education <> ''), count(*) FILTER (WHERE education = ANY(%(college)s)),
    count(*) FILTER (WHERE sex <> ''), count(*) FILTER (WHERE sex = '2')
FROM (SELECT day, 1 << (n - 1)::integer AS bit FROM unnest(%(days)s::date[]) WITH ORDINALITY AS one(day, n)) AS d
LEFT JOIN known AS k ON k.days & d.bit > 0
GROUP BY d.bit, d.day ORDER BY d.bit
"""

_TODAY = "{row}.valid_from <= {day} AND ({row}.valid_to IS NULL OR {row}.valid_to > {day})"
# The same as `as_at.holding` and `posts.held`; of a row from before this was kept it was known all along.
_THEN = """{row}.valid_from <= {day} AND ({row}.recorded_at IS NULL OR {row}.recorded_at <= %(known)s) AND (
    (({row}.withdrawn_at IS NULL OR {row}.withdrawn_at <= %(known)s)
        AND ({row}.valid_to IS NULL OR {row}.valid_to > {day} OR {row}.ended_recorded_at > %(known)s))
    OR ({row}.withdrawn_at > %(known)s
        AND ({row}.known_to IS NULL OR {row}.known_to > {day} OR {row}.ended_recorded_at > %(known)s)))"""


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


def teams_on(viewer: Viewer, *, path: str, days: Sequence[date], known_at: datetime | None = None) -> list[Team]:
    """The village teams below a path within the viewer's scope, as they stood on each day, as known then. One query.

    Who held what and where bodies stood is as known then; age and schooling are as they are known now.
    """
    rules = mechanism.statistics()
    turn, small = rules.turn, rules.small
    given: dict[str, Any] = {
        "tree": str(Tree.PARTY), "mine": [f"{one}%" for one in reached(viewer)], "below": f"{path}%", "days": list(days),
        "secretary": list(turn.secretary_posts), "head": list(turn.head_posts), "team": list(turn.team_posts),
        "college": list(turn.college_codes), "known": known_at,
    }  # fmt: skip
    given |= {f"day{n}": day for n, day in enumerate(days)}
    held = _TODAY if known_at is None else _THEN
    link, post = (_bits(held, row, len(days)) for row in "lp")
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(link=link, post=post), given)
        return [_team(day, row, small) for day, row in zip(days, cursor.fetchall(), strict=True)]


def _bits(held: str, row: str, days: int) -> str:
    """An expression with a bit set for each day on which this row holds."""
    each = (f"({held.format(row=row, day=f'%(day{n})s::date')})::int << {n}" for n in range(days))
    return " | ".join(f"({one})" for one in each)


def _team(day: date, row: Sequence[Any], small: int) -> Team:
    filled, one, people, aged, years, schooled, college, sexed, women = row
    return Team(
        day=day,
        people=people,
        both=Ratio(one, filled, filled < small),
        mean_age=(Decimal(years) / aged).quantize(Decimal("0.1")) if aged else None,
        aged=aged,
        college=Ratio(college, schooled, schooled < small),
        women=Ratio(women, sexed, sexed < small),
    )


def team_on(viewer: Viewer, *, path: str, day: date, known_at: datetime | None = None) -> Team:
    """The same on one day."""
    return teams_on(viewer, path=path, days=[day], known_at=known_at)[0]


def before_and_after(
    viewer: Viewer, *, path: str, on: date, known_at: datetime | None = None
) -> tuple[Team, Team]:  # fmt: skip
    """The day before a change of term and the day itself, as known then. One query."""
    before, after = teams_on(viewer, path=path, days=[on - timedelta(days=1), on], known_at=known_at)
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
