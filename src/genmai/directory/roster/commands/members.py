"""A member's way: enrolled into a branch, on to the next stage or status, particulars put right. Dated rows throughout."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster import mechanism, sealing
from genmai.directory.roster.buckets import years_before
from genmai.directory.roster.commands.people import fresh_keys
from genmai.directory.roster.commands.writing import Writing, named_document, telephone
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.models import (
    Membership,
    Organisation,
    Person,
    PersonKey,
    PersonKind,
    Profile,
    Stage,
    Status,
)
from genmai.directory.roster.names import letters_of
from genmai.kernel.identity_numbers import birth_in, normalise_identity, sex_in
from genmai.kernel.ids import derive
from genmai.kernel.refusal import BadInput, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house


@dataclass(frozen=True, slots=True)
class NewMember:
    """What is known of somebody who is enrolled; birth and sex follow from the identity number where it is given."""

    name: str
    identity: str = ""
    phone: str = ""
    sex: str = ""
    born_on: date | None = None
    ethnicity: str = ""
    education: str = ""
    degree: str = ""
    occupation: str = ""
    worked_on: date | None = None


@transaction.atomic
def enrol(
    *, actor: Actor, at: datetime, key: UUID, branch: Organisation, member: NewMember, stage: str, on: date,
    joined_on: date | None = None, full_on: date | None = None, arrived: str = "developed", document: str = "",
    person: Person | None = None,
) -> Membership:  # fmt: skip
    """A person with sealed numbers, their particulars, and a place in a branch. `person`: somebody who is known already.

    Raises NotFound outside one's branches, BadInput, Refused('known_member') when the number is enrolled, wherever.
    """
    writing = Writing(actor, at, key)
    path = writing.allowed(branch.pk)
    if writing.done:
        return Membership.objects.get(person__public_id=writing.done, valid_to=None)
    born_on, sex, identity = _particulars(member)
    member = replace(member, phone=telephone(member.phone))
    _check_stage(stage, on, writing.today, born_on, joined_on, full_on, arrived)
    known = person or _new_person(member, identity, at, key)
    if Membership.objects.filter(person=known, valid_to=None).exists():
        raise Refused("known_member", "这个人已经在党员名册里，请用组织关系转接", field="identity")
    letters, initials = letters_of(known.display_name)
    Profile.objects.update_or_create(
        person=known,
        defaults={
            "letters": letters, "initials": initials, "sex": sex, "born_on": born_on,
            "ethnicity": member.ethnicity, "education": member.education, "degree": member.degree,
            "occupation": member.occupation, "worked_on": member.worked_on,
            **({"tail_index": sealing.index_of_tail(member.phone[-4:])} if member.phone else {}),
        },
    )  # fmt: skip
    row = Membership.objects.create(
        person=known, branch=branch, stage=stage, joined_on=joined_on, full_on=full_on, valid_from=on, recorded_at=at,
        arrived=arrived, document=clean(document, 120, field="document"),
    )  # fmt: skip
    writing.take(fact_of("member.enrolled", row, path, stage))
    return row


@transaction.atomic
def change(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, on: date, document: str, stage: str = "",
    status: str = "", joined_on: date | None = None, full_on: date | None = None,
) -> Membership:  # fmt: skip
    """Another stage or status from a day on, by a body's decision (`document`). On the day the last row began: its correction.

    Raises NotFound, BadInput, Refused('nothing_changed').
    """
    writing = Writing(actor, at, key)
    row = writing.membership(person_id)
    path = writing.allowed(row.branch_id)
    writing.check_other(person_id)
    if writing.done:
        return row
    document = named_document(document)
    if not row.valid_from <= on <= writing.today:
        raise BadInput("day_out_of_span", "日期要在 {first} 和今天之间", field="on", first=row.valid_from)
    new = _next(row, stage, status, joined_on, full_on)
    if (new.stage, new.status, new.joined_on, new.full_on) == (row.stage, row.status, row.joined_on, row.full_on):
        raise Refused("nothing_changed", "和现在登记的一样，没有变动", field="stage")
    kind = "stage" if new.stage != row.stage else "status"
    writing.end(row, on, kind)
    new.valid_from, new.recorded_at, new.document, new.arrived = on, at, document, kind
    new.save()
    outcome = new.stage if kind == "stage" else new.status
    writing.take(fact_of("member.changed", new, path, outcome))
    return new


def _next(row: Membership, stage: str, status: str, joined_on: date | None, full_on: date | None) -> Membership:
    if stage and stage not in Stage.values:
        raise BadInput("unknown_stage", "没有这个阶段", field="stage", allowed="、".join(Stage.labels))
    if status and status not in Status.values:
        raise BadInput("unknown_status", "没有这个状态", field="status", allowed="、".join(Status.labels))
    return Membership(
        person=row.person, branch_id=row.branch_id, stage=stage or row.stage, status=status or row.status,
        joined_on=joined_on or row.joined_on, full_on=full_on or row.full_on,
    )  # fmt: skip


def _check_stage(
    stage: str, on: date, today: date, born_on: date | None, joined_on: date | None, full_on: date | None, arrived: str
) -> None:
    rules = mechanism.members()
    if stage not in Stage.values:
        raise BadInput("unknown_stage", "没有这个阶段", field="stage", allowed="、".join(Stage.labels))
    if arrived not in rules.arrivals:
        raise BadInput("unknown_arrival", "没有这个变动类别", field="arrived", allowed="、".join(rules.arrivals))
    if on > today:
        raise BadInput("in_future", "日期不能晚于今天", field="on")
    if born_on is not None and born_on > years_before(joined_on or on, rules.age_least):
        raise BadInput("too_young", "申请入党要年满 {years} 岁", field="born_on", years=rules.age_least)
    if stage in (Stage.PROBATIONARY, Stage.FULL) and joined_on is None:
        raise BadInput("joined_missing", "请填写入党日期", field="joined_on")
    if full_on is not None and (joined_on is None or full_on < joined_on):
        raise BadInput("full_before_joined", "转正日期不能早于入党日期", field="full_on")


def _particulars(member: NewMember) -> tuple[date | None, str, str]:
    """Birth, sex and number, in agreement. Raises BadInput."""
    if not member.identity:
        return member.born_on, member.sex, ""
    number = normalise_identity(member.identity)
    if number is None:
        raise BadInput(
            "bad_identity", "身份证号不对：位数、地区、出生日期或最后一位校验码有误", field="identity", allowed="18 位"
        )
    born_on, sex = birth_in(number), sex_in(number)
    if (member.born_on or born_on) != born_on or (member.sex or sex) != sex:
        raise BadInput("identity_disagrees", "出生日期或性别和身份证号不一致，请核对", field="identity")
    return born_on, sex, number


def _new_person(member: NewMember, identity: str, at: datetime, key: UUID) -> Person:
    name, phone = clean(member.name, 40, field="name"), member.phone
    if not name:
        raise BadInput("name_missing", "请填写姓名", field="name")
    public_id = derive(at, key, "member")
    sealed = sealing.seal_member(public_id.bytes, identity=identity, phone=phone, person_key=fresh_keys(1)[0])
    with house("one number is one person, wherever they are enrolled"):
        known = sealed.identity_index and Person.objects.filter(identity_index=sealed.identity_index).first()
        if known:
            return _come_back(known, name)
        # A household's number stands with whoever had it first; the second is still sealed, and found by its tail.
        taken = sealed.phone_index and Person.objects.filter(phone_index=sealed.phone_index).exists()
        made = Person.objects.create(
            public_id=public_id, kind=PersonKind.MEMBER, display_name=name, phone_sealed=sealed.phone,
            phone_index=None if taken else sealed.phone_index, identity_sealed=sealed.identity,
            identity_index=sealed.identity_index, recorded_at=at,
        )  # fmt: skip
        PersonKey.objects.create(person=made, wrapped=sealed.wrapped)
    return made


def _come_back(known: Person, name: str) -> Person:
    """Somebody who was on a roll and left it. Raises Refused where they are on one, or have another name."""
    if Membership.objects.filter(person=known, valid_to=None).exists():
        raise Refused("known_member", "这个身份证号已经登记过；人在别处的，请用组织关系转接", field="identity")
    if known.display_name != name or known.merged_into_id is not None:
        raise Refused("known_otherwise", "这个身份证号以前登记的不是这个姓名，请核对", field="name")
    return known


def fact_of(kind: str, row: Membership, path: str, outcome: str = "", *, reason: str = "") -> Fact:
    """What is recorded of a member: references only."""
    return Fact(
        kind=kind, source_kind="member", source_id=row.person.public_id, mechanism=mechanism.ref_of(mechanism.MEMBERS),
        organisation_id=row.branch_id, path=path, person_id=row.person_id, category=row.stage, outcome=outcome,
        reason=reason,
    )  # fmt: skip
