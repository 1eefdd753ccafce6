"""Reading notices: what one was told."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from genmai.directory.roster.models import Tree
from genmai.directory.roster.queries.paths import head_of
from genmai.kernel.viewer import Reach, Viewer
from genmai.records.notices.models import Notice, QuietChoice
from genmai.records.notices.quiet import Window


def mine(viewer: Viewer, *, limit: int = 50) -> list[Notice]:
    """The latest notices to the viewer in person, to the organisation they act for, to the Party bodies they keep."""
    # Each half walks its own index and stops early; with OR between them the database would read all there ever were.
    parts = []
    if viewer.person_id is not None:
        parts.append(Notice.objects.filter(person_id=viewer.person_id))
    parts.extend(Notice.objects.filter(organisation_id=one) for one in _bodies(viewer))
    if not parts:
        return []
    rows = [part.order_by("-at", "-id")[:limit] for part in parts]
    return list(rows[0].union(*rows[1:]).order_by("-at", "-id")[:limit])


def _bodies(viewer: Viewer) -> list[int]:
    """The organisation they act for; and the Party bodies they keep, which is another desk of the same person."""
    own = [] if viewer.organisation_id is None else [viewer.organisation_id]
    kept = viewer.paths("members:keep", Reach.CAPTURE, tree=Tree.PARTY)
    return list(dict.fromkeys([*own, *(head_of(path) for path in kept)]))


def quiet_of(viewer: Viewer, *, person_ids: Iterable[int]) -> dict[int, Window]:
    """The wider quiet hours these people chose, the newest each; one query, none for nobody."""
    ids = set(person_ids)
    if not ids:
        return {}
    rows = QuietChoice.objects.filter(person_id__in=ids).order_by("id")
    return {row.person_id: Window(row.begins, row.ends, row.rest_days) for row in rows}


def of_callers(viewer: Viewer, *, caller_ids: Iterable[UUID]) -> list[Notice]:
    """What callers of a case were told, oldest first; the case room has asked whether the viewer may see them."""
    return list(Notice.objects.filter(caller_id__in=list(caller_ids)).order_by("at", "id"))
