"""What time does to files, called by a job: a step's limit has passed and nobody closed it. A miss is a deed, told once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from genmai.directory.territory.days import SHANGHAI, day_of
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Dossier
from genmai.processes.registers.procedures.writing import Writing, lock
from genmai.records.deeds.models import Deed
from genmai.records.writing import done_before

BATCH = 200


def miss_limits(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """Write each limit that passed without its step, once, and tell whose turn it is. Returns how many.

    A limit that was put off by more time or begun anew by a new round is another limit, with a miss of its own.
    """
    told = 0
    for public_id, key in _untold(day_of(at)):
        if told == limit:
            break
        told += _miss(actor=actor, at=at, key=key, public_id=public_id)
    return told


def key_of_miss(dossier: Dossier) -> UUID:
    """One limit of one step in one round."""
    until = dossier.next_until.isoformat() if dossier.next_until else ""
    return ids.key_of("dossier missed", str(dossier.public_id), dossier.next_step, until, dossier.round)


def end_of(day: date) -> datetime:
    """The first moment after a day."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def _untold(day: date) -> Iterator[tuple[UUID, UUID]]:
    """Files past the limit of their step without a deed that says so, the longest first; one query a batch."""
    late = Dossier.objects.filter(state="running", next_until__lt=day).order_by("next_until", "id")
    rows: list[Dossier] = list(late.only("public_id", "next_step", "next_until", "round"))
    for start in range(0, len(rows), 1000):
        keys = {key_of_miss(row): row.public_id for row in rows[start : start + 1000]}
        known = _known(list(keys))
        yield from ((public_id, key) for key, public_id in keys.items() if key not in known)


def _known(keys: Sequence[UUID]) -> set[UUID]:
    return set(Deed.objects.filter(key__in=keys, ordinal=0).values_list("key", flat=True))


def _miss(*, actor: Actor, at: datetime, key: UUID, public_id: UUID) -> bool:
    with transaction.atomic():
        dossier = lock(actor, public_id)
        until = dossier.next_until
        if dossier.state != "running" or until is None or key_of_miss(dossier) != key or done_before(key):
            return False  # somebody acted meanwhile
        writing = Writing(actor=actor, at=at, key=key, dossier=dossier)
        writing.deed("dossier.missed", reason=dossier.next_step, due_at=end_of(until), happened_at=end_of(until))
        writing.tell_turn("dossier.missed")
        writing.finish()
        return True


def lift_miss(writing: Writing, step: str, on: date) -> None:
    """A step closed late on paper but done in time: the miss is taken back, the record of it stays.

    A part of closing: `writing` still stands before the step's entry.
    """
    dossier = writing.dossier
    if dossier.next_step != step or dossier.next_until is None or on > dossier.next_until:
        return
    missed = Deed.objects.filter(key=key_of_miss(dossier), ordinal=0, kind="dossier.missed").first()
    if missed is not None:
        writing.deed("dossier.miss_lifted", reason=step, corrects_id=missed.pk)
