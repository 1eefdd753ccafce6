"""A matter's relatives: what stands under it, what it stands under, each as far as the viewer may know it.

Whoever sees a matter sees how its children stand (number, body, state, next limit); their words and callers only within
the viewer's own scope. Whoever sees a child sees the parent's number and body, no more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from genmai.kernel.viewer import Viewer
from genmai.kernel.walled import house
from genmai.processes.cases import policies
from genmai.processes.cases.flow import OPEN, UNANSWERED
from genmai.processes.cases.models import Case, Milestone


@dataclass(frozen=True, slots=True)
class Kin:
    """A relative. `in_scope`: the viewer may open it. `due`: its nearest limit still running."""

    case: Case
    in_scope: bool
    own: Case
    due: Milestone | None = None

    @property
    def unanswered(self) -> bool:
        return self.case.state in UNANSWERED

    @property
    def open(self) -> bool:
        return self.case.state in OPEN


def children(viewer: Viewer, *, of: Collection[Case]) -> list[Kin]:
    """Children of these cases (a matter and what was merged into it), where they live now; two queries."""
    ids = {case.id for case in of}
    found_rows = Case.objects.filter(parent_id__in=ids).select_related(
        "lead", "holder", "merged_into__lead", "merged_into__holder"
    )
    live: dict[int, tuple[Case, Case]] = {}
    with house("how a child elsewhere stands is told, never its words"):
        rows = list(found_rows.defer("words", "merged_into__words").order_by("id"))
    for child in rows:
        found = child.merged_into or child
        if found.id not in ids:
            live.setdefault(found.id, (found, child))
    due = _next(live)
    return [Kin(found, policies.sees(viewer, found), child, due.get(found.id)) for found, child in live.values()]


def _next(ids: Collection[int]) -> dict[int, Milestone]:
    rows = Milestone.objects.filter(case_id__in=ids, state=Milestone.State.RUNNING).order_by("-due_at", "-id")
    return {milestone.case_id: milestone for milestone in rows}


def parent(viewer: Viewer, *, case: Case) -> Kin | None:
    """What a case stands under, where that lives now; always one query."""
    above = Case.objects.filter(pk=case.parent_id or 0)
    with house("the parent's number and body are told, no more"):
        found = above.select_related("lead", "holder", "merged_into__lead", "merged_into__holder").first()
    if found is None:
        return None
    live = found.merged_into or found
    return Kin(live, policies.sees(viewer, live), found)


def by_number(viewer: Viewer, *, number: str) -> Case | None:
    """A case in the viewer's scope by the number people quote (261103-123), or None."""
    tail = number.strip().rsplit("-", 1)[-1]
    if not tail.isdigit() or len(tail) > 12:
        return None
    found = Case.objects.filter(pk=int(tail)).first()
    fits = found is not None and (number.strip() == found.number or number.strip() == tail)
    return found if found is not None and fits and policies.sees(viewer, found) else None


__all__ = ["Kin", "by_number", "children", "parent"]
