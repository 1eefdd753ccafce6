"""How each finding of a round stands, and the round's figures: folded from deeds alone, in the order they were written.

Pure: whoever has the deeds gets the same numbers, on the screen, in the circular and years later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from genmai.processes.cases.deeds import FIXED, LATE

RULE = "round_figures@1"  # changes whenever what is counted changes
RESOLVE = "resolve"
ENTERED = "round.finding_entered"
# What the fold reads of a finding's own history.
KINDS = (
    "case.dispatched", "case.reassigned", "case.escalated", "case.replied", "case.rework_asked", "case.reopened",
    "case.closed", "case.excluded", "case.declined", "case.merged", "case.unmerged", "case.reinspected", "case.verified", "case.chased",
    "milestone.set", "milestone.moved", "milestone.resumed", "milestone.paused", "milestone.met", "milestone.missed",
    "milestone.void",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """The columns of one deed that count here."""

    id: int
    kind: str
    case: UUID
    organisation_id: int
    at: datetime
    outcome: str = ""
    reason: str = ""
    milestone: str = ""
    due_at: datetime | None = None


@dataclass(slots=True)
class Standing:
    """One finding. `entered`, `answered`, `looks`, `missed`: the deeds behind what is said of it."""

    case: UUID
    service: str
    body_id: int
    entered: int
    put_right: bool = False
    late: bool = False
    left_out: bool = False
    promised: bool = False
    due_at: datetime | None = None
    reworks: int = 0
    chases: int = 0
    passes: list[bool] = field(default_factory=list)
    on_site: int = 0
    on_paper: int = 0
    answered: int = 0
    missed: int = 0
    looks: list[int] = field(default_factory=list)

    def overdue(self, at: datetime) -> bool:
        """Not put right, and its limit is over."""
        return not self.put_right and self.due_at is not None and self.due_at < at


def fold(entered: Iterable[Fact], history: Iterable[Fact]) -> list[Standing]:
    """Standings in the order of entry. `history` in the order of writing."""
    found = {fact.case: Standing(fact.case, fact.reason, fact.organisation_id, fact.id) for fact in entered}
    for fact in history:
        change = _CHANGES.get(fact.kind)
        if change is not None and fact.case in found:
            change(found[fact.case], fact)
    return list(found.values())


def _led_by(one: Standing, fact: Fact) -> None:
    one.body_id = fact.organisation_id


def _answered(one: Standing, fact: Fact) -> None:
    one.put_right, one.promised = fact.outcome != "promised", fact.outcome == "promised"
    one.answered = fact.id


def _sent_back(one: Standing, fact: Fact) -> None:
    one.put_right = one.promised = False
    one.reworks += 1
    _seen(one, fact, passed=False)


def _verified(one: Standing, fact: Fact) -> None:
    _seen(one, fact, passed=True)


def _seen(one: Standing, fact: Fact, *, passed: bool) -> None:
    """A second look, on whichever page it was recorded."""
    one.passes.append(passed)
    one.looks.append(fact.id)


def _reopened(one: Standing, fact: Fact) -> None:
    one.put_right = one.promised = one.left_out = False


def _closed(one: Standing, fact: Fact) -> None:
    one.put_right, one.due_at = fact.outcome == FIXED, None


def _excluded(one: Standing, fact: Fact) -> None:
    one.left_out = True


def _back(one: Standing, fact: Fact) -> None:
    one.left_out = False


def _how(one: Standing, fact: Fact) -> None:
    """How the look just recorded was made; this deed says more of it than the case's own."""
    one.on_site += fact.reason == "on_site"
    one.on_paper += fact.reason == "on_paper"
    if one.looks:
        one.looks[-1] = fact.id


def _chased(one: Standing, fact: Fact) -> None:
    one.chases += 1


def _due(one: Standing, fact: Fact) -> None:
    if fact.milestone == RESOLVE:
        one.due_at = fact.due_at
        one.missed = 0


