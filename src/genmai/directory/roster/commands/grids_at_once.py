"""Grids set up many at once: the same rows, entries and deeds as one by one, and each taken back alone as exactly."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from genmai.directory.roster import facts
from genmai.directory.roster.commands.writing import Writing, named_document
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.models import (
    Cover,
    GridChange,
    GridChangeKind,
    GridSize,
    Organisation,
    OrganisationKind,
    Tree,
)
from genmai.directory.roster.policies import check_manage
from genmai.directory.roster.trees import paths_in
from genmai.directory.territory.days import SHANGHAI
from genmai.kernel.ids import derive, subkey
from genmai.kernel.refusal import BadInput
from genmai.kernel.viewer import Actor

_AT_ONCE = 1000  # rows of one statement
Of = TypeVar("Of")


@transaction.atomic
def cover_all(
    *, actor: Actor, at: datetime, key: UUID, pairs: Sequence[tuple[int, int]], on: date, document: str
) -> int:
    """Any number of (branch, grid) at once; those that stand, or stood after that day, stay. Gives how many were added.

    The same key again adds nothing, whatever was taken back since. Raises NotPermitted, BadInput.
    """
    check_manage(actor)
    writing, said = Writing(actor, at, key), named_document(document)
    wanted = {pair: subkey(key, "cover", *pair) for pair in dict.fromkeys(pairs)}
    stood = set(Cover.objects.filter(_standing(on)).values_list("branch_id", "grid_id"))
    new = _not_yet({pair: entry for pair, entry in wanted.items() if pair not in stood})
    _check_bodies(writing, on, {branch for branch, _grid in new}, {grid for _branch, grid in new})
    covers = Cover.objects.bulk_create(
        [Cover(branch_id=branch, grid_id=grid, valid_from=on, recorded_at=at, document=said) for branch, grid in new],
        batch_size=_AT_ONCE,
    )
    entries = [
        _entry(writing, new[row.branch_id, row.grid_id], GridChangeKind.COVER, row, branch_id=row.branch_id, cover=row)
        for row in covers
    ]
    return _written(writing, "covers", "grid.covered", Tree.PARTY, entries, {})


@transaction.atomic
def record_grid_sizes(
    *, actor: Actor, at: datetime, key: UUID, sizes: Sequence[tuple[int, int, bool]], on: date, document: str
) -> int:
    """Households of any number of grids at once (grid, households, merged large community); one that day knows stays.

    The same key again adds nothing, whatever was taken back since. Raises NotPermitted, BadInput.
    """
    check_manage(actor)
    writing, said = Writing(actor, at, key), named_document(document)
    told = {grid: (households, large) for grid, households, large in sizes}
    if any(households < 0 for households, _large in told.values()):
        raise BadInput("not_a_grid_size", "请填写网格的户数", field="households", allowed="≥ 0")
    known = set(GridSize.objects.filter(valid_from=on, entry__undone=None).values_list("grid_id", flat=True))
    new = _not_yet({(grid,): subkey(key, "size", grid) for grid in told if grid not in known})
    _check_bodies(writing, on, (), {grid for (grid,) in new})
    rows = GridSize.objects.bulk_create(
        [
            GridSize(
                grid_id=grid, households=told[grid][0], large=told[grid][1], valid_from=on, recorded_at=at,
                document=said,
            )
            for (grid,) in new
        ],
        batch_size=_AT_ONCE,
    )  # fmt: skip
    entries = [_entry(writing, new[row.grid_id,], GridChangeKind.SIZE, row, size=row) for row in rows]
    households = {row.grid_id: row.households for row in rows}
    return _written(writing, "sizes", "grid.measured", Tree.ADMINISTRATIVE, entries, households)


def _standing(on: date) -> Q:
    """What stands now, or ended after the day: there is no room for another span beginning then."""
    return Q(withdrawn_at=None) & (Q(valid_to=None) | (Q(valid_to__gt=on) & ~Q(valid_to=F("valid_from"))))


def _not_yet(wanted: Mapping[Of, UUID]) -> dict[Of, UUID]:
    """Without those this key entered before."""
    entered = set(GridChange.objects.filter(key__in=wanted.values()).values_list("key", flat=True))
    return {of: entry for of, entry in wanted.items() if entry not in entered}


def _check_bodies(writing: Writing, on: date, branches: Collection[int], grids: Collection[int]) -> None:
    """What it says is a branch or a grid is one, and lived that day. Raises BadInput."""
    if on > writing.today:
        raise BadInput("in_future", "日期不能晚于今天", field="on", allowed=f"≤ {writing.today}")
    for kind, bodies in ((OrganisationKind.PARTY, branches), (OrganisationKind.GRID, grids)):
        wrong = Organisation.objects.filter(pk__in=bodies).exclude(kind=kind, closed_on=None, opened_on__lte=on).first()
        if wrong is not None:
            raise BadInput(
                "not_branch_or_grid", "“{name}”那天不是在用的党组织或网格", field="organisation", name=wrong.name
            )


def _entry(writing: Writing, key: UUID, kind: GridChangeKind, row: Cover | GridSize, **of: object) -> GridChange:
    return GridChange(
        public_id=derive(writing.at, key, "grid_change"), key=key, kind=kind, grid_id=row.grid_id, on=row.valid_from,
        document=row.document, recorded_at=writing.at, recorded_by_id=writing.actor.person_id, **of,
    )  # fmt: skip


def _written(
    writing: Writing, word: str, kind: str, tree: Tree, entries: Sequence[GridChange], households: Mapping[int, int]
) -> int:
    """The entries and a deed for each, some hundreds to a statement; how many."""
    GridChange.objects.bulk_create(entries, batch_size=_AT_ONCE)
    paths = paths_in(tree, (one.branch_id or one.grid_id for one in entries), entries[0].on) if entries else {}
    for start in range(0, len(entries), _AT_ONCE):
        stated = [_fact(kind, one, paths, households) for one in entries[start : start + _AT_ONCE]]
        facts.take(actor=writing.actor, at=writing.at, key=subkey(writing.key, word, start), facts=stated)
    return len(entries)


def _fact(kind: str, entry: GridChange, paths: Mapping[int, str], households: Mapping[int, int]) -> Fact:
    """As of a single entry: credited to the branch, or, of households, to the grid."""
    body = entry.branch_id or entry.grid_id
    return Fact(
        kind=kind, source_kind="grid_change", source_id=entry.public_id, mechanism="", organisation_id=body,
        path=paths.get(body, ""), counterpart_id=entry.grid_id if entry.branch_id else None,
        quantity=households.get(entry.grid_id), happened_at=datetime.combine(entry.on, time(), SHANGHAI),
    )  # fmt: skip
