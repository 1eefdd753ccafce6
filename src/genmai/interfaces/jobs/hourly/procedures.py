"""What time does to files of procedures: a step's limit has passed; whose turn it is is told, once."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house
from genmai.processes.registers.procedures.commands.watching import miss_limits

SYSTEM = Actor.system("procedures")


def run(*, at: datetime) -> str:
    """How many, in words for the log."""
    with house("limits pass for every file alike"):
        missed = miss_limits(actor=SYSTEM, at=at)
    return f"{missed} limits of procedures missed" if missed else ""
