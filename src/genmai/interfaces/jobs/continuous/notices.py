"""Waiting notices are handed to the channels."""

from __future__ import annotations

from datetime import datetime

from genmai.interfaces.channels.inapp.deliver import deliver

BATCHES = 3  # at a turn, so that a backlog doesn't hold up the clocks


def run(*, at: datetime) -> str:
    """How many were delivered, in words for the log."""
    sent = 0
    for _ in range(BATCHES):
        batch = deliver(at=at)
        sent += batch
        if not batch:
            break
    return f"delivered {sent} notices" if sent else ""
