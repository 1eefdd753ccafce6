"""Findings of a round: entered once, taken in hand, put right with proof, chased, looked at again.

Each is a case, and each verb here is the case's own, done for a round: many at once with an outcome for each, or with
what only an inspection has (a class, a second look on the spot or on paper).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from genmai.directory.roster.models import Organisation
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import policies
from genmai.processes.cases.commands import desk, handling, verifying
from genmai.processes.cases.commands.intake import Picture, Report, add_pictures, receive
from genmai.processes.cases.commands.round_step import RoundStep, locked, path_of, rules_of
from genmai.processes.cases.commands.rounds import Outcome
from genmai.processes.cases.deeds import NOT_PASSED, PASSED
from genmai.processes.cases.models import Case, Finding, Round
from genmai.processes.cases.round_flow import FLOW
from genmai.records.deeds.models import Deed

CHANNEL = "inspection"
How = Literal["on_site", "on_paper"]


@dataclass(frozen=True, slots=True)
class NewFinding:
    """What was seen, where, which class, and who must put it right. `ref`: the number in the sheet it came from."""

    text: str
    service: str
    body_id: int
    title: str = ""
    urgency: str = ""
    place_id: int | None = None
    place_text: str = ""
    ref: str = ""
    found_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One good row of a sheet of findings; `ref`: its own number, or its fingerprint."""

    row: int
    ref: str
    found: NewFinding


def enter(
    *, actor: Actor, at: datetime, key: UUID, round: UUID, found: NewFinding, pictures: Sequence[Picture] = ()
) -> Finding:
    """Entered once: the same key, or the same number of the same round, gives the finding that is there.

    Raises NotFound, NotPermitted, Refused('wrong_state'), BadInput naming the field.
    """
    with transaction.atomic():
        held = locked(round)
        policies.check_inspects(actor, held.organisation_id, path_of(held.organisation_id))
        known = _known(held, key, found)
        if known is not None:
            return known
        FLOW.step(held.state, "enter")
        _check(held, found, at)
        case = receive(
            actor=actor, at=at, key=ids.subkey(key, "case"), mechanism=held.mechanism,
            report=_report(held, found), pictures=pictures,
        )  # fmt: skip
        no = (Finding.objects.filter(round=held).aggregate(last=Max("no"))["last"] or 0) + 1
        finding = Finding.objects.create(round=held, case=case, no=no, body_id=found.body_id)
        step = RoundStep(round=held, verb="enter", actor=actor, at=at, key=key)
        step.deed(
            organisation_id=found.body_id, counterpart_id=held.organisation_id, subject_id=case.public_id,
            reason=found.service, place_id=found.place_id,
        )  # fmt: skip
        step.finish()
    return finding


def _known(round: Round, key: UUID, found: NewFinding) -> Finding | None:
    mine = Finding.objects.filter(round=round).select_related("case", "body")
    entered = Deed.objects.filter(key=key, ordinal=0).values_list("subject_id", flat=True).first()
    if entered is not None:
        return mine.filter(case__public_id=entered).first()
    return mine.filter(case__external_ref=found.ref).first() if found.ref else None


def _check(round: Round, found: NewFinding, at: datetime) -> None:
    _, rules = rules_of(round.mechanism)
    if found.service not in rules.classes:
        raise BadInput("class", "请选择属于哪一方面", field="service", allowed="、".join(rules.classes))
    if found.urgency and found.urgency not in rules.urgencies:
        raise BadInput("urgency", "请选择紧急程度", field="urgency", allowed="、".join(rules.urgencies))
    body = Organisation.objects.filter(pk=found.body_id, closed_on__isnull=True).first()
    if body is None:
        raise BadInput("body", "请选择由谁整改", field="body", allowed="单位名单里的一个")
    if body.pk == round.organisation_id:
        raise BadInput("own", "组织督查的单位不能给自己派整改", field="body", allowed="别的单位")
    if found.found_at is not None and found.found_at > at:
        raise BadInput("later", "发现的时间不能在以后", field="found_at", allowed="现在或以前")


def source_of(round: Round) -> str:
    """Numbers are unique within the round they stand in."""
    return f"round:{round.public_id.hex}"


def _report(round: Round, found: NewFinding) -> Report:
    return Report(
        text=found.text,
        title=found.title,
        service=found.service,
        urgency=found.urgency,
        channel=CHANNEL,
        place_id=found.place_id,
        place_text=found.place_text,
        organisation_id=round.organisation_id,
        wants_answer=False,
        external_source=source_of(round) if found.ref else "",
        external_ref=found.ref,
        happened_at=found.found_at,
        keep=False,
        addressed=True,
    )


def accept_all(*, actor: Actor, at: datetime, key: UUID, round: UUID) -> list[Outcome]:
    """The actor's own organisation takes all its findings of the round in hand, those that wait for it."""
    mine = Finding.objects.filter(round__public_id=round, case__state="dispatched", case__lead=actor.organisation_id)

    def accept(finding: Finding, one: UUID) -> None:
        finding.case = handling.accept(actor=actor, at=at, key=one, case=finding.case.public_id)

    return each(mine, key, accept)


def chase(
    *, actor: Actor, at: datetime, key: UUID, round: UUID, cases: Sequence[UUID] | None = None, text: str = ""
) -> list[Outcome]:
    """Ask after those named, or after all that are not put right yet; the desk's pause between two holds for each."""
    with transaction.atomic():
        held = locked(round)
        policies.check_inspects(actor, held.organisation_id, path_of(held.organisation_id))
        open_ones = Finding.objects.filter(round=held, case__state__in=("dispatched", "in_hand"))
        if cases is not None:
            open_ones = open_ones.filter(case__public_id__in=list(cases))

        def ask(finding: Finding, one: UUID) -> None:
            finding.case = desk.chase(actor=actor, at=at, key=one, case=finding.case.public_id, text=text)

        return each(open_ones, key, ask)


