"""Sheets of the registry, and those of their failing rows, are kept for so many days to be repaired, then thrown away."""

from __future__ import annotations

from datetime import datetime, timedelta

from genmai.directory.roster.registry.members import limits
from genmai.interfaces import registry_import


def run(*, at: datetime) -> str:
    """How many files went."""
    gone = registry_import.sweep(at - timedelta(days=int(limits()["keep_days"])))
    return f"{gone} sheets thrown away" if gone else ""
