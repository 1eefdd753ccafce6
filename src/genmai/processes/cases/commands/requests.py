"""What one body asks and another decides: an objection to a dispatch, a suspension, an extension.

The reviewer owes an answer (a `decide` limit); the asking body's own clock runs on meanwhile. Whoever asked never
decides: neither the person nor, unless nobody stands above, the organisation.
"""

from __future__ import annotations

import math
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from genmai.kernel.refusal import BadInput, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks
from genmai.processes.cases.commands.asking import (
    ask,
    decide,
    deciding,
    organisation_of,
    plain,
    refuse,
    reviewer_of,
    start_deciding,
)
from genmai.processes.cases.commands.handling import back_to_desk, check_key, lead_body, lead_of, words
from genmai.processes.cases.commands.step import Step, act
from genmai.processes.cases.deeds import Decided
from genmai.processes.cases.models import Case, Milestone, Request, Suspension

Kind = Request.Kind


# an objection to the dispatch


def object_to(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    reason: str,
    text: str,
    proposed: UUID | None = None,
    seen: int | None = None,
) -> Case:
    """ "Not ours", within the window after the dispatch, so many times at most; who should have it may be proposed."""

    def change(step: Step) -> None:
        rule, lead_id = step.definition.objection, lead_of(step)
        check_key(reason, rule.reasons, "reason", "请选择异议的原因")
        _check_window(step)
        _check_times(step, lead_id, rule.max_times)
        whose = None if proposed is None else organisation_of(proposed)
        reviewer = reviewer_of(step, rule.reviewer, lead_id)
        request = ask(step, Kind.OBJECTION, reviewer, reason, words(text), proposed=whose)
        step.deed(credited=lead_id, counterpart_id=reviewer, reason=reason, subject_id=request.public_id)
        step.words(words(text))
        start_deciding(step, request)
        step.case.holder_id = reviewer
        step.tell(reviewer)

    return act(verb="object", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _check_window(step: Step) -> None:
    limit = step.definition.objection.windows.get(step.case.urgency)
    body = lead_body(step)
    if limit is not None and body is not None and step.at > clocks.due_after(limit, body.asked_at):
        raise Refused("too_late", "提异议的时间已经过了，请接单办理；确实不该由您办的，接单后可以退回")


def _check_times(step: Step, lead_id: int, most: int) -> None:
    asked = Request.objects.filter(case=step.case, kind=Kind.OBJECTION, asked_by_id=lead_id).count()
    if asked >= most:
        raise Refused("too_often", "同一件事最多提{most}次异议，请接单办理", most=most)


def uphold_objection(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, text: str = "", seen: int | None = None
) -> Case:
    """The body was right: the matter goes back to the desk, and what the body missed is taken back."""

    def change(step: Step) -> None:
        request = decide(step, Kind.OBJECTION, granted=True)
        step.deed(
            credited=request.reviewer_id,
            counterpart_id=request.asked_by_id,
            reason=request.reason,
            subject_id=request.public_id,
        )
        step.words(words(text, required=False))
        back_to_desk(step)
        step.tell(request.asked_by_id)
        step.tell(step.case.desk_id)

    return deciding("uphold_objection", Kind.OBJECTION, actor, at, key, case, change, seen)


def reject_objection(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """It is theirs after all, and why. The clock was never stopped."""

    def change(step: Step) -> None:
        request = decide(step, Kind.OBJECTION, granted=False)
        step.deed(
            credited=request.reviewer_id,
            counterpart_id=request.asked_by_id,
            reason=request.reason,
            subject_id=request.public_id,
        )
        step.words(words(text))
        step.case.holder_id = request.asked_by_id
        step.tell(request.asked_by_id)

    return deciding("reject_objection", Kind.OBJECTION, actor, at, key, case, change, seen)


# stopping the clock


def ask_suspension(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    reason: str,
    text: str,
    until: datetime | None = None,
    seen: int | None = None,
) -> Case:
    """Ask to stop the clock for a typed reason, until a moment the reason allows (the latest one when empty)."""

    def change(step: Step) -> None:
        lead_id = lead_of(step)
        check_key(reason, step.definition.suspensions, "reason", "请选择挂起的原因")
        rule = step.definition.suspensions[reason]
        latest = clocks.due_after(rule.max, step.at)
        chosen = until or latest
        if not step.at < chosen <= latest:
            raise BadInput("until", "挂起的日期超出了这个原因允许的时间", field="until", allowed=_until_words(latest))
        reviewer = reviewer_of(step, rule.approver, lead_id)
        request = ask(step, Kind.SUSPENSION, reviewer, reason, words(text), until=chosen)
        step.deed(credited=lead_id, counterpart_id=reviewer, reason=reason, due_at=chosen, subject_id=request.public_id)
        step.words(words(text))
        start_deciding(step, request)
        step.tell(reviewer)

    return act(verb="ask_suspension", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _until_words(latest: datetime) -> str:
    return f"≤ {clocks.calendar().local_date(latest):%Y-%m-%d}"


def suspend(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str = "", seen: int | None = None) -> Case:
    """Granted: every running limit of the lead pauses until it is resumed or the suspension expires."""

    def change(step: Step) -> None:
        request = decide(step, Kind.SUSPENSION, granted=True)
        if request.until is None or request.until <= step.at:
            raise Refused("too_late", "申请挂起的时间已经过了，请退回这份申请")
        step.suspensions.append(
            Suspension.objects.create(
                case=step.case,
                reason=request.reason,
                approved_by_id=actor.person_id,
                started_at=step.at,
                expires_at=request.until,
            )
        )
        step.deed(
            credited=request.asked_by_id,
            counterpart_id=request.reviewer_id,
            reason=request.reason,
            due_at=request.until,
            subject_id=request.public_id,
        )
        step.words(words(text, required=False))
        step.drop_requests()
        step.case.prior_state = step.before
        for milestone in [m for m in step.milestones if m.owner_id == step.case.lead_id]:
            step.pause(milestone)
        step.tell(request.asked_by_id)
        step.tell_callers()

    return deciding("suspend", Kind.SUSPENSION, actor, at, key, case, change, seen)


def refuse_suspension(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """Not granted, and why; the clock runs on."""
    return refuse("refuse_suspension", Kind.SUSPENSION, actor, at, key, case, text, seen)


def resume(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str = "", seen: int | None = None) -> Case:
    """Work goes on: the lead's limits run again, later by exactly the counted time they stood still."""

    def change(step: Step) -> None:
        lead_of(step)
        take_up(step, ended_at=step.at, outcome="resumed")
        step.words(words(text, required=False))

    return act(verb="resume", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def take_up(step: Step, *, ended_at: datetime, outcome: str) -> None:
    """End the open suspension (no later than it expires) and let the paused limits run."""
    for suspension in step.suspensions:
        if suspension.ended_at is None:
            suspension.ended_at = min(ended_at, suspension.expires_at or ended_at)
            suspension.save(update_fields=["ended_at"])
            step.deed(reason=suspension.reason, outcome=outcome, due_at=suspension.ended_at)
    for milestone in [m for m in step.milestones if m.state == Milestone.State.PAUSED]:
        step.unpause(milestone)
    step.case.prior_state = ""
    step.tell(step.case.lead_id)
    step.tell_callers()


# more time


def ask_extension(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    amount: Decimal,
    text: str,
    reason: str = "",
    seen: int | None = None,
) -> Case:
    """Ask for `amount` more of the limit's own units, before it ends, so often and so much as the definition says."""

    def change(step: Step) -> None:
        lead_id, rule = lead_of(step), step.definition.extension
        milestone = _extendable(step)
        _check_extension(step, milestone, amount)
        reviewer = reviewer_of(step, rule.approver, lead_id)
        request = ask(step, Kind.EXTENSION, reviewer, reason[:24], words(text), amount=amount)
        step.deed(
            credited=lead_id,
            counterpart_id=reviewer,
            quantity=amount,
            due_at=milestone.due_at,
            reason=reason[:24],
            subject_id=request.public_id,
            payload=Decided(asked=plain(amount)),
        )
        step.words(words(text))
        start_deciding(step, request)
        step.tell(reviewer)

    return act(verb="ask_extension", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _extendable(step: Step) -> Milestone:
    for milestone in step.milestones:
        promise = step.definition.milestones.get(milestone.key)
        if promise is not None and promise.can_extend and milestone.owner_id == step.case.lead_id:
            return milestone
    raise Refused("nothing_to_extend", "现在没有可以延期的时限")


def _check_extension(step: Step, milestone: Milestone, amount: Decimal) -> None:
    rule = step.definition.extension
    if rule.before_limit and step.at > milestone.due_at:
        raise Refused("too_late", "时限已经过了，延期要在到期之前申请")
    granted = Request.objects.filter(case=step.case, kind=Kind.EXTENSION, granted=True)
    if granted.count() >= rule.max_times:
        raise Refused("too_often", "这件事最多延期{most}次，已经用完", most=rule.max_times)
    whole = not milestone.clock.endswith("hours")
    most = rule.max_share * Fraction(milestone.amount)
    most = Fraction(math.floor(most)) if whole else most
    if not 0 < Fraction(amount) <= most or (whole and amount != amount.to_integral_value()):
        allowed = f"1–{most}" if whole else f"≤ {float(most):g}"
        raise BadInput("amount", "延期的时间超出了允许的范围", field="amount", allowed=allowed)


def extend(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str = "", seen: int | None = None) -> Case:
    """Granted: the limit moves; the original one stays on record."""

    def change(step: Step) -> None:
        request = decide(step, Kind.EXTENSION, granted=True)
        milestone = _extendable(step)
        amount = request.amount or Decimal(0)
        milestone.extended_by += amount
        step.deed(
            credited=request.asked_by_id,
            counterpart_id=request.reviewer_id,
            quantity=amount,
            reason=request.reason,
            subject_id=request.public_id,
            payload=Decided(asked=plain(amount), given=plain(amount)),
        )
        step.words(words(text, required=False))
        step.move(milestone, "milestone.moved", quantity=amount)
        step.tell(request.asked_by_id)
        step.tell_callers("case.due_moved")

    return deciding("extend", Kind.EXTENSION, actor, at, key, case, change, seen)


def refuse_extension(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """Not granted, and why; the limit stands."""
    return refuse("refuse_extension", Kind.EXTENSION, actor, at, key, case, text, seen)
