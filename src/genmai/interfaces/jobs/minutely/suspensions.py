"""Suspended matters whose time has run out are taken up again."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import milestones

SYSTEM = Actor.system("suspensions")


def run(*, at: datetime) -> str:
    """Everything that has expired by `at`."""
    done = 0
    while batch := milestones.expire_suspensions(actor=SYSTEM, at=at):
        done += batch
    return f"resumed {done}" if done else ""
