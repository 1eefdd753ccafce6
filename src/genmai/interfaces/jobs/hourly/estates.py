"""What time does to estates: reviews past their limit, terms about to end, contracts that begin."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.processes.registers.commands import watching

SYSTEM = Actor.system("estates")


def run(*, at: datetime) -> str:
    """What was found, in words for the log."""
    settled = watching.take_effect(actor=SYSTEM, at=at)
    missed = watching.miss_reviews(actor=SYSTEM, at=at)
    told = watching.propose_follow_up(actor=SYSTEM, at=at)
    return f"{settled} settled, {missed} reviews missed, {told} terms ending" if settled or missed or told else ""
