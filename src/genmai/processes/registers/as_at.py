"""Which entries hold on a day, as known now or as known then: the row sets that queries and commands narrow further."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from genmai.processes.registers.models import Clearing, Entry, EntryKind, Estate, Management

PARTIES = (EntryKind.COMMITTEE, EntryKind.MANAGEMENT)


def effective(day: date, known_at: datetime | None = None) -> QuerySet[Entry]:
    """Entries begun by `day`, neither corrected nor taken back; with `known_at`, by what was recorded by then."""
    later = Entry.objects.filter(corrects=OuterRef("pk"))
    entries = Entry.objects.filter(valid_from__lte=day, struck=False)
    if known_at is not None:
        later, entries = later.filter(recorded_at__lte=known_at), entries.filter(recorded_at__lte=known_at)
    return entries.filter(~Exists(later))


def current(kind: EntryKind, day: date) -> QuerySet[Entry]:
    """The one entry of a kind that holds for an outer estate on a day: for subqueries."""
    return effective(day).filter(estate=OuterRef("pk"), kind=kind).order_by("-valid_from", "-id")


def with_today(estates: QuerySet[Estate], day: date) -> QuerySet[Estate]:
    """Each estate with how it is managed on a day and whether it stands on the list."""
    listed = Clearing.objects.filter(estate=OuterRef("pk"), ended_at__isnull=True)
    how = Subquery(current(EntryKind.MANAGEMENT, day).values("management")[:1])
    return estates.annotate(managed=Coalesce(how, Value(Management.NONE.value)), listed=Exists(listed))


def unsettled(day: date) -> QuerySet[Estate]:
    """Estates whose place on the list no longer agrees with what holds on that day (a contract that begins later)."""
    estates = with_today(Estate.objects.select_related("place", "home"), day)
    nobody = Q(managed=Management.NONE.value)
    return estates.filter((nobody & Q(listed=False)) | (~nobody & Q(listed=True)))
