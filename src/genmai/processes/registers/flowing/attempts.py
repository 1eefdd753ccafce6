"""How often the comparison of a residents' list broke off, and whether it was given up; its mechanism says after how many."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from genmai.processes.registers.flowing.mechanism import rules_of
from genmai.processes.registers.models import ListEvent, ResidentList


def with_failed(lists: QuerySet[ResidentList]) -> QuerySet[Any]:
    """Each with `failed`: how often its comparison broke off since somebody last asked for it."""
    last = ListEvent.objects.filter(residents=OuterRef(OuterRef("pk")), kind="again").order_by("-id").values("id")[:1]
    since = ListEvent.objects.filter(residents=OuterRef("pk"), kind="failed", id__gt=Coalesce(Subquery(last), Value(0)))
    counted = since.order_by().values("residents").annotate(n=Count("id")).values("n")
    return lists.annotate(failed=Coalesce(Subquery(counted, output_field=IntegerField()), Value(0)))


def failed_of(residents: ResidentList) -> int:
    """Of one list."""
    return int(with_failed(ResidentList.objects.filter(pk=residents.pk)).values_list("failed", flat=True).get())


def is_last(residents: ResidentList, failed: int) -> bool:
    """So often by itself, and no more: then a person says how it goes on."""
    return failed >= rules_of(residents.mechanism).screening.tries


def given_up(residents: ResidentList, failed: int) -> bool:
    """It still waits to be compared, but no longer by itself."""
    waits = residents.compared_at is None and residents.destroyed_at is None
    return waits and is_last(residents, failed)


def to_compare() -> list[ResidentList]:
    """Lists that wait for their comparison, the oldest first; none that was given up."""
    waiting = with_failed(ResidentList.objects.filter(compared_at=None, destroyed_at=None)).order_by("id")
    return [one for one in waiting if not is_last(one, one.failed)]
