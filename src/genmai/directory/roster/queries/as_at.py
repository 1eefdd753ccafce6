"""The registry as at a day, and as it was known then: levels of a tree, counts of members, one body's card, search.

Everywhere `as_at` is the day asked for (today when None) and `known_at` the moment whose knowledge counts (all of it
when None). Permission follows today's trees: a body that has moved away is not shown to where it once stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from genmai.directory.roster.models import (
    Link,
    Membership,
    Naming,
    Organisation,
    OrganisationKind,
    Stage,
    Status,
    Tree,
)
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer

VIEW, MANAGE, MEMBERS_VIEW = "directory:view", "directory:manage", "members:view"
_GROUND = (
    OrganisationKind.CITY,
    OrganisationKind.DISTRICT,
    OrganisationKind.TOWN,
    OrganisationKind.COMMUNITY,
    OrganisationKind.GRID,
)
PAGE = 100
MEMBERS = (Stage.PROBATIONARY, Stage.FULL)  # 预备党员 and 正式党员 are members; the stages before are not


def holding(day: date, known_at: datetime | None, prefix: str = "") -> Q:
    """Dated rows (links, names, memberships, covers) that hold on `day`, as known now or as known at `known_at`."""
    if known_at is None:
        return valid_on(day, prefix)

    def q(**named: Any) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in named.items()})

    end_not_known = q(ended_recorded_at__gt=known_at)
    kept = q(withdrawn_at__isnull=True) | q(withdrawn_at__lte=known_at)
    ends = kept & (q(valid_to__isnull=True) | q(valid_to__gt=day) | end_not_known)
    then = q(withdrawn_at__gt=known_at) & (q(known_to__isnull=True) | q(known_to__gt=day) | end_not_known)
    return q(valid_from__lte=day, recorded_at__lte=known_at) & (ends | then)


def scopes(viewer: Viewer, *, permission: str = VIEW, reach: Reach = Reach.VIEW) -> Mapping[str, tuple[str, ...]]:
    """By tree, the subtrees in which the viewer holds a permission. At most one query.

    A grant reaches, in the other trees, what stands on the same ground at the same level: who works for a town sees the
    town's Party committee and all below it, and the other way round. Changing goes only from the administrative tree to
    the others: who keeps the Party tree changes nothing of the administration.
    """
    own = {tree: viewer.paths(permission, reach, tree=tree) for tree in Tree.values}
    giving = Tree.values if permission == VIEW else [Tree.ADMINISTRATIVE]
    heads = [_head(path) for tree in giving for path in own[tree]]
    if heads:
        ground = Organisation.objects.filter(
            pk__in=heads, place=OuterRef("organisation__place"), level=OuterRef("organisation__level")
        )
        acting = Q(tree=Tree.ADMINISTRATIVE, organisation__kind__in=_GROUND) | ~Q(tree=Tree.ADMINISTRATIVE)
        twins = Link.objects.filter(Exists(ground), acting, valid_to__isnull=True)
        if permission != VIEW:
            twins = twins.exclude(tree=Tree.ADMINISTRATIVE)
        for tree, path in twins.values_list("tree", "path"):
            own[tree] = (*own[tree], path)
    return {tree: _outermost(paths) for tree, paths in own.items() if paths}


def manageable(viewer: Viewer, *, organisation: Organisation) -> bool:
    """Whether the viewer may restructure this body: it stands where they hold `directory:manage`. Two queries."""
    held = scopes(viewer, permission=MANAGE, reach=Reach.CAPTURE)
    return bool(held) and Organisation.objects.filter(within(viewer, held), pk=organisation.pk).exists()


def counts_members(viewer: Viewer) -> bool:
    """Whether numbers of members are shown: to who keeps members in the Party tree (the wall hides them from others)."""
    return bool(viewer.paths(MEMBERS_VIEW, Reach.VIEW, tree=Tree.PARTY))


def visible(viewer: Viewer, *, permission: str = VIEW) -> Q:
    """Organisations within the viewer's scope today; a closed one where it stood last."""
    return within(viewer, scopes(viewer, permission=permission))


def within(viewer: Viewer, reached: Mapping[str, tuple[str, ...]]) -> Q:
    """Organisations standing in any of these subtrees (`scopes`)."""
    places = Q(pk__in=[])
    for tree, paths in reached.items():
        for path in paths:
            places |= Q(tree=tree, path__startswith=path)
    today = Q(valid_to__isnull=True) | Q(organisation__closed_on=F("valid_to"), withdrawn_at__isnull=True)
    return Q(Exists(Link.objects.filter(places, today, organisation=OuterRef("pk"))))


def body(
    viewer: Viewer, *, public_id: UUID, at: datetime, as_at: date | None = None, known_at: datetime | None = None
) -> Organisation:
    """One organisation the viewer may see, closed ones too, with `.called`, its name on that day. Raises NotFound."""
    found = named(viewer, Organisation.objects.filter(visible(viewer)), as_at or day_of(at), known_at)
    row: Organisation | None = found.select_related("merged_into", "place").filter(public_id=public_id).first()
    if row is None:
        raise NotFound()
    return row


@dataclass(frozen=True, slots=True)
class Row:
    """One body in a level of a tree."""

    organisation: Organisation
    name: str
    path: str
    below: int  # bodies directly below
    members: int  # in it and everything below


