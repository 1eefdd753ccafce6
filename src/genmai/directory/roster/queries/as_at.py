"""The registry as at a day, and as it was known then: scopes in every tree, one body's card, search.

Everywhere `as_at` is the day asked for (today when None) and `known_at` the moment whose knowledge counts (all of it
when None). Permission follows today's trees: a body that has moved away is not shown to where it once stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from genmai.directory.roster.models import (
    Link,
    Naming,
    Organisation,
    OrganisationKind,
    Stage,
    Tree,
)
from genmai.directory.roster.queries.paths import head_of, outermost
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer

VIEW, MANAGE, MEMBERS_VIEW = "directory:view", "directory:manage", "members:view"
GROUND = (
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
    town's Party committee and all below it, and the other way round. Not so the tree of industries: its units (firms,
    schools) stand on a ground and don't speak for it. Changing goes only from the administrative tree to the others: who
    keeps the Party tree changes nothing of the administration.
    """
    own = {tree: viewer.paths(permission, reach, tree=tree) for tree in Tree.values}
    giving = [tree for tree in Tree if tree != Tree.INDUSTRY] if permission == VIEW else [Tree.ADMINISTRATIVE]
    heads = [head_of(path) for tree in giving for path in own[tree]]
    if heads:
        ground = Organisation.objects.filter(
            pk__in=heads, place=OuterRef("organisation__place"), level=OuterRef("organisation__level")
        )
        acting = Q(tree=Tree.ADMINISTRATIVE, organisation__kind__in=GROUND) | Q(tree__in=(Tree.PARTY, Tree.GRID))
        twins = Link.objects.filter(Exists(ground), acting, valid_to__isnull=True)
        if permission != VIEW:
            twins = twins.exclude(tree=Tree.ADMINISTRATIVE)
        for tree, path in twins.values_list("tree", "path"):
            own[tree] = (*own[tree], path)
    return {tree: outermost(paths) for tree, paths in own.items() if paths}


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
