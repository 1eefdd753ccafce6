"""The one way members are found: who stood in which branch below a path on a day, as SQL shared by lists and figures.

`m` is the membership, `l` the branch's link in the Party tree on that day, `p` the profile, `o` the branch. Permission
follows today's tree: a branch that has moved out of the viewer's subtrees is not counted on any day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from genmai.directory.roster import mechanism
from genmai.directory.roster.buckets import COLUMNS, condition
from genmai.directory.roster.definition import UNKNOWN, Table
from genmai.directory.roster.models import Status, Tree
from genmai.directory.roster.queries.as_at import MEMBERS
from genmai.kernel.viewer import Reach, Viewer

VIEW = "members:view"
_TOP = 2  # slashes in the path of the head of a tree
FEW = 1000  # organisations: some seventeen thousand members
IN_STANDING = (Status.NORMAL, Status.SUSPENDED)
FROM = """
FROM roster_membership AS m
JOIN roster_link AS l ON l.organisation_id = m.branch_id AND l.tree = %s AND {link}
"""
PROFILE = "LEFT JOIN roster_profile AS p ON p.person_id = m.person_id\n"


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
    branches: Sequence[int] | None = None  # of these alone
    people: Sequence[int] | None = None  # likewise


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


def members_of(viewer: Viewer, asked: Asked, *, reach: Reach = Reach.VIEW, of: str = "") -> Clause:
    """FROM and WHERE of these members within the viewer's scope; who has none finds nobody.

    `of`: of one person alone, that of an outer query (`p.person_id`, `n.id`).
    """
    mine = reached(viewer, reach)
    one = [Clause(f"m.person_id = {of}")] if of else []
    joined = not of.startswith("p.")  # the outer query's `p` is the profile already
    if asked.day == asked.today and asked.known_at is None:
        return _members(asked, [*one, _below("l.path", _narrowed(mine, asked.path))], profile=joined)
    return _members(asked, [*one, *_there(asked), _mine(mine)], profile=joined)


def beyond_few(viewer: Viewer, asked: Asked, reach: Reach = Reach.SEARCH) -> Clause:
    """A row if what is asked stands in more than a few organisations: members of few are read through, for more an index is."""
    below = _below("l.path", _narrowed(reached(viewer, reach), asked.path))
    sql = f"SELECT 1 FROM roster_link AS l WHERE l.tree = 'party' AND l.valid_to IS NULL AND {below.sql} OFFSET %s LIMIT 1"  # noqa: S608
    return Clause(sql, (*below.values, FEW))


def in_whole_tree(viewer: Viewer, asked: Asked) -> bool:
    """Whether what is asked is below the head of a tree, and the viewer's whole: then no particulars are shut to them."""
    return [path.count("/") for path in _narrowed(reached(viewer), asked.path)] == [_TOP]


def particulars(asked: Asked) -> Clause | None:
    """What is asked of people's particulars (`p`); None where nothing is that a person must have particulars for."""
    tests = _buckets(_split(asked, particular=True))
    values = tuple(value for test in tests for value in test.values)
    return Clause(" AND ".join(test.sql for test in tests), values) if tests else None


def but_particulars(asked: Asked) -> Asked:
    """What else is asked."""
    return _split(asked, particular=False)


def by_particulars(viewer: Viewer, asked: Asked) -> Clause | None:
    """The same members as FROM and WHERE, in the order of people by their particulars, each one's memberships behind them.

    Behind the wall the planner takes each person's particulars to be dear, and would rather read members in no order and
    look up each one's. None for a part of a tree, and where anything else is asked as well.
    """
    theirs, rest = particulars(asked), but_particulars(asked)
    if theirs is None or rest.buckets or not in_whole_tree(viewer, asked):
        return None
    one = members_of(viewer, rest, of="p.person_id")
    each = f"roster_profile AS p CROSS JOIN LATERAL (SELECT m.id {one.sql} OFFSET 0) AS m"
    return Clause(f"FROM {each} WHERE {theirs.sql} ORDER BY p.person_id", (*one.values, *theirs.values))


