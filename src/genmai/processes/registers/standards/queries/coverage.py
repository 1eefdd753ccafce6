"""How far a subtree is: n of d by body below, by class and by item, on a day; and who lacks what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.registers.standards import policies
from genmai.processes.registers.standards.mechanism import Installed
from genmai.processes.registers.standards.owed import Asked, owed_with

RULE = "shown_of_owed@1"
PAGE = 50


@dataclass(frozen=True, slots=True)
class Part:
    """`n` of `d` owed items are shown, `looked` of them looked at; of `bodies`, `whole` have every item."""

    key: str
    n: int
    d: int
    looked: int
    bodies: int
    whole: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole, and the same figure by what lies directly below, by class, by item."""

    whole: Part
    below: dict[str, Part]  # organisation id as text → part; the body itself under its own id
    classes: dict[str, Part]
    items: dict[str, Part]


@dataclass(frozen=True, slots=True)
class Lacking:
    """One body with the items it still lacks."""

    organisation_id: int
    public_id: Any
    code: str
    name: str
    above: str
    n: int
    d: int
    items: tuple[str, ...]


_COUNTED = """
SELECT part, key, sum(n)::int, sum(d)::int, sum(looked)::int, count(DISTINCT id)::int,
       count(DISTINCT id) FILTER (WHERE whole)::int
FROM (
    SELECT parts.part, parts.key, f.id, count(*) FILTER (WHERE f.shown >= f.target) AS n, count(*) AS d,
           count(*) FILTER (WHERE f.looked >= f.target) AS looked, bool_and(f.shown >= f.target) AS whole
    FROM done f, LATERAL (VALUES
        ('whole', ''), ('item', f.item), ('class', f.class),
        ('below', split_part(substr(f.path, %s), '/', 1))) AS parts(part, key)
    GROUP BY parts.part, parts.key, f.id
) AS each GROUP BY part, key
"""
_LACKING = """
, gaps AS (
    SELECT id, count(*) FILTER (WHERE shown >= target) AS n, count(*) AS d,
           array_agg(item ORDER BY place) FILTER (WHERE shown < target) AS items
    FROM done GROUP BY id HAVING bool_or(shown < target)
)
SELECT b.id, b.public_id, b.code, b.short_name, coalesce(a.short_name, ''), gaps.n, gaps.d, gaps.items,
       count(*) OVER ()
FROM gaps JOIN b ON b.id = gaps.id LEFT JOIN roster_organisation a ON a.id = b.parent_id
ORDER BY b.code, b.id LIMIT %s OFFSET %s
"""


def covered(
    viewer: Viewer, *, one: Installed, path: str, day: date, known_at: datetime | None = None
) -> Coverage:  # fmt: skip
    """For everything at or below `path`, one statement. Raises NotFound outside the scope."""
    _check(viewer, one, path)
    sql, values = owed_with(one, Asked(path, day, known_at))
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} {_COUNTED}", [*values, len(path) + 1])
        rows = cursor.fetchall()
    parts: dict[str, dict[str, Part]] = {"whole": {}, "below": {}, "class": {}, "item": {}}
    for kind, key, *numbers in rows:
        parts[kind][key] = Part(key, *numbers)
    return Coverage(parts["whole"].get("", Part("", 0, 0, 0, 0, 0)), parts["below"], parts["class"], parts["item"])


def lacking(
    viewer: Viewer, *, one: Installed, asked: Asked, offset: int = 0, limit: int = PAGE
) -> tuple[list[Lacking], int]:  # fmt: skip
    """Bodies that lack an item, by code, and how many there are. Raises NotFound outside the scope."""
    _check(viewer, one, asked.path)
    sql, values = owed_with(one, asked)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} {_LACKING}", [*values, limit, offset])
        rows = cursor.fetchall()
    found = [Lacking(a, b, c, name, above, n, d, tuple(items)) for a, b, c, name, above, n, d, items, _total in rows]
    return found, rows[0][-1] if rows else 0


def every_lacking(viewer: Viewer, *, one: Installed, asked: Asked, block: int = 1000) -> Iterator[Lacking]:
    """All of them, in blocks: for a sheet."""
    offset = 0
    while True:
        rows, _total = lacking(viewer, one=one, asked=asked, offset=offset, limit=block)
        yield from rows
        if len(rows) < block:
            return
        offset += block


def _check(viewer: Viewer, one: Installed, path: str) -> None:
    heads = policies.reached(viewer, one.standard)
    if not path or not any(path.startswith(head) for head in heads):
        raise NotFound
