"""A round of inspection as a whole: open it, send the notices, finish the second look, issue the circular, archive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.cases import policies
from genmai.processes.cases.commands.dispatching import dispatch
from genmai.processes.cases.commands.round_step import (
    SOURCE,
    RoundStep,
    act,
    locked,
    path_of,
    rules_of,
)
from genmai.processes.cases.flow import FINAL
from genmai.processes.cases.models import Finding, Round
from genmai.processes.cases.round_flow import FLOW
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.models import Deed
from genmai.records.writing import done_before

LONGEST_NUMBER, LONGEST_TITLE, LONGEST_DOCUMENT = 40, 120, 60
SYSTEM = Actor.system("rounds")
PUT_RIGHT = ("replied", "verified", "closed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one finding in an action on many: done, or the reason why not."""

    finding: Finding
    refused: Refused | None = None

    @property
    def done(self) -> bool:
        return self.refused is None


def open_round(
    *, actor: Actor, at: datetime, key: UUID, mechanism: str, organisation: int, number: str, title: str,
    inspected_from: date, inspected_to: date,
) -> Round:  # fmt: skip
    """Begin a round. The same key again gives the same round. Raises BadInput for a number that is taken."""
    policies.check_inspects(actor, organisation, path_of(organisation))
    rules_of(mechanism)
    if inspected_to < inspected_from:
        raise BadInput("order", "结束日期要在开始日期之后", field="inspected_to", allowed="开始那天或以后")
    public_id = ids.derive(at, key, "round")
    made = Round(
        public_id=public_id, number=_words(number, "number", LONGEST_NUMBER),
        title=_words(title, "title", LONGEST_TITLE), mechanism=mechanism, organisation_id=organisation,
        state=FLOW.step("", "open"), inspected_from=inspected_from, inspected_to=inspected_to, opened_at=at,
        opened_by_id=actor.person_id,
    )  # fmt: skip
    begun = NewDeed(
        kind=FLOW.row("open").deed, source_kind=SOURCE, source_id=public_id, mechanism=mechanism,
        organisation_id=organisation, path=path_of(organisation),
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            record(actor=actor, at=at, key=key, deeds=[begun])
    except IntegrityError as taken:
        before = done_before(key)
        if before is not None:
            return Round.objects.get(public_id=before)
        raise BadInput("number_taken", "这个期号用过了，请换一个", field="number", allowed="没用过的期号") from taken
    return made


def _words(text: str, field: str, most: int) -> str:
    kept = clean(text, max_length=most, multiline=False, field=field)
    if not kept:
        raise BadInput("empty", "这一项要填", field=field, allowed="几个字")
    return kept


def notify(
    *, actor: Actor, at: datetime, key: UUID, round: UUID, bodies: Sequence[UUID] | None = None, seen: int | None = None
) -> tuple[Round, list[Outcome]]:
    """One notice to each body (all that have findings waiting, or those named), with the limit of each finding.

    A finding that a rule refuses stays waiting, with the reason; the others go. Nothing to send is Refused('nothing').
    """
    done: list[Outcome] = []
    with transaction.atomic():
        held = locked(round)
        sent_before = Deed.objects.filter(key=key, source_id=held.public_id).values_list("at", flat=True).first()
        if sent_before is not None:
            policies.check_inspects(actor, held.organisation_id, path_of(held.organisation_id))
            rows = _findings(held).filter(notified_at=sent_before)
            return held, [Outcome(finding) for finding in rows]

        def change(step: RoundStep) -> None:
            done.extend(_send_notices(step, bodies))
            if not any(one.done for one in done):
                raise _nothing(done)

        verb = "notify" if held.state == "preparing" else "notify_more"
        held = act(verb=verb, actor=actor, at=at, key=key, round=round, change=change, seen=seen)
    return held, done


def _nothing(done: Sequence[Outcome]) -> Refused:
    """The first reason where every row was refused, else that nothing waits."""
    first = next((one.refused for one in done if one.refused is not None), None)
    return first or Refused("nothing", "没有等着下发的问题")


def _findings(round: Round) -> QuerySet[Finding]:
    return Finding.objects.filter(round=round).select_related("case", "body").order_by("no")


def _send_notices(step: RoundStep, bodies: Sequence[UUID] | None) -> Iterable[Outcome]:
    waiting = _findings(step.round).filter(case__state="received")
    if bodies is not None:
        waiting = waiting.filter(body__public_id__in=list(bodies))
    by_body: dict[int, list[Finding]] = {}
    for finding in waiting:
        by_body.setdefault(finding.body_id, []).append(finding)
    for body_id, findings in by_body.items():
        rows = [_hand_over(step, finding) for finding in findings]
        yield from rows
        gone = [row.finding for row in rows if row.done]
        if gone:
            step.deed(organisation_id=body_id, counterpart_id=step.round.organisation_id, quantity=len(gone))
            step.tell(body_id, count=len(gone))
    step.round.notified_at = step.round.notified_at or step.at


def _hand_over(step: RoundStep, finding: Finding) -> Outcome:
    key = ids.subkey(step.key, "dispatch", finding.no)
    try:
        with transaction.atomic():
            finding.case = dispatch(
                actor=step.actor,
                at=step.at,
                key=key,
                case=finding.case.public_id,
                to=finding.body.public_id,
                quiet=True,
            )
            finding.notified_at = step.at
            finding.save(update_fields=["notified_at"])
    except Refused as refused:
        return Outcome(finding, refused)
    return Outcome(finding)


def catch_up(*, actor: Actor, at: datetime, limit: int = 100) -> int:
    """For jobs: rounds whose first finding was taken in hand are being put right from then on, whoever did it on whatever page."""
    begun = Round.objects.filter(state="notified", findings__case__state__in=("in_hand", *PUT_RIGHT)).distinct()
    rounds = list(begun.order_by("id")[:limit])
    for found in rounds:
        act(
            verb="begin", actor=actor, at=at, key=ids.key_of("round begun", str(found.public_id)),
            round=found.public_id, change=lambda step: step.deed(),
        )  # fmt: skip
    return len(rounds)


def finish_check(*, actor: Actor, at: datetime, key: UUID, round: UUID, seen: int | None = None) -> Round:
    """Everything put right so far was looked at again. Raises Refused('waiting') while something waits for it."""

    def change(step: RoundStep) -> None:
        waiting = _findings(step.round).filter(case__state="replied").count()
        if waiting:
            raise Refused("waiting", "还有 {n} 条等复查", n=waiting)
        step.deed()

    return act(verb="finish_check", actor=actor, at=at, key=key, round=round, change=change, seen=seen)


def issue(*, actor: Actor, at: datetime, key: UUID, round: UUID, document: str, seen: int | None = None) -> Round:
    """The circular goes out under this number; its figures are those known at this moment, for good."""

    def change(step: RoundStep) -> None:
        step.round.issued_at, step.round.document = step.at, _words(document, "document", LONGEST_DOCUMENT)
        step.deed(reason=step.round.document[:40])
        leads = _findings(step.round).values_list("case__lead_id", "body_id")
        for body_id in sorted({lead or body for lead, body in leads}):
            step.tell(body_id)

    return act(verb="issue", actor=actor, at=at, key=key, round=round, change=change, seen=seen)


def archive(*, actor: Actor, at: datetime, key: UUID, round: UUID, seen: int | None = None) -> Round:
    """Everything has an end. Raises Refused('open') while a finding is not closed."""

    def change(step: RoundStep) -> None:
        still = _findings(step.round).exclude(case__state__in=FINAL).count()
        if still:
            raise Refused("open", "还有 {n} 条没有销号，不能归档", n=still)
        step.round.archived_at = step.at
        step.deed()

    return act(verb="archive", actor=actor, at=at, key=key, round=round, change=change, seen=seen)
