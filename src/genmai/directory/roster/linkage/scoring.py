"""One pair judged without an engine: the same levels and the same odds as `comparing` and `engine`, in plain Python.

For one person at a time, in the midst of a request. That both ways say the same of any two records is tested.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from genmai.directory.roster.linkage.comparing import COMPARISONS, YEAR
from genmai.directory.roster.linkage.engine import LINK, Pair
from genmai.directory.roster.linkage.explaining import prior_bits, probability_of
from genmai.directory.roster.linkage.parameters import Odds, Parameters
from genmai.directory.roster.linkage.records import Record, columns_of

Row = Mapping[str, Any]  # a record by `records.COLUMNS`
_COMPARED = 12  # characters of a name that are held one to one
_TOWN, _DISTRICT = 9, 6  # digits of a division code


@dataclass(frozen=True, slots=True)
class Shares:
    """How common among all who are compared: the name, by itself, and the year of birth."""

    name: float
    year: float = 0.0


def scored(left: Record, right: Record, *, parameters: Parameters, shares: Shares) -> Pair:
    """What the comparison of two records says, with a line for each thing that is known of both."""
    one, other = row_of(left), row_of(right)
    parts: list[tuple[str, str, float]] = []
    for comparison in COMPARISONS:
        level = FINDING[comparison.key](one, other)
        if level is None:
            continue
        odds = parameters.odds[comparison.key][level]
        # A name that agrees weighs by how rare it is, not by how rare names are.
        rare = comparison.frequency and level == "same"
        parts.append((comparison.key, level, _bits(Odds(odds.m, shares.name) if rare else odds)))
    parts += _of_year(left, right, parameters, shares)
    weight = prior_bits(parameters.prior[LINK]) + sum(bits for _name, _level, bits in parts)
    told = tuple((name, level, round(bits, 3)) for name, level, bits in parts)
    return Pair(left.id, right.id, round(weight, 3), probability_of(weight), told)


def row_of(record: Record) -> Row:
    """A record as it is compared."""
    return {name: values[0] for name, values in columns_of([record]).items()}


def _bits(odds: Odds) -> float:
    return math.log2(odds.m / odds.u)


def _of_year(left: Record, right: Record, parameters: Parameters, shares: Shares) -> list[tuple[str, str, float]]:
    """Of one the year alone is known. Four of the eight digits are the year's, so half the misread ones leave it right."""
    if left.born is not None or not left.year or right.born is None:
        return []
    born = parameters.odds["born"]
    same = Odds(born["same"].m + born["swapped"].m + born["digit"].m / 2, shares.year)
    if left.year == right.born.year:
        return [(YEAR.key, "same", _bits(same))]
    return [(YEAR.key, "else", _bits(Odds(1 - same.m, 1 - same.u)))]


def _name(one: Row, other: Row) -> str | None:
    name, against = one["name"], other["name"]
    if name is None or against is None:
        return None
    if name == against:
        return "same"
    if one["letters"] is not None and one["letters"] == other["letters"]:
        return "sound"
    if len(name) == len(against) >= 3 and _differing(name[:_COMPARED], against[:_COMPARED]) == 1:
        return "one"
    heads = one["head"] is not None and one["head"] == other["head"]
    if (one["pointed"] or other["pointed"]) and (heads or name.startswith(against) or against.startswith(name)):
        return "head"
    return "else"


def _born(one: Row, other: Row) -> str | None:
    born, against = one["born"], other["born"]
    if born is None or against is None:
        return None
    if born == against:
        return "same"
    if born[:4] == against[:4] and born[4:6] == against[6:8] and born[6:8] == against[4:6]:
        return "swapped"
    return "digit" if _differing(born, against) == 1 else "else"


def _place(one: Row, other: Row) -> str | None:
    place, against = one["place"], other["place"]
    if place is None or against is None:
        return None
    if len(place) >= _TOWN and place[:_TOWN] == against[:_TOWN]:
        return "town"
    return "district" if place[:_DISTRICT] == against[:_DISTRICT] else "else"


def _alike(column: str) -> Callable[[Row, Row], str | None]:
    def find(one: Row, other: Row) -> str | None:
        if one[column] is None or other[column] is None:
            return None
        return "same" if one[column] == other[column] else "else"

    return find


def _differing(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


FINDING: Mapping[str, Callable[[Row, Row], str | None]] = {
    "name": _name, "born": _born, "phone": _alike("phone"), "identity": _alike("identity"), "sex": _alike("sex"),
    "place": _place,
}  # fmt: skip
