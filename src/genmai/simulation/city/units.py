"""Units of work and their branches: how many, how large, what they are called. All names are invented."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from genmai.simulation.city.villages import LARGEST, split

_EASY = 42  # members of a branch on the average where there are several
_SMALLEST = 4  # three full members and one more
_GENERAL, _COMMITTEE = (2, 4), 4  # branches of a general branch, of a committee at least
WORDS: Final[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "units.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Unit:
    """Members of each branch; one number: a branch that stands alone. `joint`: of several small units."""

    branches: Sequence[int]
    joint: bool = False


def fill(rng: random.Random, count: int, sector: str, assumed: Mapping[str, Any]) -> list[Unit]:
    """Units with `count` organisations together: a single branch is one, several have one above them."""
    if count < 0:
        raise ValueError(f"a city so small has no room for its own bodies of sector {sector}")
    single, general, _, most = assumed["units"][sector]
    median, spread, joint = assumed["sizes"][sector]
    found: list[Unit] = []
    left = count
    while left:
        drawn = rng.random()
        if drawn >= single + general and left > _COMMITTEE:
            branches = min(left - 1, rng.randint(_COMMITTEE, most))
            members = max(101, min(_EASY * branches, round(branches * rng.uniform(18, 34))))
        elif drawn >= single and left > _GENERAL[0]:
            branches = min(left - 1, rng.randint(*_GENERAL))
            members = rng.randint(51, min(100, 38 * branches))
        else:
            size = round(median * rng.lognormvariate(0, spread))
            found.append(Unit([max(_SMALLEST, min(LARGEST, size))], rng.random() < joint))
            left -= 1
            continue
        found.append(Unit(split(rng, members, branches)))
        left -= branches + 1
    return found


class UnitNames:
    """Names in order; none of an enterprise comes twice, others get a number."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(f"{seed} names of units")
        self._taken: set[str] = set()
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def next(self, sector: str, area: str, head: str, rng: random.Random) -> str:
        """The next unit of a sector in an area; `head` is the body above it (`jy`: schools, `wj`: hospitals)."""
        if sector == "enterprise":
            return self._enterprise()
        lists = WORDS[sector]
        words: list[str] = lists.get(head) or lists["town" if head == "" else "district"]
        self._counts[sector, area, head] += 1
        turn, at = divmod(self._counts[sector, area, head] - 1, len(words))
        number = "" if turn == 0 else f"第{_ordinal(turn + 1)}"
        return f"{area}{number}{words[at]}"

    def _enterprise(self) -> str:
        words = WORDS["enterprise"]
        while True:
            first, second = self._rng.choice(words["first"]), self._rng.choice(words["second"])
            name = f"宁波{first}{second}{self._rng.choice(words['trade'])}有限公司"
            if name not in self._taken:
                self._taken.add(name)
                return name


def _ordinal(number: int) -> str:
    return "一二三四五六七八九十"[number - 1] if number <= 10 else str(number)
