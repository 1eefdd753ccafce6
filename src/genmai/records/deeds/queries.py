"""Reading deeds: by the command that wrote them, by what they are about, and in the order of commit."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.viewer import Reach, Viewer
from genmai.records.deeds.models import Cursor, Deed


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """A place in the order of commit: everything up to and including this deed has been walked."""

    transaction: int = 0
    deed_id: int = 0


def of_key(viewer: Viewer, *, key: UUID) -> list[Deed]:
    """What this command of this viewer wrote before, in order; empty when it has not run.

    Only the same person's: another's key says nothing, and using it is refused by the table.
    """
    return list(Deed.objects.filter(key=key, actor_id=viewer.person_id).order_by("ordinal"))


def of_source(viewer: Viewer, *, source_ids: Iterable[UUID]) -> list[Deed]:
    """All deeds about these sources, oldest first, with names fetched.

    Whoever may see the source sees its deeds: the room that owns the source has asked before handing its ids down.
    """
    return list(
        Deed.objects.filter(source_id__in=list(source_ids))
        .select_related("actor", "actor_organisation", "organisation", "counterpart")
        .order_by("id")
    )


def latest(
    viewer: Viewer,
    *,
    path: str,
    permission: str,
    known_at: datetime,
    without: Collection[str] = (),
    limit: int = 10,
) -> list[Deed]:
    """The last deeds credited at or below `path` as known at a moment, newest first, kinds in `without` left out.

    Raises NotFound where `permission` does not reach the path.
    """
    if not path or not viewer.may(permission, path, Reach.VIEW):
        raise NotFound
    rows = Deed.objects.filter(path__startswith=path, recorded_at__lte=known_at).exclude(kind__in=list(without))
    return list(
        rows.select_related("actor", "actor_organisation", "organisation", "counterpart").order_by("-id")[:limit]
    )


# Every transaction below the oldest still running has ended: what it wrote is all there, so no deed below the line
# can appear later. Serial numbers give no such promise: a number is drawn before its transaction commits.
_SINCE = """
SELECT * FROM deeds_deed
WHERE (transaction, id) > (%s::text::xid8, %s) AND transaction < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY transaction, id LIMIT %s
"""


def counts_by_kind(
    viewer: Viewer, *, organisation_id: int, since: datetime, until: datetime, kinds: Collection[str]
) -> dict[str, int]:
    """How many deeds of each kind are credited to the viewer's own organisation within a time; nothing of another's."""
    if organisation_id != viewer.organisation_id:
        return {}
    found = Deed.objects.filter(organisation_id=organisation_id, at__gte=since, at__lt=until, kind__in=kinds)
    return dict(found.order_by().values_list("kind").annotate(n=Count("id")))


def since(viewer: Viewer, *, position: Position, limit: int = 500) -> list[Deed]:
    """The next deeds after `position` in the order of commit, none skipped even when it commits late.

    For the system's own consumers; it knows no scope, so a signed-in person is refused.
    """
    if not viewer.anonymous:
        raise NotPermitted("system_only", "全部记录只供系统内部依次处理，不能由个人读取")
    return list(Deed.objects.raw(_SINCE, [str(position.transaction), position.deed_id, limit]))


def position_of(viewer: Viewer, *, consumer: str) -> Position:
    """How far a consumer has walked; the beginning when it never did."""
    kept = Cursor.objects.filter(name=consumer).first()
    return Position(kept.transaction, kept.deed_id) if kept else Position()


def after(deed: Deed) -> Position:
    """The position that has this deed behind it."""
    return Position(int(deed.transaction), deed.pk)
