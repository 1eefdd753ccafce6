"""What waits at the desks gets its suggestion within a turn or two of coming in; asked-for learning is begun.

Learning runs in a process of its own, gently, so that the clocks of cases go on.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from genmai.interfaces.cli.children import spawn
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import suggesting
from genmai.processes.cases.models import Learning

SYSTEM = Actor.system("suggestions")
BATCH = 100
SLICE = 2.0  # seconds at a turn
STUCK = timedelta(hours=2)
COMMAND = (sys.executable, "-m", "genmai.interfaces.cli", "learn", "--asked")


class _Child:
    process: subprocess.Popen[bytes] | None = None


def run(*, at: datetime, clock: Callable[[], float] = time.monotonic) -> str:
    """How many were made, in words for the log; none while suggestions are paused."""
    begun = _begin_learning(at)
    until, made = clock() + SLICE, 0
    while clock() < until:
        done = suggesting.make(actor=SYSTEM, at=at, limit=BATCH)
        made += done
        if done < BATCH:
            break
    return ", ".join(part for part in (begun, f"suggested for {made}" if made else "") if part)


def _begin_learning(at: datetime) -> str:
    if _Child.process is not None and _Child.process.poll() is None:
        return ""
    key = ids.key_of("stuck learning", at.isoformat())
    suggesting.give_up_learning(actor=SYSTEM, at=at, key=key, since=at - STUCK)
    if not Learning.objects.filter(state=Learning.State.ASKED).exists():
        return ""
    _Child.process = spawn(COMMAND, env={**os.environ, "OMP_NUM_THREADS": "1"})
    return "learning begun"
