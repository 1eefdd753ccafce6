"""The leading body at work: accept, contact, note, send back, escalate, reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks, policies
from genmai.processes.cases.commands.handover import hand_over, keep_for, release_bodies, release_lead
from genmai.processes.cases.commands.kinship import check_answered
from genmai.processes.cases.commands.step import Step, act
from genmai.processes.cases.deeds import PROMISED, Escalated
from genmai.processes.cases.models import Body, Caller, Case

LONGEST_WORDS = 2000


def accept(*, actor: Actor, at: datetime, key: UUID, case: UUID, seen: int | None = None) -> Case:
    """The leading body takes the matter in hand. Only its own people: raises NotPermitted('not_ours')."""

    def change(step: Step) -> None:
        lead_id = lead_of(step)
        step.deed(level=step.case.level)
        step.fulfil("accepted", lead_id)
        step.begin("accepted", lead_id, body=lead_body(step))
        step.tell_callers()

    return act(verb="accept", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def contact(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    callers: Sequence[UUID] = (),
    text: str = "",
    seen: int | None = None,
) -> Case:
    """The callers named (or all) were spoken to. The limit is met when everybody who wants an answer was reached."""

    def change(step: Step) -> None:
        found = list(step.callers.order_by("id"))
        if set(callers) - {caller.public_id for caller in found}:
            raise NotFound("没有找到这位反映人，请刷新页面")
        reached = [caller for caller in found if not callers or caller.public_id in callers]
        if not reached:
            step.deed()
        stamp_contacted(step, reached)
        step.words(words(text, required=False))

    return act(verb="contact", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def stamp_contacted(step: Step, reached: Sequence[Caller]) -> None:
    """One deed a caller; the first moment stays. Meets the contact limit once nobody is left."""
    for caller in reached:
        step.deed("case.contacted", subject_id=caller.public_id)
        if caller.contacted_at is None:
            caller.contacted_at = step.at
            caller.save(update_fields=["contacted_at"])
    if step.case.lead_id is not None and not step.callers.filter(contacted_at__isnull=True).exists():
        step.fulfil("contacted", step.case.lead_id)


def note(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    text: str,
    open_to_callers: bool = False,
    seen: int | None = None,
) -> Case:
    """A line about how it goes, by any body taking part; the callers read it if it is open to them."""

    def writer(found: Case) -> int:
        taking_part = Body.objects.filter(case=found, released_at__isnull=True)
        bodies = set(taking_part.values_list("organisation_id", flat=True))
        own = actor.organisation_id
        return own if own is not None and own in bodies else policies.answering(found, "note")

    def change(step: Step) -> None:
        step.words(words(text), ordinal=step.deed(credited=writer(step.case)), open_to_callers=open_to_callers)

    return act(verb="note", actor=actor, at=at, key=key, case=case, change=change, seen=seen, by=writer)


def send_back(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, reason: str, text: str, seen: int | None = None
) -> Case:
    """In hand and yet not ours: back to the desk, with a typed reason and words."""

    def change(step: Step) -> None:
        lead_id = lead_of(step)
        check_key(reason, step.definition.objection.reasons, "reason", "请选择退回的原因")
        step.deed(credited=lead_id, counterpart_id=step.case.desk_id, reason=reason)
        step.words(words(text))
        back_to_desk(step)
        step.tell(step.case.desk_id)

    return act(verb="send_back", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def back_to_desk(step: Step, *, since: datetime | None = None) -> None:
    """Nobody leads any more; the desk decides anew. The resolve limit runs on, owed by the desk meanwhile.

    `since`: the desk's own limit is counted from then (it never was another body's), not from now.
    """
    case = step.case
    step.drop_requests()
    release_bodies(step)
    release_lead(step)
    case.holder_id = case.desk_id
    case.level = step.organisation(case.desk_id).level
    case.duty_row = ""
    keep_for(step, "resolve", case.desk_id)
    step.begin("received", case.desk_id, since=since)


def escalate(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """One rung up the administrative tree: the parent leads now. Raises Refused('top') where there is none."""

    def change(step: Step) -> None:
        lead_id, before = lead_of(step), step.case.level
        above = step.parent(lead_id)
        if above == lead_id:
            raise Refused("top", "已经是最高一级，没有上一级可以提交")
        to = step.organisation(above)
        step.deed(credited=to.id, counterpart_id=lead_id, level=to.level, payload=Escalated(level_before=before))
        step.words(words(text))
        step.drop_requests()
        hand_over(step, to)
        step.tell(to.id)
        step.tell_callers()

    return act(verb="escalate", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def reply(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    outcome: str,
    text: str,
    reached: bool = True,
    promised_until: date | None = None,
    seen: int | None = None,
) -> Case:
    """Answer the matter: what was done, and how it ends in the handler's view (a key of the closings, or promised).

    `reached`: the answer reached the callers, so they count as contacted. Somebody else verifies now.
    Raises Refused('not_all_done') while a called-in body is still at it (事不完、人不撤).
    """

    def change(step: Step) -> None:
        lead_id = lead_of(step)
        check_outcome(step, outcome, promised_until)
        check_all_done(step)
        if is_fixed(step, outcome):
            check_answered(step.case)
        step.deed(credited=lead_id, outcome=outcome, level=step.case.level)
        step.words(words(text), open_to_callers=True)
        _answered(step, lead_id, outcome, promised_until)
        if reached:
            stamp_contacted(step, list(step.callers.filter(contacted_at__isnull=True).order_by("id")))
        step.tell(step.case.holder_id)
        step.tell_callers(outcome=outcome)

    return act(verb="reply", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _answered(step: Step, lead_id: int, outcome: str, promised_until: date | None) -> None:
    case = step.case
    step.drop_requests()
    step.fulfil("replied", lead_id)
    for key in step.definition.met_by("arrived"):
        step.void_these([m for m in step.milestones if m.key == key and m.owner_id == lead_id])
    case.replied_at, case.replied_by_id = step.at, step.actor.person_id
    case.promised_until = promised_until if is_promise(step, outcome) else None
    case.holder_id = verifier_of(step)
    step.extend_reach(case.holder_id)
    step.begin("replied", case.holder_id)


def check_outcome(step: Step, outcome: str, promised_until: date | None) -> None:
    """A key of the closings or `promised`; a promise names its day, and that day is still to come."""
    if outcome != PROMISED:
        check_key(outcome, step.definition.closings, "outcome", "请选择办理结果")
    if not is_promise(step, outcome):
        return
    today = clocks.calendar().local_date(step.at)
    if promised_until is None or promised_until < today:
        message = "答应了还没办好的，请写明哪一天办好"
        raise BadInput("promised_until", message, field="promised_until", allowed="今天或以后")


def is_promise(step: Step, outcome: str) -> bool:
    closing = step.definition.closings.get(outcome)
    return outcome == PROMISED or (closing is not None and closing.promised)


def is_fixed(step: Step, outcome: str) -> bool:
    closing = step.definition.closings.get(outcome)
    return closing is not None and closing.fixed


def check_all_done(step: Step) -> None:
    """Bodies called in stay until they have said that they are done."""
    if not step.definition.calls.stays_open_until_done:
        return
    waiting = Body.objects.filter(
        case=step.case, part=Body.Part.CALLED, concluded_at__isnull=True, released_at__isnull=True
    )
    names = "、".join(waiting.values_list("organisation__short_name", flat=True))
    if names:
        raise Refused("not_all_done", "{who}还没有办完。事不完、人不撤：等他们办完，或请他们退出后再答复", who=names)


def verifier_of(step: Step) -> int:
    """Somebody other than the handler: the desk, or the parent where the desk itself handled it; at the top, itself."""
    lead_id = step.case.lead_id or step.case.desk_id
    return step.case.desk_id if step.case.desk_id != lead_id else step.parent(lead_id)


def lead_of(step: Step) -> int:
    """The leading body, after checking that the actor is one of its people."""
    lead_id = step.case.lead_id
    if lead_id is None:
        raise Refused("no_lead", "这件事还没有承办单位，请先分派")
    policies.check_ours(step.actor, step.path(lead_id))
    return lead_id


def lead_body(step: Step) -> Body | None:
    return Body.objects.filter(case=step.case, part=Body.Part.LEAD, released_at__isnull=True).first()


def words(text: str, *, required: bool = True, field: str = "text") -> str:
    """Cleaned words. Raises BadInput where they are missing or too long."""
    kept = clean(text, max_length=LONGEST_WORDS, multiline=True, field=field)
    if required and not kept:
        raise BadInput("empty", "请写明情况", field=field, allowed="1–2000 字")
    return kept


def check_key(value: str, allowed: Mapping[str, object], field: str, message: str) -> None:
    """A key of the definition, or BadInput naming what there is."""
    if value not in allowed:
        raise BadInput("unknown", message, field=field, allowed="、".join(allowed))
