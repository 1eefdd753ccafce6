"""Candidates: told by a registration or a visit, then spoken to. Only what the person says leads anywhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from genmai.directory.access import commands as access
from genmai.directory.roster import sealing as people
from genmai.directory.roster.commands import add_met
from genmai.directory.roster.models import Person
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotFound, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house
from genmai.processes.registers.flowing import policies, sealing
from genmai.processes.registers.flowing.commands.judging import Known, checked, judged, member_of
from genmai.processes.registers.flowing.commands.records import declared
from genmai.processes.registers.flowing.flow import CANDIDATE
from genmai.processes.registers.flowing.mechanism import current, rules_of
from genmai.processes.registers.flowing.places import standing_of
from genmai.processes.registers.flowing.sealing import Resident
from genmai.processes.registers.flowing.writing import CANDIDATE as SOURCE
from genmai.processes.registers.flowing.writing import Writing, lock_candidate, touch
from genmai.processes.registers.models import Candidate, FlowRecord, ListEvent, Source
from genmai.records.deeds.models import Deed
from genmai.records.writing import done_before

WHY = "the other side of a candidate lies elsewhere; the command asks for its own side"
SYSTEM = Actor.system("flowing")
NOTHING = Known()


@house(WHY)
def tell(
    *, actor: Actor, at: datetime, key: UUID, source: str, host_id: int, name: str, phone: str, text: str = "",
    known: Known = NOTHING,
) -> Candidate:  # fmt: skip
    """Somebody met at the registration window or on a round who may be a member, judged as a row of a list is.

    Whoever they look like, nothing follows until somebody has spoken to them. Raises BadInput, NotPermitted.
    """
    if source not in (Source.REGISTRATION, Source.VISIT):
        raise BadInput("source", "请选是从哪里知道的", field="source")
    standing = standing_of(host_id)
    policies.check_person(actor, policies.CONTACT, standing.reach)
    name = clean(name, 40, field="name")
    if not name or not phone.strip():
        raise BadInput("who", "请填姓名和电话，才好联系", field="phone" if name else "name")
    known = checked(known, day_of(at))
    with transaction.atomic():
        again = Candidate.objects.filter(public_id=ids.derive(at, key, "candidate")).first()
        if again is not None:
            return again
        mechanism = current()
        rules = rules_of(mechanism.ref)
        pair = judged(name=name, phone=phone.strip(), known=known, host_id=host_id, screening=rules.screening)
        made = Candidate.objects.create(
            public_id=ids.derive(at, key, "candidate"), mechanism=mechanism.ref, source=source, state="found",
            host_id=host_id, reach=list(standing.reach), found_at=at,
            resident=add_met(actor=SYSTEM, at=at, key=key, phone=phone, name=name),
            member_id=member_of(pair) if pair else None, parameters=rules.screening.parameters,
            weight=pair.weight if pair else None, parts=[list(part) for part in pair.parts] if pair else [],
            next_on=day_of(at) + timedelta(days=rules.contact.first_days),
        )  # fmt: skip
        writing = _writing(actor, at, key, made)
        writing.deed("candidate.found", category=source)
        deed = writing.finish()[0]
        touch(writing, deed, "find", candidate=made, text=clean(text, 300, field="text"))
        return made


@house(WHY)
def miss(
    *, actor: Actor, at: datetime, key: UUID, candidate: UUID, way: str, text: str = "", seen: int | None = None
) -> Candidate:
    """Tried, nobody reached; comes up again in some days."""
    return _step(actor, at, key, candidate, "miss", way, text, seen)


@house(WHY)
def deny(
    *, actor: Actor, at: datetime, key: UUID, candidate: UUID, way: str, text: str = "", seen: int | None = None
) -> Candidate:
    """They say they are no member. That ends it: nobody has to prove anything."""
    return _step(actor, at, key, candidate, "deny", way, text, seen)


@house(WHY)
def settle(
    *, actor: Actor, at: datetime, key: UUID, candidate: UUID, way: str, text: str = "", seen: int | None = None
) -> Candidate:
    """They are a member, of a branch here: nothing flows."""
    return _step(actor, at, key, candidate, "settle", way, text, seen)


@house(WHY)
def close(
    *, actor: Actor, at: datetime, key: UUID, candidate: UUID, way: str, text: str = "", seen: int | None = None
) -> Candidate:
    """Not reached after trying: put aside."""
    return _step(actor, at, key, candidate, "close", way, text, seen)


@house(WHY)
def declare(
    *, actor: Actor, at: datetime, key: UUID, candidate: UUID, way: str, home_said: str, text: str = "",
    seen: int | None = None,
) -> FlowRecord:  # fmt: skip
    """They declare themselves (亮身份) to somebody who spoke to them: the host side of the record. The home side confirms.

    Raises NotPermitted for anything but a person at work; BadInput where they were not asked which branch is theirs.
    """
    home_said = clean(home_said, 120, field="home_said")
    if not home_said:
        raise BadInput("home_said", "请问清他的组织关系在哪个支部，照他说的写", field="home_said")
    with transaction.atomic():
        found = _locked(actor, candidate)
        known = FlowRecord.objects.filter(candidate=found).first()
        if known is not None and done_before(key):
            return known
        check_seen(seen, found.version)
        found.resident = _resident(found, at, key)
        deed, writing = _moved(actor, at, key, found, "declare", way)
        made = declared(writing, found, home_said)
        touch(writing, deed, "declare", candidate=found, record=made, way=way, text=clean(text, 300, field="text"))
        return made


@house(WHY)
def look(*, actor: Actor, at: datetime, key: UUID, candidate: UUID, purpose: str) -> Resident:
    """Name and number in clear, to go and speak to them; who looked and why is written first.

    Raises NotPermitted, NotFound, BadInput('purpose_missing'), Changed('gone') when the list was destroyed.
    """
    with transaction.atomic():
        found = _locked(actor, candidate)
        purpose = clean(purpose, 200, field="purpose")
        if len(purpose) < 2:
            raise BadInput("purpose_missing", "请先写明查看的用途，本人可以看到这条记录", field="purpose")
        if found.resident is not None:
            access.record_look(
                actor=actor, at=at, key=key, person_id=found.resident.pk, fields="name,phone", purpose=purpose,
                source=f"candidate {found.public_id}",
            )  # fmt: skip
            return _of_person(found.resident)
        if found.residents is not None:
            ListEvent.objects.create(
                residents=found.residents, kind="opened", at=at, by_id=actor.person_id, row=found.row, purpose=purpose
            )
        return _of_list(found)


# parts


def _of_person(person: Person) -> Resident:
    try:
        clear = people.open_person(person)
    except people.KeyDestroyed:
        raise Changed("gone", "这个人的姓名和电话已经删除，无法再看到") from None
    return Resident(name=clear.name, phone=clear.phone)


def _of_list(candidate: Candidate) -> Resident:
    if candidate.residents is None or candidate.row is None:
        raise NotFound()
    try:
        return sealing.one_row(candidate.residents, candidate.row)
    except (sealing.KeyDestroyed, LookupError):
        raise Changed("gone", "这份名单已经到期销毁，无法再看到") from None


def _resident(candidate: Candidate, at: datetime, key: UUID) -> Person:
    """The person as the host side keeps them from now on, since they declared themselves: no longer a row of a list."""
    if candidate.resident is not None:
        return candidate.resident
    row = _of_list(candidate)
    return add_met(actor=SYSTEM, at=at, key=key, phone=row.phone, name=row.name)


def _locked(actor: Actor, public_id: UUID) -> Candidate:
    found = lock_candidate(actor, public_id)
    policies.check_person(actor, policies.CONTACT, found.reach)
    return found


def _step(
    actor: Actor, at: datetime, key: UUID, public_id: UUID, verb: str, way: str, text: str, seen: int | None
) -> Candidate:
    with transaction.atomic():
        found = _locked(actor, public_id)
        if done_before(key):
            return found
        check_seen(seen, found.version)
        deed, writing = _moved(actor, at, key, found, verb, way)
        touch(writing, deed, verb, candidate=found, way=way, text=clean(text, 300, field="text"))
        return found


def _moved(actor: Actor, at: datetime, key: UUID, candidate: Candidate, verb: str, way: str) -> tuple[Deed, Writing]:
    rules = rules_of(candidate.mechanism)
    if way not in rules.contact.ways:
        raise BadInput(
            "way", "请选是怎么联系的", field="way", allowed="、".join(t.zh for t in rules.contact.ways.values())
        )
    candidate.state = CANDIDATE.step(candidate.state, verb)
    again = day_of(at) + timedelta(days=rules.contact.again_days)
    candidate.next_on = again if candidate.state == "trying" else None
    candidate.version += 1
    candidate.save(update_fields=["state", "next_on", "version", "resident"])
    writing = _writing(actor, at, key, candidate)
    writing.deed(CANDIDATE.row(verb).deed, category=candidate.source, reason=way)
    return writing.finish()[0], writing


def _writing(actor: Actor, at: datetime, key: UUID, candidate: Candidate) -> Writing:
    return Writing(
        actor=actor, at=at, key=key, mechanism=candidate.mechanism, source_kind=SOURCE, source_id=candidate.public_id,
        organisation_id=candidate.host_id, path=standing_of(candidate.host_id).path,
    )  # fmt: skip
