"""What time does to estates, called by a job: a review past its limit, a term about to end, a contract that begins."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.kernel.worktime import built_in_calendar
from genmai.processes.registers.as_at import PARTIES, effective, unsettled
from genmai.processes.registers.commands.facts import finish
from genmai.processes.registers.commands.prereview import SOURCE
from genmai.processes.registers.mechanism import rules_of
from genmai.processes.registers.models import Entry, Matter
from genmai.processes.registers.writing import Writing, lock
from genmai.records.writing import done_before

BATCH = 200


def miss_reviews(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """What did not happen is a deed too: a review past its limit, once. Returns how many."""
    late = Matter.objects.filter(state="submitted", missed_at__isnull=True, due_at__lt=at).select_related("estate")
    found = list(late.order_by("due_at")[:limit])
    for matter in found:
        key = ids.key_of("prereview missed", str(matter.public_id), matter.due_at.isoformat())
        _miss(actor=actor, at=at, key=key, matter=matter)
    return len(found)


def _miss(*, actor: Actor, at: datetime, key: UUID, matter: Matter) -> None:
    with transaction.atomic():
        estate = lock(actor, matter.estate.public_id)
        row = Matter.objects.select_for_update().filter(pk=matter.pk, state="submitted", missed_at__isnull=True).first()
        if row is None or done_before(key):
            return
        row.missed_at = row.due_at
        row.save(update_fields=["missed_at"])
        writing = Writing(actor=actor, at=at, key=key, estate=estate, source_kind=SOURCE, source_id=row.public_id)
        writing.deed(
            "prereview.missed", subject_id=estate.public_id, category=row.kind[:20], due_at=row.due_at,
            happened_at=row.due_at, counterpart_id=row.submitter_id,
        )  # fmt: skip
        writing.tell(estate.home_id, "prereview.missed", title=row.title)
        writing.finish()


def propose_follow_up(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """Ask each community to see to terms and contracts that end soon. Nothing is decided. Returns how many.

    One proposal an entry, however often the job runs.
    """
    told = 0
    for entry in ending(at)[:limit]:
        key = ids.key_of("term ending", str(entry.public_id))
        if done_before(key):
            continue
        with transaction.atomic():
            writing = Writing(actor=actor, at=at, key=key, estate=lock(actor, entry.estate.public_id))
            writing.deed(
                "estate.term_ending", subject_id=entry.public_id, reason=entry.kind,
                counterpart_id=entry.organisation_id, due_at=_end_of(entry),
            )  # fmt: skip
            writing.tell(entry.estate.home_id, "estate.term_ending")
            writing.finish()
        told += 1
    return told


def ending(at: datetime) -> list[Entry]:
    """The standing term or contract of each estate that ends within the days its mechanism says, or has ended."""
    day = day_of(at)
    rows = effective(day).filter(kind__in=PARTIES).select_related("estate")
    newer = rows.order_by("estate_id", "kind", "-valid_from", "-id").distinct("estate_id", "kind")
    return [one for one in newer if one.valid_to and one.valid_to <= day + _notice(one)]


def _notice(entry: Entry) -> timedelta:
    return timedelta(days=rules_of(entry.estate.mechanism).follow_up_days)


def _end_of(entry: Entry) -> datetime:
    assert entry.valid_to is not None  # noqa: S101  only entries that end are asked
    return built_in_calendar().local_midnight(entry.valid_to)


def take_effect(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """Facts that were recorded ahead begin: the list follows. Returns how many estates were listed or cleared."""
    day = day_of(at)
    found = list(unsettled(day).values_list("public_id", flat=True)[:limit])
    for public_id in found:
        with transaction.atomic():
            writing = Writing(
                actor=actor, at=at, key=ids.key_of("settled", str(public_id), day.isoformat()),
                estate=lock(actor, public_id),
            )  # fmt: skip
            if not done_before(writing.key):
                finish(writing)
    return len(found)
