"""Exported files that have had their days are removed; their records stay."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from genmai.interfaces.exporting import remove
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.reports.exports import commands

SYSTEM = Actor.system("expired exports")


def run(*, at: datetime) -> str:
    """How many files went, in words for the log."""
    gone = commands.expire(actor=SYSTEM, at=at, key=ids.key_of("expired exports", at.isoformat()))
    for public_id in gone:
        remove(settings.GENMAI_DATA / "exports" / f"{public_id}.xlsx")
    return f"removed {len(gone)} exported files" if gone else ""
