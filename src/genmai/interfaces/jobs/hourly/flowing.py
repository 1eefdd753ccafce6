"""What time does to flowing members and residents' lists: lists whose time is up are destroyed, silence is proposed."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house
from genmai.processes.registers.flowing.commands import clocks, lists

SYSTEM = Actor.system("flowing")


def run(*, at: datetime) -> str:
    """What was done, in words for the log."""
    gone = lists.destroy_due(actor=SYSTEM, at=at)
    told = clocks.propose(actor=SYSTEM, at=at)
    with house("who sees a record follows the trees"):
        moved = clocks.follow_moves(actor=SYSTEM, at=at)
    told_words = f"{gone} residents' lists destroyed, {told} proposals, {moved} rows followed their bodies"
    return told_words if gone or told or moved else ""
