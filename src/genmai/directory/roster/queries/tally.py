"""Figures of the membership: read from the book of their day where one is kept, else counted; the same either way.

A book is read together with what changed since it was brought up to date: changed bodies are taken out of the kept
figures and counted from the rows. So is, of an earlier day, what stands outside the viewer's subtrees today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from genmai.directory.roster.models import Tree
from genmai.directory.roster.queries.as_at import MEMBERS
from genmai.directory.roster.queries.membership_sql import IN_STANDING, TODAY, Asked, members_of, reached
from genmai.directory.roster.queries.paths import head_of, outermost
from genmai.directory.roster.queries.tally_sql import Counts, counting, counts_of, layout, plus, sizes
from genmai.kernel.viewer import Viewer

_BOOK = """book AS MATERIALIZED (
    SELECT id FROM roster_tallybook
    WHERE day = %(day)s AND known_at IS NOT DISTINCT FROM %(known_at)s AND layout = %(mark)s AND counted_at IS NOT NULL
)"""
# One statement, so one moment: what the book says, and which bodies it says wrongly by now.
_SQL = """
WITH {book}, due AS MATERIALIZED (SELECT branch_id FROM roster_tallydue LIMIT %(most)s)
SELECT 'book', id, '', '' FROM book
UNION ALL SELECT 'changes', count(*), '', '' FROM due
UNION ALL SELECT DISTINCT 'due', branch_id, '', '' FROM due
UNION ALL SELECT 'part', k.body_id, k.path, k.counts FROM book JOIN roster_tally AS k ON k.book_id = book.id
    AND NOT k.own AND {part}
UNION ALL SELECT 'own', k.body_id, k.path, k.counts FROM book JOIN roster_tally AS k ON k.book_id = book.id
    AND k.own AND k.body_id = %(body)s
UNION ALL SELECT 'less', k.body_id, k.path, k.counts FROM book JOIN roster_tally AS k ON k.book_id = book.id
    AND k.own AND k.body_id IN (SELECT branch_id FROM due)
{gone}
"""
# Of an earlier day: branches that stood here then and stand elsewhere now. Only where a link ended can it have moved.
_GONE = """UNION ALL SELECT 'less', k.body_id, k.path, k.counts FROM book JOIN roster_tally AS k ON k.book_id = book.id
    AND k.own AND k.body_id NOT IN (SELECT branch_id FROM due) AND k.body_id IN (
        SELECT e.organisation_id FROM roster_link AS e WHERE e.tree = 'party' AND e.valid_to IS NOT NULL
    ) AND NOT {today}"""
# In the order of an index, as far as enough are found.
_BRANCHES = """
WITH {book}, found AS (
    SELECT k.body_id FROM roster_tally AS k WHERE k.book_id = (SELECT id FROM book) AND k.own AND k.body_id {sign}= %(turn)s
    AND k.path LIKE ANY(%(below)s) AND {has} ORDER BY k.body_id {way} LIMIT %(limit)s
)
SELECT (SELECT id FROM book), ARRAY(
    SELECT body_id FROM found UNION SELECT branch_id FROM roster_tallydue WHERE branch_id {sign}= %(turn)s
    ORDER BY body_id {way} LIMIT %(limit)s)
