"""Opening, linking, moving, renaming and closing organisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Link, Organisation, OrganisationKind, Tree
from genmai.directory.roster.policies import check_manage
from genmai.directory.territory.divisions import initials
from genmai.kernel.ids import derive
from genmai.kernel.refusal import BadInput, NotFound
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """One to be opened; `parent_code` names one that exists or stands earlier in the same list, "" a root."""

    code: str
    name: str
    kind: OrganisationKind
    level: int
    parent_code: str = ""
    short_name: str = ""
    place_id: int | None = None
    tree: str = Tree.ADMINISTRATIVE


@transaction.atomic
def open_organisations(
    *, actor: Actor, at: datetime, key: UUID, rows: Sequence[NewOrganisation], opened_on: date, document: str = ""
) -> Mapping[str, Organisation]:
    """Open any number at once, by code, each with its place in a tree; those that exist stay as they are.

    Raises BadInput('unknown_parent') naming the code; nothing is opened then.
    """
    check_manage(actor)
    codes = {row.code for row in rows} | {row.parent_code for row in rows if row.parent_code}
    known = {body.code: body for body in Organisation.objects.filter(code__in=codes)}
    new = [row for row in {row.code: row for row in rows}.values() if row.code not in known]
    made = Organisation.objects.bulk_create([_organisation(row, at, key, opened_on) for row in new])
    known.update({body.code: body for body in made})
    paths = _current_paths({row.tree for row in new}, [body.pk for body in known.values()])
    links = []
    for row in new:
        parent = _parent(row, known)
        body = known[row.code]
        paths[row.tree, body.pk] = f"{paths.get((row.tree, parent.pk), '/') if parent else '/'}{body.pk}/"
        links.append(_link(row.tree, body, parent, paths[row.tree, body.pk], opened_on, at, document))
    Link.objects.bulk_create(links)
    for body in known.values():
        body.path = paths.get((Tree.ADMINISTRATIVE, body.pk), "")
    return known


@transaction.atomic
def link(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, tree: str, parent: Organisation | None,
    on: date, document: str = "",
) -> Link:  # fmt: skip
    """Place an organisation in one more tree from a day on. Linked there already: the link that is."""
    check_manage(actor)
    known = Link.objects.filter(tree=tree, organisation=organisation, valid_to__isnull=True).first()
    if known:
        return known
    path = f"{_path_in(tree, parent) if parent else '/'}{organisation.pk}/"
    made = _link(tree, organisation, parent, path, on, at, document)
    made.save()
    return made


@transaction.atomic
def move(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, parent: Organisation, on: date,
    tree: str = Tree.ADMINISTRATIVE, document: str = "",
) -> int:  # fmt: skip
    """Hang an organisation with all that is below it under another parent from a day on; gives how many moved.

    The old links end and new ones begin, so that any past day still shows the tree it had. Raises BadInput when the
    new parent lies below, or when later changes are already known.
    """
    check_manage(actor)
    old_path, parent_path = _path_in(tree, organisation), _path_in(tree, parent)
    if parent_path.startswith(old_path):
        raise BadInput("move_below_itself", "不能把单位移到它自己的下级，请另选上级", field="parent")
    new_path = f"{parent_path}{organisation.pk}/"
    if new_path == old_path:
        return 0
    below = Link.objects.select_for_update().filter(tree=tree, path__startswith=old_path)
    if below.filter(valid_to__gt=on).exists():
        raise BadInput("later_change_known", "这一天之后这棵树已有别的变动，请改用更晚的日期", field="on")
    moved = list(below.filter(valid_to__isnull=True))
    for row in moved:
        row.valid_to, row.ended_recorded_at = max(on, row.valid_from), at
    Link.objects.bulk_update(moved, ["valid_to", "ended_recorded_at"], batch_size=500)
    Link.objects.bulk_create([_moved(row, organisation, parent, old_path, new_path, on, at, document) for row in moved])
    return len(moved)


@transaction.atomic
def rename(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, name: str, short_name: str = ""
) -> Organisation:
    """A new name under the same code: figures and history go on."""
    check_manage(actor)
    organisation.name = clean(name, 120, field="name")
    organisation.short_name = clean(short_name or name, 40, field="short_name")
    organisation.initials = initials(organisation.short_name)
    organisation.save(update_fields=["name", "short_name", "initials"])
    return organisation


@transaction.atomic
def close(*, actor: Actor, at: datetime, key: UUID, organisation: Organisation, on: date) -> Organisation:
    """End an organisation and its links on a day. Raises BadInput while something below it is open."""
    check_manage(actor)
    mine = Link.objects.select_for_update().filter(organisation=organisation, valid_to__isnull=True)
    if Link.objects.filter(parent=organisation, valid_to__isnull=True).exists():
        raise BadInput("still_has_children", "还有下级单位，请先把它们移走或撤销", field="organisation")
    for row in mine:
        row.valid_to, row.ended_recorded_at = max(on, row.valid_from), at
        row.save(update_fields=["valid_to", "ended_recorded_at"])
    organisation.closed_on = on
    organisation.save(update_fields=["closed_on"])
    return organisation


def _organisation(row: NewOrganisation, at: datetime, key: UUID, opened_on: date) -> Organisation:
    short = row.short_name or row.name
    return Organisation(
        public_id=derive(at, key, "organisation", row.code),
        code=row.code,
        name=row.name,
        short_name=short,
        initials=initials(short),
        kind=row.kind,
        level=row.level,
        place_id=row.place_id,
        opened_on=opened_on,
    )


def _parent(row: NewOrganisation, known: Mapping[str, Organisation]) -> Organisation | None:
    if not row.parent_code:
        return None
    if row.parent_code not in known:
        raise BadInput("unknown_parent", "没有编码为 {parent} 的上级单位", field="parent_code", parent=row.parent_code)
    return known[row.parent_code]


def _current_paths(trees: set[str], ids: Sequence[int]) -> dict[tuple[str, int], str]:
    rows = Link.objects.filter(tree__in={*trees, Tree.ADMINISTRATIVE}, organisation_id__in=ids, valid_to__isnull=True)
    return {(tree, identity): path for tree, identity, path in rows.values_list("tree", "organisation_id", "path")}


def _path_in(tree: str, organisation: Organisation) -> str:
    path = _current_paths({tree}, [organisation.pk]).get((tree, organisation.pk))
    if path is None:
        raise NotFound("这个单位不在这棵组织树里")
    return path


def _link(
    tree: str, body: Organisation, parent: Organisation | None, path: str, on: date, at: datetime, document: str
) -> Link:
    return Link(
        tree=tree, organisation=body, parent=parent, path=path, valid_from=on, recorded_at=at, document=document
    )


def _moved(
    row: Link,
    top: Organisation,
    parent: Organisation,
    old_path: str,
    new_path: str,
    on: date,
    at: datetime,
    document: str,
) -> Link:
    return Link(
        tree=row.tree,
        organisation_id=row.organisation_id,
        parent_id=parent.pk if row.organisation_id == top.pk else row.parent_id,
        path=new_path + row.path.removeprefix(old_path),
        valid_from=max(on, row.valid_from),
        recorded_at=at,
        document=document,
    )
