"""误呼叫: a called department says that the call was a wrong one, the town answers, the district office decides.

While this is open the department stays called (its clock runs on, as with an objection); it goes home once the town takes
the call back or the flag is upheld. Shown as figures, never scored.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from genmai.directory.roster.models import Level, Organisation
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks, policies
from genmai.processes.cases.commands.asking import ask, decide, deciding, reviewer_of, start_deciding
from genmai.processes.cases.commands.handling import check_key, words
from genmai.processes.cases.commands.step import Step, act
from genmai.processes.cases.deeds import Called
from genmai.processes.cases.definition_calls import WrongCall
from genmai.processes.cases.models import Body, Case, Request

Kind = Request.Kind


def flag_call(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, body: UUID, reason: str, text: str, seen: int | None = None
) -> Case:
    """ "Not for us", with a typed reason and words, once a call and within its window. The town owes an answer."""

    def department(found: Case) -> int:
        return _called(found, body).organisation_id

    def change(step: Step) -> None:
        one = _called(step.case, body)
        policies.check_ours(actor, step.path(one.organisation_id))
        flag(step, one, reason, words(text))
        if one.responded_at is None:
            one.responded_at = step.at
            one.save(update_fields=["responded_at"])
            step.fulfil("responded", one.organisation_id)

    return act(verb="flag_call", actor=actor, at=at, key=key, case=case, change=change, seen=seen, by=department)


def flag(step: Step, body: Body, reason: str, text: str) -> None:
    """The flag itself: its deed, its words, the town's duty to answer. Also the part of an answer that says "wrong"."""
    rule = _rule(step)
    check_key(reason, step.definition.calls.wrong_reasons, "reason", "请选择为什么不该叫您")
    if not text:
        raise BadInput("empty", "请写明情况", field="text", allowed="1–500 字")
    _check_window(step, rule, body)
    town = town_of(step, body)
    request = ask(step, Kind.WRONG_CALL, town, reason, text, by=body.organisation_id, body=body)
    _say(step, body, "case.call_flagged", body.organisation_id, town, reason)
    step.words(text, ordinal=step.last)
    start_deciding(step, request)
    step.tell(town, "case.call_flagged", reason=reason)


def _rule(step: Step) -> WrongCall:
    if step.definition.calls.wrong is None:
        raise Refused("no_flag", "这个办法里，被呼叫的单位直接答复“不该叫”就可以")
    return step.definition.calls.wrong


def _check_window(step: Step, rule: WrongCall, body: Body) -> None:
    if body.concluded_at is not None:
        raise Refused("already", "已经办完了")
    if Request.objects.filter(body=body, kind=Kind.WRONG_CALL).exists():
        raise Refused("already_flagged", "这次呼叫已经提过一次了")
    kind = step.definition.calls.kinds.get(body.call_kind)
    limit = rule.windows.get((kind.urgency if kind else None) or step.case.urgency)
    if limit is not None and step.at > clocks.due_after(limit, body.asked_at):
        raise Refused("too_late", "提“不该叫”的时间已经过了，请到场办理；办完后可以在互评里写明")


def town_of(step: Step, body: Body) -> int:
    """The side that called: the town above whoever did, or the caller itself where no town stands above."""
    asker = body.asked_by_id or step.case.lead_id or step.case.desk_id
    line = policies.line(step.path(asker))
    towns = Organisation.objects.filter(pk__in=line, level=Level.TOWN).values_list("pk", flat=True)
    return next(iter(towns), asker)


def withdraw_call(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, body: UUID, text: str = "", seen: int | None = None
) -> Case:
    """The town takes the call back: the department goes home, and what it owed is no longer due."""

    def change(step: Step) -> None:
        request = decide(step, Kind.WRONG_CALL, granted=True, body=body)
        _say_of(step, request, by=request.reviewer_id)
        step.words(words(text, required=False))
        _free(step, request)
        step.tell(request.asked_by_id)

    return deciding("withdraw_call", Kind.WRONG_CALL, actor, at, key, case, change, seen, body=body)


def insist_call(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, body: UUID, text: str, seen: int | None = None
) -> Case:
    """The town insists, and why; the district office decides."""

    def change(step: Step) -> None:
        rule = _rule(step)
        request = decide(step, Kind.WRONG_CALL, granted=False, body=body)
        why = words(text)
        office = reviewer_of(step, rule.judge, request.reviewer_id)
        _say_of(step, request, by=request.reviewer_id)
        step.words(why)
        insisted = ask(step, Kind.INSISTED, office, request.reason, why, by=request.reviewer_id, body=request.body)
        start_deciding(step, insisted)
        step.tell(office)
        step.tell(request.asked_by_id)

    return deciding("insist_call", Kind.WRONG_CALL, actor, at, key, case, change, seen, body=body)


def uphold_flag(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, body: UUID, text: str = "", seen: int | None = None
) -> Case:
    """The department was right: it goes home."""

    def change(step: Step) -> None:
        request = decide(step, Kind.INSISTED, granted=False, body=body)
        _say_of(step, request, by=_department(request))
        step.words(words(text, required=False))
        _free(step, request)
        step.tell(_department(request))
        step.tell(request.asked_by_id)

    return deciding("uphold_flag", Kind.INSISTED, actor, at, key, case, change, seen, body=body)


def reject_flag(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, body: UUID, text: str, seen: int | None = None
) -> Case:
    """The call stands, and why: the department comes. Its clock was never stopped."""

    def change(step: Step) -> None:
        request = decide(step, Kind.INSISTED, granted=True, body=body)
        _say_of(step, request, by=_department(request))
        step.words(words(text))
        step.tell(_department(request))
        step.tell(request.asked_by_id)

    return deciding("reject_flag", Kind.INSISTED, actor, at, key, case, change, seen, body=body)


def _department(request: Request) -> int:
    if request.body is None:
        raise NotFound()
    return request.body.organisation_id


def _say_of(step: Step, request: Request, *, by: int) -> None:
    """The verb's own deed: credited to one side, the other as counterpart, the called body as subject."""
    sides = {_department(request), request.reviewer_id, request.asked_by_id} - {by}
    if request.kind == Kind.INSISTED:
        sides -= {request.reviewer_id}
    if request.body is not None:
        _say(step, request.body, step.row.deed, by, next(iter(sides), by), request.reason)


def _say(step: Step, body: Body, kind: str, by: int, other: int, reason: str) -> None:
    step.deed(
        kind, credited=by, counterpart_id=other, subject_id=body.public_id, reason=reason,
        payload=Called(call_kind=body.call_kind),
    )  # fmt: skip


def _free(step: Step, request: Request) -> None:
    body = request.body
    if body is None or body.released_at is not None:
        return
    body.released_at = step.at
    body.save(update_fields=["released_at"])
    step.void_these([m for m in step.milestones if m.body_id == body.id])


def _called(case: Case, body: UUID) -> Body:
    found = Body.objects.filter(case=case, public_id=body, part=Body.Part.CALLED, released_at__isnull=True).first()
    if found is None:
        raise NotFound()
    return found
