"""The owners' double majority (民法典 第二百七十八条), computed from what they report and explained. Pure.

Whole numbers and exact fractions: two thirds of 666 households are 444, and 443 are not enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from genmai.kernel.refusal import BadInput
from genmai.processes.registers.estate_rules import Majority


@dataclass(frozen=True, slots=True)
class Ballot:
    """Owners and floor area: all there are, those who took part, those in favour."""

    owners_all: int
    owners_voting: int
    owners_for: int
    area_all: Decimal
    area_voting: Decimal
    area_for: Decimal

    def check(self) -> None:
        """Raises BadInput where a part is larger than its whole."""
        if self.owners_all <= 0 or self.area_all <= 0:
            raise BadInput("nobody", "业主总数和总面积要大于 0", field="owners_all")
        for name, part, whole in (
            ("owners_voting", self.owners_voting, self.owners_all),
            ("owners_for", self.owners_for, self.owners_voting),
            ("area_voting", self.area_voting, self.area_all),
            ("area_for", self.area_for, self.area_voting),
        ):
            if part < 0 or part > whole:
                raise BadInput("part_of_whole", "部分不能多于全部，请核对", field=name)


@dataclass(frozen=True, slots=True)
class Test:
    """One of the four conditions: n of d against a share; `over` when more than the share is needed."""

    key: str  # owners_voting, area_voting, owners_for, area_for
    n: Decimal
    d: Decimal
    share: Fraction
    over: bool

    @property
    def holds(self) -> bool:
        """Exact: no rounding anywhere. Nobody voting fulfils nothing."""
        if self.d <= 0:
            return False
        have = Fraction(self.n) / Fraction(self.d)
        return have > self.share if self.over else have >= self.share


@dataclass(frozen=True, slots=True)
class Count:
    """The four conditions of one majority, and whether all hold."""

    tests: tuple[Test, ...]

    @property
    def carried(self) -> bool:
        return all(test.holds for test in self.tests)


def count(ballot: Ballot, majority: Majority) -> Count:
    """What the numbers give under this majority. Raises BadInput for numbers that can't be."""
    ballot.check()
    owners, voting = Decimal(ballot.owners_all), Decimal(ballot.owners_voting)
    return Count(
        (
            Test("owners_voting", voting, owners, majority.take_part, False),
            Test("area_voting", ballot.area_voting, ballot.area_all, majority.take_part, False),
            Test("owners_for", Decimal(ballot.owners_for), voting, majority.agree, majority.agree_over),
            Test("area_for", ballot.area_for, ballot.area_voting, majority.agree, majority.agree_over),
        )
    )
