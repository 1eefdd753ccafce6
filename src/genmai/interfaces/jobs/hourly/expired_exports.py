"""Exported files that have had their days are removed; their records stay. What an interrupted try left goes as well."""

from __future__ import annotations

from datetime import datetime

from genmai.interfaces import export_files, long_checks
from genmai.kernel import ids
from genmai.kernel.viewer import NOBODY, Actor
from genmai.reports.exports import commands, queries

SYSTEM = Actor.system("expired exports")


def run(*, at: datetime) -> str:
    """How many files went, or were sealed that lay there from before exports were sealed, in words for the log."""
    gone = commands.expire(actor=SYSTEM, at=at, key=ids.key_of("expired exports", at.isoformat()))
    for public_id in gone:
        export_files.remove(public_id)
    paths = export_files.lying()
    kept, at_work = queries.with_file(NOBODY)
    sealed, left = export_files.tidy(paths, kept=kept, at_work=at_work)
    checked = long_checks.tidy(at=at)
    told = (
        (len(gone), "removed {n} exported files"), (sealed, "sealed {n} that lay in clear"),
        (left + checked, "threw away {n} that belonged to none"),
    )  # fmt: skip
    return "; ".join(words.format(n=n) for n, words in told if n)
