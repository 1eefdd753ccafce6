"""Grids of villages and communities: one to each of their branches, built on it. Their number is our assumption."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from genmai.simulation.city.ground import Ground
from genmai.simulation.city.organisations import Body, ordinal


@dataclass(frozen=True, slots=True)
class Grid:
    """One grid with the branch that is built on it."""

    code: str
    name: str
    village: str
    branch: str


def grids(bodies: Sequence[Body], ground: Ground) -> Iterator[Grid]:
    """In the order of the branches; codes of 15 digits, the village's and the grid's number in it."""
    names, counted = {village.code: village.name for village in ground.villages}, Counter[str]()
    for body in bodies:
        if body.sector == "village" and body.is_branch:
            counted[body.division] += 1
            number = counted[body.division]
            name = f"{names[body.division]}第{ordinal(number)}网格"
            yield Grid(f"{body.division}{number:03d}", name, body.division, body.code)
