"""Reading emergencies: which places are in one, what their people were told, what has come in by the short form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.cases.flow import FINAL
from genmai.processes.cases.models import Bulletin, Emergency
from genmai.processes.cases.queries.extras import Active
from genmai.processes.cases.queries.lists import visible

PAST = 20


@dataclass(frozen=True, slots=True)
class NeedCount:
    """What came in of one kind of need while the place was in emergency."""

    kind: str
    came: int
    waiting: int  # nobody has dispatched or taken it
    working: int
    done: int


def of_code(viewer: Viewer, found: tuple[Active, ...], *, code: str) -> Active | None:
    """The one of the place with this code; public."""
    return next((one for one in found if one.code == code), None)


def of_viewer(viewer: Viewer, found: tuple[Active, ...]) -> tuple[Active, ...]:
    """For people at work those of their own place, above it and below it; for residents all."""
    if viewer.anonymous:
        return found
    return tuple(one for one in found if viewer.path.startswith(one.path) or one.path.startswith(viewer.path or "-"))


def covering(viewer: Viewer, found: tuple[Active, ...]) -> tuple[Active, ...]:
    """Those of the viewer's own place or of one above it, the nearest first."""
    mine = [one for one in found if viewer.path.startswith(one.path)]
    return tuple(sorted(mine, key=lambda one: -len(one.path)))


def one(viewer: Viewer, *, public_id: UUID) -> Emergency:
    """One emergency, also a past one; public, like the announcement it is. Raises NotFound."""
    found = Emergency.objects.select_related("organisation", "declared_by", "declared_for")
    row = found.filter(public_id=public_id).first()
    if row is None:
        raise NotFound("没有这次应急")
    return row


def by_ids(viewer: Viewer, *, ids: Iterable[UUID]) -> list[Emergency]:
    """Those of these that notices told the viewer's organisation of. Public."""
    return list(Emergency.objects.filter(public_id__in=list(ids)).select_related("organisation"))


def past(viewer: Viewer, *, at: datetime, limit: int = PAST) -> list[Emergency]:
    """The latest that are over, of the viewer's own line: their place, above and below."""
    ids = [int(part) for part in viewer.path.split("/") if part]
    mine = Q(path__startswith=viewer.path) | Q(organisation_id__in=ids) if viewer.path else Q(pk__in=[])
    over = Q(ended_at__isnull=False) | Q(until__lte=at)
    return list(Emergency.objects.filter(mine, over).select_related("organisation").order_by("-started_at")[:limit])


def bulletins(viewer: Viewer, *, emergency_id: int, limit: int = 30) -> list[Bulletin]:
    """What everybody was told, newest first. Public."""
    return list(Bulletin.objects.filter(emergency_id=emergency_id).order_by("-at", "-id")[:limit])


def counts(viewer: Viewer, *, emergency: Emergency) -> list[NeedCount]:
    """What came in by kind of need, of what the viewer may see; one query."""
    if not viewer.paths("cases:view", Reach.VIEW):
        return []
    rows = visible(viewer).filter(
        mechanism=emergency.mechanism,
        reach__contains=[emergency.organisation_id],
        received_at__gte=emergency.started_at,
        received_at__lte=emergency.ended_at or emergency.until,
    )
    waiting, done = Q(state__in=("received", "dispatched")), Q(state__in=(*FINAL, "verified"))
    counted = (
        rows.order_by()
        .values("service")
        .annotate(came=Count("id"), waiting=Count("id", filter=waiting), done=Count("id", filter=done))
    )
    return [
        NeedCount(row["service"], row["came"], row["waiting"], row["came"] - row["waiting"] - row["done"], row["done"])
        for row in counted
    ]
