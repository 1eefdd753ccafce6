"""Dates and deadlines as people say them. Pure: the moment `now` is handed in; the zone is the reader's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

SHANGHAI = ZoneInfo("Asia/Shanghai")
SOON = timedelta(hours=8)
_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class DueWords:
    """A deadline in words; `tone` is one of calm, soon, late, met and picks the shape and colour."""

    words: str
    tone: str
    exact: str


def day_words(day: date, today: date) -> str:
    """今天, 昨天, 明天, 11月20日; with the year when it is another year."""
    near = {0: _("今天"), -1: _("昨天"), 1: _("明天"), -2: _("前天"), 2: _("后天")}
    distance = (day - today).days
    if distance in near:
        return near[distance]
    if get_language() == "en":
        text = f"{day.day} {_ENGLISH_MONTHS[day.month - 1]}"
        return text if day.year == today.year else f"{text} {day.year}"
    text = f"{day.month}月{day.day}日"
    return text if day.year == today.year else f"{day.year}年{text}"


def when_words(at: datetime, now: datetime, zone: tzinfo = SHANGHAI) -> str:
    """A moment as people say it: 今天 14:30; the clock time is left out when the day is over a month away."""
    local, here = at.astimezone(zone), now.astimezone(zone)
    day = day_words(local.date(), here.date())
    if abs(local.date() - here.date()) > timedelta(days=31):
        return day
    return f"{day} {local:%H:%M}"


def exact_words(at: datetime, zone: tzinfo = SHANGHAI) -> str:
    """The exact moment, for the reader who asks: 2026年11月22日 星期日 14:30."""
    local = at.astimezone(zone)
    if get_language() == "en":
        return f"{local:%a} {local.day} {_ENGLISH_MONTHS[local.month - 1]} {local.year} {local:%H:%M}"
    weekday = "一二三四五六日"[local.weekday()]
    return f"{local.year}年{local.month}月{local.day}日 星期{weekday} {local:%H:%M}"


def span_words(span: timedelta) -> str:
    """A length of time by its largest unit: 35 分钟, 3 小时, 12 天."""
    minutes = max(int(span.total_seconds() // 60), 0)
    if minutes < 60:
        return _("1 分钟") if minutes == 1 else _("%(n)s 分钟") % {"n": minutes}
    if minutes < 48 * 60:
        hours = minutes // 60
        return _("1 小时") if hours == 1 else _("%(n)s 小时") % {"n": hours}
    return _("%(n)s 天") % {"n": minutes // (24 * 60)}


def due_words(
    due_at: datetime,
    now: datetime,
    *,
    working_days_left: int | None = None,
    met_at: datetime | None = None,
    suspended: bool = False,
    provisional: bool = False,
    zone: tzinfo = SHANGHAI,
) -> DueWords:
    """A deadline as people say it.

    `working_days_left` comes from the kernel's clock where the limit runs in working days; without it, calendar
    days are named as such. `provisional`: the holiday calendar does not reach that far, so the day may still move.
    """
    exact = exact_words(due_at, zone)
    if met_at is not None:
        if met_at <= due_at:
            return DueWords(_("按时完成"), "met", exact)
        return DueWords(_("超期 %(span)s 完成") % {"span": span_words(met_at - due_at)}, "late", exact)
    if suspended:
        return DueWords(_("时限暂停"), "calm", exact)
    if now > due_at:
        return DueWords(_("已超 %(span)s") % {"span": span_words(now - due_at)}, "late", exact)
    words, tone = _left_words(due_at, now, working_days_left, zone)
    if provisional:
        words = _("%(words)s（暂定）") % {"words": words}
    return DueWords(words, tone, exact)


def _left_words(due_at: datetime, now: datetime, working_days_left: int | None, zone: tzinfo) -> tuple[str, str]:
    local, here = due_at.astimezone(zone), now.astimezone(zone)
    distance = (local.date() - here.date()).days
    tone = "soon" if due_at - now <= SOON or distance == 0 else "calm"
    if distance <= 1:
        return _("%(when)s 前") % {"when": when_words(due_at, now, zone)}, tone
    if working_days_left is not None:
        if working_days_left <= 1:
            return _("%(when)s 前") % {"when": when_words(due_at, now, zone)}, "soon"
        return _("还剩 %(n)s 个工作日") % {"n": working_days_left}, tone
    return _("还剩 %(n)s 天") % {"n": distance}, tone


def month_words(month: date) -> str:
    """2026年11月, or Nov 2026."""
    if get_language() == "en":
        return f"{_ENGLISH_MONTHS[month.month - 1]} {month.year}"
    return f"{month.year}年{month.month}月"


def utc(at: datetime) -> datetime:
    """An aware datetime in UTC; a naive one is a fault and raises ValueError."""
    if at.tzinfo is None:
        raise ValueError("naive datetime: give a zone")
    return at.astimezone(UTC)
