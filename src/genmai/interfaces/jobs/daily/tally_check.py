"""Once a day the figures kept ready are counted again from the memberships; where they differ, the day is counted anew."""

from __future__ import annotations

from datetime import datetime

from genmai.directory.roster.commands.tally import check_books
from genmai.kernel import ids
from genmai.kernel.viewer import Actor

SYSTEM = Actor.system("figures of the membership")


def run(*, at: datetime) -> str:
    """How many rows differed: any but none is a fault to be looked into."""
    wrong = check_books(actor=SYSTEM, at=at, key=ids.key_of("tally check", at.isoformat()))
    return f"figures kept ready differed in {wrong} rows and are counted anew" if wrong else ""
