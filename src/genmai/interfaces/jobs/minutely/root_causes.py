"""New matters are looked at: a third similar event at one place opens a root-cause case one rung up."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import root_causes

SYSTEM = Actor.system("root causes")


def run(*, at: datetime) -> str:
    """Everything recorded since the last time, batch by batch."""
    led = 0
    while True:
        walked, found = root_causes.look_at_new(actor=SYSTEM, at=at)
        led += found
        if walked < root_causes.BATCH:
            return f"root causes {led}" if led else ""
