"""Was it done: verify, ask for rework, visit, the caller's own judgement, close, reopen.

*Closed* and *fixed* are different facts, and *promised* is neither (DESIGN §4). Whoever did the work doesn't judge it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks, policies
from genmai.processes.cases.commands.asking import reviewer_of
from genmai.processes.cases.commands.handling import check_key, lead_body, words
from genmai.processes.cases.commands.handover import keep_for, release_bodies
from genmai.processes.cases.commands.kinship import check_done, check_may_reopen
from genmai.processes.cases.commands.step import Step, act
from genmai.processes.cases.deeds import FIXED, NO_ANSWER, NOT_FIXED, PROMISED
from genmai.processes.cases.definition import Closing
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.models import Caller, Case, Milestone
from genmai.records.deeds.models import Deed

LONGEST_SAID = 500
SATISFACTION = (1, 2, 3)  # 1 not satisfied, 2 fairly, 3 satisfied
RESOLVE = "resolve"


def verify(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str = "", seen: int | None = None) -> Case:
    """Looked at by somebody other than the handler and found as told; the return visit is due next."""

    def change(step: Step) -> None:
        _check_not_handler(step)
        step.deed(counterpart_id=step.case.holder_id)
        step.words(words(text, required=False))
        step.fulfil("verified", step.case.holder_id)
        step.begin("verified", step.case.holder_id)
        if step.callers.exists() and step.find(clocks.VISIT) is None:
            step.start(clocks.VISIT, step.case.holder_id, quantity=step.callers.count())
        step.tell_callers()

    return act(verb="verify", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def rework(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """Not as told: back to the handler (返工). The handler's stage goes on with what was left of its limit, or anew
    where the definition says that it restarts on return.
    """

    def change(step: Step) -> None:
        _check_not_handler(step)
        step.deed(counterpart_id=step.case.holder_id)
        step.words(words(text))
        step.fulfil("verified", step.case.holder_id)  # it was looked at, and in time or not
        step.case.returns += 1
        back_in_hand(step, anew=_restarts(step))
        step.tell(step.case.lead_id)

    return act(verb="rework", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _restarts(step: Step) -> bool:
    promise = step.definition.milestones.get(RESOLVE)
    return promise is not None and promise.restarts_on_return


def back_in_hand(step: Step, *, anew: bool) -> None:
    """The lead has it again, with a limit: the whole one, or what was left when it replied."""
    case = step.case
    owner_id = case.lead_id or case.desk_id
    last = (
        Milestone.objects.select_related("body")
        .filter(case=case, key=RESOLVE, state=Milestone.State.MET)
        .order_by("-id")
        .first()
    )
    limit = None
    if not anew and last is not None and last.met_at is not None:
        limit = clocks.left_of(last, step.suspensions, last.met_at)
    case.holder_id = owner_id
    case.promised_until = None
    step.start(RESOLVE, owner_id, body=lead_body(step), limit=limit)


def visit(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    caller: UUID,
    reached: bool,
    contacted: bool | None = None,
    fixed: bool | None = None,
    satisfaction: int | None = None,
    text: str = "",
    seen: int | None = None,
) -> Case:
    """One try of the return visit (回访) to one caller, by staff who didn't do the work.

    `contacted`: whether the handler had been in touch, in the caller's words. The limit is met when everybody was
    reached, or tried as often as the definition says.
    """

    def change(step: Step) -> None:
        _check_not_handler(step)
        one = _caller(step, caller)
        outcome = _outcome(fixed) if reached else NO_ANSWER
        step.deed(
            subject_id=one.public_id,
            outcome=outcome,
            quantity=_checked(satisfaction) if reached else None,
            reason="" if contacted is None or not reached else ("contacted" if contacted else "not_contacted"),
        )
        step.words(words(text, required=False))
        if reached:
            one.visited_at = step.at
            _remember(one, fixed, satisfaction, "")
        if _all_visited(step, one):
            step.meet(clocks.VISIT)
            step.fulfil("visited", step.case.holder_id)

    return act(verb="visit", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _all_visited(step: Step, now: Caller) -> bool:
    """Everybody reached, or tried as often as the definition asks (this try included)."""
    left = list(step.callers.filter(visited_at__isnull=True).values_list("public_id", flat=True))
    if not left:
        return True
    due = step.find(clocks.VISIT)
    since = due.set_at if due else step.at
    tries = Deed.objects.filter(
        source_id=step.case.public_id, kind="case.visited", subject_id__in=left, recorded_at__gte=since
    )
    counted = dict.fromkeys(left, 0)
    for subject_id in tries.values_list("subject_id", flat=True):
        counted[subject_id] += 1
    if now.public_id in counted:
        counted[now.public_id] += 1
    return min(counted.values()) >= step.definition.return_visit.attempts


def judge(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    caller: UUID,
    fixed: bool,
    satisfaction: int | None = None,
    text: str = "",
    seen: int | None = None,
) -> Case:
    """The caller says for themself: fixed or not, how satisfied, in their words. Not fixed reopens at once.

    Past the window, or reopened as often as the definition allows: it is told plainly and goes to the lead's parent.
    The case judged is the one the caller's own was merged into, if it was.
    """
    asked = Caller.objects.select_related("case__merged_into").filter(public_id=caller).first()
    if asked is None:
        raise NotFound("没有找到这次反映，请核对查询码")
    judged = asked.case.merged_into or asked.case

    def change(step: Step) -> None:
        one = _caller(step, caller)
        step.deed(subject_id=one.public_id, outcome=_outcome(fixed), quantity=_checked(satisfaction))
        said = words(text, required=False)[:LONGEST_SAID]
        step.words(said)
        _remember(one, fixed, satisfaction, said)
        step.tell(step.case.lead_id)

    with transaction.atomic():
        done = act(verb="judge", actor=actor, at=at, key=key, case=judged.public_id, change=change, seen=seen)
        if not fixed and not Deed.objects.filter(key=ids.subkey(key, "after"), ordinal=0).exists():
            _after_not_fixed(done, actor, at, ids.subkey(key, "after"))
    return done


def _after_not_fixed(case: Case, actor: Actor, at: datetime, key: UUID) -> None:
    """Reopen within the rules; else the parent has it and the caller is told so. Done once a key: a deed either way."""
    again = may_still_reopen(case, at)
    step = Step(case=case, verb="reopen" if again else "judge", actor=actor, at=at, key=key)
    if again:
        step.deed(reason=NOT_FIXED)
        _open_again(step)
    else:
        step.deed("case.noted", reason="still_not_fixed")
        _to_parent(step)
    step.finish()


def may_still_reopen(case: Case, at: datetime) -> bool:
    """Whether "not fixed" reopens it: not too often before, and within the window after the close."""
    rule = definition_of(case.mechanism).reopen
    in_time = case.closed_at is None or at <= clocks.due_after(rule.within, case.closed_at)
    return in_time and case.reopens < rule.max_times


def _to_parent(step: Step) -> None:
    case = step.case
    above = step.parent(case.lead_id or case.desk_id)
    step.extend_reach(above)
    if case.state != "closed":
        case.holder_id = above
        for milestone in list(step.milestones):
            keep_for(step, milestone.key, above)
    step.tell(above, "case.still_not_fixed")
    step.tell_callers("case.with_parent")


def close(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, reason: str, text: str = "", seen: int | None = None
) -> Case:
    """End it with a typed reason. *Fixed* needs that no caller's latest word is "not fixed", and is no mere promise.

    A reason with an approver is closed by the approver's own people; one that isn't counted leaves every rate.
    """

    def change(step: Step) -> None:
        _check_not_handler(step)
        check_key(reason, step.definition.closings, "reason", "请选择办结的原因")
        closing = step.definition.closings[reason]
        _check_close(step, closing, text)
        found = step.case
        level = step.organisation(found.lead_id or found.desk_id).level
        step.deed(level=level, outcome=_close_outcome(closing, found), reason=reason)
        step.words(words(text, required=False), open_to_callers=True)
        if not closing.counted:
            step.deed("case.excluded", reason=reason)
        release_bodies(step)
        step.fulfil("closed", found.holder_id)
        step.void()
        found.closed_at, found.closing_reason, found.excluded = step.at, reason, not closing.counted
        found.fixed = closing.fixed
        found.solved_level = level if closing.fixed else None
        step.tell_callers(reason=reason)

    return act(verb="close", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _check_close(step: Step, closing: Closing, text: str) -> None:
    check_done(step.case)
    if closing.needs_reason and not text.strip():
        raise BadInput("empty", "这样办结，请写明原因", field="text", allowed="1–2000 字")
    if closing.fixed:
        if step.callers.filter(fixed=False).exists():
            raise Refused("caller_says_not_fixed", "反映人说还没有解决，不能按“{title}”办结", title=closing.title)
        confirmed = step.callers.filter(fixed=True).exists()
        if step.case.promised_until is not None and not confirmed:
            raise Refused("only_promised", "目前只是答应了、还没办好，不能按“{title}”办结", title=closing.title)
    if closing.approver is not None:
        approver_id = reviewer_of(step, closing.approver, step.case.lead_id or step.case.desk_id)
        policies.check_may("cases:approve", step.actor, step.path(approver_id))


def _close_outcome(closing: Closing, case: Case) -> str:
    if closing.fixed:
        return FIXED
    return PROMISED if closing.promised or case.promised_until is not None else NOT_FIXED


def reopen(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """Staff take a matter up again, saying why; the close before is taken back."""

    def change(step: Step) -> None:
        check_may_reopen(step.case)
        step.deed(reason="staff")
        step.words(words(text))
        _open_again(step)

    return act(verb="reopen", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _open_again(step: Step) -> None:
    case, checks = step.case, step.definition
    checking = (clocks.VISIT, *checks.met_by("verified"), *checks.met_by("visited"), *checks.met_by("closed"))
    step.void(*checking)
    step.callers.update(visited_at=None)
    case.reopens += 1
    case.closed_at, case.closing_reason, case.excluded = None, "", False
    case.fixed, case.solved_level = None, None
    back_in_hand(step, anew=True)
    step.tell(case.holder_id)
    step.tell_callers()


def _check_not_handler(step: Step) -> None:
    """At the top there is nobody else: only there another person of the same organisation checks."""
    lead_id = step.case.lead_id or step.case.desk_id
    policies.check_not_handler(step.actor, step.case, top=step.case.holder_id == lead_id)


def _caller(step: Step, public_id: UUID) -> Caller:
    """A caller of this case or of one merged into it."""
    found = Caller.objects.filter(case__in=[step.case.id, *step.merged_ids], public_id=public_id).first()
    if found is None:
        raise NotFound("没有找到这位反映人，请刷新页面")
    return found


def _outcome(fixed: bool | None) -> str:
    return NO_ANSWER if fixed is None else FIXED if fixed else NOT_FIXED


def _checked(satisfaction: int | None) -> int | None:
    if satisfaction is not None and satisfaction not in SATISFACTION:
        raise BadInput("satisfaction", "请选择满意程度", field="satisfaction", allowed="1 不满意，2 基本满意，3 满意")
    return satisfaction


def _remember(caller: Caller, fixed: bool | None, satisfaction: int | None, said: str) -> None:
    """The caller's latest word; what was not said this time stays as it was."""
    caller.fixed = caller.fixed if fixed is None else fixed
    caller.satisfaction = caller.satisfaction if satisfaction is None else satisfaction
    caller.said = said or caller.said
    caller.save(update_fields=["visited_at", "fixed", "satisfaction", "said"])
