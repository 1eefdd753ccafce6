"""Matters that have stayed too long on one rung are proposed to the body above; it decides."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import climbing

SYSTEM = Actor.system("climbing")


def run(*, at: datetime) -> str:
    """Everything that should climb by `at`."""
    done = 0
    while batch := climbing.propose_climbs(actor=SYSTEM, at=at):
        done += batch
    return f"proposed {done}" if done else ""
