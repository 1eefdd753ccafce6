"""What an organisation was and is: its names, places, posts and grids over time, and the changes made to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q

from genmai.directory.roster.models import Change, Cover, GridChange, Link, Naming, Organisation, Tree
from genmai.directory.roster.queries.as_at import holding, visible
from genmai.directory.territory.days import day_of
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Span:
    """Something that held for a time: `to` is None while it does."""

    said: str
    since: date
    to: date | None
    document: str = ""


def names_of(viewer: Viewer, *, organisation: Organisation) -> list[Span]:
    """Its names, the latest first."""
    rows = Naming.objects.filter(organisation=organisation).exclude(valid_to=F("valid_from")).order_by("-valid_from")
    found = [Span(row.name, row.valid_from, row.valid_to, row.document) for row in rows]
    return found or [Span(organisation.name, organisation.opened_on, organisation.closed_on)]


def places_of(viewer: Viewer, *, organisation: Organisation) -> Mapping[str, list[Span]]:
    """By tree, its parents over time, the latest first; neighbours under the same parent are one span."""
    rows = Link.objects.filter(organisation=organisation).exclude(valid_to=F("valid_from")).select_related("parent")
    by: dict[str, list[Span]] = {}
    for row in rows.order_by("tree", "valid_from", "id"):
        spans, name = by.setdefault(row.tree, []), row.parent.name if row.parent else ""
        if spans and spans[-1].said == name and spans[-1].to == row.valid_from:
            spans[-1] = Span(name, spans[-1].since, row.valid_to, spans[-1].document)
        else:
            spans.append(Span(name, row.valid_from, row.valid_to, row.document))
    return {tree: by[tree][::-1] for tree in Tree.values if tree in by}


def lines_of(
    viewer: Viewer, *, organisation: Organisation, at: datetime, as_at: date | None = None,
    known_at: datetime | None = None,
) -> Mapping[str, list[Organisation]]:  # fmt: skip
    """By tree, the line above it on a day, top first, without itself. Two queries."""
    rows = Link.objects.filter(holding(as_at or day_of(at), known_at), organisation=organisation)
    paths = {
        tree: [int(one) for one in path.strip("/").split("/")][:-1] for tree, path in rows.values_list("tree", "path")
    }
    bodies = Organisation.objects.in_bulk({pk for ids in paths.values() for pk in ids})
    return {tree: [bodies[pk] for pk in paths[tree]] for tree in Tree.values if tree in paths}


def covers_of(
    viewer: Viewer, *, organisation: Organisation, at: datetime, as_at: date | None = None,
    known_at: datetime | None = None,
) -> list[Cover]:  # fmt: skip
    """The grids of a branch, or the branches of a grid, on a day."""
    rows = Cover.objects.filter(holding(as_at or day_of(at), known_at))
    rows = rows.filter(Q(branch=organisation) | Q(grid=organisation))
    return list(rows.select_related("branch", "grid").order_by("grid__code", "branch__code"))


def changes_of(viewer: Viewer, *, organisation: Organisation, limit: int = 50) -> list[Change]:
    """Restructurings it was part of, undone ones too, the latest first."""
    mine = Q(organisation=organisation) | Q(other=organisation)
    rows = Change.objects.filter(mine).select_related("organisation", "other", "by", "undone_by")
    return list(rows.order_by("-recorded_at", "-id")[:limit])


def grid_changes_of(viewer: Viewer, *, organisation: Organisation | None, limit: int = 50) -> list[GridChange]:
    """What was entered of a grid or of a branch on grids, with what took it back, the latest first. One query.

    Without a body: what was entered of any that the viewer may see.
    """
    if organisation is not None:
        mine = Q(grid=organisation) | Q(branch=organisation)
    else:
        seen = Organisation.objects.filter(visible(viewer))
        mine = Q(branch__in=seen) | Q(grid__in=seen)
    rows = GridChange.objects.filter(mine, undoes=None).select_related(
        "grid", "branch", "size", "recorded_by", "undone__recorded_by"
    )
    return list(rows.order_by("-recorded_at", "-id")[:limit])


def grid_change(viewer: Viewer, *, public_id: UUID) -> GridChange:
    """One entry about a body the viewer may see. Raises NotFound."""
    found = GridChange.objects.select_related("grid", "branch", "size").filter(public_id=public_id).first()
    seen = found and Organisation.objects.filter(visible(viewer), pk=found.branch_id or found.grid_id).exists()
    if found is None or not seen:
        raise NotFound("没有找到，或者不在您能登记的范围内")
    return found


def latest_changes(viewer: Viewer, *, limit: int = 20) -> list[Change]:
    """The latest restructurings of bodies the viewer may see."""
    seen = Organisation.objects.filter(visible(viewer))
    rows = Change.objects.filter(organisation__in=seen).select_related("organisation", "other", "by")
    return list(rows.order_by("-recorded_at", "-id")[:limit])


def change(viewer: Viewer, *, public_id: UUID) -> Change:
    """One restructuring of a body the viewer may see. Raises NotFound."""
    rows = Change.objects.select_related("organisation", "other", "by", "undone_by")
    found = rows.filter(public_id=public_id).first()
    seen = found and Organisation.objects.filter(visible(viewer), pk=found.organisation_id).exists()
    if found is None or not seen:
        raise NotFound()
    return found
