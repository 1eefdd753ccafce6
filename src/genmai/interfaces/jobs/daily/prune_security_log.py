"""What is older than six months leaves the security log."""

from __future__ import annotations

from datetime import datetime

from genmai.directory.access import commands
from genmai.kernel import ids
from genmai.kernel.viewer import Actor

SYSTEM = Actor.system("prune security log")


def run(*, at: datetime) -> str:
    """How many lines went, in words for the log."""
    gone = commands.prune_security_events(actor=SYSTEM, at=at, key=ids.key_of("prune security log", at.isoformat()))
    return f"pruned {gone} lines of the security log" if gone else ""
