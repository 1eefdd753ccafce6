"""How far what comes in now is from what was learned: the population stability index over first-level subjects. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

HALF = 0.5  # added to each count, so that a subject that is new doesn't make the distance endless


def distance(learned: Mapping[str, int], now: Mapping[str, int]) -> float:
    """PSI: 0 for the same shares; by custom 0.1 is worth a look and 0.25 a change. Empty on either side: 0."""
    if not sum(learned.values()) or not sum(now.values()):
        return 0.0
    keys = sorted(learned.keys() | now.keys())
    one, other = _shares(learned, keys), _shares(now, keys)
    return sum((b - a) * math.log(b / a) for a, b in zip(one, other, strict=True))


def _shares(counts: Mapping[str, int], keys: list[str]) -> list[float]:
    total = sum(counts.get(key, 0) + HALF for key in keys)
    return [(counts.get(key, 0) + HALF) / total for key in keys]


__all__ = ["distance"]
