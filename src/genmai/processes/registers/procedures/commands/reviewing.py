"""A joint review: the bodies are asked, each answers for itself; whoever has no account is answered for, with the paper."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Organisation
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.registers.deeds import AGREED, OBJECTED
from genmai.processes.registers.flow import DOSSIER
from genmai.processes.registers.models import Dossier
from genmai.processes.registers.procedures.course import ANSWERED
from genmai.processes.registers.procedures.policies import REVIEW, check_may, may
from genmai.processes.registers.procedures.rules import Review
from genmai.processes.registers.procedures.writing import LONGEST, Writing, lock
from genmai.records.writing import done_before


def ask(*, actor: Actor, at: datetime, key: UUID, dossier: UUID, seen: int | None = None) -> Dossier:
    """Ask every body of the step's review that has an organisation here; from now on they see the file."""
    with transaction.atomic():
        writing = Writing(actor=actor, at=at, key=key, dossier=lock(actor, dossier))
        step, review = _review(writing)
        check_may(actor, writing.dossier, writing.rules.steps[step].by)
        if done_before(key):
            return writing.dossier
        DOSSIER.step(writing.dossier.state, "ask")
        check_seen(seen, writing.dossier.version)
        if asked_in_round(writing, step):
            raise Refused("asked_before", "已经请各部门联审了，等它们答复")
        codes = [body.code for body in review.bodies.values() if body.code]
        bodies = list(Organisation.objects.filter(code__in=codes, closed_on__isnull=True))
        writing.dossier.asked = sorted({*writing.dossier.asked, *(body.pk for body in bodies)})
        writing.enter("asked", writing.today, deed="dossier.review_asked", step=step)
        for body in bodies:
            writing.tell(body.pk, "dossier.review_asked")
        return writing.step("ask")


def answer(
    *, actor: Actor, at: datetime, key: UUID, dossier: UUID, body: str, agrees: bool, text: str = "",
    on: date | None = None, document: str = "", seen: int | None = None,
) -> Dossier:  # fmt: skip
    """A body's answer; a later one takes the place of an earlier. An objection says why.

    The body itself answers; for one without an account whoever runs the review writes it down, naming the document.
    """
    with transaction.atomic():
        writing = Writing(actor=actor, at=at, key=key, dossier=lock(actor, dossier))
        step, review = _review(writing)
        if body not in review.bodies:
            raise NotFound()
        by_itself = _is(actor, review.bodies[body].code)
        if not by_itself and not may(actor, writing.dossier, writing.rules.steps[step].by):
            raise NotPermitted(
                "not_permitted", "联审由{who}自己答复，您的账号没有这个权限", who=review.bodies[body].title
            )
        if done_before(key):
            return writing.dossier
        DOSSIER.step(writing.dossier.state, "answer")
        check_seen(seen, writing.dossier.version)
        if not asked_in_round(writing, step):
            raise Refused("not_asked", "还没有请各部门联审")
        if not by_itself and not document.strip():
            raise BadInput("document_missing", "代部门登记答复，要写明它的回函", field="document")
        told = clean(text, LONGEST, multiline=True, field="text")
        if not agrees and not told:
            raise BadInput("empty", "不同意要写明理由", field="text")
        writing.enter(
            ANSWERED, writing.day(on or writing.today), words={"text": told}, deed="dossier.answered", step=step,
            what=body, agrees=agrees, document=document, outcome=AGREED if agrees else OBJECTED,
        )  # fmt: skip
        return writing.step("answer")


def asked_in_round(writing: Writing, step: str) -> date | None:
    """The day the bodies were asked, if that was after the last time the step was begun."""
    order, day = writing.rules.steps[step].order, None
    for entry in writing.entries:
        if entry.kind == "asked" and entry.step == step:
            day = entry.happened_on
        elif entry.kind == "sent_back" and writing.rules.steps[entry.step].order <= order:
            day = None
    return day


def _review(writing: Writing) -> tuple[str, Review]:
    step = writing.standing.next_step(writing.rules)
    review = writing.rules.steps[step].review if step else None
    if step is None or review is None:
        raise Refused("no_review", "现在这一步不用联审")
    return step, review


def _is(actor: Actor, code: str) -> bool:
    if actor.kind is not ActorKind.STAFF or actor.organisation_id is None or not code or not actor.viewer.may(REVIEW):
        return False
    return Organisation.objects.filter(pk=actor.organisation_id, code=code).exists()
