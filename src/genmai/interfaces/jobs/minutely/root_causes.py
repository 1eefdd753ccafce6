"""New matters are looked at: a third similar event at one place opens a root-cause case one rung up.

The worker has one loop for everything: notices, limits and the load guard wait for whatever runs. So this looks for a
few seconds at a turn and carries on at the next; while matters alike are off under load it doesn't look at all. What is
not looked at yet is not lost: the place in the deeds is remembered.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import root_causes
from genmai.processes.cases.queries import extras

SYSTEM = Actor.system("root causes")
AT_ONCE = 25  # deeds in one transaction: at a place with thousands alike each look costs tens of milliseconds
SLICE = 4.0  # seconds


def run(*, at: datetime, clock: Callable[[], float] = time.monotonic) -> str:
    """What was recorded since the last time, as far as the slice goes."""
    if extras.SIMILAR in extras.paused(at):
        return ""
    led, until = 0, clock() + SLICE
    while True:
        walked, found = root_causes.look_at_new(actor=SYSTEM, at=at, limit=AT_ONCE)
        led += found
        if walked < AT_ONCE or clock() > until:
            return f"root causes {led}" if led else ""
