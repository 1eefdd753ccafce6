"""What time does to flowing members and residents' lists: lists whose time is up are destroyed, silence is proposed."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing.commands import clocks, lists

SYSTEM = Actor.system("flowing")


def run(*, at: datetime) -> str:
    """What was done, in words for the log."""
    gone = lists.destroy_due(actor=SYSTEM, at=at)
    told = clocks.propose(actor=SYSTEM, at=at)
    return f"{gone} residents' lists destroyed, {told} proposals" if gone or told else ""
