"""What matters are usually written with is counted anew, so that likeness goes by what tells them apart."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.ids import key_of
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands.common_signs import count_signs

SYSTEM = Actor.system("common signs")


def run(*, at: datetime) -> str:
    """Counted over the newest matters; nothing while there are too few."""
    made = count_signs(actor=SYSTEM, at=at, key=key_of("common signs", at.isoformat()))
    return f"counted {made.texts} texts" if made else ""
