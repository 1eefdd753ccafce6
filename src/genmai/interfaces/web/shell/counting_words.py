"""Why it is due then, in words: the kernel's day-by-day counting as sentences and rows for a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from genmai.interfaces.web.shell.time_words import day_words, exact_words
from genmai.kernel.worktime import ClockKind, Explanation, Note, Row
from genmai.kernel.worktime.kinds import DayKind

UNITS = {
    ClockKind.URGENT_HOURS: gettext_lazy("小时"),
    ClockKind.URGENT_DAYS: gettext_lazy("天"),
    ClockKind.WORKING_HOURS: gettext_lazy("个工作小时"),
    ClockKind.WORKING_DAYS: gettext_lazy("个工作日"),
    ClockKind.CALENDAR_DAYS: gettext_lazy("天（节假日也算）"),
}
NOTES = {
    Note.ARRIVAL_DAY: gettext_lazy("收到的当天不算"),
    Note.WEEKEND: gettext_lazy("周末不算"),
    Note.HOLIDAY: gettext_lazy("放假不算"),
    Note.CLOSED: gettext_lazy("这天不上班，不算"),
    Note.PAUSED: gettext_lazy("暂停着，不算"),
    Note.OUTSIDE_HOURS: gettext_lazy("不在上班时间，不算"),
    Note.FULL: gettext_lazy("时限已经用完"),
}
DAYS = {
    DayKind.WORKDAY: gettext_lazy("工作日"),
    DayKind.MAKEUP: gettext_lazy("调休上班"),
    DayKind.WEEKEND: gettext_lazy("周末"),
    DayKind.CLOSED: gettext_lazy("不上班"),
    DayKind.HOLIDAY: gettext_lazy("放假"),
}


@dataclass(frozen=True)
class CountedDay:
    """One row: the date, what it is for the office, what it counts and the running total."""

    day: str
    kind: str
    counts: str
    total: str
    note: str
    counted: bool
    due: bool


@dataclass(frozen=True)
class Counting:
    """The whole counting; `answer` says it in a sentence."""

    answer: str
    unit: str
    days: tuple[CountedDay, ...]
    provisional: bool


def counting(explanation: Explanation, today: date) -> Counting:
    """The page's form of a deadline's explanation; `today` is the reader's local date."""
    due = explanation.deadline
    unit = str(UNITS[due.clock.kind])
    words = {"start": exact_words(due.clock.start), "limit": number_words(due.clock.total), "unit": unit}
    if due.due_at is None:
        answer = _("从 %(start)s 收到算起，限 %(limit)s %(unit)s；现在暂停着，恢复以后接着算。") % words
    else:
        words["due"] = exact_words(due.due_at)
        answer = _("从 %(start)s 收到算起，限 %(limit)s %(unit)s，到 %(due)s 为止。") % words
    days = tuple(_day(row, today) for row in explanation.rows)
    return Counting(answer, unit, days, due.provisional)


def number_words(amount: Fraction) -> str:
    """At most two decimals, without idle zeros, rounded half up: 5, 1.5, 0.25."""
    hundredths = (200 * amount.numerator + amount.denominator) // (2 * amount.denominator)
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


def _day(row: Row, today: date) -> CountedDay:
    kind = str(DAYS[row.day.kind])
    if row.day.name:
        kind = _("%(kind)s（%(name)s）") % {"kind": kind, "name": _(row.day.name)}
    if row.day.hours and row.counted:
        kind += " " + _("、").join(str(segment).replace("-", "–") for segment in row.day.hours)
    notes = [str(NOTES[row.note])] if row.note else []
    if row.pauses and row.note is not Note.PAUSED:
        notes.append(_("中间暂停过"))
    if row.day.provisional:
        notes.append(_("放假安排还没公布，先按平常周算"))
    return CountedDay(
        day=_with_weekday(row.day.date, today),
        kind=kind,
        counts=number_words(row.amount) if row.counted else "",
        total=number_words(row.running_total),
        note=_("；").join(notes),
        counted=row.counted,
        due=row.due_at is not None,
    )


def _with_weekday(day: date, today: date) -> str:
    if get_language() == "en":
        return f"{day_words(day, today)}, {day:%a}"
    return f"{day_words(day, today)} 周{'一二三四五六日'[day.weekday()]}"
