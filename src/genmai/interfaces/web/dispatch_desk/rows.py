"""The rows of the desk's list: one line a matter, with what is suggested for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from genmai.interfaces.web.handle_case.rows import row
from genmai.interfaces.web.shell.view_models import MatterRow, Undo
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import suggestions
from genmai.processes.cases.queries.marks import marks


@dataclass(frozen=True)
class DeskRow:
    """`hint`: whom the suggestion names; `sure`: it may be taken with one key. `done`: what was just done with it."""

    public_id: UUID
    version: int
    line: MatterRow
    hint: str = ""
    sure: bool = False
    percent: int | None = None
    handed: bool = False  # somebody has it, and it is said who
    done: str = ""
    undo: Undo | None = None


def address(query: str, case: UUID) -> str:
    """A matter within a view of the desk."""
    return f"{reverse('dispatch_desk')}?{query}&case={case}" if query else f"{reverse('dispatch_desk')}?case={case}"


def rows(viewer: Viewer, cases: Sequence[Case], now: datetime, *, query: str, current: UUID | None) -> list[DeskRow]:
    """All of them: a constant number of queries."""
    found = marks(viewer, cases=cases)
    waiting = [one for one in cases if one.state == "received"]
    suggested = suggestions.for_cases(viewer, waiting, at=now) if waiting else {}
    return [
        _row(
            one,
            row(one, found[one.id], now, url=address(query, one.public_id), current=one.public_id == current),
            suggested,
        )
        for one in cases
    ]


def _row(case: Case, line: MatterRow, suggested: Mapping[int, suggestions.Shown]) -> DeskRow:
    hint = suggested.get(case.pk)
    if hint is None:
        return DeskRow(case.public_id, case.version, line, handed=case.state != "received")
    sure = hint.decided and hint.body is not None
    return DeskRow(case.public_id, case.version, line, hint.body_name, sure, hint.percent)
