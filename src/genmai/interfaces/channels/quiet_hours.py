"""Before anything goes out by any channel: what comes at a quiet hour is held, and goes out in one bundle a reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from django.conf import settings

from genmai.kernel.viewer import NOBODY
from genmai.kernel.worktime import built_in_calendar
from genmai.mechanisms import installing
from genmai.records.notices.commands import bundle, hold
from genmai.records.notices.definition import NoticesSection
from genmai.records.notices.models import Notice
from genmai.records.notices.queries import quiet_of
from genmai.records.notices.quiet import OWN, next_allowed, why_quiet


@lru_cache(maxsize=1)
def rules() -> NoticesSection | None:
    """The installed quiet hours; None where there are none: then everything goes out at once."""
    found = installing.library(settings.GENMAI_MECHANISMS).having(NoticesSection)
    return found[0].section(NoticesSection) if found else None


def sift(waiting: Sequence[Notice], *, at: datetime) -> list[Notice]:
    """Those that may go out now; the others are held until the next allowed minute. Inside the claim's transaction."""
    section = rules()
    if section is None or not waiting:
        return list(waiting)
    own = quiet_of(NOBODY, person_ids=[one.person_id for one in waiting if one.person_id is not None])
    calendar, free = built_in_calendar(), []
    held: dict[tuple[datetime, str], list[Notice]] = {}
    for one in waiting:
        rule = section.rule(one.urgency)
        window, wider = rule.window(), own.get(one.person_id or 0)
        why = "" if rule.passes else why_quiet(window, calendar, at)
        until = next_allowed(window, calendar, at)
        if not rule.passes and wider is not None and next_allowed(wider, calendar, at) > until:
            why, until = why or OWN, next_allowed(wider, calendar, at)
        if why:
            held.setdefault((until, why), []).append(one)
        else:
            free.append(one)
    for (until, why), notices in held.items():
        hold(at=at, notices=notices, until=until, why=why)
    bundle(at=at, notices=free)
    return free
