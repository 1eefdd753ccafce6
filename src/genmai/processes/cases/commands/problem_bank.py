"""挂账: what can't be solved now waits in the problem bank, open and in sight, and is looked at again on a date.

The clocks of handling stand still meanwhile; the review has a clock of its own, and a missed review is a miss like any
other and goes up the line. A banked matter counts as not solved. Every look is told to the callers in words.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Refused
from genmai.kernel.viewer import Actor
from genmai.mechanisms.schema import Limit
from genmai.processes.cases import clocks, policies
from genmai.processes.cases.commands.asking import ask, decide, deciding, refuse, reviewer_of, start_deciding
from genmai.processes.cases.commands.handling import check_key, check_outcome, lead_body, lead_of, words
from genmai.processes.cases.commands.handover import hand_over, release_bodies
from genmai.processes.cases.commands.kinship import check_done
from genmai.processes.cases.commands.step import Step, act
from genmai.processes.cases.deeds import NOT_FIXED, PROMISED, Escalated
from genmai.processes.cases.definition_bank import ProblemBank
from genmai.processes.cases.models import BankEntry, Case, Milestone, Request, Suspension

Kind = Request.Kind
Outcome = BankEntry.Outcome
WAITING = "waiting"


def ask_bank(
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
    """Ask to bank a matter: a typed reason, in words what is missing, and when it should be looked at again."""

    def change(step: Step) -> None:
        lead_id, rule = lead_of(step), rule_of(step)
        check_key(reason, rule.reasons, "reason", "请选择挂账的原因")
        missing = words(text)
        chosen = _next_look(step, rule, until)
        reviewer = reviewer_of(step, rule.approver, lead_id)
        request = ask(step, Kind.BANK, reviewer, reason, missing, until=chosen)
        step.deed(credited=lead_id, counterpart_id=reviewer, reason=reason, due_at=chosen, subject_id=request.public_id)
        step.words(missing)
        start_deciding(step, request)
        step.tell(reviewer)

    return act(verb="ask_bank", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def rule_of(step: Step) -> ProblemBank:
    if step.definition.bank is None:
        raise Refused("no_bank", "这个办法里没有挂账")
    return step.definition.bank


def _next_look(step: Step, rule: ProblemBank, until: datetime | None) -> datetime:
    """The moment of the next review: as asked, no later than the mechanism's limit."""
    latest = clocks.due_after(rule.review, step.at)
    chosen = until or latest
    if not step.at < chosen <= latest:
        on = f"{clocks.calendar().local_date(latest):%Y-%m-%d}"
        raise BadInput("until", "复查的日期超出了允许的时间", field="until", allowed=f"≤ {on}")
    return chosen


