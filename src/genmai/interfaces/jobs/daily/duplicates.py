"""The registry is looked through for records that may be one person; what is found waits for people."""

from __future__ import annotations

from datetime import datetime

from genmai.directory.roster.commands.pairing import find_pairs
from genmai.kernel import ids
from genmai.kernel.viewer import Actor

SYSTEM = Actor.system("duplicates")


def run(*, at: datetime) -> str:
    """How many pairs are new, in words for the log."""
    found = find_pairs(actor=SYSTEM, at=at, key=ids.key_of("duplicates", at.date().isoformat()))
    return f"{found.fresh} new pairs, {found.known} known" if found.fresh else ""
