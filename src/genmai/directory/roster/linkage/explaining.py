"""The waterfall of a pair: from what is likely before anything is known to what the comparison leaves us with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from genmai.directory.roster.linkage.comparing import BY_KEY

Part = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One step. `bits`: what it adds (each bit doubles the odds); `times`: the same as "so many times as likely"."""

    comparison: str  # msgid
    finding: str  # msgid
    bits: float
    total: float

    @property
    def times(self) -> float:
        return float(2 ** abs(self.bits))

    @property
    def speaks_for(self) -> bool:
        return self.bits >= 0


def probability_of(weight: float) -> float:
    """The probability that a total of bits stands for."""
    return 1 / (1 + 2**-weight) if weight > -1000 else 0.0


def prior_bits(prior: float) -> float:
    """The bits one starts with: far below nothing, since two records drawn blindly are hardly ever one person."""
    return math.log2(prior / (1 - prior))


def waterfall(parts: Sequence[Part], weight: float) -> tuple[float, list[Line]]:
    """Where one starts (in bits) and the lines that lead from there to `weight`."""
    start = weight - sum(bits for _name, _level, bits in parts)
    lines, total = [], start
    for name, key, bits in parts:
        comparison = BY_KEY[name]
        level = next(one for one in comparison.levels if one.key == key)
        total += bits
        lines.append(Line(comparison.words, level.words, round(bits, 1), round(total, 1)))
    return start, lines
