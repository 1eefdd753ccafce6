"""A comparison that broke off: written down each time, tried anew by itself, and after some tries by a person alone.

A comparison writes everything in one transaction, so one that broke off has left nothing: no candidate, no trace of a row.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house
from genmai.processes.registers.flowing import policies
from genmai.processes.registers.flowing.places import standing_of
from genmai.processes.registers.flowing.writing import LIST, Writing, done_before
from genmai.processes.registers.models import ListEvent, ResidentList

WHY = "a list belongs to one body; the command asks for its own side"
TRIES = 3  # by itself; what breaks so often breaks again
MEMORY, SEALED, STOPPED, BROKEN = "memory", "sealed", "stopped", "broken"


def with_tries(lists: QuerySet[ResidentList]) -> QuerySet[Any]:
    """Each with `failed`: how often its comparison broke off since somebody last asked for it."""
    last = ListEvent.objects.filter(residents=OuterRef(OuterRef("pk")), kind="again").order_by("-id").values("id")[:1]
    since = ListEvent.objects.filter(residents=OuterRef("pk"), kind="failed", id__gt=Coalesce(Subquery(last), Value(0)))
    counted = since.order_by().values("residents").annotate(n=Count("id")).values("n")
    return lists.annotate(failed=Coalesce(Subquery(counted, output_field=IntegerField()), Value(0)))


def to_compare() -> QuerySet[Any]:
    """Lists that wait for their comparison, the oldest first; none that was given up."""
    waiting = ResidentList.objects.filter(compared_at__isnull=True, destroyed_at__isnull=True)
    return with_tries(waiting).filter(failed__lt=TRIES).order_by("id")


@house(WHY)
def note_failed(*, actor: Actor, at: datetime, key: UUID, residents: UUID, reason: str) -> int:
    """A comparison broke off, by a job. Returns which try it was since somebody last asked; 0 where it no longer matters."""
    with transaction.atomic():
        found = _locked(residents)
        if found.compared_at is not None or found.destroyed_at is not None or done_before(key):
            return 0
        ListEvent.objects.create(residents=found, kind="failed", at=at, reason=reason)
        failed = with_tries(ResidentList.objects.filter(pk=found.pk)).values_list("failed", flat=True).get()
        writing = _writing(actor, at, key, found)
        writing.deed("residents.failed", reason=reason, quantity=failed)
        if failed >= TRIES:
            writing.tell(found.organisation_id, "residents.failed")
        writing.finish()
        return int(failed)


@house(WHY)
def try_again(*, actor: Actor, at: datetime, key: UUID, residents: UUID) -> ResidentList:
    """Somebody asks for it again after it was given up. Raises NotPermitted, NotFound, Refused('not_failed')."""
    with transaction.atomic():
        found = _locked(residents)
        policies.check_screen(actor, found.reach)
        if done_before(key):
            return found
        failed = with_tries(ResidentList.objects.filter(pk=found.pk)).values_list("failed", flat=True).get()
        if found.compared_at is not None or found.destroyed_at is not None or failed < TRIES:
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
