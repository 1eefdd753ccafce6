"""What stands for everybody at this moment: places in emergency, and extras switched off. Asked by every page.

One small query, kept for two seconds in each process, so that a storm of pages is no storm of queries. Nothing here
is narrowed by a scope: that a place is in emergency is public, and so is which extra is off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

KEPT = timedelta(seconds=2)
# What can be off: keys of `emergency.extras` in the mechanism.
SUGGESTIONS, SIMILAR, LIVE_COUNTS = "suggestions", "similar", "live_counts"


@dataclass(frozen=True, slots=True)
class Active:
    """A place in emergency now. `organisation_id` heads the subtree at `path`."""

    id: int
    public_id: str
    organisation_id: int
    code: str
    place: str
    path: str
    mechanism: str
    kind: str
    level: str
    started_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """One extra that is off, since when, and whether an emergency asked for it (else the load guard did)."""

    extra: str
    since: datetime
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """As last read. `until` a place's emergency runs out by itself, even if no job has noted it yet."""

    emergencies: tuple[Active, ...] = ()
    pauses: tuple[Pause, ...] = ()


_SQL = """
    SELECT e.id, e.public_id::text, e.organisation_id, o.code, o.short_name, e.path, e.mechanism, e.kind, e.level,
           e.started_at, e.until, NULL::varchar, false
    FROM cases_emergency e JOIN roster_organisation o ON o.id = e.organisation_id WHERE e.ended_at IS NULL
    UNION ALL
    SELECT p.id, '', NULL, '', '', '', '', '', '', p.since, e.until, p.extra, p.emergency_id IS NOT NULL
    FROM cases_pausedextra p LEFT JOIN cases_emergency e ON e.id = p.emergency_id WHERE p.ended_at IS NULL
    ORDER BY 10, 1
"""


class _Kept:
    """What was read last, and when (by the time handed in)."""

    at: datetime | None = None
    standing = Standing()


def standing(at: datetime) -> Standing:
    """Emergencies and pauses at this moment, at most two seconds old."""
    if _Kept.at is None or not abs(at - _Kept.at) < KEPT:
        _Kept.standing, _Kept.at = _read(at), at
    return _Kept.standing


def paused(at: datetime) -> frozenset[str]:
    """Which extras are off: SUGGESTIONS, SIMILAR, LIVE_COUNTS. What is not named here goes on whatever the load."""
    return frozenset(pause.extra for pause in standing(at).pauses)


def forget() -> None:
    """Read anew at the next question: after a command of this very process."""
    _Kept.at = None


def _read(at: datetime) -> Standing:
    with connection.cursor() as cursor:
        cursor.execute(_SQL)
        rows = cursor.fetchall()
    emergencies = tuple(Active(*row[:11]) for row in rows if row[11] is None and row[10] > at)
    pauses = tuple(Pause(row[11], row[9], row[12]) for row in rows if row[11] and (row[10] is None or row[10] > at))
    return Standing(emergencies, pauses)