def bank(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """Approved in writing: the matter stands in the bank, its clocks still, the first review due."""

    def change(step: Step) -> None:
        rule = rule_of(step)
        request = decide(step, Kind.BANK, granted=True)
        approval = words(text)
        if request.until is None or request.until <= step.at:
            raise Refused("too_late", "申请里的复查日期已经过了，请退回这份申请")
        step.drop_requests()
        release_bodies(step)
        for milestone in [m for m in step.milestones if m.owner_id == request.asked_by_id]:
            step.pause(milestone)
        step.suspensions.append(_still(step, actor))
        entry = _enter(step, request, actor)
        step.deed(
            credited=request.asked_by_id, counterpart_id=request.reviewer_id, reason=request.reason,
            due_at=request.until, subject_id=entry.public_id,
        )  # fmt: skip
        step.words(approval)
        for public_id in step.callers.values_list("public_id", flat=True):
            step.deed("case.unsolved", credited=request.asked_by_id, subject_id=public_id, outcome=NOT_FIXED)
        _look_again(step, entry, rule, request.until)
        step.tell(request.asked_by_id)
        step.tell_callers(until=entry.review_due_at.isoformat())

    return deciding("bank", Kind.BANK, actor, at, key, case, change, seen)


def _still(step: Step, actor: Actor) -> Suspension:
    return Suspension.objects.create(
        case=step.case, reason=Suspension.BANKED, approved_by_id=actor.person_id, started_at=step.at
    )


def _enter(step: Step, request: Request, actor: Actor) -> BankEntry:
    return BankEntry.objects.create(
        public_id=ids.derive(step.at, step.key, "bank"),
        case=step.case,
        request=request,
        owner_id=request.asked_by_id,
        reason=request.reason,
        missing=request.text,
        approver_id=request.reviewer_id,
        approved_by_id=actor.person_id,
        banked_at=step.at,
        review_due_at=request.until or step.at,
    )


def _look_again(step: Step, entry: BankEntry, rule: ProblemBank, until: datetime) -> None:
    """The next review as a limit of its own, in days from today."""
    calendar = clocks.calendar()
    days = max((calendar.local_date(until) - calendar.local_date(step.at)).days, 1)
    limit = Limit(clock="calendar_days", amount=Decimal(days))
    due = step.start(clocks.REVIEW, entry.owner_id, body=lead_body(step), limit=limit)
    entry.review_due_at = due.due_at if due else until
    entry.save(update_fields=["review_due_at", "reviewed_at", "reviews"])


def refuse_bank(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """Not granted, and why; the clock runs on."""
    return refuse("refuse_bank", Kind.BANK, actor, at, key, case, text, seen)


# looking again


def review_bank(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    text: str,
    until: datetime | None = None,
    seen: int | None = None,
) -> Case:
    """Looked at again and still waiting, until a new date; the callers read the words.

    Raises Refused('must_go_up') once it was left waiting as often as the mechanism allows at this level.
    """

    def change(step: Step) -> None:
        lead_id, rule, entry = lead_of(step), rule_of(step), entry_of(step.case)
        if entry.reviews >= rule.times and step.parent(lead_id) != lead_id:
            raise Refused("must_go_up", "在这一级已经复查过 {n} 次，请提交上一级，或者重新办理", n=entry.reviews)
        chosen = _next_look(step, rule, until)
        said = words(text)
        entry.reviews, entry.reviewed_at = entry.reviews + 1, step.at
        step.deed(
            credited=lead_id, counterpart_id=entry.approver_id, outcome=WAITING, reason=entry.reason, due_at=chosen,
            quantity=entry.reviews, subject_id=entry.public_id,
        )  # fmt: skip
        step.words(said, open_to_callers=True)
        step.meet(clocks.REVIEW)
        _look_again(step, entry, rule, chosen)
        step.tell(entry.approver_id)
        step.tell_callers(until=entry.review_due_at.isoformat())

    return act(verb="review_bank", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def unbank(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """Back to work: the limits run again, later by exactly the counted time they stood still."""

    def change(step: Step) -> None:
        lead_id, entry = lead_of(step), entry_of(step.case)
        step.deed(credited=lead_id, counterpart_id=entry.approver_id, reason=Outcome.BACK, subject_id=entry.public_id)
        step.words(words(text), open_to_callers=True)
        _leave(step, entry, Outcome.BACK)
        step.tell(entry.approver_id)
        step.tell_callers()

    return act(verb="unbank", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def raise_bank(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """One rung up: the parent leads now, with what is left of the limit. Raises Refused('top') where there is none."""

    def change(step: Step) -> None:
        lead_id, entry, before = lead_of(step), entry_of(step.case), step.case.level
        above = step.parent(lead_id)
        if above == lead_id:
            raise Refused("top", "已经是最高一级，没有上一级可以提交")
        to = step.organisation(above)
        step.deed(credited=to.id, counterpart_id=lead_id, level=to.level, payload=Escalated(level_before=before))
        step.words(words(text), open_to_callers=True)
        step.deed("case.unbanked", credited=lead_id, reason=Outcome.RAISED, subject_id=entry.public_id)
        _leave(step, entry, Outcome.RAISED)
        hand_over(step, to)
        step.tell(to.id)
        step.tell_callers()

    return act(verb="raise_bank", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _leave(step: Step, entry: BankEntry, outcome: str) -> None:
    """Out of the bank: the review is met, what stood still runs on."""
    step.meet(clocks.REVIEW)
    entry.left_at, entry.outcome, entry.reviewed_at = step.at, outcome, step.at
    entry.save(update_fields=["left_at", "outcome", "reviewed_at"])
    for pause in step.suspensions:
        if pause.ended_at is None:
            pause.ended_at = step.at
            pause.save(update_fields=["ended_at"])
    for milestone in [m for m in step.milestones if m.state == Milestone.State.PAUSED]:
        step.unpause(milestone)


def close_banked(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    reason: str,
    text: str,
    promised_until: date | None = None,
    seen: int | None = None,
) -> Case:
    """The approving body ends it with a promise: agreed, still to come, on a day. Promised is not fixed."""

    def change(step: Step) -> None:
        entry, found = entry_of(step.case), step.case
        policies.check_not_handler(actor, found, top=entry.approver_id == entry.owner_id)
        promises = {k: c for k, c in step.definition.closings.items() if c.promised}
        check_key(reason, promises, "reason", "请选择答应了什么")
        check_outcome(step, reason, promised_until)
        check_done(found)
        level = step.organisation(entry.owner_id).level
        step.deed(credited=entry.owner_id, level=level, outcome=PROMISED, reason=reason, subject_id=entry.public_id)
        step.words(words(text), open_to_callers=True)
        _leave(step, entry, Outcome.PROMISED)
        step.void()
        found.closed_at, found.closing_reason, found.promised_until = step.at, reason, promised_until
        found.fixed = False
        step.tell(entry.owner_id)
        step.tell_callers(reason=reason)

    def approver(found: Case) -> int:
        return entry_of(found).approver_id

    return act(verb="close_banked", actor=actor, at=at, key=key, case=case, change=change, seen=seen, by=approver)


def entry_of(case: Case) -> BankEntry:
    """The open stay of a banked matter."""
    found = BankEntry.objects.filter(case=case, left_at__isnull=True).first()
    if found is None:
        raise Refused("not_banked", "这件事现在没有挂账")
    return found
