"""The divisions a simulated city stands on: all of them, or for a fraction whole towns from all over the city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

from genmai.directory.territory.divisions import Division, read_divisions
from genmai.simulation.city.figures import Figures


@dataclass(frozen=True, slots=True)
class Ground:
    """Divisions by level, in order of code; `names` by code, `ordinal` counts districts from 1."""

    city: Division
    districts: tuple[Division, ...]
    towns: tuple[Division, ...]
    villages: tuple[Division, ...]

    @property
    def divisions(self) -> tuple[Division, ...]:
        return (self.city, *self.districts, *self.towns, *self.villages)

    @property
    def names(self) -> dict[str, str]:
        return {division.code: division.name for division in self.divisions}

    @property
    def ordinals(self) -> dict[str, int]:
        """District code → 1, 2, …; the city's own people are counted as of the first."""
        return {district.code: number for number, district in enumerate(self.districts, 1)} | {self.city.code: 1}


def ground_of(figures: Figures) -> Ground:
    """The city's divisions; at a fraction as many towns as hold the villages wanted, the last one cut."""
    rows = read_divisions(figures.city)
    by_length: dict[int, list[Division]] = {4: [], 6: [], 9: [], 12: []}
    for row in rows:
        by_length[len(row.code)].append(row)
    villages = by_length[12]
    if figures.share > 1:
        villages = _chosen(by_length[9], villages, figures.villages)
    towns = {village.code[:9] for village in villages}
    districts = {town[:6] for town in towns}
    return Ground(
        city=by_length[4][0],
        districts=tuple(row for row in by_length[6] if row.code in districts),
        towns=tuple(row for row in by_length[9] if row.code in towns),
        villages=tuple(villages),
    )


def _chosen(towns: Sequence[Division], villages: Sequence[Division], wanted: int) -> list[Division]:
    step = next(number for number in range(61, 999, 2) if gcd(number, len(towns)) == 1)
    chosen: list[Division] = []
    for turn in range(len(towns)):
        if len(chosen) >= wanted:
            break
        town = towns[turn * step % len(towns)].code
        chosen += [village for village in villages if village.code.startswith(town)][: wanted - len(chosen)]
    return sorted(chosen, key=lambda village: village.code)


def district_of(code: str) -> str:
    """The district a division lies in, the city for the city."""
    return code[:6] if len(code) >= 6 else code
