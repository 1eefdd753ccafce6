"""Whose time ran out, by the figures the registry itself holds. It says who, and since when; it decides nothing."""

from __future__ import annotations

from datetime import date

from django.db import connection

from genmai.directory.roster import mechanism
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Viewer

# The unbroken run of unpaid months that ends with the last one recorded; the last row of a month counts.
_DUES = """
WITH said AS (
    SELECT * FROM (
        SELECT DISTINCT ON (person_id, month) person_id, month, status FROM roster_duesmonth
        WHERE month > %(oldest)s ORDER BY person_id, month, id DESC
    ) AS last WHERE status <> 'none'  -- taken back
), run AS (
    SELECT person_id, min(month) AS since, count(*) AS months FROM said AS s
    WHERE status = 'due' AND NOT EXISTS (
        SELECT FROM said AS later WHERE later.person_id = s.person_id AND later.month > s.month AND later.status <> 'due')
    GROUP BY person_id
)
SELECT run.person_id, run.since FROM run JOIN roster_membership AS m
    ON m.person_id = run.person_id AND m.valid_to IS NULL AND m.status = 'normal'
WHERE run.months >= %(months)s AND NOT EXISTS (
    SELECT FROM roster_proposal AS p
    WHERE p.person_id = run.person_id AND p.timer = %(timer)s AND p.since = run.since)
ORDER BY run.person_id LIMIT %(limit)s
"""
_STANDS = """
SELECT m.person_id, m.{day} FROM roster_membership AS m
WHERE m.valid_to IS NULL AND m.{column} = %(value)s AND m.{day} <= %(until)s::date AND NOT EXISTS (
    SELECT FROM roster_proposal AS p
    WHERE p.person_id = m.person_id AND p.timer = %(timer)s AND p.since = m.{day})
ORDER BY m.person_id LIMIT %(limit)s
"""
_EFFECT = """
SELECT DISTINCT ON (s.person_id) s.person_id, s.until FROM roster_standing AS s
JOIN roster_membership AS m ON m.person_id = s.person_id AND m.valid_to IS NULL
WHERE s.kind = 'discipline' AND s.until <= %(until)s::date
    AND NOT EXISTS (SELECT FROM roster_standingend AS e WHERE e.standing_id = s.id)
    AND NOT EXISTS (
        SELECT FROM roster_proposal AS p
        WHERE p.person_id = s.person_id AND p.timer = %(timer)s AND p.since = s.until)
ORDER BY s.person_id, s.until LIMIT %(limit)s
"""
_SQL = {
    "discipline_over": _EFFECT,
    "dues_due": _DUES,
    "suspended": _STANDS.format(column="status", day="valid_from"),
    "probation": _STANDS.format(column="stage", day="joined_on"),
}
_VALUE = {"suspended": "suspended", "probation": "probationary", "dues_due": "", "discipline_over": ""}


def ran_out(viewer: Viewer, *, timer: str, day: date, limit: int = 5000) -> dict[int, date]:
    """Person → since when, for a timer of the mechanism; those proposed for that time already are left out.

    `lost` has its figures elsewhere (contacts of flowing members), `disciplined` is said at once: nothing here. For the
    system alone.
    """
    if not viewer.anonymous:
        raise NotPermitted("system_only", "期限由系统统一查，不能由个人查")
    rule = mechanism.members().timers[timer]
    if rule.source not in _SQL:
        return {}
    given: dict[str, str | int | date] = {
        "timer": timer, "months": rule.months, "limit": limit, "value": _VALUE[rule.source],
        "until": months_before(day, rule.months), "oldest": months_before(day.replace(day=1), 60),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SQL[rule.source], given)
        return dict(cursor.fetchall())


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month."""
    total = day.year * 12 + day.month - 1 - months
    year, month = divmod(total, 12)
    last = [31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return date(year, month + 1, min(day.day, last[month]))
