"""The one way members are found: who stood in which branch below a path on a day, as SQL shared by lists and figures.

`m` is the membership, `l` the branch's link in the Party tree on that day, `p` the profile, `o` the branch. Permission
follows today's tree: a branch that has moved out of the viewer's subtrees is not counted on any day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from genmai.directory.roster import mechanism
from genmai.directory.roster.buckets import condition
from genmai.directory.roster.models import Status, Tree
from genmai.directory.roster.queries.as_at import MEMBERS
from genmai.kernel.viewer import Reach, Viewer

VIEW = "members:view"
IN_STANDING = (Status.NORMAL, Status.SUSPENDED)
FROM = """
FROM roster_membership AS m
JOIN roster_link AS l ON l.organisation_id = m.branch_id AND l.tree = %s AND {link}
LEFT JOIN roster_profile AS p ON p.person_id = m.person_id
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which members: below `path` on `day`, as known at `known_at`; buckets by table of the statistics mechanism."""

    day: date
    today: date
    path: str = ""
    known_at: datetime | None = None
    stages: Sequence[str] = MEMBERS
    statuses: Sequence[str] = IN_STANDING
    buckets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clause:
    """SQL with its values."""

    sql: str
    values: tuple[Any, ...] = ()


def held(alias: str, day: date, known_at: datetime | None) -> Clause:
    """Dated rows that hold on a day, as known now or then (the same as `as_at.holding`)."""
    if known_at is None:
        return Clause(f"{alias}.valid_from <= %s AND ({alias}.valid_to IS NULL OR {alias}.valid_to > %s)", (day, day))
    late = f"{alias}.ended_recorded_at > %s"
    ends = f"({alias}.valid_to IS NULL OR {alias}.valid_to > %s OR {late})"
    then = f"({alias}.known_to IS NULL OR {alias}.known_to > %s OR {late})"
    sql = (
        f"{alias}.valid_from <= %s AND {alias}.recorded_at <= %s AND ("
        f"(({alias}.withdrawn_at IS NULL OR {alias}.withdrawn_at <= %s) AND {ends}) OR ({alias}.withdrawn_at > %s AND {then}))"
    )
    return Clause(sql, (day, known_at, known_at, day, known_at, known_at, day, known_at))


def reached(viewer: Viewer, reach: Reach = Reach.VIEW) -> tuple[str, ...]:
    """The Party subtrees in which the viewer sees members; empty: none."""
    return viewer.paths(VIEW, reach, tree=Tree.PARTY)


def members_of(viewer: Viewer, asked: Asked, *, reach: Reach = Reach.VIEW) -> Clause:
    """FROM and WHERE of these members within the viewer's scope; who has none finds nobody."""
    link, membership = held("l", asked.day, asked.known_at), held("m", asked.day, asked.known_at)
    mine = [f"{path}%" for path in reached(viewer, reach)]
    where, values = [membership.sql], [str(Tree.PARTY), *link.values, *membership.values]
    if asked.path:
        where.append("l.path LIKE %s")
        values.append(f"{asked.path}%")
    if asked.day == asked.today and asked.known_at is None:
        where.append("l.path LIKE ANY(%s)")
        values.append(mine)
    else:
        where.append(_TODAY)
        values += [str(Tree.PARTY), mine]
    for column, wanted in (("m.stage", asked.stages), ("m.status", asked.statuses)):
        if wanted:
            where.append(f"{column} = ANY(%s)")
            values.append([str(one) for one in wanted])
    for table, bucket in asked.buckets.items():
        test, given = condition(mechanism.statistics().tables[table], bucket, asked.day)
        where.append(test)
        values += given
    return Clause(FROM.format(link=link.sql) + "WHERE " + " AND ".join(where), tuple(values))


# Where the branch stands now, or stood last if it is closed.
_TODAY = """EXISTS (
    SELECT FROM roster_link AS t JOIN roster_organisation AS b ON b.id = t.organisation_id
    WHERE t.organisation_id = m.branch_id AND t.tree = %s AND t.path LIKE ANY(%s)
    AND (t.valid_to IS NULL OR (t.valid_to = b.closed_on AND t.withdrawn_at IS NULL)))"""
