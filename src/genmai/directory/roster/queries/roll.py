"""The roll a page at a time, and members by what is typed: half a million cost what a branch costs.

A page begins behind the last row of the one before it, never by counting rows off; a number beyond `MANY` is not counted
to its end, and of those found by a text the first `MOST` are listed. Both say so to whoever reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from genmai.directory.roster.queries.finding import Way, either, ways
from genmai.directory.roster.queries.members import MemberRow
from genmai.directory.roster.queries.membership_sql import (
    Asked,
    beyond_few,
    but_particulars,
    by_particulars,
    in_whole_tree,
    members_of,
    particulars,
)
from genmai.kernel.viewer import Reach, Viewer
from genmai.kernel.walled import house

MANY, SOME = 10_000, 1_000  # the second where particulars narrow: to count on, each one's would be read
MOST = 500
_COLUMNS = """m.person_id, n.public_id, n.display_name, o.short_name, m.stage, m.status, m.joined_on,
coalesce(p.sex, ''), p.born_on, coalesce(p.education, ''), coalesce(p.ethnicity, ''), coalesce(p.occupation, '')"""
_PARTICULARS = "LEFT JOIN roster_profile AS p ON p.person_id = m.person_id"
_NAMES = "JOIN roster_person AS n ON n.id = m.person_id JOIN roster_organisation AS o ON o.id = m.branch_id"
_PLACE = "m.branch_id, m.stage, m.id"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in the order of the roll."""

    branch: int
    stage: str
    row: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many; `more`: at least so many, and nobody counted on."""

    number: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of the roll, where it begins and ends, and whether anything stands before and behind it."""

    rows: Sequence[MemberRow]
    first: Place | None = None
    last: Place | None = None
    before: bool = False
    behind: bool = False


def counted(viewer: Viewer, *, asked: Asked, most: int | None = None) -> Count:
    """Members within the viewer's scope, counted as far as `most`. One query."""
    most = most or (SOME if asked.buckets else MANY)
    found = by_particulars(viewer, asked) or members_of(viewer, asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 {found.sql} LIMIT %s) AS c", (*found.values, most + 1))  # noqa: S608
        (number,) = cursor.fetchone()
    return Count(min(number, most), number > most)


def few_people(viewer: Viewer, *, asked: Asked, most: int) -> Asked | None:
    """The same by whom these people are, if at most so many anywhere have the particulars asked for. Two queries at most."""
    found = particulars(asked)
    if found is None:
        return None
    people = f"SELECT p.person_id FROM roster_profile AS p WHERE {found.sql} LIMIT %s"  # noqa: S608
    values = (*found.values, most + 1)
    if not in_whole_tree(viewer, asked):
        with house("how many have these particulars anywhere decides how they are read; it is shown to nobody"):
            if len(_fetch(people, values)) > most:  # each would be held against what the viewer sees
                return None
    ids = _fetch(people, values)
    return replace(but_particulars(asked), people=ids) if len(ids) <= most else None


def leaf(
    viewer: Viewer, *, asked: Asked, after: Place | None = None, before: Place | None = None, limit: int = 50
) -> Leaf:
    """Members within the viewer's scope in the order of the roll, behind a place or before it. One query."""
    found, turn = members_of(viewer, asked), after or before
    back = after is None and before is not None
    way, sign = ("DESC", "<") if back else ("ASC", ">")
    behind = ""
    values: tuple[Any, ...] = ()
    if turn is not None:  # the last comparison implies both others; they are those an index answers, of either table
        behind = f" AND m.branch_id {sign}= %s AND l.organisation_id {sign}= %s AND ({_PLACE}) {sign} (%s, %s, %s)"
        values = (turn.branch, turn.branch, turn.branch, turn.stage, turn.row)
    order = ", ".join(f"{key} {way}" for key in _PLACE.split(", "))
    chosen = f"SELECT m.* {found.sql}{behind} ORDER BY {order} LIMIT %s"
    page = f"SELECT {_COLUMNS}, {_PLACE} FROM ({chosen}) AS m {_PARTICULARS} {_NAMES} ORDER BY {_PLACE}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(page, (*found.values, *values, limit + 1))
        rows = cursor.fetchall()
    more, rows = len(rows) > limit, (rows[-limit:] if back else rows[:limit])
    if not rows:
        return Leaf([])
    return Leaf(
        [MemberRow(*row[:-3]) for row in rows], Place(*rows[0][-3:]), Place(*rows[-1][-3:]),
        before=more if back else after is not None, behind=back or more,
    )  # fmt: skip


def found(
    viewer: Viewer, *, asked: Asked, text: str, limit: int = 50, offset: int = 0, most: int = MOST
) -> tuple[list[MemberRow], Count]:
    """Members found by a text within the viewer's scope, the likeliest first, of the first `most`. Four queries at most."""
    by, least = ways(text), most + 1
    few = bool(by) and not by[0].rare and _few(viewer, asked)
    ids = _among_few(viewer, asked, by, least) if few else []
    for way in () if few else by:
        if len(ids) < least:
            ids += _by_index(viewer, asked, way, least - len(ids))
    count = Count(min(len(ids), most), len(ids) > most)
    return _named(ids[:most][offset : offset + limit]), count


def _few(viewer: Viewer, asked: Asked) -> bool:
    more = beyond_few(viewer, asked)
    return not _fetch(more.sql, more.values)


def _among_few(viewer: Viewer, asked: Asked, by: Sequence[Way], limit: int) -> list[int]:
    """Every member there is looked at, by whom it is; those found by the first way come first."""
    members = members_of(viewer, asked, reach=Reach.SEARCH)
    test, first, one = either(by), by[0], by[-1]
    sql = f"""SELECT m.id FROM (SELECT m.* {members.sql}) AS m CROSS JOIN LATERAL (
        SELECT {one.alias}.* FROM {one.table} WHERE {one.person} = m.person_id AND {test.sql} OFFSET 0) AS {one.alias}
        ORDER BY ({first.test.sql}) DESC, {one.order} m.id LIMIT %s"""  # noqa: S608
    return _fetch(sql, (*members.values, *test.values, *first.test.values, limit))


def _by_index(viewer: Viewer, asked: Asked, way: Way, limit: int) -> list[int]:
    """Whoever is called so, in the order of the index, as far as enough of them are in the viewer's scope."""
    members = members_of(viewer, asked, reach=Reach.SEARCH, of=way.person)
    of, given = way.alias, f"ORDER BY {way.order} m.id" if way.by_order else ""
    sql = f"""SELECT {of}.place FROM (
        SELECT {of}.*, m.id AS place FROM {way.table} CROSS JOIN LATERAL (SELECT m.id {members.sql} OFFSET 0) AS m
        WHERE {way.test.sql} {given} LIMIT %s) AS {of} ORDER BY {way.order} {of}.place"""  # noqa: S608
    return _fetch(sql, (*members.values, *way.test.values, limit))


def _fetch(sql: str, values: Sequence[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def _named(ids: Sequence[int]) -> list[MemberRow]:
    """These memberships, in this order, which the caller has found within the viewer's scope."""
    if not ids:
        return []
    sql = f"SELECT {_COLUMNS}, m.id FROM roster_membership AS m {_PARTICULARS} {_NAMES} WHERE m.id = ANY(%s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, (list(ids),))
        rows: dict[int, Any] = {row[-1]: MemberRow(*row[:-1]) for row in cursor.fetchall()}
    return [rows[one] for one in ids if one in rows]
