"""A residents' list: taken in for this one purpose, compared in memory, destroyed when its time is up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from genmai.directory.roster import sealing as people
from genmai.directory.roster.commands.people import fresh_keys
from genmai.directory.roster.linkage import engine
from genmai.directory.roster.linkage.parameters import of_version
from genmai.directory.roster.linkage.records import Record
from genmai.directory.roster.linkage.registry import members_of_registry, places_of
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house
from genmai.processes.registers.flowing import policies, sealing
from genmai.processes.registers.flowing.definition import FlowingSection
from genmai.processes.registers.flowing.mechanism import current, rules_of
from genmai.processes.registers.flowing.places import Standing, standing_of
from genmai.processes.registers.flowing.sealing import Resident
from genmai.processes.registers.flowing.writing import LIST, Writing
from genmai.processes.registers.models import Candidate, FlowRecord, ListEvent, ListPart, ResidentList, Source
from genmai.records.writing import done_before

WHY = "a list is compared with every member; the command asks for its own side"


@dataclass(frozen=True, slots=True)
class NewResident:
    """One row as it was read. The identity number is turned into its index at once and kept nowhere."""

    name: str
    phone: str = ""
    identity: str = ""
    born: date | None = None
    sex: str = ""
    host_id: int | None = None


@house(WHY)
def take_in(
    *, actor: Actor, at: datetime, key: UUID, organisation_id: int, title: str, basis: str, document: str,
    rows: Sequence[NewResident], keep_days: int | None = None,
) -> ResidentList:  # fmt: skip
    """Seal a list under a new key, with the law it is used under, the paper it came by, and the day it goes.

    Raises BadInput naming the field, NotPermitted, NotFound.
    """
    standing = standing_of(organisation_id)
    policies.check_screen(actor, standing.reach)
    known = ResidentList.objects.filter(key=key).first()
    if known is not None:
        return known
    mechanism = current()
    rules = rules_of(mechanism.ref)
    days = keep_days or rules.screening.keep_days
    _check(rules, basis, document, days, len(rows))
    public_id, list_key = ids.derive(at, key, "residents"), fresh_keys(1)[0]
    with transaction.atomic():
        made = ResidentList.objects.create(
            public_id=public_id, key=key, mechanism=mechanism.ref, organisation_id=organisation_id,
            reach=list(standing.reach), title=clean(title, 80, field="title") or "居民名单", basis=basis,
            document=clean(document, 120, field="document"), rows=len(rows), uploaded_at=at,
            uploaded_by_id=actor.person_id, keep_until=day_of(at) + timedelta(days=days),
            wrapped=sealing.wrap(public_id, list_key),
        )  # fmt: skip
        sealed = sealing.seal_rows(public_id, list_key, [_indexed(row, organisation_id) for row in rows])
        ListPart.objects.bulk_create(ListPart(residents=made, number=n, sealed=part) for n, part in sealed)
        ListEvent.objects.create(residents=made, kind="listed", at=at, by_id=actor.person_id, quantity=len(rows))
        writing = _writing(actor, at, key, made, standing)
        writing.deed("residents.listed", quantity=len(rows), reason=basis)
        writing.finish()
    return made


def compare(*, actor: Actor, at: datetime, key: UUID, residents: UUID, limit_memory: str = "6GB") -> int:
    """Hold a list against the members, in memory; what is alike enough becomes candidates. Returns how many.

    Called by a job. It finds and acts on nothing: each candidate waits for somebody to go and speak to them.
    """
    found = ResidentList.objects.filter(public_id=residents, destroyed_at__isnull=True).first()
    if found is None:
        raise NotFound()
    if found.compared_at is not None or done_before(key):
        return 0
    rules = rules_of(found.mechanism)
    rows = dict(sealing.rows_of(found))
    best = _best(_compared(found, rows, rules, limit_memory))
    with transaction.atomic():
        locked = ResidentList.objects.select_for_update().get(pk=found.pk)
        if locked.compared_at is not None or locked.destroyed_at is not None:
            return 0
        made = _candidates(locked, best, rows, at, key, rules)
        locked.compared_at = at
        locked.save(update_fields=["compared_at"])
        ListEvent.objects.create(residents=locked, kind="compared", at=at, quantity=len(made))
        writing = _writing(actor, at, key, locked, standing_of(locked.organisation_id))
        writing.deed("residents.compared", quantity=len(made))
        for host in sorted({candidate.host_id for candidate in made}):
            writing.tell(host, "candidate.found")
        writing.finish()
    return len(made)


@house(WHY)
def destroy(*, actor: Actor, at: datetime, key: UUID, residents: UUID) -> ResidentList:
    """Destroy a list's key and its rows, early by who keeps it or in time by the job; the record that it went stays.

    Candidates nobody has spoken to yet go with it: who they were can't be known any more.
    """
    with transaction.atomic():
        found = ResidentList.objects.select_for_update().filter(public_id=residents).first()
        if found is None:
            raise NotFound()
        if actor.viewer.account_id is not None or actor.person_id is not None:
            policies.check_screen(actor, found.reach)
        elif found.keep_until > day_of(at):
            raise BadInput("too_early", "保存期还没到，要提前销毁请由管名单的人来办", field="keep_until")
        if found.destroyed_at is not None or done_before(key):
            return found
        ListPart.objects.filter(residents=found).delete()
        found.wrapped, found.destroyed_at = None, at
        found.save(update_fields=["wrapped", "destroyed_at"])
        ListEvent.objects.create(residents=found, kind="destroyed", at=at, by_id=actor.person_id, quantity=found.rows)
        writing = _writing(actor, at, key, found, standing_of(found.organisation_id))
        writing.deed("residents.destroyed", quantity=found.rows)
        waiting = Candidate.objects.filter(residents=found, state__in=["found", "trying"])
        for candidate in waiting.select_for_update().order_by("id"):
            writing.deed("candidate.expired", subject_id=candidate.public_id, organisation_id=candidate.host_id)
        waiting.update(state="expired", next_on=None)
        # What the comparison said of a row leaves with the row, whatever became of the candidate.
        Candidate.objects.filter(residents=found).update(member=None, parts=[], weight=None)
        writing.finish()
    return found


def destroy_due(*, actor: Actor, at: datetime, limit: int = 50) -> int:
    """Every list whose time is up. Returns how many went."""
    due = ResidentList.objects.filter(destroyed_at__isnull=True, keep_until__lte=day_of(at)).order_by("keep_until")
    found = list(due.values_list("public_id", flat=True)[:limit])
    for public_id in found:
        destroy(actor=actor, at=at, key=ids.key_of("residents destroyed", str(public_id)), residents=public_id)
    return len(found)


def _check(rules: FlowingSection, basis: str, document: str, days: int, rows: int) -> None:
    if basis not in rules.screening.bases:
        raise BadInput("no_basis", "请选用这份名单的法律依据", field="basis", allowed="、".join(rules.screening.bases))
    if not document.strip():
        raise BadInput("no_document", "请写明这份名单是凭哪份函件、协议交来的", field="document")
    if not 1 <= days <= rules.screening.keep_days_most:
        most = rules.screening.keep_days_most
        raise BadInput("kept_too_long", "这份名单最多留 {most} 天", field="keep_days", allowed=f"1–{most}", most=most)
    if not 0 < rows <= rules.screening.rows_most:
        most = rules.screening.rows_most
        raise BadInput("rows", "一份名单要有 1 到 {most} 行", field="file", allowed=f"1–{most}", most=most)


def _indexed(row: NewResident, otherwise: int) -> Resident:
    phone = people.index_of_phone(row.phone).hex() if row.phone else ""
    identity = people.index_of_identity(row.identity).hex() if row.identity else ""
    return Resident(
        clean(row.name, 40, field="name"), row.phone, row.born, row.sex, phone, identity, "", row.host_id or otherwise
    )


def _compared(
    found: ResidentList, rows: dict[int, Resident], rules: FlowingSection, limit: str
) -> Iterator[tuple[int, int, engine.Pair]]:
    """Pairs of a row and a member, best first."""
    hosts = places_of({row.host_id for row in rows.values() if row.host_id})
    left = (_record(number, row, hosts) for number, row in rows.items())
    parameters = of_version(rules.screening.parameters)
    with engine.memory(limit=limit) as connection:
        least = float(rules.screening.offer_from)
        pairs = engine.pairs(left, members_of_registry(), parameters=parameters, least=least, connection=connection)
        for pair in pairs:
            one, other = (pair.left, pair.right) if pair.left.startswith("r") else (pair.right, pair.left)
            yield int(one[1:]), int(other[1:]), pair


def _record(number: int, row: Resident, hosts: dict[int, str]) -> Record:
    return Record(
        f"r{number}", row.name, row.born, row.sex, bytes.fromhex(row.phone_index) or None,
        bytes.fromhex(row.identity_index) or None, hosts.get(row.host_id or 0, ""),
    )  # fmt: skip


def _best(pairs: Iterator[tuple[int, int, engine.Pair]]) -> list[tuple[int, int, engine.Pair]]:
    """One member a row and one row a member, the likeliest; without those already kept by both sides."""
    kept = set(FlowRecord.objects.filter(state__in=["settled", "keeping"]).values_list("member_id", flat=True))
    seen_rows: set[int] = set()
    seen_members: set[int] = set()
    best = []
    for number, member, pair in pairs:
        if number in seen_rows or member in seen_members or member in kept:
            continue
        seen_rows.add(number)
        seen_members.add(member)
        best.append((number, member, pair))
    return best


def _candidates(
    residents: ResidentList, best: list[tuple[int, int, engine.Pair]], rows: dict[int, Resident], at: datetime,
    key: UUID, rules: FlowingSection,
) -> list[Candidate]:  # fmt: skip
    standings: dict[int, Standing] = {}
    first = day_of(at) + timedelta(days=rules.contact.first_days)
    made = []
    for number, member, pair in best:
        host = rows[number].host_id or residents.organisation_id
        if host not in standings:
            standings[host] = standing_of(host)
        made.append(
            Candidate(
                public_id=ids.derive(at, key, "candidate", number),
                mechanism=residents.mechanism,
                source=Source.SCREENING,
                state="found",
                host_id=host,
                reach=list(standings[host].reach),
                residents=residents,
                row=number,
                member_id=member,
                parameters=rules.screening.parameters,
                weight=pair.weight,
                parts=[list(part) for part in pair.parts],
                found_at=at,
                next_on=first,
            )
        )
    return Candidate.objects.bulk_create(made, batch_size=1000)


def _writing(actor: Actor, at: datetime, key: UUID, residents: ResidentList, standing: Standing) -> Writing:
    return Writing(
        actor=actor, at=at, key=key, mechanism=residents.mechanism, source_kind=LIST, source_id=residents.public_id,
        organisation_id=standing.organisation_id, path=standing.path,
    )  # fmt: skip
