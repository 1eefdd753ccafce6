"""How many estates are left without management: n of d at the end of each month, from deeds alone.

d: estates registered by then. n: of these, those whose last deed about the list says that they stand on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer

RULE = "unmanaged_left@1"


@dataclass(frozen=True, slots=True)
class Left:
    """At a moment: `n` left of `d` registered."""

    until: datetime
    n: int
    d: int


@dataclass(frozen=True, slots=True)
class Behind:
    """One estate in the figure, with the deed that decides whether it counts."""

    estate_id: UUID
    deed_id: UUID
    kind: str
    at: datetime
    left: bool


# The last word about the list of each estate under the path, by the time it happened, as far as it was known.
_LAST = """
    SELECT DISTINCT ON (r.source_id) r.source_id, l.public_id, l.kind, l.at
    FROM deeds_deed r
    JOIN deeds_deed l ON l.source_id = r.source_id AND l.at < %(until)s AND l.recorded_at < %(until)s
     AND l.kind IN ('estate.registered', 'estate.unmanaged', 'estate.cleared', 'estate.delisted')
     AND NOT EXISTS (SELECT 1 FROM deeds_deed c WHERE c.corrects_id = l.id AND c.recorded_at < %(until)s)
    WHERE r.kind = 'estate.registered' AND r.path LIKE %(below)s AND r.at < %(until)s AND r.recorded_at < %(until)s
    ORDER BY r.source_id, l.at DESC, l.id DESC
"""


def left(viewer: Viewer, *, path: str, moments: Sequence[datetime]) -> list[Left]:
    """The figure at each moment, for everything at or below `path`. Raises NotFound outside the scope."""
    _check(viewer, path)
    found = []
    with connection.cursor() as cursor:
        for until in moments:
            cursor.execute(
                f"SELECT count(*) FILTER (WHERE kind = 'estate.unmanaged'), count(*) FROM ({_LAST}) last",  # noqa: S608
                {"below": f"{path}%", "until": until},
            )
            n, d = cursor.fetchone()
            found.append(Left(until, n, d))
    return found


def behind(viewer: Viewer, *, path: str, until: datetime) -> list[Behind]:
    """Every estate in the figure, those left first."""
    _check(viewer, path)
    with connection.cursor() as cursor:
        cursor.execute(_LAST, {"below": f"{path}%", "until": until})
        rows = cursor.fetchall()
    found = [Behind(source, deed, kind, at, kind == "estate.unmanaged") for source, deed, kind, at in rows]
    return sorted(found, key=lambda one: (not one.left, one.at))


def by_unit(viewer: Viewer, *, paths: Sequence[str], until: datetime) -> dict[str, Left]:
    """The same figure for each of several subtrees, at one moment; one statement."""
    for path in paths:
        _check(viewer, path)
    if not paths:
        return {}
    query = f"""
        SELECT p.path, count(*) FILTER (WHERE last.kind = 'estate.unmanaged'), count(last.source_id)
        FROM unnest(%(paths)s::text[]) p(path)
        LEFT JOIN (SELECT one.*, d.path FROM ({_LAST}) one JOIN deeds_deed d ON d.source_id = one.source_id
                   AND d.kind = 'estate.registered') last ON starts_with(last.path, p.path)
        GROUP BY p.path
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, {"paths": list(paths), "below": "%", "until": until})
        return {path: Left(until, n, d) for path, n, d in cursor.fetchall()}


def _check(viewer: Viewer, path: str) -> None:
    if not path or not viewer.may("estates:view", path, Reach.VIEW):
        raise NotFound
