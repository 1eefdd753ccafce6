"""Who and what stands for whom in each copy: village for village, with its town, grids, ground and people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg

STRIDE = 7  # copies step through the villages so that neighbours in time are not neighbours in place


@dataclass
class Unit:
    """An organisation with its place in the tree and its people, in the order of their posts."""

    id: int
    place: int | None
    path: str
    people: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Village:
    """What one village can lend: itself, its town, its grids in order."""

    village: Unit
    town: Unit
    grids: list[Unit] = field(default_factory=list)

    @property
    def units(self) -> list[Unit]:
        return [self.village, self.town, *self.grids]


def lay_out(connection: psycopg.Connection[Any], copies: int) -> None:
    """bench_spread: for each copy and village that has cases, old → new body, person, ground and path."""
    connection.execute("DROP TABLE IF EXISTS bench_spread")
    connection.execute(
        "CREATE TABLE bench_spread (copy int, village bigint, kind text, old bigint, new bigint, "
        "old_path text, new_path text)"
    )
    villages = read(connection)
    used = [row[0] for row in connection.execute("SELECT DISTINCT village FROM bench_row").fetchall()]
    with connection.cursor().copy("COPY bench_spread FROM STDIN") as rows:
        for number in range(1, copies + 1):
            for old in used:
                for row in _pairs(villages[old], stand_in(villages, old, number)):
                    rows.write_row((number, old, *row))
    connection.execute("CREATE INDEX ON bench_spread (copy, village, kind, old)")
    connection.execute("CREATE INDEX ON bench_spread (copy, village, old_path)")
    connection.execute("ANALYZE bench_spread")


def stand_in(villages: dict[int, Village], old: int, number: int) -> Village:
    """The village that stands for `old` in this copy: one with as many grids, so that each grid has its own."""
    alike = [one for one, village in villages.items() if len(village.grids) >= len(villages[old].grids)]
    return villages[alike[(alike.index(old) + number * STRIDE) % len(alike)]]


def read(connection: psycopg.Connection[Any]) -> dict[int, Village]:
    """Every village by its id, in the order of the codes."""
    rows = connection.execute(
        "SELECT o.id, o.kind, o.level, l.parent_id, o.place_id, l.path FROM roster_organisation o JOIN roster_link l "
        "ON l.organisation_id = o.id AND l.tree = 'administrative' AND l.valid_to IS NULL "
        "WHERE o.kind IN ('town', 'community', 'grid') ORDER BY o.level DESC, o.code"
    ).fetchall()
    people = connection.execute(
        "SELECT organisation_id, key, person_id FROM roster_post WHERE valid_to IS NULL ORDER BY rank, id"
    ).fetchall()
    units = {row[0]: Unit(row[0], row[4], row[5]) for row in rows}
    for body, post, person in people:
        if body in units:
            units[body].people.append((post, person))
    villages: dict[int, Village] = {}
    for identity, kind, level, parent, _, _ in rows:
        if kind == "community":
            villages[identity] = Village(units[identity], units[parent])
        elif kind == "grid" and level == 2:
            villages[parent].grids.append(units[identity])
    return villages


def _pairs(old: Village, new: Village) -> Iterator[tuple[Any, ...]]:
    placed: set[int] = set()  # who holds two posts is stood for once
    for one, other in zip(old.units, new.units, strict=False):
        yield "body", one.id, other.id, one.path, other.path
        if one.place is not None and other.place is not None:
            yield "ground", one.place, other.place, None, None
        for post in dict.fromkeys(
            post for post, _ in one.people
        ):  # the first secretary for the first, and so on; others stay
            mine, theirs = ([who for key, who in unit.people if key == post] for unit in (one, other))
            for person, stands in zip(mine, theirs, strict=False):
                if person not in placed:
                    placed.add(person)
                    yield "person", person, stands, None, None