def chase_named(*, actor: Actor, at: datetime, key: UUID, cases: Sequence[UUID], text: str = "") -> list[Outcome]:
    """Ask after findings of any rounds the actor inspects: all or none. Raises NotFound, NotPermitted."""
    with transaction.atomic():
        named = Finding.objects.filter(case__public_id__in=list(cases))
        whose = list(named.order_by("round_id").values_list("round__public_id", flat=True).distinct())
        if not whose:
            raise NotFound()
        return [
            one
            for found in whose
            for one in chase(
                actor=actor, at=at, key=ids.subkey(key, "round", found.hex), round=found, cases=cases, text=text
            )
        ]


def each(findings: QuerySet[Finding], key: UUID, do: Callable[[Finding, UUID], None]) -> list[Outcome]:
    """One after the other, each in a transaction of its own: a refusal of one holds up no other."""
    done = []
    for finding in findings.select_related("case", "body").order_by("no"):
        try:
            with transaction.atomic():
                do(finding, ids.subkey(key, "finding", finding.no))
        except Refused as refused:
            done.append(Outcome(finding, refused))
        else:
            done.append(Outcome(finding))
    return done


def put_right(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, pictures: Sequence[Picture] = (),
    promised_until: date | None = None, seen: int | None = None,
) -> Case:  # fmt: skip
    """The body reports what it did, in words, with pictures where it has any. Promised, not done: with the day.

    Who inspects looks again. Raises what `handling.reply` raises.
    """
    with transaction.atomic():
        finding = finding_of(case)
        _, rules = rules_of(finding.round.mechanism)
        outcome = "promised" if promised_until else rules.rectified
        done = handling.reply(
            actor=actor, at=at, key=key, case=case, outcome=outcome, text=text, promised_until=promised_until, seen=seen
        )
        add_pictures(done, pictures, stage="after", at=at, actor=actor)
    return done


def check_again(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, passed: bool, how: How = "on_site", text: str = "",
    closing: str = "", pictures: Sequence[Picture] = (), seen: int | None = None,
) -> Case:  # fmt: skip
    """The second look, by who inspects and never by who put it right: passed ends it, not passed sends it back.

    `how`: on the spot, or on the papers handed in; `closing` where it ends otherwise than put right.
    """
    with transaction.atomic():
        finding = finding_of(case)
        held = locked(finding.round.public_id)
        policies.check_inspects(actor, held.organisation_id, path_of(held.organisation_id))
        if Deed.objects.filter(key=key, ordinal=0, kind="case.reinspected").exists():
            return finding.case
        FLOW.step(held.state, "check")
        _check_look(passed, text)
        if passed:
            _check_sample(finding, how, closing)
        lead_id = finding.case.lead_id
        done = _looked(actor, at, key, finding, passed, text, closing, seen)
        add_pictures(done, pictures, stage="after", at=at, actor=actor)
        step = RoundStep(round=held, verb="check", actor=actor, at=at, key=key)
        step.deed_of_case(
            case, organisation_id=lead_id, counterpart_id=held.organisation_id, subject_id=held.public_id,
            outcome=PASSED if passed else NOT_PASSED, reason=how, category=done.category, place_id=done.place_id,
        )  # fmt: skip
        step.finish()
    return done


def _check_look(passed: bool, text: str) -> None:
    if not passed and not text.strip():
        raise BadInput("empty", "没有通过，请写明哪里没改好", field="text", allowed="1–2000 字")


def is_drawn(finding: Finding) -> bool:
    """Whether only a look on the spot can pass this finding: drawn by the round's own number, the same at every look."""
    _, rules = rules_of(finding.round.mechanism)
    return rules.drawn(finding.no, start=finding.round.public_id.int)


def _check_sample(finding: Finding, how: How, closing: str) -> None:
    """Papers pass what was not drawn; what ends otherwise than put right needs no look on the spot."""
    _, rules = rules_of(finding.round.mechanism)
    if how == "on_paper" and closing in ("", rules.rectified) and is_drawn(finding):
        raise BadInput("drawn", "这一条抽中了到现场看，只看材料不能通过", field="how", allowed="到现场看")


def _looked(
    actor: Actor, at: datetime, key: UUID, finding: Finding, passed: bool, text: str, closing: str, seen: int | None
) -> Case:
    """The case's own verbs: verified and closed, or back for rework."""
    case, (_, rules) = finding.case.public_id, rules_of(finding.round.mechanism)
    if not passed:
        return verifying.rework(actor=actor, at=at, key=ids.subkey(key, "rework"), case=case, text=text, seen=seen)
    verifying.verify(actor=actor, at=at, key=ids.subkey(key, "verify"), case=case, text=text, seen=seen)
    reason = closing or rules.rectified
    words = text if reason != rules.rectified else ""
    return verifying.close(actor=actor, at=at, key=ids.subkey(key, "close"), case=case, reason=reason, text=words)


def finding_of(case: UUID) -> Finding:
    """Raises NotFound for a case that was not found in a round."""
    found = Finding.objects.select_related("case", "round", "body").filter(case__public_id=case).first()
    if found is None:
        raise NotFound()
    return found
