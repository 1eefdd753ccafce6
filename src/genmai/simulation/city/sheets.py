"""The city's own sheets: one xlsx a kind, in the columns of the registry's definitions, written row by row.

The same seed gives the same bytes. A sheet that stands complete is known by its mark in `made.json` and not made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from genmai.directory.roster.registry.definition import SheetDefinition, definition, word_of
from genmai.simulation.city.employers import employers, unit_of
from genmai.simulation.city.figures import Figures
from genmai.simulation.city.grids import grids
from genmai.simulation.city.ground import Ground, ground_of
from genmai.simulation.city.members import Member, Members
from genmai.simulation.city.officers import Team, teams
from genmai.simulation.city.organisations import Body, organisations
from genmai.simulation.city.written import write_sheet

UNITS, ORGANISATIONS, MEMBERS, POSTS, GRIDS = "units", "organisations", "members", "posts", "grids"
KINDS = (UNITS, ORGANISATIONS, MEMBERS, POSTS, GRIDS)
FILES = {
    UNITS: "单位信息表.xlsx", ORGANISATIONS: "党组织信息表.xlsx", MEMBERS: "党员名册.xlsx", POSTS: "班子任职表.xlsx", GRIDS: "支部进网格表.xlsx",
}  # fmt: skip
_MADE = "made.json"
_OPENED = date(2016, 7, 1)
_SAID_EVERY = 100_000


@dataclass(frozen=True, slots=True)
class Written:
    """The sheets of one city, complete: file and rows by kind."""

    files: Mapping[str, Path]
    rows: Mapping[str, int]


class City:
    """Everything of the city in the order of its sheets; going through `members` once fills in who holds the posts."""

    def __init__(self, figures: Figures, seed: int) -> None:
        self.figures, self.seed = figures, seed
        self.ground: Ground = ground_of(figures)
        self.bodies: list[Body] = organisations(figures, self.ground, seed)
        self.teams: list[Team] = teams(figures.officers, len(self.ground.villages), seed)
        self.employers = employers(self.bodies)
        self._held: dict[str, list[Member]] = {}

    def unit_rows(self) -> Iterator[dict[str, Any]]:
        """The units Party bodies stand in; their sheet comes before the bodies'."""
        for one in self.employers.values():
            yield {
                "code": one.code,
                "name": one.name,
                "sector": word_of("sector", one.sector),
                "place": one.division,
                "industry": word_of("industry", one.section),
            }

    def organisation_rows(self) -> Iterator[dict[str, Any]]:
        """By the keys of the definition."""
        for body in self.bodies:
            unit = self.employers.get(unit_of(body.code))
            yield {
                "code": body.code,
                "name": body.name,
                "short_name": body.short,
                "category": word_of("category", body.category),
                "sector": word_of("sector", body.sector),
                "unit": unit.code if unit else None,
                "place": body.division,
                "parent": body.parent,
                "opened_on": _OPENED,
            }

    def members(self) -> Iterator[Member]:
        """Every member once, branch by branch."""
        planned = dict(zip(self._first_branches(), self.teams, strict=True))
        making = Members(self.figures, self.seed, self.ground.ordinals)
        for body in self.bodies:
            if not body.is_branch:
                continue
            team = planned.get(body.code)
            wanted = team.members if team else []
            for number, member in enumerate(making.of(body, wanted)):
                if number < len(wanted):
                    self._held.setdefault(body.code, []).append(member)
                yield member

    def post_rows(self) -> Iterator[dict[str, Any]]:
        """Both terms of every village and community; after `members` has run to its end."""
        for village, branch, team in zip(self.ground.villages, self._first_branches(), self.teams, strict=True):
            people = iter(self._held[branch])
            secretary = next(people)
            former = next(people) if team.former else secretary
            head = next(people) if team.head else secretary
            former_head = next(people) if team.former_head else former
            yield from self._term(village.code, secretary, head, present=True)
            yield from self._term(village.code, former, former_head, present=False)

    def grid_rows(self) -> Iterator[dict[str, Any]]:
        """Which branch is built on which grid."""
        for grid in grids(self.bodies, self.ground):
            yield {"organisation": grid.branch, "grid": grid.code, "valid_from": _OPENED}

    def _first_branches(self) -> list[str]:
        """The branch of each village, in order, in which its officers are."""
        first: dict[str, str] = {}
        for body in self.bodies:
            if body.sector == "village" and body.is_branch:
                first.setdefault(body.division, body.code)
        return [first[village.code] for village in self.ground.villages]

    def _term(self, village: str, secretary: Member, head: Member, *, present: bool) -> Iterator[dict[str, Any]]:
        officers = self.figures.officers
        began = officers.began if present else officers.former_began
        ends = began.replace(year=began.year + officers.term_years)
        for organisation, post, member in ((f"party-{village}", "secretary", secretary), (village, "director", head)):
            yield {
                "organisation": organisation,
                "post": word_of("post", post),
                "name": member.name,
                "identity": member.identity,
                "valid_from": began,
                "valid_to": ends,
                "left_on": None if present else officers.began,
            }


def write(city: City, folder: Path, *, say: Callable[[str], None] = lambda line: None) -> Written:
    """All sheets into `folder`, unless they stand there complete from the same seed and figures."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = _mark(city)
    found = _made(folder, mark)
    if found is not None:
        return found
    (folder / _MADE).unlink(missing_ok=True)
    rows = {}
    sources = (city.unit_rows, city.organisation_rows, city.members, city.post_rows, city.grid_rows)
    for kind, source in zip(KINDS, sources, strict=True):
        sheet = definition(kind)
        say(f"  写表：{FILES[kind]} …")
        rows[kind] = write_sheet(folder / FILES[kind], sheet.sheet.title, labels(sheet), _cells(sheet, source(), say))
    fresh = folder / f"{_MADE}.new"
    fresh.write_text(json.dumps({"mark": mark, "rows": rows}), encoding="utf-8")
    fresh.replace(folder / _MADE)
    return Written({kind: folder / FILES[kind] for kind in KINDS}, rows)


def labels(sheet: SheetDefinition) -> list[str]:
    """The header as the definition writes it."""
    return [column.label for column in sheet.kept]


def _cells(sheet: SheetDefinition, rows: Iterable[Any], say: Callable[[str], None]) -> Iterator[Sequence[Any]]:
    keys = [column.key for column in sheet.kept]
    if sheet.sheet.key == MEMBERS:
        order = [Member._fields.index(key) for key in keys]
        for number, member in enumerate(rows, 1):
            if number % _SAID_EVERY == 0:
                say(f"    {number:,} 行")
            yield [member[at] for at in order]
        return
    for row in rows:
        yield [row.get(key) for key in keys]


def _mark(city: City) -> str:
    """Seed, figures and the very words and rules of this folder: another release makes other sheets."""
    told = hashlib.sha256(json.dumps([city.seed, asdict(city.figures)], default=str, sort_keys=True).encode())
    for file in sorted(Path(__file__).parent.iterdir()):
        if file.suffix in {".py", ".toml"}:
            told.update(file.name.encode() + file.read_bytes())
    return told.hexdigest()


def _made(folder: Path, mark: str) -> Written | None:
    """What stands complete, or None."""
    try:
        told = json.loads((folder / _MADE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    files = {kind: folder / FILES[kind] for kind in KINDS}
    complete = told["mark"] == mark and all(file.is_file() for file in files.values())
    return Written(files, told["rows"]) if complete else None
