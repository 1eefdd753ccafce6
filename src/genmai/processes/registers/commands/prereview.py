"""Major matters before the owners vote: submitted, looked at by the community's micro-office, voted on, recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from genmai.directory.territory.days import day_of
from genmai.kernel import ids, worktime
from genmai.kernel.flow import START
from genmai.kernel.refusal import BadInput, NotFound, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.registers import policies
from genmai.processes.registers.deeds import AGREES, CARRIED, DIFFERS, LATE, NOT_CARRIED, ON_TIME
from genmai.processes.registers.flow import REVIEW
from genmai.processes.registers.majorities import Ballot, count
from genmai.processes.registers.mechanism import rules_of
from genmai.processes.registers.models import Matter, Vote
from genmai.processes.registers.writing import Writing, lock
from genmai.records.writing import done_before

SOURCE = "estate_matter"
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class NewMatter:
    """What is put to the micro-office. `amount` in yuan, where money is spent."""

    kind: str
    title: str
    text: str
    amount: Decimal | None = None


def submit(*, actor: Actor, at: datetime, key: UUID, estate: UUID, matter: NewMatter) -> Matter:
    """Hand a major matter in: the owners' committee or the manager themselves, or the community for them."""
    with transaction.atomic():
        found = lock(actor, estate)
        row = REVIEW.row("submit")
        policies.check_may(row.who, actor, found)
        done = done_before(key)
        if done:
            return Matter.objects.get(public_id=done)
        made = Matter(
            public_id=ids.derive(at, key, "matter"),
            estate=found,
            mechanism=found.mechanism,
            state=REVIEW.step(START, "submit"),
            submitter_id=actor.organisation_id or found.home_id,
            submitted_by_id=actor.person_id,
        )
        _fill(made, matter, at)
        made.save(force_insert=True)
        _write(actor, at, key, made, "submit", due_at=made.due_at)
        return made


def _fill(matter: Matter, new: NewMatter, at: datetime) -> None:
    rules = rules_of(matter.mechanism)
    if new.kind not in rules.matters:
        raise BadInput("kind", "请选择是哪一类事项", field="kind", allowed="、".join(rules.matters))
    matter.kind, matter.amount = new.kind, new.amount
    matter.title = clean(new.title, 120, field="title")
    matter.text = clean(new.text, LONGEST, multiline=True, field="text")
    for name in ("title", "text"):
        if not getattr(matter, name):
            raise BadInput("empty", "请写清楚是什么事、打算怎么办", field=name)
    limit = rules.review
    due = worktime.deadline(worktime.ClockKind(limit.clock), limit.amount, at, worktime.built_in_calendar()).due_at
    assert due is not None, "a clock without a pause is due"  # noqa: S101
    matter.submitted_at, matter.due_at, matter.missed_at = at, due, None


def _write(actor: Actor, at: datetime, key: UUID, matter: Matter, verb: str, **fields: Any) -> None:
    """The deed of a verb and its notice: to the reviewers when something waits, else to who handed it in."""
    row = REVIEW.row(verb)
    writing = Writing(actor=actor, at=at, key=key, estate=matter.estate, source_kind=SOURCE, source_id=matter.public_id)
    writing.deed(
        row.deed, subject_id=matter.estate.public_id, category=matter.kind[:20], counterpart_id=matter.submitter_id,
        **fields,
    )  # fmt: skip
    if row.notice:
        to = matter.estate.home_id if matter.state in ("submitted", "voted") else matter.submitter_id
        writing.tell(to, row.notice, title=matter.title)
    writing.finish()


Change = Callable[[Matter], dict[str, Any]]