def _standing_still(one: Standing, fact: Fact) -> None:
    if fact.milestone == RESOLVE:
        one.due_at = None


def _missed(one: Standing, fact: Fact) -> None:
    if fact.milestone == RESOLVE:
        one.missed = fact.id


def _met(one: Standing, fact: Fact) -> None:
    if fact.milestone == RESOLVE:
        one.late = one.late or fact.outcome == LATE
        one.due_at = None


_CHANGES: Mapping[str, Callable[[Standing, Fact], None]] = {
    "case.dispatched": _led_by, "case.reassigned": _led_by, "case.escalated": _led_by,
    "case.replied": _answered, "case.rework_asked": _sent_back, "case.reopened": _reopened, "case.closed": _closed,
    "case.excluded": _excluded, "case.declined": _excluded, "case.merged": _excluded, "case.unmerged": _back,
    "case.reinspected": _how, "case.verified": _verified, "case.chased": _chased,
    "milestone.set": _due, "milestone.moved": _due, "milestone.resumed": _due, "milestone.missed": _missed,
    "milestone.paused": _standing_still, "milestone.met": _met, "milestone.void": _standing_still,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of a round, a class or a body. What turned out not to exist is in `left_out` and nowhere else.

    `rectified` = `on_time` + `late`; `found` = `rectified` + `open`. `passed`: at the first look, of those `checked`.
    """

    found: int = 0
    on_time: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    checked: int = 0
    passed: int = 0
    reworked: int = 0
    left_out: int = 0

    @property
    def rectified(self) -> int:
        return self.on_time + self.late


def tally(standings: Iterable[Standing], *, at: datetime) -> Tally:
    """Counted as known at a moment."""
    rows = list(standings)
    counted = [one for one in rows if not one.left_out]
    right = [one for one in counted if one.put_right]
    checked = [one for one in counted if one.passes]
    return Tally(
        found=len(counted),
        on_time=sum(not one.late for one in right),
        late=sum(one.late for one in right),
        open=len(counted) - len(right),
        overdue=sum(one.overdue(at) for one in counted),
        checked=len(checked),
        passed=sum(one.passes[0] for one in checked),
        reworked=sum(one.reworks > 0 for one in counted),
        left_out=len(rows) - len(counted),
    )


# What each number of a table opens to: which findings, and which of their deeds.
CELLS: Mapping[str, tuple[Callable[[Standing, datetime], bool], Callable[[Standing], int]]] = {
    "found": (lambda one, at: True, lambda one: one.entered),
    "rectified": (lambda one, at: one.put_right, lambda one: one.answered or one.entered),
    "on_time": (lambda one, at: one.put_right and not one.late, lambda one: one.answered or one.entered),
    "late": (lambda one, at: one.put_right and one.late, lambda one: one.answered or one.entered),
    "open": (lambda one, at: not one.put_right, lambda one: one.entered),
    "overdue": (lambda one, at: one.overdue(at), lambda one: one.missed or one.entered),
    "checked": (lambda one, at: bool(one.passes), lambda one: one.looks[0]),
    "passed": (lambda one, at: bool(one.passes) and one.passes[0], lambda one: one.looks[0]),
    "on_site": (lambda one, at: one.on_site > 0, lambda one: one.looks[-1]),
    "reworked": (lambda one, at: one.reworks > 0, lambda one: one.looks[one.passes.index(False)]),
}


def behind(
    standings: Sequence[Standing], cell: str, *, at: datetime, service: str = "", body_id: int | None = None
) -> list[tuple[Standing, int]]:
    """The findings in one number and, of each, the deed that puts it there."""
    fits, deed_of = CELLS[cell]
    return [
        (one, deed_of(one))
        for one in standings
        if not one.left_out
        and (not service or one.service == service)
        and (body_id is None or one.body_id == body_id)
        and fits(one, at)
    ]
