"""One body's list: what it owes on a day, what it showed; and the marks that wait to be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from genmai.directory.roster.models import Link, Organisation
from genmai.directory.territory.days import valid_on
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.registers.models import Mark, Unit
from genmai.processes.registers.standards import policies
from genmai.processes.registers.standards.mechanism import Installed, installed
from genmai.processes.registers.standards.owed import Owed, owed_of

PAGE = 50
SHOWN_AT_MOST = 200


def body(viewer: Viewer, *, one: Installed, code: str, day: date) -> Organisation:
    """A body of the standard's tree within the viewer's scope, with `.path`. Raises NotFound."""
    found = Organisation.objects.filter(code=code).first()
    link = (
        Link.objects.filter(valid_on(day), tree=one.standard.tree, organisation=found).first()
        if found is not None
        else None
    )
    heads = policies.reached(viewer, one.standard)
    if found is None or link is None or not any(link.path.startswith(head) for head in heads):
        raise NotFound("没有找到这个单位，或者不在您的范围内")
    found.path = link.path
    return found


def of_body(
    viewer: Viewer, *, one: Installed, organisation: Organisation, day: date, known_at: datetime | None = None
) -> list[Owed]:
    """Its list on a day. The body came from `body`."""
    if not any(organisation.path.startswith(head) for head in policies.reached(viewer, one.standard)):
        raise NotFound
    return owed_of(one, path=organisation.path, body_id=organisation.pk, day=day, known_at=known_at)


def marks_of(viewer: Viewer, *, one: Installed, organisation: Organisation) -> Mapping[str, Sequence[Mark]]:
    """Item → everything shown for it, newest first, ended ones too; one query."""
    if not any(organisation.path.startswith(head) for head in policies.reached(viewer, one.standard)):
        raise NotFound
    rows = Mark.objects.filter(standard=one.key, organisation=organisation).select_related("recorded_by", "looked_by")
    found: dict[str, list[Mark]] = {}
    for mark in rows.order_by("-happened_on", "-id")[:SHOWN_AT_MOST]:
        found.setdefault(mark.item, []).append(mark)
    return found


def mark(viewer: Viewer, *, one: Installed, public_id: UUID, day: date) -> Mark:
    """Raises NotFound outside the viewer's scope."""
    found = _within(viewer, one, day, Mark.objects.all()).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def waiting(
    viewer: Viewer, *, one: Installed, day: date, offset: int = 0, limit: int = PAGE
) -> tuple[list[Mark], int]:  # fmt: skip
    """Marks of bodies below the viewer's own that nobody has looked at yet, oldest first."""
    if not one.standard.review:
        return [], 0
    rows = Mark.objects.filter(standard=one.key, state="shown", looked_at__isnull=True)
    mine = _within(viewer, one, day, rows, policies.REVIEW)
    found = mine.select_related("organisation", "recorded_by").order_by("recorded_at", "id")
    return list(found[offset : offset + limit]), mine.count()


def units(viewer: Viewer, *, one: Installed, day: date) -> list[Unit]:
    """Bodies named into a class of it, within the viewer's scope, by class and code."""
    heads = policies.reached(viewer, one.standard)
    links = Link.objects.filter(
        _below(heads), valid_on(day), tree=one.standard.tree, organisation=OuterRef("organisation")
    )
    found = Unit.objects.filter(Exists(links), valid_on(day), standard=one.key) if heads else Unit.objects.none()
    return list(found.select_related("organisation").order_by("unit_class", "organisation__code")[:500])


def told(viewer: Viewer, *, ids: Sequence[UUID]) -> list[tuple[UUID, str, Organisation]]:
    """Marks and units by public id: which list, which body, as far as the viewer may see it. Two queries."""
    below = Q(pk__in=[])
    for tree in {one.standard.tree for one in installed().values()}:
        below |= Q(tree=tree) & _below(viewer.paths(policies.VIEW, tree=tree))
    links = Link.objects.filter(below, valid_to__isnull=True, organisation=OuterRef("organisation"))
    found: list[tuple[UUID, str, Organisation]] = []
    for table in (Mark, Unit):
        rows = table.objects.filter(Exists(links), public_id__in=ids).select_related("organisation")
        found += [(row.public_id, row.standard, row.organisation) for row in rows]
    return found


def _within(
    viewer: Viewer, one: Installed, day: date, rows: QuerySet[Mark], permission: str = policies.VIEW
) -> QuerySet[Mark]:
    heads = policies.reached(viewer, one.standard, permission)
    if not heads:
        return rows.none()
    links = Link.objects.filter(
        _below(heads), valid_on(day), tree=one.standard.tree, organisation=OuterRef("organisation")
    )
    if permission == policies.REVIEW:
        links = links.exclude(path__in=heads)
    return rows.filter(Exists(links), standard=one.key)


def _below(heads: Sequence[str]) -> Q:
    found = Q(pk__in=[])
    for head in heads:
        found |= Q(path__startswith=head)
    return found
