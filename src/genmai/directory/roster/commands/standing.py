"""Honours and discipline: recorded with level, body, date and document; withdrawn by a later row, never taken out."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands.members import fact_of
from genmai.directory.roster.commands.proposals import propose
from genmai.directory.roster.commands.writing import Writing, named_document, reason_given
from genmai.directory.roster.models import Standing, StandingBack, StandingEnd, StandingKind, Tree
from genmai.directory.roster.revocations import HOLDING, standing_ends
from genmai.kernel.ids import derive, subkey
from genmai.kernel.refusal import BadInput, NotPermitted, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind, Reach

DISCIPLINE = "members:discipline"

_KINDS = {StandingKind.HONOUR: "member.honoured", StandingKind.DISCIPLINE: "member.disciplined"}


@transaction.atomic
def record_standing(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, kind: str, name: str = "", body: str, decided_on: date,
    document: str, level: str = "", reason: str = "", code: str = "", year: int | None = None,
    until: date | None = None,
) -> Standing:  # fmt: skip
    """What a body decided about a member; `code`: one of the mechanism's honours or disciplines, which gives name and level.

    A discipline is asked about with its own right, and only puts the member's honours and posts before the body above.
    Raises NotFound, BadInput, Refused('honoured').
    """
    writing = Writing(actor, at, key)
    row = writing.membership(person_id)
    path = writing.allowed(row.branch_id)
    if kind not in StandingKind.values:
        raise BadInput("unknown_kind", "请选奖励或惩戒", field="kind", allowed="、".join(StandingKind.labels))
    if kind == StandingKind.DISCIPLINE:
        _check_discipline(actor, path)
    writing.check_other(person_id)
    if known := writing.made(Standing):
        return known
    if decided_on > writing.today:
        raise BadInput("in_future", "日期不能晚于今天", field="decided_on", allowed=f"≤ {writing.today}")
    if until is not None and until <= decided_on:
        raise BadInput("ends_before_begin", "结束日期要晚于开始日期", field="until", allowed=f"> {decided_on}")
    name, level, ref = _named(kind, code, name, level)
    year = (year or decided_on.year) if kind == StandingKind.HONOUR else None
    if code and kind == StandingKind.HONOUR:
        _check_once(person_id, code, year)
    made = Standing.objects.create(
        public_id=derive(at, key, "standing"), key=key, person_id=person_id, kind=kind,
        name=_needed(name, 60, "name"), level=level, reason=clean(reason, 120, field="reason"),
        body=_needed(body, 80, "body"), decided_on=decided_on, document=named_document(document), recorded_at=at,
        recorded_by_id=actor.person_id, code=code, year=year,
        until=until if kind == StandingKind.DISCIPLINE else None, mechanism=ref,
    )  # fmt: skip
    writing.take(fact_of(_KINDS[StandingKind(kind)], row, path, level))
    if kind == StandingKind.DISCIPLINE:
        _put_before_the_body(at, key, person_id, decided_on)
    return made


def _check_discipline(actor: Actor, path: str) -> None:
    """Raises NotPermitted: 处分 is entered and seen by fewer than the roll."""
    if actor.kind is ActorKind.STAFF and not actor.viewer.may(DISCIPLINE, path, Reach.CAPTURE, tree=Tree.PARTY):
        raise NotPermitted("not_permitted", "处分由镇街党建办和组织部登记，您的账号没有这个权限")


def _named(kind: str, code: str, name: str, level: str) -> tuple[str, str, str]:
    """Name, level and mechanism of what was given. Raises BadInput."""
    rules = mechanism.members()
    if code and kind == StandingKind.HONOUR:
        honours = mechanism.honours().honours
        if code not in honours:
            allowed = "、".join(str(one.title) for one in honours.values())
            raise BadInput("unknown_honour", "请从列表里选荣誉", field="code", allowed=allowed)
        return str(honours[code].title), honours[code].level, mechanism.ref_of(mechanism.HONOURS)
    if code:
        if code not in rules.disciplines:
            allowed = "、".join(str(one.title) for one in rules.disciplines.values())
            raise BadInput("unknown_discipline", "请从列表里选处分", field="code", allowed=allowed)
        return str(rules.disciplines[code].title), "", mechanism.ref_of(mechanism.MEMBERS)
    if level not in rules.levels and (level or kind == StandingKind.HONOUR):
        allowed = "、".join(str(words) for words in rules.levels.values())
        raise BadInput("unknown_level", "请从列表里选级别", field="level", allowed=allowed)
    return name, level, mechanism.ref_of(mechanism.MEMBERS)


def _check_once(person_id: int, code: str, year: int | None) -> None:
    given = Standing.objects.filter(person_id=person_id, kind=StandingKind.HONOUR, code=code, year=year)
    if given.exclude(standing_ends()).exists():
        raise Refused("honoured", "这个人 {year} 年的这项荣誉已经登记过了", field="code", year=year)


def _put_before_the_body(at: datetime, key: UUID, person_id: int, on: date) -> None:
    """A discipline changes nothing by itself: honours, posts and standing are for the body above to consider."""
    for timer, rule in mechanism.members().timers.items():
        if rule.source == "disciplined":
            system = Actor.system("disciplines")
            propose(actor=system, at=at, key=subkey(key, "proposal"), timer=timer, since={person_id: on})


@transaction.atomic
def end_standing(
    *, actor: Actor, at: datetime, key: UUID, standing: Standing, on: date, body: str, document: str, reason: str = ""
) -> StandingEnd:
    """Withdrawn by a body from a day on; both rows stay. Raises NotFound, BadInput, Refused('ended')."""
    writing = Writing(actor, at, key)
    if not standing.decided_on <= on <= writing.today:
        raise BadInput(
            "day_out_of_span", "日期要在 {first} 和今天之间", field="on", first=standing.decided_on,
            allowed=f"{standing.decided_on} – {writing.today}",
        )  # fmt: skip
    end = StandingEnd(
        standing=standing, key=key, on=on, body=_needed(body, 80, "body"), document=named_document(document),
        reason=clean(reason, 120, field="reason"), recorded_at=at,
    )  # fmt: skip
    return _ended(writing, end, "member.standing_ended")


@transaction.atomic
def withdraw_standing(*, actor: Actor, at: datetime, key: UUID, standing: Standing, reason: str) -> StandingEnd:
    """The entry was wrong: it was never given, and no longer counts; the row stays. Raises NotFound, BadInput, Refused('ended')."""
    end = StandingEnd(
        standing=standing, key=key, on=standing.decided_on, mistaken=True, reason=reason_given(reason), recorded_at=at
    )
    return _ended(Writing(actor, at, key), end, "member.standing_mistaken")


@transaction.atomic
def resume_standing(
    *, actor: Actor, at: datetime, key: UUID, standing: Standing, reason: str, document: str = ""
) -> StandingBack:
    """The revocation was a mistake: what was given was valid all along; both rows stay.

    Raises NotFound, BadInput, Refused('not_ended' | 'honoured').
    """
    writing = Writing(actor, at, key)
    row = writing.membership(standing.person_id)
    path = writing.allowed(row.branch_id)
    if standing.kind == StandingKind.DISCIPLINE:
        _check_discipline(actor, path)
    writing.check_other(standing.person_id)
    if known := writing.made(StandingBack):
        return known
    why = reason_given(reason)
    end = StandingEnd.objects.filter(HOLDING, standing=standing).first()
    if end is None:
        raise Refused("not_ended", "这一条没有撤销，或者撤销已经收回了，请看最新的")
    if standing.code and standing.kind == StandingKind.HONOUR:
        _check_once(standing.person_id, standing.code, standing.year)
    back = StandingBack.objects.create(
        end=end, key=key, reason=why, document=clean(document, 120, field="document"), recorded_at=at,
        recorded_by_id=actor.person_id,
    )  # fmt: skip
    writing.take(fact_of("member.standing_resumed", row, path, standing.level, reason=standing.kind))
    return back


def _ended(writing: Writing, end: StandingEnd, deed: str) -> StandingEnd:
    standing = end.standing
    row = writing.membership(standing.person_id)
    path = writing.allowed(row.branch_id)
    if standing.kind == StandingKind.DISCIPLINE:
        _check_discipline(writing.actor, path)
    writing.check_other(standing.person_id)
    if known := writing.made(StandingEnd):
        return known
    if StandingEnd.objects.filter(HOLDING, standing=standing).exists():  # whoever else ends it waits for the member
        raise Refused("ended", "这一条已经撤销过了，请看最新的")
    end.save()
    writing.take(fact_of(deed, row, path, standing.level, reason=standing.kind))
    return end


def _needed(text: str, longest: int, field: str) -> str:
    found = clean(text, longest, field=field)
    if not found:
        raise BadInput("missing", "这一栏要填写", field=field)
    return found
