"""Opening and linking organisations."""

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
    category: str = ""
    sector: str = ""


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
        category=row.category,
        sector=row.sector,
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
