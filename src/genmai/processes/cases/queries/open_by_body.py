"""How many open matters stand with each of many bodies: one query for all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import BigIntegerField, Count, F, Func, Q

from genmai.kernel.viewer import Viewer
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.queries.lists import late_ids, visible


def open_by_body(viewer: Viewer, *, ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """By organisation id: open matters with it or below it that the viewer may see, and how many of them are late."""
    body = Func(F("reach"), function="unnest", output_field=BigIntegerField())
    late = Count("id", filter=Q(pk__in=late_ids()))
    rows = visible(viewer).filter(state__in=OPEN, reach__overlap=list(ids)).order_by().annotate(body=body)
    wanted = set(ids)
    counted = rows.values("body").annotate(n=Count("id"), late=late).values_list("body", "n", "late")
    return {body_id: (n, over) for body_id, n, over in counted if body_id in wanted}


__all__ = ["open_by_body"]
