"""A restructuring and everything that follows it: trees, cases, estates' ground, one deed, in one transaction.

`preview` is the very same thing taken back at the end, so what it says is what will happen. Grants are not given or
moved: those under a moved body follow its place by themselves, those at a closed or absorbed one rest until undone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from genmai.directory.access.models import Grant
from genmai.directory.roster import commands
from genmai.directory.roster.models import Change, ChangeKind, Link, Organisation, Tree
from genmai.directory.territory.days import SHANGHAI, day_of, valid_on
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house
from genmai.processes.cases.commands import following
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.models import Case
from genmai.processes.registers.commands import following as estates
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.restructurings import KINDS, SOURCE, UNDONE

MECHANISM = ""  # no mechanism's rule: the roster's own


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; `other` is the new parent of a move, the survivor of a merge."""

    kind: str
    organisation: Organisation
    on: date
    document: str
    tree: str = Tree.ADMINISTRATIVE
    other: Organisation | None = None
    name: str = ""
    short_name: str = ""
    part: commands.NewPart | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a restructuring comes to. `grants` rest with a closed body, or follow a moved one."""

    change: Change
    links: int
    memberships: int
    posts: int
    covers: int
    grants: int
    cases: int
    open_cases: int
    moves: tuple[tuple[str, str], ...] = field(default=())  # bodies directly touched: name, and where they stand then


class _TakenBack(Exception):
    """Ends a preview: everything it wrote is rolled back."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


def preview(*, actor: Actor, at: datetime, key: UUID, wanted: Wanted) -> Outcome:
    """What `carry_out` would do; nothing is kept. Raises what it would raise."""
    try:
        with house("what a restructuring touches"), transaction.atomic():
            raise _TakenBack(_carry_out(actor, at, ids.subkey(key, "preview"), wanted))
    except _TakenBack as taken:
        return taken.outcome


def carry_out(*, actor: Actor, at: datetime, key: UUID, wanted: Wanted) -> Outcome:
    """Do it: change of the trees, cases that follow, one deed. The same key again gives what was done."""
    with house("what a restructuring touches"), transaction.atomic():
        done = Change.objects.filter(key=key).first()
        if done is not None:
            return _outcome(done, following.Moved(*done.touched.get("followed", (0, 0))))
        return _carry_out(actor, at, key, wanted)


def undo(*, actor: Actor, at: datetime, key: UUID, change: UUID) -> Change:
    """Take it back with everything that followed. Undone before: nothing more. Raises Changed naming what is in the way."""
    with house("what a restructuring touches"), transaction.atomic():
        before = Change.objects.filter(public_id=change, undone_at__isnull=True).exists()
        row = commands.undo(actor=actor, at=at, key=key, change=change)
        if before:
            followed = following.go_back(actor=actor, at=at, key=key, change=row)
            estates.follow(actor=actor, at=at, key=key)
            _record(actor, at, key, row, UNDONE, followed.cases, happened_at=at)
        return row


def _carry_out(actor: Actor, at: datetime, key: UUID, wanted: Wanted) -> Outcome:
    _check_no_open_cases(wanted)
    done = _DO[ChangeKind(wanted.kind)]
    change = done(actor=actor, at=at, key=key, organisation=wanted.organisation, on=wanted.on,
                  document=wanted.document, **_more(wanted))  # fmt: skip
    followed = following.Moved(0, 0)
    if change.kind in (ChangeKind.MOVE, ChangeKind.MERGE, ChangeKind.SPLIT):
        followed = following.follow(actor=actor, at=at, key=key, change=change)
        estates.follow(actor=actor, at=at, key=key)
    change.touched |= {"followed": [followed.cases, followed.open]}
    change.save(update_fields=["touched"])
    _record(actor, at, key, change, KINDS[change.kind], followed.cases, happened_at=_midnight(change.on))
    return _outcome(change, followed)


def _more(wanted: Wanted) -> dict[str, Any]:
    """The arguments only this kind takes. Raises BadInput where one is missing."""
    if wanted.kind == ChangeKind.RENAME:
        return {"name": wanted.name, "short_name": wanted.short_name}
    if wanted.kind == ChangeKind.CLOSE:
        return {}
    if wanted.kind == ChangeKind.SPLIT:
        if wanted.part is None:
            raise BadInput("name_missing", "请填写新单位的名称和编码", field="name")
        return {"part": wanted.part, "tree": wanted.tree}
    if wanted.other is None:
        raise BadInput("other_missing", "请选择单位", field="other")
    if wanted.kind == ChangeKind.MERGE:
        return {"into": wanted.other}
    return {"parent": wanted.other, "tree": wanted.tree}


_DO: Mapping[ChangeKind, Callable[..., Change]] = {
    ChangeKind.RENAME: commands.rename,
    ChangeKind.MOVE: commands.move,
    ChangeKind.CLOSE: commands.close,
    ChangeKind.SPLIT: commands.split,
    ChangeKind.MERGE: commands.merge,
}


def _check_no_open_cases(wanted: Wanted) -> None:
    """A body with matters to answer is merged or hands them over first; it is not closed."""
    if wanted.kind != ChangeKind.CLOSE:
        return
    mine = Q(holder=wanted.organisation) | Q(lead=wanted.organisation) | Q(desk=wanted.organisation)
    waiting = Case.objects.filter(mine, state__in=OPEN).count()
    if waiting:
        raise BadInput(
            "still_has_cases", "还有 {n} 件在办的事，请先办结或改派", field="organisation", n=waiting
        )  # fmt: skip


def _outcome(change: Change, followed: following.Moved) -> Outcome:
    counts = change.touched
    touched = Q(ended_by=change) | Q(begun_by=change)
    bodies = set(Link.objects.filter(touched).values_list("organisation_id", flat=True))
    today = max(change.on, day_of(change.recorded_at))
    grants = Grant.objects.filter(valid_on(today), organisation_id__in=bodies).count()
    begun = Link.objects.filter(begun_by=change).exclude(parent_id__in=bodies - {change.other_id})
    rows = begun.select_related("organisation", "parent").order_by("organisation__code")[:50]
    moves = tuple((row.organisation.name, row.parent.name if row.parent else "") for row in rows)
    return Outcome(
        change=change, links=counts.get("links", 0), memberships=counts.get("memberships", 0),
        posts=counts.get("posts", 0), covers=counts.get("covers", 0), grants=grants, cases=followed.cases,
        open_cases=followed.open, moves=moves,
    )  # fmt: skip


def _record(
    actor: Actor, at: datetime, key: UUID, change: Change, kind: str, quantity: int, *, happened_at: datetime
) -> None:
    links = Link.objects.filter(organisation=change.organisation, tree=Tree.ADMINISTRATIVE, valid_to__isnull=True)
    new = NewDeed(
        kind=kind, source_kind=SOURCE, source_id=change.public_id, mechanism=MECHANISM, happened_at=happened_at,
        organisation_id=change.organisation_id, path=links.values_list("path", flat=True).first() or "",
        counterpart_id=change.other_id, quantity=quantity, category=change.tree,
        subject_id=change.public_id if kind == UNDONE else None, reason=change.kind if kind == UNDONE else "",
    )  # fmt: skip
    record(actor=actor, at=at, key=key, deeds=[new])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)
