"""Setting up a whole district at once: ground, organisations, administrative and Party tree, the city above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.commands.organisations import NewOrganisation, open_organisations
from genmai.directory.roster.models import Category, Level, Organisation, OrganisationKind, Sector, Tree
from genmai.directory.roster.policies import check_manage
from genmai.directory.territory.divisions import Division, buildings_of, ensure_places, grids_of, read_divisions
from genmai.directory.territory.models import Place, PlaceKind
from genmai.kernel.viewer import Actor


@dataclass(frozen=True, slots=True)
class Department:
    """A department of the district, from a list of bodies handed in (`key` becomes the organisation's code)."""

    key: str
    name: str
    short_name: str = ""


@dataclass(frozen=True, slots=True)
class District:
    """What was set up, by code."""

    root: Organisation
    organisations: Mapping[str, Organisation]
    places: Mapping[str, Place]


# What acts on each kind of ground, and at which level.
ACTING = {
    PlaceKind.CITY: (OrganisationKind.CITY, Level.CITY),
    PlaceKind.DISTRICT: (OrganisationKind.DISTRICT, Level.DISTRICT),
    PlaceKind.TOWN: (OrganisationKind.TOWN, Level.TOWN),
    PlaceKind.VILLAGE: (OrganisationKind.COMMUNITY, Level.COMMUNITY),
    PlaceKind.COMMUNITY: (OrganisationKind.COMMUNITY, Level.COMMUNITY),
    PlaceKind.GRID: (OrganisationKind.GRID, Level.GRID),
}


@transaction.atomic
def ensure_district(
    *, actor: Actor, at: datetime, key: UUID, code: str, departments: Sequence[Department], opened_on: date,
    party: bool = True,
) -> District:  # fmt: skip
    """A district under its city, with towns, villages, communities, two or three example grids each, and departments.

    Safe to repeat: what exists stays as it is. About eleven statements whatever the size. Raises BadInput for a code
    without a table.
    """
    check_manage(actor)
    divisions = list(read_divisions(code))
    divisions += [grid for village in divisions if len(village.code) == 12 for grid in grids_of(village)]
    places = ensure_places(divisions, valid_from=opened_on)
    acting = [division for division in divisions if division.kind in ACTING]
    rows = [_body(division, places) for division in acting]
    rows += [_department(department, code) for department in departments]
    if party:
        rows += [_party(division, places) for division in acting]
    bodies = open_organisations(actor=actor, at=at, key=key, rows=rows, opened_on=opened_on)
    return District(root=bodies[code], organisations=bodies, places=places)


@transaction.atomic
def ensure_micro_grids(
    *, actor: Actor, at: datetime, key: UUID, grids: Sequence[Organisation], each: int, opened_on: date
) -> Mapping[str, Organisation]:
    """Micro-grids (楼栋, one rung below the grid) under each of these grids, by code. Safe to repeat.

    Real ones are no public data: numbers and names are example ground, by the grid's code alone.
    """
    check_manage(actor)
    divisions = [_grid_as_ground(grid) for grid in grids]
    divisions += [building for grid in divisions for building in buildings_of(grid, each)]
    places = ensure_places(divisions, valid_from=opened_on)
    rows = [
        NewOrganisation(
            code=division.code,
            name=division.committee,
            short_name=division.committee,
            kind=OrganisationKind.GRID,
            level=Level.BUILDING,
            parent_code=division.parent_code,
            place_id=places[division.code].pk,
        )
        for division in divisions
        if division.kind == PlaceKind.BUILDING
    ]
    return open_organisations(actor=actor, at=at, key=key, rows=rows, opened_on=opened_on)


def _grid_as_ground(grid: Organisation) -> Division:
    return Division(grid.code, grid.short_name, grid.name, PlaceKind.GRID, grid.code[:12])


def _body(division: Division, places: Mapping[str, Place]) -> NewOrganisation:
    kind, level = ACTING[division.kind]
    return NewOrganisation(
        code=division.code,
        name=division.committee,
        short_name=division.committee if kind == OrganisationKind.GRID else division.name,
        kind=kind,
        level=level,
        parent_code=division.parent_code,
        place_id=places[division.code].pk,
    )


def _department(department: Department, district: str) -> NewOrganisation:
    return NewOrganisation(
        code=department.key,
        name=department.name,
        short_name=department.short_name or department.name,
        kind=OrganisationKind.DEPARTMENT,
        level=Level.DISTRICT,
        parent_code=district,
    )


def _party(division: Division, places: Mapping[str, Place]) -> NewOrganisation:
    """The Party's mirror of the tree: 市委 — 区委 — 镇党委 — 社区大党委 / 村党委 — 网格党总支 (MECHANISMS A6)."""
    _, level = ACTING[division.kind]
    tail = {PlaceKind.CITY: "委", PlaceKind.DISTRICT: "委", PlaceKind.TOWN: "党（工）委", PlaceKind.COMMUNITY: "大党委"}
    tail |= {PlaceKind.VILLAGE: "党委", PlaceKind.GRID: "党总支"}
    ground = division.committee if division.kind == PlaceKind.GRID else division.name
    if division.kind == PlaceKind.COMMUNITY and not ground.endswith("社区"):
        ground = ground.removesuffix("居委会") + "社区"
    name = ground + tail[division.kind]
    return NewOrganisation(
        code=f"party-{division.code}",
        name=name,
        short_name=name,
        kind=OrganisationKind.PARTY,
        level=level,
        parent_code=f"party-{division.parent_code}" if division.parent_code else "",
        tree=Tree.PARTY,
        place_id=places[division.code].pk,
        category=Category.GENERAL_BRANCH if division.kind == PlaceKind.GRID else Category.COMMITTEE,
        sector=Sector.VILLAGE if level <= Level.COMMUNITY else Sector.ORGAN,
    )
