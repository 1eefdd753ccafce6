"""Limits set before the year's holiday notice was in are computed anew."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import milestones

SYSTEM = Actor.system("provisional_limits")


def run(*, at: datetime) -> str:
    """Everything provisional that is so no more, or has moved."""
    done = milestones.recompute_provisional(actor=SYSTEM, at=at)
    return f"recomputed {done}" if done else ""
