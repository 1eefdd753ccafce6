"""A district's or city's ground from its table of statistical codes.

The rule of the codes (National Bureau of Statistics): 2 digits province, 4 city, 6 county or district, 9 town or
street, 12 village or community; in the last three digits 001–199 are residents' committees, 200–399 villages',
400–499 what is like a residents' committee, 500–599 what is like a village's.
Grids add three digits of our own, buildings two more.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from genmai.directory.territory.models import Place, PlaceKind
from genmai.kernel.refusal import BadInput

DATA = Path(__file__).parent / "data"
_KIND_BY_LENGTH = {4: PlaceKind.CITY, 6: PlaceKind.DISTRICT, 9: PlaceKind.TOWN, 15: PlaceKind.GRID}
_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Division:
    """One row: `name` is the ground's ("新张俞村"), `committee` the name in the table ("新张俞村村委会")."""

    code: str
    name: str
    committee: str
    kind: PlaceKind
    parent_code: str


def read_divisions(district: str, folder: Path = DATA) -> tuple[Division, ...]:
    """The divisions of a district (six digits) or city (four), parents first. Raises BadInput where there is no table."""
    file = folder / f"{district}.csv"
    if not district.isdigit() or not file.is_file():
        known = "、".join(sorted(path.stem for path in folder.glob("*.csv")))
        raise BadInput(
            "unknown_district", "没有区划 {district} 的数据", field="district", allowed=known, district=district
        )
    with file.open(encoding="utf-8", newline="") as lines:
        codes: set[str] = set()
        found = []
        for row in csv.DictReader(lines):
            codes.add(row["code"])
            found.append(_division(row["code"], row["name"], codes))
    return tuple(found)


def _division(code: str, written: str, known: set[str]) -> Division:
    parent = next((code[:length] for length in (9, 6, 4) if length < len(code) and code[:length] in known), "")
    return Division(code, ground_name(written), written, kind_of(code), parent)


def kind_of(code: str) -> PlaceKind:
    """What a statistical code names."""
    if len(code) == 12:
        return PlaceKind.COMMUNITY if code[9] in "014" else PlaceKind.VILLAGE
    return _KIND_BY_LENGTH[len(code)]


def ground_name(written: str) -> str:
    """The name of the ground under a committee: 新张俞村村委会 → 新张俞村; 宝幢居委会 stays as it is."""
    for tail in ("村委会", "居委会"):
        ground = written.removesuffix(tail)
        if ground != written and ground.endswith(("村", "社区")):
            return ground
    return written


def grids_of(village: Division) -> tuple[Division, ...]:
    """Two or three grids, by the code alone: real grids are no public data, so these are example ground."""
    count = 2 + int(village.code[-2:]) % 2
    return tuple(
        Division(
            f"{village.code}{n:03d}",
            f"第{_NUMERALS[n - 1]}网格",
            f"{village.name}第{_NUMERALS[n - 1]}网格",
            PlaceKind.GRID,
            village.code,
        )
        for n in range(1, count + 1)
    )


def buildings_of(grid: Division, count: int) -> tuple[Division, ...]:
    """So many micro-grids of one building each, by the grid's code alone: example ground as the grids are."""
    return tuple(
        Division(f"{grid.code}{n:02d}", f"{n} 幢", f"{grid.committee} {n} 幢", PlaceKind.BUILDING, grid.code)
        for n in range(1, count + 1)
    )


def initials(name: str) -> str:
    """First letters of the pinyin, at most 40: what people type to find a name quickly (新张俞村: xzyc)."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="default")).lower().replace(" ", "")[:40]


def ensure_places(divisions: Iterable[Division], *, valid_from: date) -> Mapping[str, Place]:
    """Every division as a place by code; those that exist stay as they are. Two statements, parents by level."""
    wanted = {division.code: division for division in divisions}
    places = {place.code: place for place in Place.objects.filter(code__in=wanted)}
    for length in sorted({len(code) for code in wanted}):
        missing = [d for code, d in wanted.items() if len(code) == length and code not in places]
        made = Place.objects.bulk_create([_place(d, places.get(d.parent_code), valid_from) for d in missing])
        places.update({place.code: place for place in made})
    return places


def _place(division: Division, parent: Place | None, valid_from: date) -> Place:
    return Place(
        code=division.code,
        name=division.name,
        initials=initials(division.name),
        kind=division.kind,
        parent=parent,
        path=f"{parent.path if parent else '/'}{division.code}/",
        valid_from=valid_from,
    )
