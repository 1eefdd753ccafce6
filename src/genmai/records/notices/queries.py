"""Reading notices: what one was told."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from genmai.kernel.viewer import Viewer
from genmai.records.notices.models import Notice


def mine(viewer: Viewer, *, limit: int = 50) -> list[Notice]:
    """The latest notices to the viewer in person or to the organisation they act for."""
    to_me = Q()
    if viewer.person_id is not None:
        to_me |= Q(person_id=viewer.person_id)
    if viewer.organisation_id is not None:
        to_me |= Q(organisation_id=viewer.organisation_id)
    if not to_me:
        return []
    return list(Notice.objects.filter(to_me).order_by("-at", "-id")[:limit])


def of_callers(viewer: Viewer, *, caller_ids: Iterable[UUID]) -> list[Notice]:
    """What callers of a case were told, oldest first; the case room has asked whether the viewer may see them."""
    return list(Notice.objects.filter(caller_id__in=list(caller_ids)).order_by("at", "id"))
