"""Honours and discipline: recorded with level, body, date and document; withdrawn by a later row, never taken out."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands.members import fact_of
from genmai.directory.roster.commands.writing import Writing, named_document
from genmai.directory.roster.models import Standing, StandingEnd, StandingKind
from genmai.kernel.ids import derive
from genmai.kernel.refusal import BadInput, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor

_KINDS = {StandingKind.HONOUR: "member.honoured", StandingKind.DISCIPLINE: "member.disciplined"}


@transaction.atomic
def record_standing(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, kind: str, name: str, body: str, decided_on: date,
    document: str, level: str = "", reason: str = "",
) -> Standing:  # fmt: skip
    """What a body decided about a member. Raises NotFound, BadInput."""
    writing = Writing(actor, at, key)
    row = writing.membership(person_id)
    path = writing.allowed(row.branch_id)
    writing.check_other(person_id)
    known = Standing.objects.filter(key=key).first()
    if known:
        return known
    levels = mechanism.members().levels
    if kind not in StandingKind.values:
        raise BadInput("unknown_kind", "请选奖励或惩戒", field="kind", allowed="、".join(StandingKind.labels))
    if level not in levels and (level or kind == StandingKind.HONOUR):
        raise BadInput(
            "unknown_level",
            "请从列表里选级别",
            field="level",
            allowed="、".join(str(words) for words in levels.values()),
        )
    if decided_on > writing.today:
        raise BadInput("in_future", "日期不能晚于今天", field="decided_on")
    made = Standing.objects.create(
        public_id=derive(at, key, "standing"), key=key, person_id=person_id, kind=kind,
        name=_needed(name, 60, "name"), level=level, reason=clean(reason, 120, field="reason"),
        body=_needed(body, 80, "body"), decided_on=decided_on, document=named_document(document), recorded_at=at,
        recorded_by_id=actor.person_id,
    )  # fmt: skip
    writing.take(fact_of(_KINDS[StandingKind(kind)], row, path, level))
    return made


@transaction.atomic
def end_standing(
    *, actor: Actor, at: datetime, key: UUID, standing: Standing, on: date, body: str, document: str
) -> StandingEnd:
    """Withdrawn by a body from a day on; both rows stay. Raises NotFound, BadInput, Refused('ended')."""
    writing = Writing(actor, at, key)
    row = writing.membership(standing.person_id)
    path = writing.allowed(row.branch_id)
    known = StandingEnd.objects.filter(key=key).first()
    if known:
        return known
    if not standing.decided_on <= on <= writing.today:
        raise BadInput("day_out_of_span", "日期要在 {first} 和今天之间", field="on", first=standing.decided_on)
    try:
        with transaction.atomic():
            made = StandingEnd.objects.create(
                standing=standing, key=key, on=on, body=_needed(body, 80, "body"),
                document=named_document(document), recorded_at=at,
            )  # fmt: skip
    except IntegrityError as ended:
        raise Refused("ended", "这一条已经撤销过了，请看最新的") from ended
    writing.take(fact_of("member.standing_ended", row, path, standing.level, reason=standing.kind))
    return made


def _needed(text: str, longest: int, field: str) -> str:
    found = clean(text, longest, field=field)
    if not found:
        raise BadInput("missing", "这一栏要填写", field=field)
    return found
