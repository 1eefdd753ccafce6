"""Filters that put moments, deadlines and figures into people's words."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.conf import settings
from django.template.defaultfilters import stringfilter
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from genmai.interfaces.web.shell import time_words
from genmai.interfaces.web.shell.view_models import percent
from genmai.mechanisms import installing

register = template.Library()


@register.filter
def when(at: datetime | None, now: datetime | None = None) -> SafeString | str:
    """今天 14:30, 昨天 09:00, 11月20日 …: a <time> whose exact moment shows on demand."""
    if at is None:
        return "—"
    words = time_words.when_words(at, now or timezone.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), time_words.exact_words(at), words)


@register.filter
def when_text(at: datetime | None, now: datetime | None = None) -> str:
    """The same words without markup, for titles and option lists."""
    return "—" if at is None else time_words.when_words(at, now or timezone.now())


@register.filter
def exact(at: datetime | None) -> str:
    """2026年11月22日 星期日 14:30."""
    return "—" if at is None else time_words.exact_words(at)


@register.filter
def due_words(due_at: datetime, now: datetime | None = None) -> str:
    """今天 14:30 前, 还剩 2 天, 已超 3 小时."""
    return time_words.due_words(due_at, now or timezone.now()).words


@register.filter
def share(numerator: int, denominator: int) -> str:
    """92.4% (half up); — when nothing was counted."""
    words = percent(numerator, denominator)
    return words if words == "—" else f"{words}%"


@register.filter
def thousands(number: int | None) -> str:
    """20,000: digits in groups of three, a real minus sign."""
    return "—" if number is None else f"{number:,}".replace("-", "−")


@register.filter
@stringfilter
def last_four(text: str) -> str:
    """The tail of a number, for telling two apart without showing either."""
    return f"…{text[-4:]}" if len(text) > 4 else text


@register.filter
def rule_name(ref: str) -> SafeString | str:
    """《党内统计口径》 for `national/dangnei-tongji@1`: people read the name; the code and version show on demand."""
    try:
        title = installing.library(settings.GENMAI_MECHANISMS).get(ref).info.title
    except KeyError:
        return ref
    name = title.en if get_language() == "en" else f"《{title.zh}》"
    return format_html('<span class="rule" title="{}">{}</span>', ref, name)
