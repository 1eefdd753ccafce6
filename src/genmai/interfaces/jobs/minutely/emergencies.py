"""Emergencies whose time has come are over; before that the declarer is asked."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import emergency

SYSTEM = Actor.system("emergency")


def run(*, at: datetime) -> str:
    """What ran out and who was asked by `at`."""
    counts = {"over": emergency.expire(actor=SYSTEM, at=at), "asked": emergency.propose_end(actor=SYSTEM, at=at)}
    return ", ".join(f"{what} {many}" for what, many in counts.items() if many)
