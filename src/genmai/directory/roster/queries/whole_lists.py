"""A whole list for a file, a block at a time: each block begins behind the last row of the one before it (never by counting
rows off), so that the last thousand of half a million costs what the first does, and memory holds one block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from genmai.directory.roster.queries.members import MemberRow, searched
from genmai.directory.roster.queries.membership_sql import Asked, Clause, members_of
from genmai.kernel.viewer import Viewer

_COLUMNS = """m.person_id, n.public_id, n.display_name, o.short_name, m.stage, m.status, m.joined_on,
coalesce(p.sex, ''), p.born_on, coalesce(p.education, ''), coalesce(p.ethnicity, ''), coalesce(p.occupation, '')"""
_PARTICULARS = "LEFT JOIN roster_profile AS p ON p.person_id = m.person_id"
_NAMES = "JOIN roster_person AS n ON n.id = m.person_id JOIN roster_organisation AS o ON o.id = m.branch_id"
_ROLL = "m.branch_id, m.stage, m.id"
_FOUND = "p.letters, m.id"


def roll(viewer: Viewer, *, asked: Asked, text: str = "", block: int = 1000) -> Iterator[MemberRow]:
    """Every member of `members` in its order, within the viewer's scope. One query a block."""
    found = searched(viewer, asked, text) if text.strip() else members_of(viewer, asked)
    order = _FOUND if text.strip() else _ROLL
    last: tuple[Any, ...] = ()
    while True:
        rows = _block(found, order, last, block)
        for row in rows:
            yield MemberRow(*row[: -len(_keys(order))])
        if len(rows) < block:
            return
        last = rows[-1][-len(_keys(order)) :]


def _keys(order: str) -> list[str]:
    return order.split(", ")


def _block(found: Clause, order: str, last: tuple[Any, ...], block: int) -> list[tuple[Any, ...]]:
    """The next rows, each with its place in the order behind it. Names are looked up for these alone."""
    keys = [f"coalesce({key}, '')" if key == "p.letters" else key for key in _keys(order)]
    behind = f" AND ({', '.join(keys)}) > ({', '.join(['%s'] * len(keys))})" if last else ""
    chosen = f"SELECT m.* {found.sql}{behind} ORDER BY {', '.join(keys)} LIMIT %s"
    sql = (
        f"SELECT {_COLUMNS}, {', '.join(keys)} FROM ({chosen}) AS m {_PARTICULARS} {_NAMES} ORDER BY {', '.join(keys)}"  # noqa: S608
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, (*found.values, *last, block))
        return list(cursor.fetchall())