def everyone(asked: Asked) -> Clause:
    """The same of everybody, for the house's own figures: whose page shows them asks for whom."""
    return _members(asked, _there(asked))


def _there(asked: Asked) -> list[Clause]:
    return [_below("l.path", (asked.path,))] if asked.path else []


def _members(asked: Asked, where: Sequence[Clause], *, profile: bool = True) -> Clause:
    link, membership = held("l", asked.day, asked.known_at), held("m", asked.day, asked.known_at)
    tests = [membership, *where]
    for column, wanted in (("m.stage", asked.stages), ("m.status", asked.statuses)):
        if wanted:
            tests.append(Clause(f"{column} = ANY(%s)", ([str(one) for one in wanted],)))
    for column, alone in (("m.branch_id", asked.branches), ("m.person_id", asked.people)):
        if alone is not None:
            tests.append(Clause(f"{column} = ANY(%s)", (list(alone),)))
    tests += _buckets(asked)
    sql = (
        FROM.format(link=link.sql) + (PROFILE if profile else "") + "WHERE " + " AND ".join(test.sql for test in tests)
    )
    return Clause(sql, (str(Tree.PARTY), *link.values, *(value for test in tests for value in test.values)))


def _buckets(asked: Asked) -> list[Clause]:
    found = (condition(_table(key), bucket, asked.day) for key, bucket in asked.buckets.items())
    return [Clause(test, tuple(given)) for test, given in found]


def _split(asked: Asked, *, particular: bool) -> Asked:
    """Narrowed by the buckets alone that only a person whose particulars are kept can stand in, or by the others."""
    own = {
        key for key, bucket in asked.buckets.items() if bucket != UNKNOWN and COLUMNS[_table(key).by].startswith("p.")
    }
    return replace(asked, buckets={key: one for key, one in asked.buckets.items() if (key in own) == particular})


def _table(key: str) -> Table:
    return mechanism.statistics().tables[key]


def _narrowed(mine: tuple[str, ...], path: str) -> tuple[str, ...]:
    """What of one's subtrees lies below a path. Said once to the planner: twice the same, it takes for half as many."""
    if not path:
        return mine
    return (path,) if path.startswith(mine) else tuple(one for one in mine if one.startswith(path))


def _below(column: str, paths: tuple[str, ...]) -> Clause:
    """Paths within any of these subtrees; in none, if there are none."""
    if len(paths) == 1:
        return Clause(f"{column} LIKE %s", (f"{paths[0]}%",))
    return Clause(f"{column} LIKE ANY(%s)", ([f"{path}%" for path in paths],))


def _mine(paths: tuple[str, ...]) -> Clause:
    """Branches that stand within these subtrees now, or stood there last: either read from an index of its own."""
    below = _below("t.path", paths)
    return Clause(_OWN.format(below=below.sql), (*below.values, *below.values))


_OWN = """m.branch_id IN (
    SELECT t.organisation_id FROM roster_link AS t WHERE t.tree = 'party' AND t.valid_to IS NULL AND {below}
    UNION ALL SELECT t.organisation_id FROM roster_link AS t JOIN roster_organisation AS b ON b.id = t.organisation_id
    WHERE t.tree = 'party' AND t.valid_to IS NOT NULL AND t.valid_to = b.closed_on AND t.withdrawn_at IS NULL AND {below})"""

# Where the branch stands now, or stood last if it is closed.
TODAY = """EXISTS (
    SELECT FROM roster_link AS t JOIN roster_organisation AS b ON b.id = t.organisation_id
    WHERE t.organisation_id = {branch} AND t.tree = %s AND t.path LIKE ANY(%s)
    AND (t.valid_to IS NULL OR (t.valid_to = b.closed_on AND t.withdrawn_at IS NULL)))"""
