"""Named filters a viewer may open, and how many matters each holds: one query for all the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import SavedView
from genmai.processes.cases.queries.lists import MANY, Filters, narrowed


def views(viewer: Viewer) -> list[SavedView]:
    """One's own first, then what colleagues of the same organisation share; each in its order."""
    if viewer.person_id is None or viewer.organisation_id is None:
        return []
    mine = Q(owner_id=viewer.person_id)
    rows = SavedView.objects.filter(mine | Q(shared=True), organisation_id=viewer.organisation_id, removed_at=None)
    found = list(rows.select_related("owner"))
    return sorted(found, key=lambda one: (one.owner_id != viewer.person_id, one.position, one.pk))


def view(viewer: Viewer, *, public_id: UUID, removed: bool = False) -> SavedView:
    """A view of one's own or one shared with the organisation. Raises NotFound."""
    rows = SavedView.objects.filter(public_id=public_id, organisation_id=viewer.organisation_id or 0)
    found = rows.filter(Q(owner_id=viewer.person_id) | Q(shared=True), removed_at__isnull=not removed).first()
    if found is None:
        raise NotFound()
    return found


def sizes(viewer: Viewer, *, filters: Sequence[Filters]) -> list[int]:
    """How many visible cases each of these filters finds, in one statement; none is counted past `MANY`."""
    wanted = [replace(one, order="newest") for one in filters]  # the same matters in another order are as many
    parts: list[str] = []
    params: list[Any] = []
    for place, one in enumerate(each := list(dict.fromkeys(wanted))):
        rows = narrowed(viewer, filters=one).order_by().values("pk")[: MANY + 1]
        if rows.query.is_empty():
            continue
        sql, given = rows.query.sql_with_params()
        parts.append(f"SELECT {place}, count(*) FROM ({sql}) AS found")  # noqa: S608  the ORM's own statement
        params += given
    found = dict.fromkeys(each, 0)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            for place, n in cursor.fetchall():
                found[each[place]] = n
    return [found[one] for one in wanted]


__all__ = ["sizes", "view", "views"]
