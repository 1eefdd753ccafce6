"""A round of inspection whose first finding was taken in hand is being put right from then on."""

from __future__ import annotations

from datetime import datetime

from genmai.processes.cases.commands.rounds import SYSTEM, catch_up


def run(*, at: datetime) -> str:
    """What was done, in words for the log; empty when there was nothing."""
    moved = catch_up(actor=SYSTEM, at=at)
    return f"rounds under way: {moved}" if moved else ""
