"""What one process did and another takes up: new deeds are walked, and the reactions their mechanisms name are run."""

from __future__ import annotations

from datetime import datetime

from genmai.coordination.walking import BATCH, walk
from genmai.kernel.viewer import Actor

SYSTEM = Actor.system("reactions")
BATCHES = 5  # at a turn, so that a backlog doesn't hold up the clocks


def run(*, at: datetime) -> str:
    """How many deeds were walked, in words for the log; nothing to say of a quiet turn."""
    walked = 0
    for _ in range(BATCHES):
        batch = walk(actor=SYSTEM, at=at)
        walked += batch
        if batch < BATCH:
            break
    return f"walked {walked} deeds" if walked > BATCH else ""
