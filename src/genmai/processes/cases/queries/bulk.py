"""Runs of one verb on many matters: how far, and what became of each row."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import BulkRow, BulkRun
from genmai.processes.cases.queries.lists import visible


@dataclass(frozen=True, slots=True)
class Progress:
    """A run and how many of its rows stand where."""

    run: BulkRun
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def gone_through(self) -> int:
        return self.total - self.counts.get(BulkRow.Outcome.WAITING, 0)


def progress(viewer: Viewer, *, public_id: UUID) -> Progress:
    """One's own run. Raises NotFound for anybody else's."""
    run = BulkRun.objects.filter(public_id=public_id, by_id=viewer.person_id or 0).first()
    if run is None:
        raise NotFound()
    rows = BulkRow.objects.filter(run=run).order_by().values("outcome").annotate(n=Count("id"))
    return Progress(run, {row["outcome"]: row["n"] for row in rows})


def outcome_rows(viewer: Viewer, *, run: BulkRun, limit: int = 1000) -> list[BulkRow]:
    """The rows, those not done first; of a matter out of sight by now nothing is shown."""
    rows = BulkRow.objects.filter(run=run, case__in=visible(viewer)).select_related(
        "case__home", "case__lead", "case__holder"
    )
    rows = rows.defer("case__words", "case__reach", "case__answers")
    last = {BulkRow.Outcome.DONE: 1}
    return sorted(rows[:limit], key=lambda row: (last.get(BulkRow.Outcome(row.outcome), 0), row.position))


def recent_runs(viewer: Viewer, *, limit: int = 5) -> list[BulkRun]:
    """One's own, newest first."""
    return list(BulkRun.objects.filter(by_id=viewer.person_id or 0).order_by("-id")[:limit])


__all__ = ["Progress", "outcome_rows", "progress", "recent_runs"]
