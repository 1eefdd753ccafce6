"""A comparison that broke off: written down each time, tried anew by itself, and after some tries by a person alone.

A comparison writes everything in one transaction, so one that broke off has left nothing: no candidate, no trace of a row.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house
from genmai.processes.registers.flowing import policies
from genmai.processes.registers.flowing.attempts import failed_of, given_up, is_last
from genmai.processes.registers.flowing.places import standing_of
from genmai.processes.registers.flowing.writing import LIST, Writing
from genmai.processes.registers.models import ListEvent, ResidentList
from genmai.records.writing import done_before

WHY = "a list belongs to one body; the command asks for its own side"
MEMORY, SEALED, STOPPED, BROKEN = "memory", "sealed", "stopped", "broken"


@house(WHY)
def note_failed(*, actor: Actor, at: datetime, key: UUID, residents: UUID, reason: str) -> int:
    """A comparison broke off, by a job. Returns which try it was since somebody last asked; 0 where it no longer matters."""
    with transaction.atomic():
        found = _locked(residents)
        if found.compared_at is not None or found.destroyed_at is not None or done_before(key):
            return 0
        ListEvent.objects.create(residents=found, kind="failed", at=at, reason=reason)
        failed = failed_of(found)
        writing = _writing(actor, at, key, found)
        writing.deed("residents.failed", reason=reason, quantity=failed)
        if is_last(found, failed):
            writing.tell(found.organisation_id, "residents.failed")
        writing.finish()
        return failed


@house(WHY)
def try_again(*, actor: Actor, at: datetime, key: UUID, residents: UUID) -> ResidentList:
    """Somebody asks for it again after it was given up. Raises NotPermitted, NotFound, Refused('not_failed')."""
    with transaction.atomic():
        found = _locked(residents)
        policies.check_screen(actor, found.reach)
        if done_before(key):
            return found
        if not given_up(found, failed_of(found)):
            raise Refused("not_failed", "这份名单不用再试：正在比对、已经比对完，或者已经销毁")
        ListEvent.objects.create(residents=found, kind="again", at=at, by_id=actor.person_id)
        writing = _writing(actor, at, key, found)
        writing.deed("residents.again")
        writing.finish()
        return found


def _locked(residents: UUID) -> ResidentList:
    found = ResidentList.objects.select_for_update().filter(public_id=residents).first()
    if found is None:
        raise NotFound()
    return found


def _writing(actor: Actor, at: datetime, key: UUID, found: ResidentList) -> Writing:
    standing = standing_of(found.organisation_id)
    return Writing(
        actor=actor, at=at, key=key, mechanism=found.mechanism, source_kind=LIST, source_id=found.public_id,
        organisation_id=standing.organisation_id, path=standing.path,
    )  # fmt: skip
