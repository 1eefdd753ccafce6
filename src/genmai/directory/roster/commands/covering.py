"""Branches built on grids, and how large a grid is: each entry with its day and document, each taken back exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction

from genmai.directory.roster import changing
from genmai.directory.roster.changing import again
from genmai.directory.roster.commands.undoing import words_of
from genmai.directory.roster.commands.writing import Writing, named_document, reason_given
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
from genmai.directory.roster.queries.as_at import visible
from genmai.directory.roster.trees import path_in
from genmai.directory.territory.days import SHANGHAI
from genmai.kernel.ids import derive, subkey
from genmai.kernel.refusal import BadInput, Changed, NotFound, Refused
from genmai.kernel.viewer import Actor, ActorKind

_DONE = {
    GridChangeKind.COVER: "grid.covered",
    GridChangeKind.UNCOVER: "grid.uncovered",
    GridChangeKind.SIZE: "grid.measured",
}
_UNDONE = {
    GridChangeKind.COVER: "grid.cover_undone",
    GridChangeKind.UNCOVER: "grid.uncover_undone",
    GridChangeKind.SIZE: "grid.measure_undone",
}


@transaction.atomic
def cover(
    *, actor: Actor, at: datetime, key: UUID, branch: Organisation, grid: Organisation, on: date, document: str
) -> GridChange:
    """A branch is built on a grid from a day on. Raises NotPermitted, NotFound, BadInput, Refused('covered')."""
    writing = Writing(actor, at, key)
    _check_may(actor, branch, grid)
    if known := writing.made(GridChange):
        return known
    if branch.kind != OrganisationKind.PARTY or grid.kind != OrganisationKind.GRID:
        raise BadInput("not_branch_and_grid", "请选一个党组织和一个网格", field="grid")
    _check_day(writing, on, branch, grid)
    rows = _pair(branch, grid)
    now = next((row for row in rows if row.valid_to is None), None)
    if now is not None:
        raise Refused("covered", "支部已经建在这个网格上了，从 {day} 起", field="other", day=now.valid_from)
    later = max((row.valid_to for row in rows if row.valid_to and row.valid_to > on), default=None)
    if later is not None:
        raise BadInput("covered_then", "那时已经登记过，要从那一次结束以后算起", field="on", allowed=f"≥ {later}")
    change = _entry(writing, GridChangeKind.COVER, grid, branch, on, document)
    change.cover = Cover.objects.create(
        branch=branch, grid=grid, valid_from=on, recorded_at=at, document=change.document
    )
    return _entered(writing, change)


@transaction.atomic
def uncover(
    *, actor: Actor, at: datetime, key: UUID, branch: Organisation, grid: Organisation, on: date, document: str
) -> GridChange:
    """From a day on the branch is no longer built on the grid. Raises NotPermitted, NotFound, BadInput, Refused('not_covered')."""
    writing = Writing(actor, at, key)
    _check_may(actor, branch, grid)
    if known := writing.made(GridChange):
        return known
    row = _built(branch, grid)
    if not row.valid_from < on <= writing.today:
        raise BadInput(
            "day_out_of_span", "日期要在 {first} 和今天之间", field="on", first=row.valid_from,
            allowed=f"{row.valid_from} – {writing.today}",
        )  # fmt: skip
    change = _entry(writing, GridChangeKind.UNCOVER, grid, branch, on, document)
    row.valid_to, row.ended_recorded_at = on, at
    row.save(update_fields=["valid_to", "ended_recorded_at"])
    change.cover = row
    return _entered(writing, change)


@transaction.atomic
def record_grid_size(
    *, actor: Actor, at: datetime, key: UUID, grid: Organisation, households: int, on: date, document: str,
    large: bool = False,
) -> GridChange:  # fmt: skip
    """How many households a grid has since a day, by which document; of one day the last entry counts.

    Raises NotPermitted, BadInput, Refused('nothing_changed').
    """
    writing = Writing(actor, at, key)
    changing.check_may(actor, grid)
    if known := writing.made(GridChange):
        return known
    if grid.kind != OrganisationKind.GRID or households < 0:
        raise BadInput("not_a_grid_size", "请填写网格的户数", field="households", allowed="≥ 0")
    _check_day(writing, on, grid)
    change = _entry(writing, GridChangeKind.SIZE, grid, None, on, document)
    rows = GridSize.objects.filter(grid=grid, valid_from=on, entry__undone=None)
    last = rows.order_by("-id").first()
    if last is not None and (last.households, last.large, last.document) == (households, large, change.document):
        raise Refused("nothing_changed", "和现在登记的一样，没有变动", field="households")
    change.size = GridSize.objects.create(
        grid=grid, households=households, large=large, valid_from=on, recorded_at=at, document=change.document
    )
    return _entered(writing, change)


@transaction.atomic
def undo_grid_change(*, actor: Actor, at: datetime, key: UUID, change: GridChange, reason: str) -> GridChange:
    """The entry was a mistake: what stood before stands on every day, and what was known of it stays known.

    Raises NotPermitted, NotFound, BadInput, Refused('undone'), Changed('built_on').
    """
    writing = Writing(actor, at, key)
    changing.check_may(actor, change.branch or change.grid)
    if known := writing.made(GridChange):
        return known
    why = reason_given(reason)
    Organisation.objects.select_for_update().get(pk=change.grid_id)
    if change.kind == GridChangeKind.UNDO or GridChange.objects.filter(undoes=change).exists():
        raise Refused("undone", "这一条已经撤回过了，请看最新的")
    _check_last(change)
    made = GridChange(
        public_id=derive(at, key, "grid_change"), key=key, kind=GridChangeKind.UNDO, grid=change.grid,
        branch=change.branch, on=change.on, document=change.document, undoes=change, reason=why, recorded_at=at,
        recorded_by_id=actor.person_id,
    )  # fmt: skip
    if change.kind != GridChangeKind.SIZE:
        made.cover = _taken_back(change, at)
    made.save()
    writing.take(_fact(_UNDONE[GridChangeKind(change.kind)], made, change, why))
    return made


@transaction.atomic
def withdraw_cover(
    *, actor: Actor, at: datetime, key: UUID, branch: Organisation, grid: Organisation, reason: str
) -> GridChange:
    """The branch was never built on the grid, whoever said so: by hand, at setting up, or in a sheet.

    Raises NotPermitted, NotFound, BadInput, Refused('not_covered' | 'by_restructuring'), Changed('built_on').
    """
    _check_may(actor, branch, grid)
    if known := Writing(actor, at, key).made(GridChange):
        return known
    row = _built(branch, grid)
    if row.begun_by_id is not None:
        raise Refused("by_restructuring", "这一条是机构变动带来的，要撤回请撤回那次机构变动")
    mine = GridChange.objects.filter(branch=branch, grid=grid, kind=GridChangeKind.COVER, on=row.valid_from)
    entry = mine.filter(undone=None).first() or _entry_of(row, key)
    return undo_grid_change(actor=actor, at=at, key=key, change=entry, reason=reason)


def _entry_of(row: Cover, key: UUID) -> GridChange:
    """What a sheet or the setting up said, as an entry of its day, so that the history tells what was taken back."""
    return GridChange.objects.create(
        public_id=derive(row.recorded_at, key, "grid_change", row.pk), key=subkey(key, "entry"),
        kind=GridChangeKind.COVER, grid=row.grid, branch=row.branch, cover=row, on=row.valid_from,
        document=row.document, recorded_at=row.recorded_at,
    )  # fmt: skip


def _taken_back(change: GridChange, at: datetime) -> Cover:
    """The row it wrote or ended is empty from now on; one it ended goes on as a new row. Raises Changed."""
    covered = change.kind == GridChangeKind.COVER
    wanted = {"valid_from": change.on, "valid_to": None} if covered else {"valid_to": change.on, "ended_by": None}
    row = next((one for one in _pair(change.branch, change.grid) if _is(one, wanted)), None)
    if row is None:
        raise Changed("built_on", "后来又有变动以它为基础，请先撤回：{later}", later=_moved_on(change))
    row.known_to, row.valid_to, row.withdrawn_at = row.valid_to, row.valid_from, at
    row.save(update_fields=["known_to", "valid_to", "withdrawn_at"])
    if covered:
        return row
    goes_on: Cover = again(Cover, row, at)
    goes_on.save()
    return goes_on


def _moved_on(change: GridChange) -> str:
    """What has ended the row since, in words."""
    row = next((one for one in _pair(change.branch, change.grid) if one.ended_by_id is not None), None)
    return words_of(row.ended_by) if row is not None else change.grid.name


def _is(row: Cover, wanted: Mapping[str, object]) -> bool:
    return all(getattr(row, name) == value for name, value in wanted.items())


def _check_last(change: GridChange) -> None:
    """Of a pair the last entry is taken back first. Households stand each for themselves."""
    if change.kind == GridChangeKind.SIZE:
        return
    since = GridChange.objects.filter(grid=change.grid, branch=change.branch, pk__gt=change.pk, undone=None)
    later = since.exclude(kind=GridChangeKind.UNDO).order_by("-pk").first()
    if later is not None:
        raise Changed(
            "built_on", "后来又有变动以它为基础，请先撤回：{later}", later=f"{later.on} {later.get_kind_display()}"
        )


def _check_may(actor: Actor, branch: Organisation, grid: Organisation) -> None:
    """The branch is kept by the actor, and the grid at least seen. Raises NotPermitted, NotFound."""
    changing.check_may(actor, branch)
    seen = Organisation.objects.filter(pk=grid.pk)
    if actor.kind is ActorKind.STAFF and not seen.filter(visible(actor.viewer)).exists():
        raise NotFound("没有找到，或者不在您能登记的范围内")


def _check_day(writing: Writing, on: date, *bodies: Organisation) -> None:
    if on > writing.today:
        raise BadInput("in_future", "日期不能晚于今天", field="on", allowed=f"≤ {writing.today}")
    for body in bodies:
        changing.check_life(body, on)


def _pair(branch: Organisation | None, grid: Organisation) -> list[Cover]:
    """Every row of a branch on a grid that still says something, locked with the grid: two at once wait for one another."""
    Organisation.objects.select_for_update().get(pk=grid.pk)
    rows = Cover.objects.select_for_update().filter(branch=branch, grid=grid, withdrawn_at=None)
    return [row for row in rows.order_by("id") if row.valid_to != row.valid_from]


def _built(branch: Organisation, grid: Organisation) -> Cover:
    """The row that says it is built there now, locked. Raises Refused('not_covered')."""
    row = next((row for row in _pair(branch, grid) if row.valid_to is None), None)
    if row is None:
        raise Refused("not_covered", "支部现在没有建在这个网格上，请看最新的")
    return row


def _entry(
    writing: Writing, kind: GridChangeKind, grid: Organisation, branch: Organisation | None, on: date, document: str
) -> GridChange:
    return GridChange(
        public_id=derive(writing.at, writing.key, "grid_change"), key=writing.key, kind=kind, grid=grid, branch=branch,
        on=on, document=named_document(document), recorded_at=writing.at, recorded_by_id=writing.actor.person_id,
    )  # fmt: skip


def _entered(writing: Writing, change: GridChange) -> GridChange:
    change.save()
    writing.take(_fact(_DONE[GridChangeKind(change.kind)], change, change))
    return change


def _fact(kind: str, made: GridChange, about: GridChange, reason: str = "") -> Fact:
    """Credited to the branch, or, of households, to the grid."""
    body = about.branch or about.grid
    tree = Tree.PARTY if about.branch else Tree.ADMINISTRATIVE
    return Fact(
        kind=kind, source_kind="grid_change", source_id=made.public_id, mechanism="", organisation_id=body.pk,
        path=path_in(tree, body.pk, about.on), counterpart_id=about.grid_id if about.branch else None,
        quantity=about.size.households if about.size else None, reason=reason[:40], happened_at=datetime.combine(about.on, time(), SHANGHAI),
    )  # fmt: skip
