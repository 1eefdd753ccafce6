"""Move, close, split and merge: each one dated change with its document, and its undoing.

A change is one row of `Change`; what it began and ended names it. Undoing takes exactly these rows back, and is
refused, naming the later change, where something builds on them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from genmai.directory.roster import changing
from genmai.directory.roster.changing import Work
from genmai.directory.roster.models import Change, ChangeKind, Cover, Link, Membership, Organisation, Post, Tree
from genmai.directory.territory.divisions import initials
from genmai.kernel.ids import derive
from genmai.kernel.refusal import BadInput
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor

RESTRUCTURED = "restructured"  # how a member arrives in and departs from a branch that was merged or split


@dataclass(frozen=True, slots=True)
class NewPart:
    """What a split opens, and what goes there: bodies directly below, members of the branch, grids it covers."""

    code: str
    name: str
    short_name: str = ""
    children: Collection[int] = ()
    people: Collection[int] = ()
    grids: Collection[int] = ()


@transaction.atomic
def move(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, parent: Organisation, on: date,
    document: str, tree: str = Tree.ADMINISTRATIVE,
) -> Change:  # fmt: skip
    """Hang an organisation with all that is below it under another parent from a day on.

    The old links end and new ones begin, so that any past day still shows the tree it had. Raises BadInput when the
    new parent lies below, is the parent already, or later changes are known.
    """
    if done := changing.done_before(key):
        return done
    changing.check(actor, at, on, organisation, parent)
    link, above = changing.current_link(tree, organisation), changing.current_link(tree, parent)
    if above.path.startswith(link.path):
        raise BadInput("move_below_itself", "不能把单位移到它自己的下级，请另选上级", field="parent")
    if link.parent_id == parent.pk:
        raise BadInput("already_there", "它现在就在这个上级下面", field="parent")
    changing.check_stands(above, on)
    rows = changing.below(tree, link.path, on)
    work = Work(
        actor=actor, at=at, key=key, kind=ChangeKind.MOVE, organisation=organisation, on=on, document=document,
        tree=tree, other=parent,
    )  # fmt: skip
    changing.rehang(work, rows, {organisation.pk: parent}, link.path, f"{above.path}{organisation.pk}/")
    return work.finish()


@transaction.atomic
def close(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, on: date, document: str
) -> Change:  # fmt: skip
    """End an organisation with its links, posts and covers. Raises BadInput while it has bodies or members below."""
    if done := changing.done_before(key):
        return done
    changing.check(actor, at, on, organisation)
    if Link.objects.filter(parent=organisation, valid_to__isnull=True).exists():
        raise BadInput("still_has_children", "还有下级单位，请先把它们移走或撤销", field="organisation")
    members = Membership.objects.filter(branch=organisation, valid_to__isnull=True).count()
    if members:
        raise BadInput("still_has_members", "还有 {n} 名党员，请先转走或并入别的支部", field="organisation", n=members)
    work = Work(actor=actor, at=at, key=key, kind=ChangeKind.CLOSE, organisation=organisation, on=on, document=document)
    _end_life(work, organisation)
    return work.finish()


@transaction.atomic
def merge(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, into: Organisation, on: date, document: str
) -> Change:  # fmt: skip
    """One organisation is absorbed by another of its kind: what hung below it, its members and its grids go there.

    Its posts end. Raises BadInput for bodies of two kinds, for one above the other, and where the survivor does not
    stand in a tree in which bodies hang below the absorbed one.
    """
    if done := changing.done_before(key):
        return done
    changing.check(actor, at, on, organisation, into)
    if organisation.pk == into.pk or organisation.kind != into.kind:
        raise BadInput("unlike_bodies", "只能并入另一个同类的单位", field="into")
    work = Work(
        actor=actor, at=at, key=key, kind=ChangeKind.MERGE, organisation=organisation, on=on, document=document,
        other=into,
    )  # fmt: skip
    for link in Link.objects.filter(organisation=organisation, valid_to__isnull=True):
        _take_over(work, link, into)
    _move_members(work, Membership.objects.filter(branch=organisation), into)
    _move_covers(work, Q(branch=organisation), {"branch": into})
    _move_covers(work, Q(grid=organisation), {"grid": into})
    organisation.merged_into = into
    _end_life(work, organisation)
    return work.finish()


@transaction.atomic
def split(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, part: NewPart, on: date, document: str,
    tree: str = Tree.ADMINISTRATIVE,
) -> Change:  # fmt: skip
    """Open a new body beside an organisation and give it some of what stands below, of its members and its grids.

    Raises BadInput for a code that is taken, and for bodies, members or grids that are not the organisation's own.
    """
    if done := changing.done_before(key):
        return done
    changing.check(actor, at, on, organisation)
    link = changing.current_link(tree, organisation)
    changing.check_stands(link, on)
    rows = changing.below(tree, link.path, on)
    work = Work(
        actor=actor, at=at, key=key, kind=ChangeKind.SPLIT, organisation=organisation, on=on, document=document,
        tree=tree,
    )  # fmt: skip
    made = _open(work, organisation, part, at, key)
    work.change.other = made
    work.change.save(update_fields=["other"])
    head = link.path.removesuffix(f"{organisation.pk}/")
    place = Link(tree=tree, organisation=made, parent_id=link.parent_id, path=f"{head}{made.pk}/", valid_from=on)
    work.begin(Link, [place])
    tops = {row.organisation_id: row for row in rows if row.parent_id == organisation.pk}
    _all_own(part.children, tops, "children")
    for child in part.children:
        inside = [row for row in rows if row.path.startswith(tops[child].path)]
        changing.rehang(work, inside, {child: made}, link.path, place.path)
    members = Membership.objects.filter(branch=organisation, person_id__in=part.people)
    _all_own(part.people, set(_move_members(work, members, made)), "people")
    _all_own(
        part.grids, set(_move_covers(work, Q(branch=organisation, grid_id__in=part.grids), {"branch": made})), "grids"
    )
    return work.finish()


def _open(work: Work, like: Organisation, part: NewPart, at: datetime, key: UUID) -> Organisation:
    code, name = clean(part.code, 40, field="code"), clean(part.name, 120, field="name")
    short = clean(part.short_name or name, 40, field="short_name")
    if not code or not name:
        raise BadInput("name_missing", "请填写新单位的名称和编码", field="name" if code else "code")
    if Organisation.objects.filter(code=code).exists():
        raise BadInput("code_taken", "编码 {given} 已经有单位在用", field="code", given=code)
    return Organisation.objects.create(
        public_id=derive(at, key, "organisation", code), code=code, name=name, short_name=short,
        initials=initials(short), kind=like.kind, category=like.category, sector=like.sector, level=like.level,
        place_id=like.place_id, opened_on=work.on, opened_by=work.change,
    )  # fmt: skip


def _take_over(work: Work, link: Link, into: Organisation) -> None:
    """What hangs below the absorbed body in one tree hangs below the survivor; the body itself leaves the tree."""
    rows = [row for row in changing.below(link.tree, link.path, work.on) if row.organisation_id != link.organisation_id]
    if not rows:
        return
    there = changing.current_link(link.tree, into)
    changing.check_stands(there, work.on)
    if there.path.startswith(link.path):
        raise BadInput("merge_below_itself", "不能并入它自己的下级", field="into")
    tops = {row.organisation_id: into for row in rows if row.parent_id == link.organisation_id}
    changing.rehang(work, rows, tops, link.path, there.path)


def _end_life(work: Work, body: Organisation) -> None:
    work.end(Link, list(Link.objects.select_for_update().filter(organisation=body, valid_to__isnull=True)))
    mine = Cover.objects.filter(Q(branch=body) | Q(grid=body), valid_to__isnull=True)
    work.end(Cover, list(mine))
    work.end(Post, list(Post.objects.select_for_update().filter(organisation=body, valid_to__isnull=True)))
    body.closed_on, body.closed_by = work.on, work.change
    body.save(update_fields=["closed_on", "closed_by", "merged_into"])


def _move_members(work: Work, found: object, to: Organisation) -> list[int]:
    """Their memberships end here and go on there, at the same stage; gives whose."""
    rows = list(found.select_for_update().filter(valid_to__isnull=True))  # type: ignore[attr-defined]
    work.end(Membership, rows, departed=RESTRUCTURED)
    work.begin(
        Membership,
        [
            Membership(
                person_id=row.person_id, branch=to, stage=row.stage, status=row.status, joined_on=row.joined_on,
                full_on=row.full_on, valid_from=work.since(row), arrived=RESTRUCTURED,
            )
            for row in rows
        ],
    )  # fmt: skip
    return [row.person_id for row in rows]


def _move_covers(work: Work, which: Q, to: dict[str, Organisation]) -> list[int]:
    """Covers end here and go on there; a cover that is there already stays the one. Gives the grids."""
    rows = list(Cover.objects.select_for_update().filter(which, valid_to__isnull=True))
    work.end(Cover, rows)
    made = []
    for row in rows:
        ends = {"branch_id": row.branch_id, "grid_id": row.grid_id} | {f"{k}_id": v.pk for k, v in to.items()}
        if not Cover.objects.filter(**ends, valid_to__isnull=True).exists():
            made.append(Cover(**ends, valid_from=work.since(row)))
    work.begin(Cover, made)
    return [row.grid_id for row in rows]


def _all_own(asked: Collection[int], own: Collection[int], field: str) -> None:
    if not set(asked) <= set(own):
        raise BadInput("not_its_own", "选中的有些不属于这个单位，请刷新页面重选", field=field)
