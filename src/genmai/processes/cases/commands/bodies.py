"""Others at work on a case: assisting bodies, and 网格呼叫、镇街响应、部门报到.

A base-level lead calls in its town or departments when the matter is beyond it; each called body has its own limits and
stays until it has said that it is done. Arrival is what the body itself says: no location is ever taken (DESIGN §2.3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from genmai.directory.roster.models import Level, Organisation, OrganisationKind
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import policies
from genmai.processes.cases.commands.handling import check_key, lead_body, lead_of, words
from genmai.processes.cases.commands.handover import add_body
from genmai.processes.cases.commands.ratings import begin_review
from genmai.processes.cases.commands.step import Step, act
from genmai.processes.cases.commands.wrong_calls import flag
from genmai.processes.cases.deeds import Called
from genmai.processes.cases.models import Body, Case

# 镇街响应、部门报到: the event that meets what a called body owes.
_ANSWERS_BY = {OrganisationKind.TOWN: "responded", OrganisationKind.DEPARTMENT: "arrived"}
_COMING, _WRONG = "coming", "wrong"


def assist(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, bodies: Sequence[UUID], text: str, seen: int | None = None
) -> Case:
    """The lead asks other bodies to assist (协办), saying with what."""

    def change(step: Step) -> None:
        lead_id = lead_of(step)
        said = words(text)
        for organisation in _asked(step, bodies):
            body = add_body(step, organisation.id, Body.Part.ASSIST)
            step.deed(credited=lead_id, counterpart_id=organisation.id, subject_id=body.public_id)
            step.tell(organisation.id)
        step.words(said)

    return act(verb="assist", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def call_in(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    call_kind: str,
    bodies: Sequence[UUID],
    text: str,
    why_town_cannot: str = "",
    seen: int | None = None,
) -> Case:
    """The base calls in its town or departments for an occasion the definition names.

    Calling a department from below the town needs the reason why the town can't (`why_town_cannot`). Raises Refused
    ('not_base') for a lead above the town, ('wrong_body') for anybody but its own town and the departments.
    """

    def change(step: Step) -> None:
        lead_id, calls = lead_of(step), step.definition.calls
        check_key(call_kind, calls.kinds, "call_kind", "请选择呼叫的情形")
        called = _asked(step, bodies)
        _check_call(step, lead_id, called)
        reason = _why(step, called, why_town_cannot)
        for organisation in called:
            _call(step, lead_id, organisation, call_kind, calls.kinds[call_kind].urgency or "")
        step.words("\n".join(part for part in (words(text), reason) if part))

    return act(verb="call_in", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _check_call(step: Step, lead_id: int, called: Sequence[Organisation]) -> None:
    lead = step.organisation(lead_id)
    if lead.level > Level.TOWN or lead.kind == OrganisationKind.DEPARTMENT:
        raise Refused("not_base", "呼叫是网格、村社和镇街用的；请用“请求协办”")
    above = policies.line(step.path(lead_id))[:-1]
    for organisation in called:
        own_town = organisation.kind == OrganisationKind.TOWN and organisation.id in above
        if not own_town and organisation.kind != OrganisationKind.DEPARTMENT:
            who = organisation.short_name
            raise Refused("wrong_body", "只能呼叫本镇街或部门，不能呼叫{who}", who=who, field="bodies")


def _why(step: Step, called: Sequence[Organisation], why: str) -> str:
    """Why the town can't, where a department is called from below the town."""
    needed = (
        step.definition.calls.must_say_why_town_cannot
        and step.case.level < Level.TOWN
        and any(organisation.kind == OrganisationKind.DEPARTMENT for organisation in called)
    )
    if needed and not why.strip():
        message = "直接呼叫部门，请写明镇街为什么办不了"
        raise BadInput("why_town_cannot", message, field="why_town_cannot", allowed="1–2000 字")
    return words(why, required=False, field="why_town_cannot")


def _call(step: Step, lead_id: int, organisation: Organisation, call_kind: str, urgency: str) -> None:
    body = add_body(step, organisation.id, Body.Part.CALLED, call_kind=call_kind)
    step.deed(
        credited=lead_id,
        counterpart_id=organisation.id,
        subject_id=body.public_id,
        reason=call_kind,
        payload=Called(call_kind=call_kind),
    )
    answered_by = step.definition.met_by(_ANSWERS_BY[OrganisationKind(organisation.kind)])
    for key in step.definition.starting_on("called"):
        if key in answered_by:
            step.start(key, organisation.id, body=body, urgency=urgency)
    step.tell(organisation.id)


