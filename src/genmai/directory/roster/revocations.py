"""Whether an honour or discipline is revoked: on a day, as known then. Expressions of the database; they read nothing themselves."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, Q

from genmai.directory.roster.models import StandingEnd

HOLDING = Q(back=None)  # revocations that were not taken back


def standing_ends(day: date | None = None, known_at: datetime | None = None, **more: object) -> Exists:
    """Whether a revocation holds: on a day, as known then; today, as known now."""
    rows = StandingEnd.objects.filter(standing=OuterRef("pk"), **more)
    if day is not None:
        rows = rows.filter(Q(on__lte=day) | Q(mistaken=True))
    if known_at is None:
        return Exists(rows.filter(HOLDING))
    return Exists(rows.filter(HOLDING | Q(back__recorded_at__gt=known_at), recorded_at__lte=known_at))


def ends() -> Prefetch[str]:
    """How each ended, and what was taken back of it: what `Standing.ended` reads."""
    return Prefetch("ends", StandingEnd.objects.select_related("back", "back__recorded_by").order_by("id"))
