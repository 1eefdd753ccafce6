"""A matter that has stayed on one rung too long: a proposal to the body above, which decides. Never done by itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks
from genmai.processes.cases.commands.asking import ask, decide, deciding, start_deciding
from genmai.processes.cases.commands.handling import lead_body, words
from genmai.processes.cases.commands.handover import hand_over
from genmai.processes.cases.commands.step import Step
from genmai.processes.cases.deeds import Escalated
from genmai.processes.cases.models import Body, Case, Request

BATCH = 200


def propose_climbs(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """Propose what has stayed too long to the body above, once a stay; it is told, and owes an answer. How many."""
    waiting = Body.objects.filter(
        part=Body.Part.LEAD, released_at__isnull=True, climb_at__lte=at, case__state="in_hand"
    ).order_by("climb_at", "id")
    done = 0
    for body_id, case_id in list(waiting.values_list("id", "case_id")[:limit]):
        with transaction.atomic():
            case = Case.objects.select_for_update(skip_locked=True).filter(pk=case_id, state="in_hand").first()
            body = waiting.filter(pk=body_id).first()
            if case is not None and body is not None:
                _propose(case, body, actor, at)
                done += 1
    return done


def _propose(case: Case, body: Body, actor: Actor, at: datetime) -> None:
    key = ids.key_of("climb", str(body.public_id), body.climb_at.isoformat() if body.climb_at else "")
    step = Step(case=case, verb="propose_climb", actor=actor, at=at, key=key)
    above = step.parent(body.organisation_id)
    body.climb_at = None
    body.save(update_fields=["climb_at"])
    if above == body.organisation_id or Request.objects.filter(
        case=case, kind=Request.Kind.CLIMB, decided_at__isnull=True
    ):
        return
    request = ask(step, Request.Kind.CLIMB, above, "", "")
    step.deed(credited=body.organisation_id, counterpart_id=above, level=case.level, subject_id=request.public_id)
    start_deciding(step, request)
    for organisation_id in (above, body.organisation_id):
        step.tell(organisation_id)
    step.finish(quietly=True)


def climb(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str = "", seen: int | None = None) -> Case:
    """It goes up: the body above leads now. Its own decision, recorded as an escalation."""

    def change(step: Step) -> None:
        request = decide(step, Request.Kind.CLIMB, granted=True)
        to, before = step.organisation(request.reviewer_id), step.case.level
        step.deed(
            credited=to.id, counterpart_id=request.asked_by_id, level=to.level, payload=Escalated(level_before=before)
        )
        step.words(words(text, required=False))
        step.drop_requests()
        hand_over(step, to)
        step.tell(to.id)
        step.tell(request.asked_by_id)
        step.tell_callers()

    return deciding("climb", Request.Kind.CLIMB, actor, at, key, case, change, seen)


def stay(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """It stays where it is, and why; proposed anew after another stay."""

    def change(step: Step) -> None:
        request = decide(step, Request.Kind.CLIMB, granted=False)
        step.deed(
            credited=request.asked_by_id, counterpart_id=request.reviewer_id, level=step.case.level,
            subject_id=request.public_id,
        )  # fmt: skip
        step.words(words(text))
        body = lead_body(step)
        if body is not None:
            body.climb_at = clocks.climb_at(step.definition, step.case.level, step.at)
            body.save(update_fields=["climb_at"])
        step.tell(request.asked_by_id)

    return deciding("stay", Request.Kind.CLIMB, actor, at, key, case, change, seen)
