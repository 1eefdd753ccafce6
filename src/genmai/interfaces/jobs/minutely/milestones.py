"""Warnings before a limit ends, misses after it, and overdue matters going up the line."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import milestones

SYSTEM = Actor.system("milestones")


def run(*, at: datetime) -> str:
    """Everything that is due by `at`, batch by batch."""
    counts = {
        "missed": _until_none(milestones.miss, at),
        "warned": _until_none(milestones.warn, at),
        "raised": milestones.raise_overdue(actor=SYSTEM, at=at),
    }
    return ", ".join(f"{what} {many}" for what, many in counts.items() if many)


def _until_none(command: object, at: datetime) -> int:
    done = 0
    while batch := command(actor=SYSTEM, at=at):  # type: ignore[operator]
        done += batch
    return done
