"""The local day of a moment: dated rows (links, posts, grants) begin and end at midnight of the place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


def day_of(at: datetime) -> date:
    """The day it is in the People's Republic at `at` (aware). Raises ValueError for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(SHANGHAI).date()


def valid_on(day: date, prefix: str = "") -> Q:
    """Rows whose span holds `day`: `valid_from` is in, `valid_to` is out."""
    open_ended = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": day})
    return Q(**{f"{prefix}valid_from__lte": day}) & open_ended
