"""What a list shows beside each case: its nearest limit, whether anything is late, how many people brought it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import Caller, Case, Milestone

_OPEN = (Milestone.State.RUNNING, Milestone.State.PAUSED)


@dataclass(slots=True)
class Mark:
    """`due`: the nearest limit still open, else the met limit of handling. `callers` counts those of merged cases."""

    due: Milestone | None = None
    late: bool = False
    callers: int = 0


def marks(viewer: Viewer, *, cases: Collection[Case]) -> dict[int, Mark]:
    """By case id, in two queries for any number; the list that found the cases has asked whether they may be seen."""
    found = {case.id: Mark() for case in cases}
    wanted = Q(state__in=_OPEN) | Q(key="resolve", state=Milestone.State.MET)
    rows = Milestone.objects.filter(wanted, case_id__in=found).order_by("due_at", "id")
    for milestone in sorted(rows, key=lambda one: one.state not in _OPEN):
        mark = found[milestone.case_id]
        mark.late = mark.late or (milestone.state == Milestone.State.RUNNING and milestone.missed_at is not None)
        if mark.due is None or (mark.due.state not in _OPEN and milestone.state not in _OPEN):
            mark.due = milestone
    for case_id, n in _caller_counts(found):
        found[case_id].callers += n
    return found


def _caller_counts(found: Collection[int]) -> list[tuple[int, int]]:
    """Case, callers: its own and those of the cases merged into it.

    As a union of two look-ups by index; as one condition with OR the database reads every caller there is.
    """
    own = Caller.objects.filter(case_id__in=found).order_by().values_list("case_id")
    merged = Caller.objects.filter(case__merged_into_id__in=found).order_by().values_list("case__merged_into_id")
    return list(own.annotate(n=Count("id")).union(merged.annotate(n=Count("id")), all=True))


__all__ = ["Mark", "marks"]
