"""Where settled cases of a subject went in a town, where they nearly all went to one body. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habit:
    """Where settled cases of a subject in a town (its code) went: `cases` of `of` to one body."""

    category: str
    town: str
    body: str
    cases: int
    of: int


def habit_for(habits: Sequence[Habit], category: str, town: str) -> Habit | None:
    """The habit of this very subject in this town; one of a broader subject would be a guess."""
    return next((one for one in habits if (one.category, one.town) == (category, town)), None)


def habits_of(settled: Mapping[tuple[str, str], Mapping[str, int]], *, least: int, share: float) -> tuple[Habit, ...]:
    """From counts of bodies by (subject, town): those that go to one body in `share` of at least `least` cases."""
    found = []
    for (category, town), bodies in sorted(settled.items()):
        body, cases = max(bodies.items(), key=lambda pair: (pair[1], pair[0]))
        of = sum(bodies.values())
        if of >= least and cases >= share * of:
            found.append(Habit(category, town, body, cases, of))
    return tuple(found)


__all__ = ["Habit", "habit_for", "habits_of"]
