"""How many members and branches each village and community has: totals exact, no branch above fifty."""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence

from genmai.simulation.city.figures import apportion

LARGEST, EASY, LEAST = 50, 45, 8  # members of a branch at most, at most when it is set up, of a village at least


def village_branches(
    rng: random.Random, *, villages: int, members: int, organisations: int, spread: float
) -> list[list[int]]:
    """Sizes of the branches, village by village: one number where a single branch will do (up to fifty members).

    A village with more has an organisation above its branches, so `organisations` is one each and the branches of
    those. Raises ValueError when so many members can't stand in so many organisations.
    """
    weights = [rng.lognormvariate(0, spread) for _ in range(villages)]
    sizes = [LEAST + part for part in apportion(members - LEAST * villages, weights)]
    numbers = [0 if size <= LARGEST else max(2, -(-size // EASY)) for size in sizes]
    missing = organisations - villages - sum(numbers)
    if missing < 0:
        raise ValueError(f"{members} members need {-missing} more organisations in {villages} villages")
    fullest = [(-size / number, at) for at, (size, number) in enumerate(zip(sizes, numbers, strict=True)) if number]
    heapq.heapify(fullest)
    for _ in range(missing):
        _, at = heapq.heappop(fullest)
        numbers[at] += 1
        heapq.heappush(fullest, (-sizes[at] / numbers[at], at))
    return [split(rng, size, number or 1) for size, number in zip(sizes, numbers, strict=True)]


def split(rng: random.Random, members: int, branches: int) -> list[int]:
    """Members into so many branches, about alike, none above fifty. Raises ValueError where they don't fit."""
    if members > branches * LARGEST:
        raise ValueError(f"{members} members don't fit {branches} branches")
    sizes = apportion(members, [rng.uniform(0.8, 1.2) for _ in range(branches)])
    return _levelled(sizes)


def _levelled(sizes: Sequence[int]) -> list[int]:
    found = list(sizes)
    while max(found) > LARGEST:
        over, under = found.index(max(found)), found.index(min(found))
        found[over] -= 1
        found[under] += 1
    return found