"""


@dataclass(frozen=True)
class Said:
    """Of a list by its buckets: how many stand there at all, how many it holds at most, and, if the book knows it, how many."""

    everyone: int
    most: int
    exact: int | None


@dataclass(frozen=True)
class _Book:
    """What one statement found."""

    rows: Sequence[tuple[str, int, str, Counts]]
    due: Sequence[int]

    def of(self, kind: str) -> Iterable[tuple[int, str, Counts]]:
        return ((body, path, counts) for what, body, path, counts in self.rows if what == kind)


def figures(viewer: Viewer, *, asked: Asked) -> Mapping[str, Counts]:
    """By body directly below `asked.path` ("" for who stands in it, or everybody without a path), within the scope.

    Of everyone in standing at whatever stage. Two queries at most.
    """
    found = kept(viewer, asked=asked)
    return counted(viewer, asked=asked) if found is None else found


def counted(viewer: Viewer, *, asked: Asked) -> Mapping[str, Counts]:
    """The same from the rows, whatever is kept. One query."""
    wanted = replace(asked, stages=())
    clause = counting(members_of(viewer, wanted), wanted, child=len(asked.path))
    return {str(key): tuple(counts) for key, _path, *counts in _fetch(clause.sql, clause.values)}


def kept(viewer: Viewer, *, asked: Asked) -> Mapping[str, Counts] | None:
    """The same from the book, if one is kept of that day and can be read. Two queries at most."""
    heads = reached(viewer)
    if not _below(asked.path, heads) if asked.path else _past(asked):
        return None  # of several subtrees together, an earlier day counts what has come into them since
    tops = [asked.path] if asked.path else outermost(heads)
    part = "k.parent_id = %(body)s" if asked.path else "k.body_id = ANY(%(bodies)s)"
    book = _read(viewer, asked, part, tops)
    if book is None:
        return None
    found: dict[str, Counts] = {}
    for kind, sign in (("part", 1), ("own", 1), ("less", -1)):
        for _body, path, counts in book.of(kind):
            if _below(path, tops) and (asked.path or kind != "part" or path in tops):
                _add(found, _child(path, asked.path), counts, sign)
    for _key, path, counts in _live(viewer, asked, book.due):
        _add(found, _child(path, asked.path), counts, 1)
    return {key: counts for key, counts in found.items() if any(counts)}


def totals(
    viewer: Viewer, *, paths: Mapping[int, str], day: date, today: date, known_at: datetime | None = None
) -> Mapping[int, Counts] | None:
    """In and below each of these bodies of the Party tree, by its path; None where no book can be read."""
    if not paths or not all(_below(path, reached(viewer)) for path in paths.values()):
        return None
    asked, tops = Asked(day, today, "", known_at), list(paths.values())
    book = _read(viewer, asked, "k.body_id = ANY(%(bodies)s)", tops)
    if book is None:
        return None
    found: dict[str, Counts] = {path: counts for _body, path, counts in book.of("part") if path in tops}
    live = _live(viewer, asked, book.due)
    for sign, rows in ((-1, book.of("less")), (1, live)):
        for _body, path, counts in rows:
            for top in tops:
                if path.startswith(top):
                    _add(found, top, counts, sign)
    return {pk: found[path] for pk, path in paths.items() if path in found}


def count(viewer: Viewer, *, asked: Asked) -> int | None:
    """How many members a list of these holds; None where no book can say it. One query, two while changes wait."""
    if not _exact(asked):
        return None
    found = kept(viewer, asked=replace(asked, buckets={}))
    return None if found is None else _count(found, asked)


def said(viewer: Viewer, *, asked: Asked) -> Said | None:
    """What a book says of a list narrowed by buckets; None where no book can. One query, two while changes wait."""
    known = asked.buckets and asked.stages and asked.branches is None
    if not known or not (set(asked.stages) <= set(MEMBERS) and set(asked.statuses) <= set(IN_STANDING)):
        return None
    found = kept(viewer, asked=replace(asked, buckets={}))
    if found is None:
        return None
    shape = layout()
    return Said(
        everyone=sum(shape.total(counts) for counts in found.values()),
        most=min(sum(shape.n(counts, *cell) for counts in found.values()) for cell in asked.buckets.items()),
        exact=_count(found, asked) if _exact(asked) else None,
    )


def branches(viewer: Viewer, *, asked: Asked, limit: int, turn: int = 0, back: bool = False) -> Sequence[int] | None:
    """The next branches by number of which a book says that somebody is in each bucket, or may not say it yet. One query.

    From number `turn` on, or back from it. None where the book has gone meanwhile.
    """
    cells = layout().cells
    has = " AND ".join(f"split_part(k.counts, ',', {cells[cell] + 1}) <> ''" for cell in asked.buckets.items())
    sign, way = ("<", "DESC") if back else (">", "ASC")
    given = _book_of(asked) | {
        "turn": turn, "limit": limit, "below": [f"{path}%" for path in ([asked.path] if asked.path else reached(viewer))],
    }  # fmt: skip
    ((book, found),) = _fetch(_BRANCHES.format(book=_BOOK, has=has, sign=sign, way=way), given)
    return found if book else None


def at_once(viewer: Viewer, *, asked: Asked) -> Mapping[str, Counts] | None:
    """As `figures`, where a page can say them at once: a book is kept, or few are to be counted. Three queries at most."""
    found = kept(viewer, asked=asked)
    if found is not None:
        return found
    clause, most = members_of(viewer, replace(asked, stages=())), sizes().at_once
    ((number,),) = _fetch(f"SELECT count(*) FROM (SELECT {clause.sql} LIMIT %s) AS few", (*clause.values, most + 1))  # noqa: S608
    return counted(viewer, asked=asked) if number <= most else None


def _read(viewer: Viewer, asked: Asked, part: str, tops: Sequence[str]) -> _Book | None:
    most = sizes().due_most
    past = _past(asked)
    bodies = [head_of(path) for path in tops]
    given = _book_of(asked) | {
        "most": most + 1, "bodies": bodies, "body": bodies[0] if asked.path else None, "tree": str(Tree.PARTY),
        "mine": [f"{path}%" for path in reached(viewer)],
    }  # fmt: skip
    today = TODAY.replace("%s", "%({})s").format("tree", "mine", branch="k.body_id") if past else ""
    rows = _fetch(_SQL.format(book=_BOOK, part=part, gone=_GONE.format(today=today) if past else ""), given)
    said = {kind: number for kind, number, *_rest in rows}
    if "book" not in said or said["changes"] > most:
        return None
    due = [int(body) for kind, body, *_rest in rows if kind == "due"]
    return _Book([(kind, body, path, counts_of(text)) for kind, body, path, text in rows if text], due)


def _book_of(asked: Asked) -> dict[str, Any]:
    return {"day": asked.day, "known_at": asked.known_at, "mark": layout().mark}


def _exact(asked: Asked) -> bool:
    """Whether a figure of a book is what a list of these is long."""
    whole = set(asked.statuses) == set(IN_STANDING) and bool(asked.stages) and asked.branches is asked.people is None
    return whole and (not asked.buckets or (len(asked.buckets) == 1 and set(asked.stages) == set(MEMBERS)))


def _count(found: Mapping[str, Counts], asked: Asked) -> int:
    shape = layout()
    if not asked.buckets:
        return sum(shape.total(counts, asked.stages) for counts in found.values())
    ((table, bucket),) = asked.buckets.items()
    return sum(shape.n(counts, table, bucket) for counts in found.values())


def _past(asked: Asked) -> bool:
    return asked.day != asked.today or asked.known_at is not None


def _live(viewer: Viewer, asked: Asked, due: Sequence[int]) -> list[tuple[int, str, Counts]]:
    if not due:
        return []
    wanted = replace(asked, stages=(), branches=due)
    clause = counting(members_of(viewer, wanted), wanted)
    return [(key, path, tuple(counts)) for key, path, *counts in _fetch(clause.sql, clause.values)]


def _fetch(sql: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _add(found: dict[str, Counts], key: str, counts: Counts, sign: int) -> None:
    before = found.get(key)
    found[key] = plus(before or (0,) * len(counts), counts, sign)


def _child(path: str, top: str) -> str:
    """The body directly below `top` on the way to a path; "" for `top` itself, and for everything without one."""
    return path.removeprefix(top).split("/", 1)[0] if top else ""


def _below(path: str, tops: Iterable[str]) -> bool:
    return any(path.startswith(top) for top in tops)
