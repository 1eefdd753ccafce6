"""A small district for tests: two towns, three villages, four grids, one department, all by hand-readable codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from tests.factories.places import place

from genmai.directory.roster.commands import NewOrganisation, open_organisations
from genmai.directory.roster.models import Level, Organisation, OrganisationKind
from genmai.directory.territory.models import Place
from genmai.kernel.viewer import Actor

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine o'clock in Ningbo
OPENED = date(2020, 1, 1)
KEY = UUID(int=0x5EED)
SETUP = Actor.system("setup")


@dataclass(frozen=True)
class SmallDistrict:
    """By short key: district, north, south (towns), n1, n2, s1 (villages), n1a, n1b, n2a, s1a (grids), dept."""

    bodies: dict[str, Organisation]
    places: dict[str, Place]

    def __getattr__(self, name: str) -> Organisation:
        try:
            return self.bodies[name]
        except KeyError:
            raise AttributeError(name) from None


_ROWS = (
    ("district", "330299", "测试区", "", OrganisationKind.DISTRICT, Level.DISTRICT),
    ("north", "330299001", "北镇", "district", OrganisationKind.TOWN, Level.TOWN),
    ("south", "330299002", "南镇", "district", OrganisationKind.TOWN, Level.TOWN),
    ("n1", "330299001201", "北一村", "north", OrganisationKind.COMMUNITY, Level.COMMUNITY),
    ("n2", "330299001001", "北二社区", "north", OrganisationKind.COMMUNITY, Level.COMMUNITY),
    ("s1", "330299002201", "东村", "south", OrganisationKind.COMMUNITY, Level.COMMUNITY),
    ("n1a", "330299001201001", "北一村第一网格", "n1", OrganisationKind.GRID, Level.GRID),
    ("n1b", "330299001201002", "北一村第二网格", "n1", OrganisationKind.GRID, Level.GRID),
    ("n2a", "330299001001001", "北二社区第一网格", "n2", OrganisationKind.GRID, Level.GRID),
    ("s1a", "330299002201001", "东村第一网格", "s1", OrganisationKind.GRID, Level.GRID),
)


def small_district() -> SmallDistrict:
    """Opened on 2020-01-01, with its ground."""
    places: dict[str, Place] = {}
    rows = []
    codes = {key: code for key, code, *_ in _ROWS}
    for key, code, name, parent, kind, level in _ROWS:
        ground = "第一网格" if name.endswith("第一网格") else "第二网格" if name.endswith("第二网格") else name
        places[key] = place(code, ground, places.get(parent))
        rows.append(NewOrganisation(code, name, kind, level, codes.get(parent, ""), place_id=places[key].pk))
    rows.append(NewOrganisation("dept-roads", "区公路局", OrganisationKind.DEPARTMENT, Level.DISTRICT, "330299"))
    opened = open_organisations(actor=SETUP, at=AT, key=KEY, rows=rows, opened_on=OPENED)
    bodies = {key: opened[code] for key, code in codes.items()} | {"dept": opened["dept-roads"]}
    return SmallDistrict(bodies, places)
