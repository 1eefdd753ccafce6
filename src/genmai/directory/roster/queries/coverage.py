"""Branches on grids, the gaps, and how grids measure up to the standard. Nothing is guessed: not known is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from genmai.directory.roster.definition_grids import UNKNOWN, GridSection
from genmai.directory.roster.models import (
    Category,
    Cover,
    GridSize,
    Level,
    Link,
    Organisation,
    OrganisationKind,
    Post,
    Sector,
    Tree,
)
from genmai.directory.roster.queries.as_at import holding, visible
from genmai.directory.roster.queries.posts import held as held_posts
from genmai.directory.territory.days import day_of
from genmai.kernel.viewer import Viewer

BRANCHES = (Category.GENERAL_BRANCH, Category.BRANCH, Category.JOINT_BRANCH)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many grids and village branches there are, and how many of each stand alone."""

    grids: int
    bare_grids: int
    branches: int
    bare_branches: int


def grids(
    viewer: Viewer, *, at: datetime, as_at: date | None = None, known_at: datetime | None = None, within: str = ""
) -> QuerySet[Organisation]:
    """Grids open on a day within the viewer's scope, below the administrative path `within`."""
    return _standing(viewer, Tree.ADMINISTRATIVE, as_at or day_of(at), known_at, within).filter(
        kind=OrganisationKind.GRID, level=Level.GRID
    )


def village_branches(
    viewer: Viewer, *, at: datetime, as_at: date | None = None, known_at: datetime | None = None, within: str = ""
) -> QuerySet[Organisation]:
    """Branches of villages and communities open on a day, below the Party path `within`."""
    return _standing(viewer, Tree.PARTY, as_at or day_of(at), known_at, within).filter(
        kind=OrganisationKind.PARTY, sector=Sector.VILLAGE, category__in=BRANCHES
    )


def bare_grids(
    viewer: Viewer, *, at: datetime, as_at: date | None = None, known_at: datetime | None = None, within: str = ""
) -> QuerySet[Organisation]:
    """Grids no branch was built on that day."""
    held = Cover.objects.filter(holding(as_at or day_of(at), known_at), grid=OuterRef("pk"))
    return grids(viewer, at=at, as_at=as_at, known_at=known_at, within=within).filter(~Exists(held)).order_by("code")


def bare_branches(
    viewer: Viewer, *, at: datetime, as_at: date | None = None, known_at: datetime | None = None, within: str = ""
) -> QuerySet[Organisation]:
    """Village branches that stood on no grid that day."""
    held = Cover.objects.filter(holding(as_at or day_of(at), known_at), branch=OuterRef("pk"))
    found = village_branches(viewer, at=at, as_at=as_at, known_at=known_at, within=within)
    return found.filter(~Exists(held)).order_by("code")


def covers(
    viewer: Viewer, *, at: datetime, as_at: date | None = None, known_at: datetime | None = None
) -> QuerySet[Cover]:
    """Branch and grid, pair by pair, on a day: one branch may stand on many grids and a grid carry many branches."""
    seen = Organisation.objects.filter(visible(viewer))
    rows = Cover.objects.filter(holding(as_at or day_of(at), known_at)).filter(Q(grid__in=seen) | Q(branch__in=seen))
    return rows.select_related("branch", "grid").order_by("grid__code", "branch__code", "id")


def counts(viewer: Viewer, *, at: datetime, as_at: date | None = None, known_at: datetime | None = None) -> Counts:
    """All four, four queries."""
    asked = {"at": at, "as_at": as_at, "known_at": known_at}
    return Counts(
        grids(viewer, **asked).count(),  # type: ignore[arg-type]
        bare_grids(viewer, **asked).count(),  # type: ignore[arg-type]
        village_branches(viewer, **asked).count(),  # type: ignore[arg-type]
        bare_branches(viewer, **asked).count(),  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """A grid beside the standard: `size` is fits, small, big or unknown; `filled` how many hold each place."""

    grid: Organisation
    households: int | None
    large: bool
    size: str
    source: str  # the document the households stand in
    filled: Mapping[str, int]
    lacking: Sequence[str]

    @property
    def sound(self) -> bool:
        return self.size not in ("small", "big", UNKNOWN) and not self.lacking


def measured(
    viewer: Viewer, *, grids: Sequence[Organisation], rules: GridSection, at: datetime, as_at: date | None = None,
    known_at: datetime | None = None,
) -> list[Measured]:  # fmt: skip
    """These grids beside the standard on a day, as known then; three queries."""
    day = as_at or day_of(at)
    ids = [grid.pk for grid in grids]
    sizes = sizes_of(viewer, grids=grids, day=day, known_at=known_at)
    above = dict(
        Link.objects.filter(holding(day, known_at), tree=Tree.ADMINISTRATIVE, organisation__in=ids).values_list(
            "organisation_id", "parent_id"
        )
    )
    wanted = {key for place in rules.staff.values() for key in place.posts}
    posts = Post.objects.filter(held_posts(day, known_at), organisation_id__in={*ids, *above.values()}, key__in=wanted)
    held: dict[tuple[int, str], int] = {}
    for organisation_id, key in posts.values_list("organisation_id", "key"):
        held[organisation_id, key] = held.get((organisation_id, key), 0) + 1
    return [_measured(grid, sizes.get(grid.pk), above.get(grid.pk), held, rules) for grid in grids]


def sizes_of(
    viewer: Viewer, *, grids: Sequence[Organisation], day: date, known_at: datetime | None = None
) -> Mapping[int, GridSize]:  # fmt: skip
    """Of each grid its households on a day, as known then: the last entry of the latest day, without those taken back."""
    rows = GridSize.objects.filter(grid__in=grids, valid_from__lte=day)
    if known_at is None:
        rows = rows.filter(entry__undone=None)
    else:
        kept = Q(entry__undone=None) | Q(entry__undone__recorded_at__gt=known_at)
        rows = rows.filter(kept, recorded_at__lte=known_at)
    return {row.grid_id: row for row in rows.order_by("valid_from", "id")}


def _measured(
    grid: Organisation,
    size: GridSize | None,
    above: int | None,
    held: Mapping[tuple[int, str], int],
    rules: GridSection,
) -> Measured:
    filled = {
        name: sum(held.get((grid.pk if place.at == "grid" else above or 0, key), 0) for key in place.posts)
        for name, place in rules.staff.items()
    }
    lacking = [name for name, place in rules.staff.items() if filled[name] < place.least]
    households, large = (size.households, size.large) if size else (None, False)
    return Measured(
        grid, households, large, rules.fits(households, large=large), size.document if size else "", filled, lacking
    )


def _standing(viewer: Viewer, tree: str, day: date, known_at: datetime | None, within: str) -> QuerySet[Organisation]:
    held = Link.objects.filter(holding(day, known_at), tree=tree, organisation=OuterRef("pk"))
    held = held.filter(path__startswith=within) if within else held
    return Organisation.objects.filter(visible(viewer), Exists(held))
