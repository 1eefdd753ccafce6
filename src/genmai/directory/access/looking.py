"""Looking that stands out, by the dated rules of a mechanism: a list for the audit administrator, who asks and decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from genmai.directory.access.definition import LookRule, section
from genmai.directory.access.models import Account, Look, LookReview
from genmai.directory.territory.days import day_of
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, Reach, Viewer

# One row a flag: account, day, how many looks (or the most at one person). Days and hours are those of the place.
_LOCAL = "(l.at AT TIME ZONE %(zone)s)"
_COUNTED: Mapping[str, str] = {
    "looks_a_day": "count(*)",
    "at_night": f"count(*) FILTER (WHERE extract(hour FROM {_LOCAL}) >= %(night_from)s"
    f" OR extract(hour FROM {_LOCAL}) < %(night_to)s)",
    "outside": "count(*) FILTER (WHERE l.source = '')",
}
_PER_DAY = f"""
    SELECT l.account_id, {_LOCAL}::date AS day, {{counted}} AS n FROM access_look l
    WHERE l.at >= %(since)s GROUP BY 1, 2 HAVING {{counted}} > %(most)s
"""  # noqa: S608  constants of this file
_SAME_PERSON = f"""
    SELECT account_id, day, max(n) AS n FROM (
        SELECT l.account_id, l.person_id, {_LOCAL}::date AS day, count(*) AS n FROM access_look l
        WHERE l.at >= %(since)s GROUP BY 1, 2, 3 HAVING count(*) > %(most)s
    ) AS again GROUP BY 1, 2
"""  # noqa: S608  constants of this file


@dataclass(frozen=True, slots=True)
class Flag:
    """Somebody's looking on one day was above what a rule holds for usual. `finding`: what the auditor found out."""

    account_id: int
    login: str
    name: str
    day: date
    rule: str
    said: LookRule
    count: int
    mechanism: str
    finding: str = ""


def _check(viewer: Viewer) -> None:
    if not viewer.paths("people:looks", Reach.VIEW):
        raise NotPermitted("not_permitted", "这里只给安全审计员看")


def flags(viewer: Viewer, *, at: datetime, days: int = 30) -> list[Flag]:
    """The last days' flags, newest first, those without a finding before the others; a query a rule, and two. Raises
    NotPermitted. Nobody reads flags on themself."""
    _check(viewer)
    rules, mechanism = section()
    found: list[tuple[int, date, str, int]] = []
    with connection.cursor() as cursor:
        for key, rule in (rules.looks if rules else {}).items():
            asked: dict[str, Any] = {
                "zone": settings.TIME_ZONE, "since": at - timedelta(days=days), "most": rule.most,
                "night_from": rule.night_from, "night_to": rule.night_to,
            }  # fmt: skip
            same = rule.counts == "same_person"
            cursor.execute(_SAME_PERSON if same else _PER_DAY.format(counted=_COUNTED[rule.counts]), asked)
            found += [(account_id, day, key, count) for account_id, day, count in cursor.fetchall()]
    found = [one for one in found if one[0] != viewer.account_id]
    people = {one.pk: one for one in Account.objects.select_related("person").filter(pk__in={one[0] for one in found})}
    since = day_of(at - timedelta(days=days))
    said = {
        (one.account_id, one.day, one.rule): one.finding
        for one in LookReview.objects.filter(day__gte=since).order_by("id")
    }
    made = [
        Flag(
            account_id, people[account_id].login, people[account_id].person.display_name, day, key,
            rules.looks[key], count, mechanism, said.get((account_id, day, key), ""),
        )
        for account_id, day, key, count in found
        if rules
    ]  # fmt: skip
    return sorted(made, key=lambda one: (bool(one.finding), -one.day.toordinal(), one.login, one.rule))


def looks_of(viewer: Viewer, *, account_id: int, day: date, limit: int = 200) -> list[Look]:
    """What one account looked at on one day, with person and unit: what a flag stands on. Raises NotPermitted."""
    _check(viewer)
    if account_id == viewer.account_id:
        raise NotPermitted("own_log", "自己的日志要由另一位审计员来看")
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.TIME_ZONE))
    rows = Look.objects.filter(account_id=account_id, at__gte=start, at__lt=start + timedelta(days=1))
    return list(rows.select_related("account__person", "organisation", "person").order_by("at", "id")[:limit])


def review(*, actor: Actor, at: datetime, key: UUID, account_id: int, day: date, rule: str, finding: str) -> LookReview:
    """What the auditor found out. Append-only, replayed by what it says; a later word stands beside the earlier."""
    _check(actor.viewer)
    auditor = actor.viewer.account_id
    if auditor is None or auditor == account_id:
        raise NotPermitted("own_log", "自己的日志要由另一位审计员来看")
    finding = clean(finding, 200, field="finding")
    if len(finding) < 2:
        raise BadInput("finding_missing", "请写明问了谁、是什么原因", field="finding")
    rules, _ = section()
    if rules is None or rule not in rules.looks or not Account.objects.filter(pk=account_id).exists():
        raise NotFound("没有找到这一条")
    same = {"auditor_id": auditor, "account_id": account_id, "day": day, "rule": rule, "finding": finding}
    return LookReview.objects.filter(**same).first() or LookReview.objects.create(at=at, **same)
