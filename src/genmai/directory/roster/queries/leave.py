"""Who is away, who stands in, as at any day; an absence that ended earlier counts as it ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from genmai.directory.roster.models import Away
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.viewer import Viewer

RECENT = timedelta(days=14)


def in_effect(first: date, last: date) -> Q:
    """Absences that hold on some day between these two (both included)."""
    ended = Q(end__isnull=False, end__last_day__lt=first) | Q(end__isnull=False, end__last_day__lt=F("first_day"))
    return Q(first_day__lte=last, last_day__gte=first) & ~Q(ended)


def _rows() -> QuerySet[Any]:
    found = Away.objects.select_related("person", "stand_in", "organisation", "end")
    return found.annotate(until=Coalesce("end__last_day", "last_day"))  # type: ignore[no-redef]


def absences_of(viewer: Viewer, *, person_ids: Collection[int], at: datetime) -> list[Away]:
    """Absences of these people from that day on, the next first, each with `.until`; no reason, because none is kept."""
    day = day_of(at)
    found = _rows().filter(in_effect(day, date.max), person_id__in=set(person_ids))
    return list(found.order_by("first_day", "id"))


def away_in(viewer: Viewer, *, organisation_ids: Collection[int], at: datetime) -> Mapping[int, list[Away]]:
    """Who of these organisations' people in post is away today, by organisation: shown before a hand-over. One query."""
    day = day_of(at)
    found = (
        _rows()
        .filter(in_effect(day, day))
        .filter(valid_on(day, "person__posts__"), person__posts__organisation_id__in=set(organisation_ids))
    )
    by: dict[int, list[Away]] = {}
    for away in found.annotate(post_organisation=F("person__posts__organisation_id")).order_by("id"):
        by.setdefault(away.post_organisation, []).append(away)
    return by


def stood_in_for(viewer: Viewer, *, at: datetime) -> list[Away]:
    """Whose stand-in the viewer is today."""
    if viewer.person_id is None:
        return []
    day = day_of(at)
    return list(_rows().filter(in_effect(day, day), stand_in_id=viewer.person_id).order_by("first_day", "id"))


def around(viewer: Viewer, *, at: datetime) -> tuple[list[Away], Away | None]:
    """Whose stand-in the viewer is today, and their own absence that ended last within a fortnight. One query."""
    if viewer.person_id is None:
        return [], None
    day = day_of(at)
    others = in_effect(day, day) & Q(stand_in_id=viewer.person_id)
    own = Q(person_id=viewer.person_id, first_day__lt=day, until__gte=F("first_day"))
    found = list(_rows().filter(others | (own & Q(until__gte=day - RECENT))).order_by("until", "id"))
    mine = [one for one in found if one.person_id == viewer.person_id]
    back = mine[-1] if mine and mine[-1].until < day else None
    return [one for one in found if one.person_id != viewer.person_id], back


def stood_in(viewer: Viewer, *, stand_in_ids: Iterable[int]) -> list[Away]:
    """Absences these people stood in for, with the name of whoever was away: what they did there then is marked so."""
    ids = set(stand_in_ids)
    return list(_rows().filter(stand_in_id__in=ids, until__gte=F("first_day"))) if ids else []
