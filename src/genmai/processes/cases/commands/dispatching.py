"""Deciding whose matter it is: classify, dispatch by the duty list, take on, reassign.

The duty list refuses department work for the base (国办函〔2025〕66号: 应由职能部门办理的不得分派给基层).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Organisation
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.cases import gates
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.commands.handling import reply
from genmai.processes.cases.commands.handover import add_body, hand_over
from genmai.processes.cases.commands.step import Step, act
from genmai.processes.cases.commands.suggesting import note_what_became
from genmai.processes.cases.models import Body, Case


def classify(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    category: str,
    urgency: str = "",
    reason: str = "",
    seen: int | None = None,
) -> Case:
    """Say what it is about (a subject of the taxonomy) and, if it differs, how pressing. Running limits stay."""

    def change(step: Step) -> None:
        _set_category(step, category)
        if urgency and urgency != step.case.urgency:
            if urgency not in step.definition.urgencies:
                raise BadInput(
                    "urgency", "请选择紧急程度", field="urgency", allowed="、".join(step.definition.urgencies)
                )
            step.case.urgency = urgency
        step.deed(reason=reason)

    return act(verb="classify", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _set_category(step: Step, category: str) -> None:
    step.case.category = mechanisms.taxonomy().lookup(category).code


def dispatch(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    to: UUID,
    category: str = "",
    assisting: Sequence[UUID] = (),
    text: str = "",
    duty_row: str = "",
    quiet: bool = False,
    seen: int | None = None,
) -> Case:
    """Give the matter to a leading body, others assisting. Stores the duty row it rests on.

    `quiet`: the caller tells the lead itself, in one notice for many matters.
    `duty_row` names it where the subject alone is too broad to tell (a placement whose candidates all agree).
    Raises Refused('department_work') where the duty list forbids giving it to the base, and what a gate refuses.
    """

    def change(step: Step) -> None:
        if category:
            _set_category(step, category)
        _give(step, to, assisting, text, check=True, duty_row=duty_row, quiet=quiet)
        note_what_became(step)

    return act(verb="dispatch", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def reassign(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, to: UUID, text: str, seen: int | None = None
) -> Case:
    """Give it to another body while it is on its way or in hand (改派), with the reason in words."""

    def change(step: Step) -> None:
        if not text.strip():
            raise BadInput("text", "请写明为什么改派", field="text", allowed="1–500 字")
        _give(step, to, (), text, check=True)

    return act(verb="reassign", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def take_on(*, actor: Actor, at: datetime, key: UUID, case: UUID, seen: int | None = None) -> Case:
    """The body that received it first handles it itself (首接负责)."""

    def change(step: Step) -> None:
        body = step.organisation(step.case.holder_id)
        step.deed(credited=body.id, level=body.level)
        step.meet("dispatch")
        hand_over(step, body, accepted=True)
        step.tell_callers()

    return act(verb="take_on", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def answer_at_once(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, outcome: str, text: str, seen: int | None = None
) -> Case:
    """Answered on the spot (当场办结): taken on and replied to in one go; somebody else still verifies.

    Raises Refused('not_on_the_spot') where the kind of service can't be closed in the call.
    """
    with transaction.atomic():
        taken = take_on(actor=actor, at=at, key=ids.subkey(key, "take_on"), case=case, seen=seen)
        kind = mechanisms.definition_of(taken.mechanism).kinds.get(taken.service)
        if kind is not None and not kind.can_close_on_the_spot:
            raise Refused("not_on_the_spot", "“{kind}”不能当场办结，请接单后办理", kind=kind.title)
        return reply(actor=actor, at=at, key=key, case=case, outcome=outcome, text=text)


def _check_entering(step: Step, body: Organisation) -> None:
    """The gates of other processes: a list of admission refuses what may not be handed to the base there."""
    code = body.place.code if body.place is not None else body.code
    gates.check(gates.Entering(step.case.category, body.kind, code, step.at.date()))


def _give(
    step: Step,
    to: UUID,
    assisting: Sequence[UUID],
    text: str,
    *,
    check: bool,
    duty_row: str = "",
    quiet: bool = False,
) -> None:
    wanted = Organisation.objects.filter(public_id__in=[to, *assisting], closed_on=None).select_related("place")
    found = {o.public_id: o for o in wanted}
    if {to, *assisting} - found.keys():
        raise NotFound("没有找到这个单位，请重新选择")
    lead = found[to]
    row = mechanisms.duty_of(step.case.category, on=step.at.date()) if step.case.category else None
    if check:
        mechanisms.check_target(step.case.category, lead.kind, on=step.at.date())
        for body in found.values():
            _check_entering(step, body)
    step.case.duty_row = row.no if row and mechanisms.is_body_of(row, lead.code, lead.kind) else duty_row
    step.deed(credited=lead.id, counterpart_id=step.case.desk_id, level=lead.level, reason=step.case.duty_row)
    step.words(clean(text, max_length=500, multiline=True))
    step.meet("dispatch")
    hand_over(step, lead)
    for public_id in assisting:
        if public_id != to:
            add_body(step, found[public_id].id, Body.Part.ASSIST)
            step.tell(found[public_id].id, "case.assist_asked")
    if not quiet:
        step.tell(lead.id)
