"""What came in today and this hour, beside the same weekday's same hours of the weeks before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from genmai.kernel.viewer import Viewer
from genmai.processes.cases import clocks
from genmai.processes.cases.models import Case
from genmai.reports.board.limits import limits
from genmai.reports.board.policies import check_board
from genmai.reports.board.standing import Place, cases_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# Days go by their number: 0 today, 1 the same weekday a week ago … Each is looked up by itself (OFFSET 0 keeps the planner
# from joining first and comparing every matter there is with every day).
_BY_HOUR = """
SELECT d.number, floor(extract(epoch FROM c.received_at - d.start) / 3600)::int AS hour, count(*),
    count(*) FILTER (WHERE c.received_at <= d.start + %(elapsed)s)
FROM unnest(%(starts)s::timestamptz[]) WITH ORDINALITY AS d(start, number)
CROSS JOIN LATERAL (
    SELECT received_at FROM cases_case
    WHERE received_at >= d.start AND received_at < d.start + interval '1 day' AND received_at <= %(at)s
        AND channel <> 'root_cause' AND reach @> %(unit)s::bigint[]
    OFFSET 0
) AS c
GROUP BY 1, 2
"""
_MATTERS = """
SELECT id, count(*) OVER () FROM cases_case c
WHERE c.received_at >= %(since)s AND c.received_at <= %(at)s AND c.channel <> 'root_cause'
    AND c.reach @> %(unit)s::bigint[]
ORDER BY c.received_at DESC, c.id DESC OFFSET %(offset)s LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """A number and the same of the weeks before, the last week first."""

    now: int
    before: tuple[int, ...]

    @property
    def low(self) -> int:
        return min(self.before, default=0)

    @property
    def high(self) -> int:
        return max(self.before, default=0)

    @property
    def standing(self) -> int:
        """1 above all the weeks before, -1 below all, 0 within; 0 too where there is nothing to compare with."""
        if not any(self.before):
            return 0
        return (self.now > self.high) - (self.now < self.low)


@dataclass(frozen=True, slots=True)
class Inflow:
    """`today` up to this moment of the day, `hour` within the running hour; `by_hour`: today's hours so far."""

    since: datetime
    hour_since: datetime
    today: Beside
    hour: Beside
    by_hour: tuple[int, ...]
    usual_by_hour: tuple[float, ...]


def inflow(viewer: Viewer, *, place: Place, at: datetime) -> Inflow:
    """One query. Raises NotPermitted, NotFound."""
    check_board(viewer, place.path)
    since = midnight(at)
    weeks = limits().weeks
    params = _scope(place, at) | {
        "starts": [since - timedelta(weeks=week) for week in range(weeks + 1)],
        "elapsed": at - since,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_HOUR, params)
        rows: dict[tuple[int, int], tuple[int, int]] = {
            (number - 1, hour): (n, so_far) for number, hour, n, so_far in cursor.fetchall()
        }
    running = int((at - since) / HOUR)

    def so_far(week: int) -> int:
        return sum(counts[1] for (number, _), counts in rows.items() if number == week)

    def in_hour(week: int) -> int:
        return rows.get((week, running), (0, 0))[1]

    before = range(1, weeks + 1)
    return Inflow(
        since=since,
        hour_since=since + running * HOUR,
        today=Beside(so_far(0), tuple(so_far(week) for week in before)),
        hour=Beside(in_hour(0), tuple(in_hour(week) for week in before)),
        by_hour=tuple(rows.get((0, hour), (0, 0))[0] for hour in range(running + 1)),
        usual_by_hour=tuple(_mean(rows, hour, weeks) for hour in range(24)),
    )


def received(
    viewer: Viewer, *, place: Place, at: datetime, since: datetime, offset: int = 0, limit: int = 50
) -> tuple[list[Case], int]:
    """One page of what came in since a moment, newest first, and how many there are. Two queries."""
    check_board(viewer, place.path)
    params = _scope(place, at) | {"since": since, "offset": offset, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_MATTERS, params)
        rows = cursor.fetchall()
    return cases_of([row[0] for row in rows]), rows[0][1] if rows else 0


def midnight(at: datetime) -> datetime:
    """Where the day of `at` begins, in the time of the place."""
    calendar = clocks.calendar()
    return calendar.local_midnight(calendar.local_date(at))


def _scope(place: Place, at: datetime) -> dict[str, Any]:
    return {"at": at, "unit": [place.id]}


def _mean(rows: Mapping[tuple[int, int], tuple[int, int]], hour: int, weeks: int) -> float:
    return sum(rows.get((week, hour), (0, 0))[0] for week in range(1, weeks + 1)) / weeks