def respond(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    body: UUID,
    wrong: str = "",
    text: str = "",
    seen: int | None = None,
) -> Case:
    """A called body answers: coming, or (with a reason of the definition) wrongly called: then the town must answer
    (commands.wrong_calls), or where the mechanism has no such answer the body is out at once.
    """

    def change(step: Step) -> None:
        one = guest(step, body, actor)
        if one.responded_at is not None:
            raise Refused("already", "已经响应过了")
        if wrong:
            check_key(wrong, step.definition.calls.wrong_reasons, "wrong", "请选择为什么不该叫您")
        _say(step, one, outcome=_WRONG if wrong else _COMING, reason=wrong)
        said = words(text, required=bool(wrong))
        one.responded_at = step.at
        step.fulfil("responded", one.organisation_id)
        if wrong and step.definition.calls.wrong is not None:
            flag(step, one, wrong, said)  # the town answers; until then the body stays called
        elif wrong:
            one.released_at = step.at
            step.fulfil("arrived", one.organisation_id)
            step.tell(one.asked_by_id or step.case.lead_id, "case.wrongly_called", reason=wrong)
        if not wrong or one.released_at is not None:
            step.words(said)
        one.save()

    return act(verb="respond", actor=actor, at=at, key=key, case=case, change=change, seen=seen, by=part(body))


def arrive(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    body: UUID | None = None,
    text: str = "",
    seen: int | None = None,
) -> Case:
    """On the spot, by one's own word: a called or assisting body, or the lead where `body` is empty."""

    def change(step: Step) -> None:
        if body is None:
            lead_id = lead_of(step)
            one = lead_body(step)
            if one is None:
                raise NotFound()
        else:
            one = guest(step, body, actor)
            lead_id = one.organisation_id
        if one.arrived_at is not None:
            raise Refused("already", "已经报到过了")
        _say(step, one)
        step.words(words(text, required=False))
        one.arrived_at = step.at
        one.save()
        if one.part == Body.Part.CALLED:
            step.fulfil("responded", lead_id)
        step.fulfil("arrived", lead_id)

    by = part(body) if body else None
    return act(verb="arrive", actor=actor, at=at, key=key, case=case, change=change, seen=seen, by=by)


def conclude(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, body: UUID, text: str, seen: int | None = None
) -> Case:
    """An assisting or called body has done its part, and says what. A called one must have answered the call first."""

    def change(step: Step) -> None:
        one = guest(step, body, actor)
        if one.concluded_at is not None:
            raise Refused("already", "已经办完了")
        if one.part == Body.Part.CALLED and one.responded_at is None and one.arrived_at is None:
            raise Refused("not_answered", "请先响应或报到，再写办理结果")
        _say(step, one)
        step.words(words(text))
        one.concluded_at = step.at
        one.save()
        step.void_these([m for m in step.milestones if m.body_id == one.id])
        if one.part == Body.Part.CALLED:
            step.drop_requests(body=one)
            begin_review(step, one)
        step.tell(step.case.lead_id)

    return act(verb="conclude", actor=actor, at=at, key=key, case=case, change=change, seen=seen, by=part(body))


def release(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, body: UUID, text: str, seen: int | None = None
) -> Case:
    """The lead lets an assisting or called body go before it is done, and says why."""

    def change(step: Step) -> None:
        lead_id = lead_of(step)
        one = _taking_part(step.case, body)
        if one is None or one.part == Body.Part.LEAD:
            raise NotFound()
        step.deed(
            credited=lead_id,
            counterpart_id=one.organisation_id,
            subject_id=one.public_id,
            payload=Called(call_kind=one.call_kind),
        )
        step.words(words(text))
        step.void_these([m for m in step.milestones if m.body_id == one.id])
        step.drop_requests(body=one)
        one.released_at = step.at
        one.save()
        step.tell(one.organisation_id)

    return act(verb="release", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _asked(step: Step, bodies: Sequence[UUID]) -> list[Organisation]:
    """The organisations named, in their order. Raises for none, an unknown one, or one already in."""
    if not bodies:
        raise BadInput("empty", "请选择单位", field="bodies", allowed="至少一个单位")
    found = {o.public_id: o for o in Organisation.objects.filter(public_id__in=bodies, closed_on__isnull=True)}
    if set(bodies) - found.keys():
        raise NotFound("没有找到这个单位，请重新选择")
    taking_part = set(
        Body.objects.filter(case=step.case, released_at__isnull=True).values_list("organisation_id", flat=True)
    )
    chosen = [found[public_id] for public_id in dict.fromkeys(bodies)]
    for organisation in chosen:
        if organisation.id in taking_part:
            raise Refused("already_in", "{who}已经在办这件事了", who=organisation.short_name, field="bodies")
    return chosen


def _taking_part(case: Case, body: UUID) -> Body | None:
    return Body.objects.filter(case=case, public_id=body, released_at__isnull=True).first()


def part(body: UUID) -> Callable[[Case], int]:
    """In whose name: the body's own."""

    def organisation_of(case: Case) -> int:
        found = _taking_part(case, body)
        if found is None:
            raise NotFound()
        return found.organisation_id

    return organisation_of


def guest(step: Step, body: UUID, actor: Actor) -> Body:
    """An assisting or called body still taking part, its own people acting."""
    found = _taking_part(step.case, body)
    if found is None or found.part == Body.Part.LEAD:
        raise NotFound()
    policies.check_ours(actor, step.path(found.organisation_id))
    return found


def _say(step: Step, body: Body, *, outcome: str = "", reason: str = "") -> int:
    return step.deed(
        credited=body.organisation_id,
        counterpart_id=step.case.lead_id,
        subject_id=body.public_id,
        outcome=outcome,
        reason=reason,
        payload=Called(call_kind=body.call_kind),
    )
