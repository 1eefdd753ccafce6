"""Secretaries and heads of the villages' and communities' committees in two terms: counts exact, ages adding up.

Ages are those of the day of the change, the former's on that day too: "7.5 years younger than before the change".
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from genmai.simulation.city.figures import Officers

_YOUNGEST, _OLDEST_NEW, _OLDEST = 26, 56, 64


@dataclass(frozen=True, slots=True)
class Planned:
    """What must be true of a member who holds or held a post."""

    age: int  # on the day of the change
    woman: bool
    college: bool

    def born(self, rng: random.Random, change: date) -> date:
        """A day of birth that gives this age on the day of the change."""
        return date(change.year - self.age, change.month, change.day) - timedelta(days=1 + int(rng.random() * 363))


@dataclass(frozen=True, slots=True)
class Team:
    """One village's: each a member of its own; None: the same person as the secretary (of that term)."""

    secretary: Planned
    head: Planned | None
    former: Planned | None  # the former secretary; None: elected again
    former_head: Planned | None
    former_both: bool  # the former secretary was head too

    @property
    def members(self) -> list[Planned]:
        """In the order in which they stand in their branch: secretary, former, head, former head."""
        return [one for one in (self.secretary, self.former, self.head, self.former_head) if one is not None]


def teams(officers: Officers, villages: int, seed: int) -> list[Team]:
    """One team a village. Every count of `officers` is met exactly, the years of age in sum too."""
    rng = random.Random(f"{seed} officers")
    stayed, gone = officers.stayed, villages - officers.stayed
    ages_stayed = [_age(rng, 47, 5, _OLDEST_NEW) for _ in range(stayed)]
    ages_new = [_age(rng, 43, 5, _OLDEST_NEW) for _ in range(gone)]
    ages_gone = [_age(rng, 55, 4, _OLDEST) for _ in range(gone)]
    _meet(rng, ages_gone, ages_new, officers.years_younger)
    college_stayed = round(min(officers.former_college, officers.college) * stayed / villages * 1.2)
    women_stayed = round(min(officers.former_women, officers.women) * stayed / villages * 1.1)
    old = _people(rng, ages_stayed, women_stayed, college_stayed)
    new = _people(rng, ages_new, officers.women - women_stayed, officers.college - college_stayed)
    left = _people(rng, ages_gone, officers.former_women - women_stayed, officers.former_college - college_stayed)
    pairs: list[tuple[Planned, Planned | None]] = [(one, None) for one in old]
    pairs += [(one, before) for one, before in zip(new, left, strict=True)]
    rng.shuffle(pairs)
    both = _marks(rng, villages, officers.both_in_one)
    former_both = _marks(rng, villages, officers.former_both_in_one)
    heads = _like(
        rng, ages_stayed + ages_new, both.count(False), officers.women / villages, officers.college / villages
    )
    before = _like(
        rng, ages_stayed + ages_gone, former_both.count(False), officers.former_women / villages,
        officers.former_college / villages,
    )  # fmt: skip
    return [
        Team(now, None if one else heads.pop(), was, None if once else before.pop(), once)
        for (now, was), one, once in zip(pairs, both, former_both, strict=True)
    ]


def _age(rng: random.Random, mean: float, spread: float, oldest: int) -> int:
    return max(_YOUNGEST, min(oldest, round(rng.gauss(mean, spread))))


def _meet(rng: random.Random, before: list[int], after: list[int], years: int) -> None:
    """Move single ages by a year until `before` less `after` is exactly so many years. Raises ValueError if it can't."""
    missing = years - (sum(before) - sum(after))
    for _ in range(200 * len(after)):
        if not missing:
            return
        step, at = (1 if missing > 0 else -1), rng.randrange(len(after))
        if _YOUNGEST <= after[at] - step <= _OLDEST_NEW:
            after[at] -= step
            missing -= step
    raise ValueError(f"ages can't differ by {years} years")


def _people(rng: random.Random, ages: Sequence[int], women: int, college: int) -> list[Planned]:
    """The younger rather went to college: half of those marked are the youngest, half are drawn."""
    order = sorted(range(len(ages)), key=lambda at: (ages[at], at))
    sure = order[: college // 2]
    drawn = rng.sample(order[college // 2 :], college - len(sure))
    learned, female = {*sure, *drawn}, set(rng.sample(range(len(ages)), women))
    return [Planned(age, at in female, at in learned) for at, age in enumerate(ages)]


def _marks(rng: random.Random, whole: int, marked: int) -> list[bool]:
    chosen = set(rng.sample(range(whole), marked))
    return [at in chosen for at in range(whole)]


def _like(rng: random.Random, ages: Sequence[int], count: int, women: float, college: float) -> list[Planned]:
    """Heads who are no secretaries: of the secretaries' mean age and shares, so that a whole team's figures are theirs."""
    drawn = [_age(rng, sum(ages) / len(ages), 5, _OLDEST) for _ in range(count)]
    missing = round(sum(ages) * count / len(ages)) - sum(drawn)
    for step in range(abs(missing)):
        drawn[step % count] += 1 if missing > 0 else -1
    return _people(rng, drawn, round(women * count), round(college * count))
