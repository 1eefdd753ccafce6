"""Seal what was recorded in the last hour."""

from __future__ import annotations

from datetime import datetime

from genmai.records.seals import commands


def run(*, at: datetime) -> str:
    """What was done, in words for the log."""
    made = commands.seal(at=at)
    return f"sealed {made.count} deeds as number {made.number}" if made else "nothing to seal"
