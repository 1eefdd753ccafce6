"""The load guard looks every five seconds; two small counts."""

from __future__ import annotations

from datetime import datetime, timedelta

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands.pressure import watch

SYSTEM = Actor.system("load guard")
EVERY = timedelta(seconds=5)
_looked: list[datetime] = []


def run(*, at: datetime) -> str:
    """What changed, in words for the log."""
    if _looked and timedelta(0) <= at - _looked[0] < EVERY:
        return ""
    _looked[:] = [at]
    said = watch(actor=SYSTEM, at=at)
    return f"extras {said}" if said else ""
