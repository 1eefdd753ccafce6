"""The arithmetic of a members' meeting: who is entitled, who was there, who is for it. Exact fractions. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from genmai.kernel.refusal import BadInput
from genmai.processes.registers.procedures.rules import VoteRule


@dataclass(frozen=True, slots=True)
class Tally:
    """Full members entitled, present, for; `written`: absent ones who handed in in writing that they are for it."""

    entitled: int
    present: int
    in_favour: int
    written: int = 0

    def check(self) -> None:
        """Raises BadInput where a part is larger than its whole."""
        if self.entitled <= 0:
            raise BadInput("nobody", "应到的正式党员要大于 0", field="entitled")
        if not 0 <= self.present <= self.entitled:
            raise BadInput("part_of_whole", "实到不能多于应到，请核对", field="present")
        if not 0 <= self.in_favour <= self.present:
            raise BadInput("part_of_whole", "到会同意的不能多于实到，请核对", field="in_favour")
        if not 0 <= self.written <= self.entitled - self.present:
            raise BadInput("part_of_whole", "书面同意的只能是没有到会的人，请核对", field="written")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether enough were there, how many are counted for it, and whether that is enough."""

    quorate: bool
    counted: int
    carried: bool


def count(tally: Tally, rule: VoteRule) -> Outcome:
    """What the numbers give. Raises BadInput for numbers that can't be."""
    tally.check()
    quorate = Fraction(tally.present, tally.entitled) > rule.present_over
    counted = tally.in_favour + (tally.written if rule.written else 0)
    enough = Fraction(counted, tally.entitled) > rule.for_over
    return Outcome(quorate, counted, quorate and enough)