def level(
    viewer: Viewer, *, tree: str, at: datetime, parent: Organisation | None = None, as_at: date | None = None,
    known_at: datetime | None = None, limit: int = PAGE, offset: int = 0,
) -> tuple[list[Row], int]:  # fmt: skip
    """What stood directly below a body on a day (the tops of the viewer's scope without one), and how many in all.

    Five queries whatever the size. Rows outside the viewer's scope of today are left out.
    """
    day, reached = as_at or day_of(at), scopes(viewer)
    held = Link.objects.filter(holding(day, known_at), tree=tree)
    if parent is None:
        held = held.filter(organisation_id__in=[_head(path) for path in reached.get(tree, ())])
    else:
        held = held.filter(parent=parent)
    seen = held.filter(Exists(Organisation.objects.filter(within(viewer, reached), pk=OuterRef("organisation_id"))))
    total = seen.count()
    order = ("-organisation__level", "organisation__code", "id")
    links = list(seen.order_by(*order).values_list("organisation_id", "path")[offset : offset + limit])
    paths = dict(links)
    bodies = named(viewer, Organisation.objects.filter(pk__in=list(paths)), day, known_at).in_bulk()
    under = _children_of(tree, list(paths), day, known_at)
    counted = members_below(viewer, tree=tree, paths=paths, day=day, known_at=known_at)
    rows = [Row(bodies[pk], bodies[pk].called, path, under.get(pk, 0), counted.get(pk, 0)) for pk, path in links]
    return rows, total


def members_below(
    viewer: Viewer, *, tree: str, paths: Mapping[int, str], day: date, known_at: datetime | None = None
) -> Mapping[int, int]:
    """Members (full and probationary, in good standing) in and below each of these, by its path; one query."""
    if not paths:
        return {}
    head = Case(*(When(path__startswith=path, then=Value(pk)) for pk, path in paths.items()))
    prefix = "organisation__memberships__"
    under = Link.objects.filter(holding(day, known_at), _any_path(paths.values()), tree=tree)
    rows = under.filter(
        holding(day, known_at, prefix),
        **{f"{prefix}stage__in": MEMBERS, f"{prefix}status__in": (Status.NORMAL, Status.SUSPENDED)},
    )
    return dict(rows.annotate(head=head).values("head").annotate(n=Count("*")).order_by().values_list("head", "n"))


def members_by_stage(
    viewer: Viewer, *, organisation: Organisation, at: datetime, as_at: date | None = None,
    known_at: datetime | None = None, tree: str = Tree.PARTY,
) -> Mapping[str, int]:  # fmt: skip
    """How many people at each stage in an organisation and below it on a day; one query."""
    day = as_at or day_of(at)
    there = Link.objects.filter(holding(day, known_at), tree=tree, organisation=organisation).values("path")[:1]
    under = Link.objects.filter(holding(day, known_at), tree=tree).filter(
        path__startswith=Subquery(there)
    ).values("organisation_id")  # fmt: skip
    rows = Membership.objects.filter(
        holding(day, known_at), Q(branch_id__in=under) | Q(branch=organisation),
        status__in=(Status.NORMAL, Status.SUSPENDED),
    )  # fmt: skip
    return dict(rows.values("stage").annotate(n=Count("*")).order_by().values_list("stage", "n"))


def counts_by_category(
    viewer: Viewer, *, at: datetime, as_at: date | None = None, known_at: datetime | None = None
) -> Mapping[str, int]:
    """How many Party organisations of each category the viewer's scope held on a day; one query."""
    day = as_at or day_of(at)
    held = Link.objects.filter(holding(day, known_at), tree=Tree.PARTY, organisation=OuterRef("pk"))
    found = Organisation.objects.filter(visible(viewer), Exists(held)).exclude(category="")
    return dict(found.values("category").annotate(n=Count("*")).order_by().values_list("category", "n"))


def find(
    viewer: Viewer, *, text: str, at: datetime, as_at: date | None = None, known_at: datetime | None = None,
    kinds: Iterable[str] = (), limit: int = 50,
) -> list[Organisation]:  # fmt: skip
    """Bodies within the viewer's scope by part of a name they have or had, pinyin initials, or the head of the code."""
    text = text.strip()
    if not text:
        return []
    once = Naming.objects.filter(organisation=OuterRef("pk"), name__icontains=text)
    wanted = Q(name__icontains=text) | Q(initials__startswith=text.lower()) | Q(code__istartswith=text)
    found = Organisation.objects.filter(visible(viewer, permission=VIEW)).filter(wanted | Q(Exists(once)))
    found = found.exclude(closed_on=F("opened_on"))
    found = found.filter(kind__in=list(kinds)) if kinds else found
    return list(named(viewer, found, as_at or day_of(at), known_at).order_by("-level", "code")[:limit])


def named(viewer: Viewer, found: QuerySet[Organisation], day: date, known_at: datetime | None = None) -> Any:
    """Adds `.called`: the name on that day. A body never renamed has had its own name all along."""
    rows = Naming.objects.filter(organisation=OuterRef("pk"))
    then = rows.filter(holding(day, known_at)).order_by("-id").values("name")[:1]
    return found.annotate(called=Coalesce(Subquery(then, output_field=CharField()), "name"))


def path_on(viewer: Viewer, organisation: Organisation, tree: str, day: date, known_at: datetime | None = None) -> str:
    """Where it stood on a day; "" where it did not."""
    rows = Link.objects.filter(holding(day, known_at), tree=tree, organisation=organisation)
    return rows.values_list("path", flat=True).first() or ""


def _children_of(tree: str, ids: Sequence[int], day: date, known_at: datetime | None) -> dict[int, int]:
    rows = Link.objects.filter(holding(day, known_at), tree=tree, parent_id__in=ids)
    return dict(rows.values("parent_id").annotate(n=Count("*")).order_by().values_list("parent_id", "n"))


def _any_path(paths: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(path__startswith=path)
    return found


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    outer: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(other) for other in outer):
            outer.append(path)
    return tuple(outer)


def _head(path: str) -> int:
    return int(path.rstrip("/").rpartition("/")[2])
