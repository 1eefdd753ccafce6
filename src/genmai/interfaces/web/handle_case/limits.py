"""A deadline as people check it: the limit in words, and every day from the start with what it counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.handle_case.rows import working_days_left
from genmai.interfaces.web.shell.time_words import SHANGHAI, exact_words
from genmai.kernel.worktime import DayKind, Explanation, Note, Row, rounded
from genmai.processes.cases import clocks
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.models import Milestone, Suspension

KINDS = {
    DayKind.WORKDAY: _("工作日"),
    DayKind.MAKEUP: _("调休上班"),
    DayKind.WEEKEND: _("周末"),
    DayKind.CLOSED: _("不上班"),
    DayKind.HOLIDAY: _("节假日"),
}
NOTES = {
    Note.ARRIVAL_DAY: _("当天不算，次日起算"),
    Note.WEEKEND: _("周末不算"),
    Note.HOLIDAY: _("节假日不算"),
    Note.CLOSED: _("不上班，不算"),
    Note.PAUSED: _("暂停，不算"),
    Note.OUTSIDE_HOURS: _("不在上班时间内"),
    Note.FULL: _("已经数满，等恢复办理"),
}
PER_UNIT = {
    "urgent_hours": _("小时"),
    "urgent_days": _("天"),
    "working_hours": _("工作时"),
    "working_days": _("工作日"),
    "calendar_days": _("天"),
}
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class LimitLine:
    """One limit of the matter."""

    id: str
    title: str
    owner: str
    state: str
    due_at: datetime
    working_days: int | None
    met_at: datetime | None
    suspended: bool
    provisional: bool
    missed: bool
    void: bool
    original: datetime | None


def lines(definition: CasesSection, milestones: Iterable[Milestone], now: datetime) -> list[LimitLine]:
    """All limits, those still open first."""
    ranked = sorted(milestones, key=lambda m: (m.state not in ("running", "paused"), m.due_at, m.id))
    return [_line(definition, milestone, now) for milestone in ranked]


def _line(definition: CasesSection, m: Milestone, now: datetime) -> LimitLine:
    return LimitLine(
        id=str(m.public_id),
        title=words.limit_title(definition, m.key, m.request.kind if m.request else ""),
        owner=m.owner.short_name,
        state=m.state,
        due_at=m.due_at,
        working_days=working_days_left(m, now),
        met_at=m.met_at,
        suspended=m.state == Milestone.State.PAUSED,
        provisional=m.provisional,
        missed=m.missed_at is not None,
        void=m.state == Milestone.State.VOID,
        original=m.original_due_at if m.original_due_at != m.due_at else None,
    )


@dataclass(frozen=True)
class DayLine:
    """One date of the table."""

    date: str
    kind: str
    counted: str
    total: str
    why: str
    counts: bool
    due: str


@dataclass(frozen=True)
class Counting:
    """The whole answer to "why is it due then?"."""

    title: str
    sentence: str
    unit: str
    days: list[DayLine]
    due: str
    extra: list[str]
    provisional: bool


def counting(definition: CasesSection, milestone: Milestone, suspensions: list[Suspension]) -> Counting:
    """A milestone's limit, day by day and in words."""
    found = clocks.explain(milestone, suspensions)
    request = milestone.request
    return Counting(
        title=words.limit_title(definition, milestone.key, request.kind if request else ""),
        sentence=_sentence(milestone, found),
        unit=str(PER_UNIT[milestone.clock]),
        days=[_day(row) for row in found.rows],
        due=exact_words(milestone.due_at),
        extra=_extra(milestone, found),
        provisional=milestone.provisional,
    )


def _sentence(milestone: Milestone, found: Explanation) -> str:
    params: dict[str, Any] = {
        "start": exact_words(milestone.set_at),
        "limit": str(words.CLOCKS[milestone.clock]).format(n=_amount(Fraction(milestone.amount))),
        "due": exact_words(milestone.due_at),
    }
    return gettext("从 {start} 起算，给 {limit}，到 {due} 为止。").format(**params)


def _extra(milestone: Milestone, found: Explanation) -> list[str]:
    extra = []
    if milestone.extended_by:
        text = gettext("批准延期 {n} {unit}，原来到 {due}。")
        unit = str(PER_UNIT[milestone.clock])
        extra.append(
            text.format(
                n=_amount(Fraction(milestone.extended_by)), unit=unit, due=exact_words(milestone.original_due_at)
            )
        )
    paused = sum(1 for row in found.rows if row.pauses)
    if paused:
        extra.append(gettext("其中 {n} 天有暂停，暂停的时间不算。").format(n=paused))
    off = sum(1 for row in found.rows if row.note in (Note.WEEKEND, Note.HOLIDAY, Note.CLOSED))
    if off:
        extra.append(gettext("跳过周末和节假日 {n} 天。").format(n=off))
    if milestone.provisional:
        extra.append(gettext("这一年的放假安排还没公布，日期是暂定的，公布后会重算。"))
    return extra


def _amount(number: Fraction) -> str:
    text = f"{rounded(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(row: Row) -> DayLine:
    english = get_language() == "en"
    weekday = row.day.date.strftime("%a") if english else f"周{WEEKDAYS[row.day.date.weekday()]}"
    kind = str(KINDS[row.day.kind])
    why = [str(NOTES[row.note])] if row.note else []
    why += [_pause(start, end) for start, end in row.pauses]
    return DayLine(
        date=f"{date_format(row.day.date, 'n-j') if english else f'{row.day.date.month}月{row.day.date.day}日'} {weekday}",
        kind=words.aside(kind, gettext(row.day.name) if row.day.name else ""),
        counted=_amount(row.amount) if row.counted else "—",
        total=_amount(row.running_total),
        why=gettext("；").join(why),
        counts=row.counted,
        due=f"{row.due_at.astimezone(SHANGHAI):%H:%M}" if row.due_at else "",
    )


def _pause(start: datetime, end: datetime | None) -> str:
    begun = f"{start.astimezone(SHANGHAI):%H:%M}"
    until = f"{end.astimezone(SHANGHAI):%H:%M}" if end else gettext("还没恢复")
    return gettext("{start} 到 {end} 暂停").format(start=begun, end=until)
