"""Branches built on grids, and how large a grid is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster import changing
from genmai.directory.roster.models import Cover, GridSize, Organisation, OrganisationKind
from genmai.directory.roster.policies import check_manage
from genmai.kernel.refusal import BadInput
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor


@transaction.atomic
def cover(
    *, actor: Actor, at: datetime, key: UUID, branch: Organisation, grid: Organisation, on: date, document: str = ""
) -> Cover:
    """A branch is built on a grid from a day on. Built there already: the cover that is."""
    changing.check_may(actor, branch)
    if branch.kind != OrganisationKind.PARTY or grid.kind != OrganisationKind.GRID:
        raise BadInput("not_branch_and_grid", "请选一个党组织和一个网格", field="grid")
    known = Cover.objects.filter(branch=branch, grid=grid, valid_to__isnull=True).first()
    return known or Cover.objects.create(
        branch=branch, grid=grid, valid_from=on, recorded_at=at, document=clean(document, 120, field="document")
    )


@transaction.atomic
def cover_all(
    *, actor: Actor, at: datetime, key: UUID, pairs: Sequence[tuple[int, int]], on: date, document: str = ""
) -> int:
    """Any number of (branch, grid) at once, for setting up; those that are stay. Gives how many were added."""
    check_manage(actor)
    known = set(Cover.objects.filter(valid_to__isnull=True).values_list("branch_id", "grid_id"))
    made = [
        Cover(branch_id=branch, grid_id=grid, valid_from=on, recorded_at=at, document=document)
        for branch, grid in dict.fromkeys(pairs)
        if (branch, grid) not in known
    ]
    Cover.objects.bulk_create(made, batch_size=2000)
    return len(made)


@transaction.atomic
def record_grid_sizes(
    *, actor: Actor, at: datetime, key: UUID, sizes: Sequence[tuple[int, int, bool]], on: date, document: str
) -> int:
    """Households of any number of grids at once (grid, households, merged large community), for setting up."""
    check_manage(actor)
    known = set(GridSize.objects.filter(valid_from=on).values_list("grid_id", flat=True))
    made = [
        GridSize(grid_id=grid, households=households, large=large, valid_from=on, recorded_at=at, document=document)
        for grid, households, large in sizes
        if grid not in known
    ]
    GridSize.objects.bulk_create(made, batch_size=2000)
    return len(made)


@transaction.atomic
def uncover(
    *, actor: Actor, at: datetime, key: UUID, branch: Organisation, grid: Organisation, on: date
) -> Cover | None:
    """From a day on the branch is no longer built on the grid."""
    changing.check_may(actor, branch)
    row = Cover.objects.select_for_update().filter(branch=branch, grid=grid, valid_to__isnull=True).first()
    if row is None:
        return None
    row.valid_to, row.ended_recorded_at = max(on, row.valid_from), at
    row.save(update_fields=["valid_to", "ended_recorded_at"])
    return row


@transaction.atomic
def record_grid_size(
    *, actor: Actor, at: datetime, key: UUID, grid: Organisation, households: int, on: date, document: str,
    large: bool = False,
) -> GridSize:  # fmt: skip
    """How many households a grid has since a day, by which document; the same again adds nothing."""
    changing.check_may(actor, grid)
    if grid.kind != OrganisationKind.GRID or households < 0:
        raise BadInput("not_a_grid_size", "请填写网格的户数", field="households", allowed="≥ 0")
    values = {"grid": grid, "households": households, "large": large, "valid_from": on}
    known = GridSize.objects.filter(**values).first()
    return known or GridSize.objects.create(**values, recorded_at=at, document=clean(document, 120, field="document"))
