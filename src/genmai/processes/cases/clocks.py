"""From a limit in the definition to a due moment, through the kernel's clocks. Reads no clock and no table.

Numbers come from the definition a case is pinned to; here is only which one applies and when it is due.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from genmai.directory.roster.models import Level
from genmai.kernel import worktime
from genmai.kernel.worktime import Calendar, Clock, ClockKind, Explanation, Pause
from genmai.mechanisms.schema import Limit
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.definition import Milestone as Promise
from genmai.processes.cases.models import Body, Case, Milestone, Request, Suspension

# Milestones whose limits stand elsewhere in the definition than under [milestones].
VISIT = "visit"  # return_visit.within
DECIDE = "decide"  # objection.answer, or the limit of what was asked (answer_limit): whoever is asked answers within it
REVIEW = "review"  # bank.review: a banked matter is looked at again by then
_USUAL_WARN_SHARE = Promise.model_fields["warn_share"].default


def calendar() -> Calendar:
    """The working calendar limits are counted on."""
    return worktime.built_in_calendar()


def limit_of(definition: CasesSection, key: str, urgency: str, kind: str = "") -> Limit | None:
    """The limit of a milestone for this urgency and kind of case; None where nothing is promised."""
    if key in definition.milestones:
        return definition.limit(key, urgency, kind)
    if key == VISIT:
        return definition.return_visit.within
    return definition.objection.answer.get(urgency) if key == DECIDE else None


def answer_limit(definition: CasesSection, kind: str, urgency: str, reason: str = "") -> Limit | None:
    """How long whoever is asked for this may take to decide: its own limit, or that of an objection."""
    pause, bank, wrong = definition.suspensions.get(reason), definition.bank, definition.calls.wrong
    own: dict[str, Mapping[str, Limit]] = {
        Request.Kind.EXTENSION: definition.extension.answer,
        Request.Kind.CLIMB: definition.extension.answer,
        Request.Kind.SUSPENSION: pause.answer if pause else {},
        Request.Kind.BANK: bank.answer if bank else {},
        Request.Kind.WRONG_CALL: wrong.answer if wrong else {},
        Request.Kind.INSISTED: wrong.answer if wrong else {},
    }
    return own.get(kind, {}).get(urgency) or definition.objection.answer.get(urgency)


def climb_at(definition: CasesSection, level: int, at: datetime) -> datetime | None:
    """When a matter has stayed on this rung too long; None where the mechanism sets no stay."""
    rung = definition.levels.get(Level(level).name.lower())
    return due_after(rung.stay, at) if rung is not None and rung.stay is not None else None


def warn_share(definition: CasesSection, key: str) -> Fraction:
    """After which share of its limit a milestone's owner is warned."""
    promise = definition.milestones.get(key)
    return promise.warn_share if promise else Fraction(_USUAL_WARN_SHARE)


def new_milestone(
    *, public_id: UUID, case: Case, key: str, owner_id: int, limit: Limit, at: datetime, warn_share: Fraction
) -> Milestone:
    """A running milestone, not yet saved: due, warned and provisional as the calendar says."""
    milestone = Milestone(
        public_id=public_id,
        case=case,
        key=key,
        state=Milestone.State.RUNNING,
        owner_id=owner_id,
        clock=limit.clock,
        amount=limit.amount,
        set_at=at,
    )
    recompute(milestone, (), at=at, warn_share=warn_share)
    milestone.original_due_at = milestone.due_at
    return milestone


def recompute(milestone: Milestone, suspensions: Iterable[Suspension], *, at: datetime, warn_share: Fraction) -> None:
    """Set due, warning and provisional from the facts: amount, extension, pauses. `original_due_at` never moves.

    While a pause is open there is no due moment: the last one stays and the milestone is PAUSED.
    A warning already given is given again only when its moment moves past `at`.
    """
    clock = clock_of(milestone, suspensions)
    due = worktime.deadline_of(clock, calendar())
    warn = worktime.warn_at(clock, calendar(), share=warn_share)
    if due.due_at is None or warn is None:
        return
    milestone.due_at, milestone.provisional = due.due_at, due.provisional
    milestone.warn_at = min(warn, due.due_at)
    if milestone.warn_at > at:
        milestone.warned_at = None


def clock_of(milestone: Milestone, suspensions: Iterable[Suspension]) -> Clock:
    """The milestone as a clock of the kernel, its pauses derived from the case's suspensions."""
    extensions = [milestone.extended_by] if milestone.extended_by else []
    return worktime.clock(
        ClockKind(milestone.clock), milestone.amount, milestone.set_at, pauses_of(milestone, suspensions), extensions
    )


def pauses_of(milestone: Milestone, suspensions: Iterable[Suspension]) -> list[Pause]:
    """Suspensions of the case since the milestone was set. A called-in body's clock does not pause with the lead's, and
    the review of the problem bank runs just because the others stand still.
    """
    if milestone.key == REVIEW or (milestone.body is not None and milestone.body.part == Body.Part.CALLED):
        return []
    return [
        Pause(one.started_at, one.ended_at)
        for one in suspensions
        if one.ended_at is None or one.ended_at > milestone.set_at
    ]


def explain(milestone: Milestone, suspensions: Iterable[Suspension]) -> Explanation:
    """The day-by-day counting behind `due_at`, for the page."""
    return worktime.explain(clock_of(milestone, suspensions), calendar())


def due_after(limit: Limit, start: datetime) -> datetime:
    """When a limit counted from `start` is over."""
    due = worktime.deadline(ClockKind(limit.clock), limit.amount, start, calendar()).due_at
    assert due is not None  # noqa: S101  no pause, so there is a moment
    return due


def left_of(milestone: Milestone, suspensions: Iterable[Suspension], at: datetime) -> Limit:
    """What was left of a milestone's limit at a moment, in whole units, one at least (a day, an hour)."""
    left = worktime.remaining(clock_of(milestone, suspensions), at, calendar())
    return Limit(clock=milestone.clock, amount=Decimal(max(1, math.ceil(left))))  # type: ignore[arg-type]


def quiet(clock: str, at: datetime) -> datetime:
    """When a notice about this kind of clock may be sent: at once where it runs day and night, else in office hours."""
    return at if clock.startswith("urgent") else calendar().next_opening(at)


def rungs_due(missed_at: datetime, at: datetime, most: int) -> int:
    """How many rungs up an overdue matter should have gone by `at`: one at once, one more at the opening of each
    further working day, `most` at the top.
    """
    days, on = calendar(), calendar().local_date(missed_at)
    rungs = 1
    while rungs < most:
        on += timedelta(days=1)
        midnight = days.local_midnight(on)
        if midnight > at:
            break
        if days.is_workday(on) and days.next_opening(midnight) <= at:
            rungs += 1
    return min(rungs, most)
