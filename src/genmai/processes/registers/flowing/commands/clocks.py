"""What time asks for, called by a job: six months away, long silent. Proposals to the home branch; no state changes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from genmai.directory.roster.models import Change
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing.mechanism import rules_of
from genmai.processes.registers.flowing.places import standing_of
from genmai.processes.registers.flowing.writing import RECORD, Writing
from genmai.processes.registers.models import Candidate, FlowProposal, FlowRecord
from genmai.records.writing import done_before

TRANSFER, SILENT, LOST = "transfer", "silent", "lost"


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))


def due_of(record: FlowRecord, today: date) -> list[tuple[str, date]]:
    """What the clocks say of a record today: kind and since when the span runs."""
    clocks = rules_of(record.mechanism).clocks
    found = []
    if record.left_on and record.left_on <= months_before(today, clocks.away_months):
        found.append((TRANSFER, record.left_on))
    since = day_of(record.last_contact_at or record.registered_at)
    if record.state != "lost" and since <= months_before(today, clocks.silent_propose_months):
        found.append((LOST, since))
    elif record.state != "lost" and since <= months_before(today, clocks.silent_warn_months):
        found.append((SILENT, since))
    return found


def propose(*, actor: Actor, at: datetime, limit: int = 500) -> int:
    """Ask each home branch to look at what its clock shows, once a span. Nothing is decided. Returns how many."""
    told = 0
    today = day_of(at)
    open_ones = FlowRecord.objects.filter(ended_on__isnull=True, home__isnull=False).exclude(state="planned")
    for record in open_ones.order_by("id").iterator(chunk_size=1000):
        for kind, since in due_of(record, today):
            if told >= limit:
                return told
            told += _propose(actor, at, record, kind, since)
    return told


def _propose(actor: Actor, at: datetime, record: FlowRecord, kind: str, since: date) -> int:
    with transaction.atomic():
        made = FlowProposal.objects.get_or_create(record=record, kind=kind, since=since, defaults={"at": at})[1]
        deed_key = ids.key_of("flowing proposed", str(record.public_id), kind, since.isoformat())
        if not made or record.home_id is None or done_before(deed_key):
            return 0
        side = standing_of(record.home_id)
        writing = Writing(
            actor=actor, at=at, key=deed_key, mechanism=record.mechanism, source_kind=RECORD,
            source_id=record.public_id, organisation_id=side.organisation_id, path=side.path,
        )  # fmt: skip
        writing.deed("flowing.proposed", reason=kind)
        writing.tell(record.home_id, "flowing.proposed")
        writing.finish()
        return 1


def follow_moves(*, actor: Actor, at: datetime, limit: int = 5000) -> int:
    """Who sees an open candidate or record follows where its bodies stand now. Returns how many rows changed.

    Nothing is looked at unless the trees were changed within the last two days, so that a missed run catches up.
    """
    since = at - timedelta(days=2)
    if not Change.objects.filter(Q(recorded_at__gt=since) | Q(undone_at__gt=since)).exists():
        return 0
    changed = 0
    known: dict[int, list[int]] = {}

    def reach(organisation_id: int) -> list[int]:
        if organisation_id not in known:
            known[organisation_id] = list(standing_of(organisation_id).reach)
        return known[organisation_id]

    for candidate in Candidate.objects.filter(state__in=("found", "trying")).order_by("id")[:limit]:
        changed += _put(candidate, reach=reach(candidate.host_id))
    for record in FlowRecord.objects.filter(ended_on__isnull=True).order_by("id")[:limit]:
        wanted: dict[str, list[int]] = {}
        if record.home_id is not None:
            wanted["home_reach"] = reach(record.home_id)
        if record.host_id is not None:
            wanted["host_reach"] = reach(record.host_id)
        changed += _put(record, **wanted)
    return changed


def _put(row: Candidate | FlowRecord, **wanted: list[int]) -> bool:
    """Only the columns that differ, straight in the table: the version a person looked at stays."""
    new = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    return bool(new and type(row).objects.filter(pk=row.pk).update(**new))
