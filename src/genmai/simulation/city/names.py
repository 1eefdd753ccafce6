"""Names as frequent as they are: common surnames common, given names of their generation, minority names with their ·."""

from __future__ import annotations

import random
import tomllib
from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

HAN: Final = "汉族"
_TOLD: Final[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))
_PER = 100_000


class Names:
    """Draws names; `dot` is the sign between the parts of a name (GB/T 2312: ·)."""

    def __init__(self, told: Mapping[str, Any] = _TOLD) -> None:
        words = str(told["surnames"]["weights"]).split()
        self._surnames = words[::2]
        self._sums = list(accumulate(int(word) for word in words[1::2]))
        given = told["given"]
        self._generations: Sequence[int] = given["generations"]
        self._single: Sequence[float] = given["single"]
        self._signs: tuple[Sequence[str], Sequence[str]] = (given["men"], given["women"])
        self._minorities: Sequence[Mapping[str, Any]] = told["minority"]
        self._shares = list(accumulate(int(one["weight"]) for one in self._minorities))

    def draw(self, rng: random.Random, *, born: int, woman: bool) -> tuple[str, str]:
        """A name and the nationality it belongs to."""
        number = rng.random() * _PER
        if number < self._shares[-1]:
            people = self._minorities[bisect(self._shares, number)]
            return self._minority(rng, people, born, woman), str(people["name"])
        surname = self._surnames[bisect(self._sums, rng.random() * self._sums[-1])]
        return surname + self._given(rng, born, woman), HAN

    def _given(self, rng: random.Random, born: int, woman: bool) -> str:
        generation = bisect(self._generations, born)
        signs = self._signs[woman][generation]
        one = signs[int(rng.random() * len(signs))]
        if rng.random() < self._single[generation]:
            return one
        return one + signs[int(rng.random() * len(signs))]

    def _minority(self, rng: random.Random, people: Mapping[str, Any], born: int, woman: bool) -> str:
        if "surnames" in people:
            return str(rng.choice(people["surnames"])) + self._given(rng, born, woman)
        first = str(rng.choice(people["first"]))
        if "last" not in people:
            return first
        last = str(rng.choice(people["last"]))
        return f"{last}·{first}" if people["order"] == "last" else f"{first}·{last}"
