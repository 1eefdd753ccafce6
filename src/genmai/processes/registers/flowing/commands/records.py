"""Both sides of one record: leaving, declaring, confirming, keeping in contact, and how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Organisation, OrganisationKind, Person
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.flow import START
from genmai.kernel.refusal import BadInput, NotFound, Refused, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house
from genmai.processes.registers.flowing import policies
from genmai.processes.registers.flowing.flow import RECORD
from genmai.processes.registers.flowing.mechanism import current, rules_of
from genmai.processes.registers.flowing.places import Standing, home_of, standing_of
from genmai.processes.registers.flowing.writing import RECORD as SOURCE
from genmai.processes.registers.flowing.writing import Writing, lock_record, touch
from genmai.processes.registers.models import Candidate, FlowRecord
from genmai.records.writing import done_before

WHY = "a record has two sides; the command asks for its own"


@house(WHY)
def leave(
    *, actor: Actor, at: datetime, key: UUID, member: UUID, reason: str, left_on: date, host_id: int | None = None,
    host_said: str = "", text: str = "", planned: bool = False,
) -> FlowRecord:  # fmt: skip
    """The home side registers that a member goes (`planned`) or has gone, and where to, as far as they know.

    Raises NotFound for a member outside the actor's scope, BadInput, Refused('known') where one is open already.
    """
    person = Person.objects.filter(public_id=member).first()
    home = home_of(person.pk) if person is not None else None
    if person is None or home is None:
        raise NotFound("没有找到这名党员，或者不在您能看的范围内")
    policies.check_person(actor, policies.KEEP, home.reach)
    mechanism = current()
    if reason not in rules_of(mechanism.ref).reasons:
        raise BadInput("reason", "请选外出的原因", field="reason")
    with transaction.atomic():
        known = FlowRecord.objects.select_for_update().filter(member=person, ended_on__isnull=True).first()
        if known is not None and (done_before(key) or (known.state == "planned" and not planned)):
            return known if done_before(key) else _left(actor, at, key, known, left_on, host_id, host_said, text)
        if known is not None:
            raise Refused("known", "这名党员已经登记外出，还没结束，请在那条记录上接着办")
        host = standing_of(host_id) if host_id else None
        made = FlowRecord(
            public_id=ids.derive(at, key, "flowing"), mechanism=mechanism.ref, member=person,
            state=RECORD.step(START, "plan" if planned else "leave"), home_id=home.organisation_id,
            home_reach=list(home.reach), host_id=host_id, host_reach=list(host.reach) if host else [],
            host_said=clean(host_said, 120, field="host_said"), reason=reason, left_on=left_on, registered_at=at,
            next_on=_next(mechanism.ref, at, at),
        )  # fmt: skip
        made.save(force_insert=True)
        writing = _writing(actor, at, key, made, home)
        writing.deed(RECORD.row("plan" if planned else "leave").deed, counterpart_id=host_id, reason=reason)
        if host_id and not planned:
            writing.tell(host_id, "flowing.coming")
        deed = writing.finish()[0]
        touch(writing, deed, "plan" if planned else "leave", record=made, text=clean(text, 300, field="text"))
        return made


def declared(writing: Writing, candidate: Candidate, home_said: str) -> FlowRecord:
    """The host side, from a person who declared themselves: a part of `candidates.declare`.

    Where the home side registered the leaving of whoever the match pointed at, both become one record; it still waits
    for the home side to say that it is them.
    """
    open_one = FlowRecord.objects.select_for_update().filter(
        member_id=candidate.member_id, member__isnull=False, ended_on__isnull=True, state__in=["planned", "out"]
    )
    found = open_one.first()
    home = home_of(candidate.member_id) if candidate.member_id else None
    if found is None:
        found = FlowRecord(
            public_id=ids.derive(writing.at, writing.key, "flowing"), mechanism=candidate.mechanism, state=START,
            thought_id=candidate.member_id, registered_at=writing.at,
            home_id=home.organisation_id if home else None, home_reach=list(home.reach) if home else [],
        )  # fmt: skip
    found.state = RECORD.step(found.state, "declare")
    found.candidate, found.resident, found.home_said = candidate, candidate.resident, home_said
    found.host_id, found.host_reach = candidate.host_id, candidate.reach
    found.declared_at = found.last_contact_at = writing.at
    found.next_on = _next(found.mechanism, writing.at, writing.at)
    found.version += 1
    found.save()
    after = Writing(
        actor=writing.actor, at=writing.at, key=ids.subkey(writing.key, "record"), mechanism=found.mechanism,
        source_kind=SOURCE, source_id=found.public_id, organisation_id=found.host_id,
        path=standing_of(candidate.host_id).path,
    )  # fmt: skip
    after.deed("flowing.declared", counterpart_id=found.home_id, subject_id=candidate.public_id)
    after.tell(found.home_id, "flowing.declared")
    after.finish()
    return found


@house(WHY)
def confirm(
    *, actor: Actor, at: datetime, key: UUID, record: UUID, member: UUID, seen: int | None = None
) -> FlowRecord:
    """The home side says who it is: the member of its roll. Now both sides stand. Raises NotFound, NotPermitted, Changed."""
    with transaction.atomic():
        found = lock_record(actor, record)
        person = Person.objects.filter(public_id=member).first()
        home = home_of(person.pk) if person is not None else None
        if person is None or home is None:
            raise NotFound("没有找到这名党员，或者不在您能看的范围内")
        policies.check_person(actor, policies.KEEP, home.reach)
        if done_before(key):
            return found
        check_seen(seen, found.version)
        other = FlowRecord.objects.filter(member=person, ended_on__isnull=True).exclude(pk=found.pk)
        if other.exists():
            raise Refused("known", "这名党员已经登记外出，还没结束，请在那条记录上接着办")
        found.member, found.thought = person, None
        found.home_id, found.home_reach = home.organisation_id, list(home.reach)
        found.confirmed_at = at
        return _step(actor, at, key, found, "confirm", side=home)


@house(WHY)
def disown(*, actor: Actor, at: datetime, key: UUID, record: UUID, text: str, seen: int | None = None) -> FlowRecord:
    """The home side says that it is none of theirs: the host asks the person again. Raises NotPermitted, Changed."""
    with transaction.atomic():
        found = lock_record(actor, record)
        policies.check_person(actor, policies.KEEP, found.home_reach)
        if done_before(key):
            return found
        check_seen(seen, found.version)
        if found.member_id is not None:
            raise Refused("registered", "外出是本支部登记的，登记错了请撤下")
        side = standing_of(found.home_id) if found.home_id else None
        moved = _step(actor, at, key, found, "disown", text=text, side=side)
        moved.thought, moved.home, moved.home_reach = None, None, []
        moved.save(update_fields=["thought", "home", "home_reach"])
        return moved


@house(WHY)
def name_home(
    *, actor: Actor, at: datetime, key: UUID, record: UUID, home_id: int, text: str = "", seen: int | None = None
) -> FlowRecord:
    """The host side asked again and knows the branch: it is asked to look. Only while no home side stands.

    Raises Refused('has_home') where one does, NotFound for a body outside the Party tree, NotPermitted, Changed.
    """
    with transaction.atomic():
        found = lock_record(actor, record)
        policies.check_person(actor, policies.CONTACT, found.host_reach)
        if done_before(key):
            return found
        check_seen(seen, found.version)
        if found.home_id is not None:
            raise Refused("has_home", "流出地支部已经在核对了，等它答复")
        home = standing_of(home_id)
        if not Organisation.objects.filter(pk=home_id, kind=OrganisationKind.PARTY, closed_on__isnull=True).exists():
            raise NotFound("没有找到这个党组织，请核对名称或编码")
        found.home_id, found.home_reach = home_id, list(home.reach)
        host = standing_of(found.host_id) if found.host_id else None
        return _step(actor, at, key, found, "name_home", text=text, side=host)


@house(WHY)
def contact(
    *, actor: Actor, at: datetime, key: UUID, record: UUID, way: str, reached: bool, text: str = "",
    seen: int | None = None,
) -> FlowRecord:  # fmt: skip
    """Either side spoke to them, or tried to. Sets when to speak next. Raises BadInput, NotPermitted, Changed."""
    with transaction.atomic():
        found = _of_either(actor, record, policies.CONTACT)
        if done_before(key):
            return found
        check_seen(seen, found.version)
        _check_way(found, way)
        if reached:
            found.last_contact_at = at
        both = found.host_id is not None and found.member_id is not None and RECORD.allows(found.state, "contact")
        verb = ("contact" if both else "reach") if reached else "miss"
        found.next_on = _next(found.mechanism, at, at, again=not reached)
        return _step(actor, at, key, found, verb, way=way, text=text)


@house(WHY)
def care(
    *, actor: Actor, at: datetime, key: UUID, record: UUID, duty: str, text: str = "", seen: int | None = None
) -> FlowRecord:
    """One of the care measures or lessons was done, recorded once. Raises BadInput, NotPermitted, Changed."""
    with transaction.atomic():
        found = _of_either(actor, record, policies.CONTACT)
        if done_before(key):
            return found
        check_seen(seen, found.version)
        if duty not in rules_of(found.mechanism).duties:
            raise BadInput("duty", "请选做了哪一件", field="duty")
        return _step(actor, at, key, found, "care", duty=duty, text=text)


@house(WHY)
def end(
    *, actor: Actor, at: datetime, key: UUID, record: UUID, how: str, on: date, document: str = "", text: str = "",
    seen: int | None = None,
) -> FlowRecord:  # fmt: skip
    """`come_back`, `transfer` (both end it), `lose` (a decision of the home body, with its paper) or `withdraw`.

    Raises BadInput where a paper is wanted and missing, NotPermitted, Changed, Refused('wrong_state').
    """
    with transaction.atomic():
        found = lock_record(actor, record)
        policies.check_person(actor, policies.KEEP, found.home_reach or found.host_reach)
        if done_before(key):
            return found
        check_seen(seen, found.version)
        if how not in ("come_back", "transfer", "lose", "withdraw"):
            raise BadInput("how", "请选怎么结束", field="how")
        if how in ("transfer", "lose") and not document.strip():
            raise BadInput("no_document", "请写明依据的介绍信或支委会决定", field="document")
        if on > day_of(at):
            raise BadInput("future", "日期不能在今天之后", field="on")
        found.document = clean(document, 120, field="document") or found.document
        if how != "lose":
            found.ended_on, found.next_on = on, None
        return _step(actor, at, key, found, how, text=text)


# parts


def _left(
    actor: Actor, at: datetime, key: UUID, found: FlowRecord, left_on: date, host_id: int | None, said: str, text: str
) -> FlowRecord:
    host = standing_of(host_id) if host_id else None
    found.left_on, found.host_said = left_on, clean(said, 120, field="host_said") or found.host_said
    if host is not None:
        found.host_id, found.host_reach = host_id, list(host.reach)
    return _step(actor, at, key, found, "leave", text=text)


def _of_either(actor: Actor, public_id: UUID, permission: str) -> FlowRecord:
    found = lock_record(actor, public_id)
    policies.check_person(actor, permission, [*found.home_reach, *found.host_reach])
    return found


def _check_way(found: FlowRecord, way: str) -> None:
    ways = rules_of(found.mechanism).contact.ways
    if way not in ways:
        raise BadInput("way", "请选是怎么联系的", field="way", allowed="、".join(one.zh for one in ways.values()))


def _next(ref: str, at: datetime, since: datetime, *, again: bool = False) -> date:
    contact = rules_of(ref).contact
    return day_of(since) + timedelta(days=contact.again_days if again else contact.every_days)


def _step(
    actor: Actor, at: datetime, key: UUID, found: FlowRecord, verb: str, *, way: str = "", duty: str = "",
    text: str = "", side: Standing | None = None,
) -> FlowRecord:  # fmt: skip
    row = RECORD.row(verb)
    found.state = RECORD.step(found.state, verb)
    found.version += 1
    found.save()
    acting = side or _side_of(actor, found)
    writing = _writing(actor, at, key, found, acting)
    other = _others(found, acting.organisation_id)
    writing.deed(row.deed, counterpart_id=other[0] if other else None, reason=duty or way)
    for organisation in other if row.notice else ():
        writing.tell(organisation, row.notice)
    deed = writing.finish()[0]
    touch(writing, deed, verb, record=found, way=way, duty=duty, text=clean(text, 300, field="text"))
    return found


def _side_of(actor: Actor, found: FlowRecord) -> Standing:
    """The side on which the actor stands; the home side where both are theirs."""
    at_home = found.home_id is not None and policies.holds(actor.viewer, policies.VIEW, found.home_reach)
    chosen = found.home_id if at_home or found.host_id is None else found.host_id
    if chosen is None:
        raise NotFound()
    return standing_of(chosen)


def _others(found: FlowRecord, ours: int) -> Sequence[int]:
    return [side for side in (found.home_id, found.host_id) if side is not None and side != ours]


def _writing(actor: Actor, at: datetime, key: UUID, found: FlowRecord, side: Standing) -> Writing:
    return Writing(
        actor=actor, at=at, key=key, mechanism=found.mechanism, source_kind=SOURCE, source_id=found.public_id,
        organisation_id=side.organisation_id, path=side.path,
    )  # fmt: skip
