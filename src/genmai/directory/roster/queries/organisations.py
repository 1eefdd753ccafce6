"""Reading the roster. Names of bodies and their place in the trees are public; what is known of persons is not here.

Every organisation that comes back carries `.path`, its materialised path in the tree asked for ("" outside it) on the
day of `at`. `known_at` asks as it was known then, before later corrections.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

from django.db.models import F, FilteredRelation, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from genmai.directory.roster.models import Level, Organisation, OrganisationKind, Tree
from genmai.directory.roster.queries.as_at import holding
from genmai.directory.roster.queries.paths import ids_of
from genmai.directory.territory.days import day_of
from genmai.directory.territory.models import Place
from genmai.directory.territory.queries import codes_of
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer

_ACTS_ON_GROUND = (
    OrganisationKind.CITY, OrganisationKind.DISTRICT, OrganisationKind.TOWN, OrganisationKind.COMMUNITY,
    OrganisationKind.GRID,
)  # fmt: skip


def reach_of(organisations: Iterable[Organisation]) -> list[int]:
    """Every organisation above the given ones and themselves, sorted: whoever holds a grant there sees the matter."""
    return sorted({identity for organisation in organisations for identity in ids_of(organisation.path)})


def organisation(
    viewer: Viewer,
    *,
    at: datetime,
    code: str | None = None,
    identity: int | None = None,
    tree: str = Tree.ADMINISTRATIVE,
    known_at: datetime | None = None,
) -> Organisation:
    """One organisation by code or by id, closed ones too. Raises NotFound."""
    wanted = Q(code=code) if code is not None else Q(pk=identity)
    found = _with_path(tree, day_of(at), known_at).filter(wanted).first()
    if found is None:
        raise NotFound("没有找到这个单位，请核对名称或编码")
    return found


def organisations_by_code(
    viewer: Viewer, *, codes: Collection[str], at: datetime, tree: str = Tree.ADMINISTRATIVE
) -> Mapping[str, Organisation]:
    """Those of `codes` that exist, one query."""
    return {body.code: body for body in _with_path(tree, day_of(at)).filter(code__in=codes)}


def organisations_by_id(
    viewer: Viewer, *, ids: Collection[int], at: datetime, tree: str = Tree.ADMINISTRATIVE
) -> Mapping[int, Organisation]:
    """Those of `ids` that exist, one query."""
    return {body.pk: body for body in _with_path(tree, day_of(at)).filter(pk__in=ids)}


def line_up(
    viewer: Viewer, *, organisation: Organisation, at: datetime, tree: str = Tree.ADMINISTRATIVE,
    known_at: datetime | None = None,
) -> list[Organisation]:  # fmt: skip
    """The line above an organisation, nearest first, without itself."""
    day = day_of(at)
    path = _path_of(organisation.pk, tree, day, known_at)
    above = ids_of(path)[:-1]
    found = {body.pk: body for body in _with_path(tree, day, known_at).filter(pk__in=above)} if above else {}
    return [found[identity] for identity in reversed(above)]


def ancestors(
    viewer: Viewer, *, organisation: Organisation, at: datetime, tree: str = Tree.ADMINISTRATIVE,
    known_at: datetime | None = None,
) -> list[Organisation]:  # fmt: skip
    """The same line from the top down."""
    return line_up(viewer, organisation=organisation, at=at, tree=tree, known_at=known_at)[::-1]


def parent_of(
    viewer: Viewer, *, organisation: Organisation, at: datetime, tree: str = Tree.ADMINISTRATIVE
) -> Organisation | None:
    """The organisation directly above, or None at the top or outside the tree."""
    day = day_of(at)
    return _with_path(tree, day).filter(_linked_below(organisation.pk, tree, day, None, "child_links__")).first()


def children(
    viewer: Viewer, *, organisation: Organisation, at: datetime, tree: str = Tree.ADMINISTRATIVE,
    kinds: Collection[str] = (), known_at: datetime | None = None,
) -> list[Organisation]:  # fmt: skip
    """Directly below, by level and code."""
    found = _with_path(tree, day_of(at), known_at).filter(Q(link__parent_id=organisation.pk))
    return list(_of_kinds(found, kinds).order_by("-level", "code"))


def descendants(
    viewer: Viewer, *, organisation: Organisation, at: datetime, tree: str = Tree.ADMINISTRATIVE,
    kinds: Collection[str] = (), known_at: datetime | None = None,
) -> list[Organisation]:  # fmt: skip
    """Everything below at any depth, without itself, in the order of the tree."""
    day = day_of(at)
    path = _path_of(organisation.pk, tree, day, known_at)
    if not path:
        return []
    found = _with_path(tree, day, known_at).filter(Q(link__path__startswith=path)).exclude(pk=organisation.pk)
    return list(_of_kinds(found, kinds).order_by("-level", "code"))


def departments(viewer: Viewer, *, at: datetime) -> list[Organisation]:
    """The departments open on that day, by code: what a dispatch desk chooses from."""
    found = _with_path(Tree.ADMINISTRATIVE, day_of(at)).filter(_open_on(day_of(at)), kind=OrganisationKind.DEPARTMENT)
    return list(found.order_by("code"))


def home_of(viewer: Viewer, *, place: Place, at: datetime, lowest: Level = Level.COMMUNITY) -> Organisation | None:
    """The organisation responsible for a place: the nearest at or above it, not below `lowest`; None off the map."""
    day = day_of(at)
    found = _with_path(Tree.ADMINISTRATIVE, day).filter(
        _open_on(day), place__code__in=codes_of(place.path), kind__in=_ACTS_ON_GROUND, level__gte=lowest
    )
    return found.order_by("level").first()


def homes_of(
    viewer: Viewer, *, places: Iterable[Place], at: datetime, lowest: Level = Level.COMMUNITY
) -> Mapping[int, Organisation]:
    """Place id → responsible organisation for any number of places, one query; places off the map are missing."""
    wanted, day = list(places), day_of(at)
    codes = {code for place in wanted for code in codes_of(place.path)}
    found = _with_path(Tree.ADMINISTRATIVE, day).filter(
        _open_on(day), place__code__in=codes, kind__in=_ACTS_ON_GROUND, level__gte=lowest
    )
    by_code = {body.place.code: body for body in found.select_related("place") if body.place is not None}
    homes = {p.pk: next((by_code[c] for c in reversed(codes_of(p.path)) if c in by_code), None) for p in wanted}
    return {identity: body for identity, body in homes.items() if body is not None}


def search_organisations(
    viewer: Viewer, *, text: str, at: datetime, within: str = "", kinds: Collection[str] = (), limit: int = 20
) -> list[Organisation]:
    """Open organisations by part of the name or pinyin initials, below the path `within`; broader ones first."""
    text = text.strip()
    if not text:
        return []
    day = day_of(at)
    wanted = Q(name__icontains=text) | Q(initials__startswith=text.lower())
    found = _with_path(Tree.ADMINISTRATIVE, day).filter(wanted & Q(link__path__startswith=within or "/"), _open_on(day))
    return list(_of_kinds(found, kinds).order_by("-level", "code")[:limit])


def history(
    viewer: Viewer, *, organisation: Organisation, tree: str = Tree.ADMINISTRATIVE
) -> list[tuple[date, date | None, str]]:
    """Where it stood and since when: (from, to, name of the parent), oldest first; what was a mistake is left out."""
    rows = organisation.links.filter(tree=tree).exclude(valid_to=F("valid_from")).order_by("valid_from")
    return list(rows.values_list("valid_from", "valid_to", Coalesce("parent__name", Value(""))))


def _with_path(tree: str, day: date, known_at: datetime | None = None) -> QuerySet[Organisation]:
    link = FilteredRelation("links", condition=Q(links__tree=tree) & holding(day, known_at, "links__"))
    objects: Any = Organisation.objects  # the stubs refuse an annotation named like an attribute
    return cast(QuerySet[Organisation], objects.annotate(link=link, path=Coalesce("link__path", Value(""))))


def _linked_below(child: int, tree: str, day: date, known_at: datetime | None, prefix: str) -> Q:
    return Q(**{f"{prefix}organisation_id": child, f"{prefix}tree": tree}) & holding(day, known_at, prefix)


def _path_of(identity: int, tree: str, day: date, known_at: datetime | None) -> str:
    found = _with_path(tree, day, known_at).filter(pk=identity).first()
    return found.path if found else ""


def _open_on(day: date) -> Q:
    return Q(opened_on__lte=day) & (Q(closed_on__isnull=True) | Q(closed_on__gt=day))


def _of_kinds(found: QuerySet[Organisation], kinds: Collection[str]) -> QuerySet[Organisation]:
    return found.filter(kind__in=kinds) if kinds else found
