"""The problem bank as a list: what waits, for what, since when, and when it is looked at again. Late ones first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from genmai.directory.roster.models import Organisation
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import BankEntry, Case
from genmai.processes.cases.queries.lists import visible

PAGE = 50
OLD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; every field comes from the address."""

    owner: str = ""  # code of the body
    reason: str = ""
    late: bool = False
    old: bool = False  # longer than OLD


def entries(viewer: Viewer, *, filters: Filters, at: datetime) -> QuerySet[BankEntry]:
    """Open stays in the viewer's scope that match: overdue reviews first, then the nearest."""
    rows = BankEntry.objects.filter(left_at__isnull=True, case__in=visible(viewer).filter(state="banked"))
    if filters.owner:
        rows = rows.filter(owner__code=filters.owner)
    if filters.reason:
        rows = rows.filter(reason=filters.reason)
    if filters.late:
        rows = rows.filter(review_due_at__lt=at)
    if filters.old:
        rows = rows.filter(banked_at__lt=at - OLD)
    return rows


def page(viewer: Viewer, *, filters: Filters, at: datetime, offset: int = 0, limit: int = PAGE) -> list[BankEntry]:
    rows = entries(viewer, filters=filters, at=at).select_related("case__home", "case__lead", "owner", "approver")
    rows = rows.defer("case__words", "case__reach", "case__answers")
    return list(rows.order_by("review_due_at", "id")[offset : offset + limit])


@dataclass(frozen=True, slots=True)
class Sums:
    """How many match, how many of them were not looked at in time, and how many have waited long."""

    all: int
    late: int
    old: int


def sums(viewer: Viewer, *, filters: Filters, at: datetime) -> Sums:
    """One query."""
    found = entries(viewer, filters=filters, at=at).aggregate(
        all=Count("id"),
        late=Count("id", filter=Q(review_due_at__lt=at)),
        old=Count("id", filter=Q(banked_at__lt=at - OLD)),
    )
    return Sums(found["all"], found["late"], found["old"])


@dataclass(frozen=True, slots=True)
class Owner:
    """A body with what it has in the bank."""

    organisation: Organisation
    n: int
    late: int


def owners(viewer: Viewer, *, at: datetime) -> list[Owner]:
    """Bodies that have anything in the bank within the viewer's scope, in the order of the tree; two queries."""
    rows = entries(viewer, filters=Filters(), at=at).order_by().values("owner")
    counted = {
        row["owner"]: (row["n"], row["late"])
        for row in rows.annotate(n=Count("id"), late=Count("id", filter=Q(review_due_at__lt=at)))
    }
    found = Organisation.objects.filter(pk__in=counted).order_by("-level", "code")
    return [Owner(one, *counted[one.id]) for one in found]


def entry(viewer: Viewer, *, case: Case) -> BankEntry | None:
    """The last stay of a matter the viewer may see, open or left; always one query."""
    return (
        BankEntry.objects.filter(case=case).select_related("owner", "approver", "approved_by").order_by("-id").first()
    )


__all__ = ["Filters", "Owner", "Sums", "entries", "entry", "owners", "page", "sums"]
