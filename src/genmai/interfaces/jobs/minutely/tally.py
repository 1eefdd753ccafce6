"""Figures of the membership are kept ready for the days that are read: changed bodies are corrected, new days counted."""

from __future__ import annotations

from datetime import datetime

from genmai.directory.roster.commands.tally import keep_books
from genmai.kernel import ids
from genmai.kernel.viewer import Actor

SYSTEM = Actor.system("figures of the membership")


def run(*, at: datetime) -> str:
    """How many days were counted and bodies corrected, in words for the log."""
    counted, corrected = keep_books(actor=SYSTEM, at=at, key=ids.key_of("tally", at.isoformat()))
    return f"counted {counted} days, corrected {corrected} bodies" if counted or corrected else ""