def _act(verb: str, actor: Actor, at: datetime, key: UUID, public_id: UUID, seen: int | None, change: Change) -> Matter:
    """Lock, check, change, write."""
    with transaction.atomic():
        known = Matter.objects.select_related("estate").filter(public_id=public_id).first()
        if known is None:
            raise NotFound()
        estate = lock(actor, known.estate.public_id)
        matter = Matter.objects.select_for_update().get(pk=known.pk)
        matter.estate = estate
        policies.check_may(REVIEW.row(verb).who, actor, estate)
        if done_before(key):
            return matter
        check_seen(seen, matter.version)
        matter.state = REVIEW.step(matter.state, verb)
        fields = change(matter)
        matter.version += 1
        matter.save()
        _write(actor, at, key, matter, verb, **fields)
        return matter


def resubmit(
    *, actor: Actor, at: datetime, key: UUID, matter: UUID, changed: NewMatter, seen: int | None = None
) -> Matter:
    """A returned matter, mended: the limit runs anew."""

    def change(found: Matter) -> dict[str, Any]:
        policies.check_submitter(actor, found)
        _fill(found, changed, at)
        found.submitted_by_id = actor.person_id
        found.reviewed_at, found.reviewed_by, found.answer = None, None, ""
        return {"due_at": found.due_at}

    return _act("resubmit", actor, at, key, matter, seen, change)


def send_back(*, actor: Actor, at: datetime, key: UUID, matter: UUID, reasons: str, seen: int | None = None) -> Matter:
    """Not yet, and why: what has to be mended before the owners vote."""
    return _act("send_back", actor, at, key, matter, seen, lambda found: _reviewed(actor, at, found, reasons, True))


def pass_on(
    *, actor: Actor, at: datetime, key: UUID, matter: UUID, conditions: str = "", seen: int | None = None
) -> Matter:
    """May go to the owners, with conditions or without."""
    return _act("pass_on", actor, at, key, matter, seen, lambda found: _reviewed(actor, at, found, conditions, False))


def _reviewed(actor: Actor, at: datetime, matter: Matter, answer: str, needed: bool) -> dict[str, Any]:
    policies.check_not_submitter(actor, matter)
    matter.answer = clean(answer, LONGEST, multiline=True, field="answer")
    if needed and not matter.answer:
        raise BadInput("empty", "退回要写明理由，让提交的人知道改什么", field="answer", allowed="1–4000 字")
    matter.reviewed_at, matter.reviewed_by_id = at, actor.person_id
    return {"outcome": LATE if at > matter.due_at else ON_TIME, "due_at": matter.due_at}


def withdraw(*, actor: Actor, at: datetime, key: UUID, matter: UUID, seen: int | None = None) -> Matter:
    """Taken back by who handed it in."""

    def change(found: Matter) -> dict[str, Any]:
        policies.check_submitter(actor, found)
        return {}

    return _act("withdraw", actor, at, key, matter, seen, change)


def record_vote(
    *, actor: Actor, at: datetime, key: UUID, matter: UUID, ballot: Ballot, voted_on: date, reported: bool,
    document: str = "", seen: int | None = None,
) -> Matter:  # fmt: skip
    """What the owners decided, as they report it; the arithmetic stands beside it. Reported anew, the later one stands."""

    def change(found: Matter) -> dict[str, Any]:
        policies.check_submitter(actor, found)
        if voted_on > day_of(at):
            raise BadInput("future", "表决的日期不能在今天以后", field="voted_on")
        rules = rules_of(found.mechanism)
        majority = rules.matters[found.kind].majority
        counted = count(ballot, rules.majorities[majority]).carried
        Vote.objects.create(
            public_id=ids.derive(at, key, "vote"), matter=found, at=at, by_id=actor.person_id, voted_on=voted_on,
            majority=majority, counted=counted, reported=reported, document=clean(document, 120, field="document"),
            **{name: getattr(ballot, name) for name in Ballot.__slots__},
        )  # fmt: skip
        return {
            "outcome": CARRIED if reported else NOT_CARRIED,
            "reason": AGREES if counted == reported else DIFFERS,
        }

    return _act("record_vote", actor, at, key, matter, seen, change)
