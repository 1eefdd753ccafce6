"""Honours and discipline within somebody's scope: counts by kind and year beside the quota, and who has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from genmai.directory.roster import mechanism
from genmai.directory.roster.models import Link, Membership, Standing, StandingKind, Tree
from genmai.directory.roster.queries.membership_sql import reached
from genmai.directory.roster.revocations import ends, standing_ends
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.viewer import Reach, Viewer

DISCIPLINE = "members:discipline"


def sees_discipline(viewer: Viewer, path: str) -> bool:
    """Whether the viewer sees disciplines of the branch at a path."""
    return viewer.may(DISCIPLINE, path, Reach.VIEW, tree=Tree.PARTY)


def standings(
    viewer: Viewer, *, kind: str, at: datetime, path: str = "", as_at: date | None = None,
    known_at: datetime | None = None,
) -> QuerySet[Standing]:  # fmt: skip
    """Of members of the viewer's branches below `path` today, as they stood on a day, as known then.

    Entries that were wrong are left out.
    """
    paths = reached(viewer) if kind == StandingKind.HONOUR else viewer.paths(DISCIPLINE, Reach.VIEW, tree=Tree.PARTY)
    mine = Q(pk__in=[])
    for one in paths:
        mine |= Q(path__startswith=one)
    branches = Link.objects.filter(mine, valid_on(day_of(at)), tree=Tree.PARTY, path__startswith=path)
    held = Membership.objects.filter(
        person=OuterRef("person"), valid_to=None, branch__in=branches.values("organisation_id")
    )
    rows = Standing.objects.filter(Exists(held), kind=kind)
    rows = rows.filter(decided_on__lte=as_at) if as_at else rows
    rows = rows.filter(recorded_at__lte=known_at) if known_at else rows
    rows = rows.exclude(standing_ends(known_at=known_at, mistaken=True)).select_related("person")
    return rows.prefetch_related(ends()).order_by("-decided_on", "-id")


def seen_as(rows: Iterable[Standing], *, as_at: date | None, known_at: datetime | None) -> list[Standing]:
    """These rows, asked how they stood on a day, as known then."""
    found = list(rows)
    for row in found:
        row.asked_day, row.asked_known = as_at, known_at
    return found


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of one honour were given, withdrawn ones not counted, and how many there are."""

    code: str
    level: str
    given: int
    quota: int | None
    left: int | None


def counts(
    rows: QuerySet[Standing], *, year: int | None = None, as_at: date | None = None, known_at: datetime | None = None
) -> Sequence[Counted]:
    """By kind in the order of the mechanism; of one year, or altogether. One query."""
    kept = rows.exclude(standing_ends(as_at, known_at)).filter(**({"year": year} if year else {}))
    given = dict(kept.order_by().exclude(code="").values_list("code").annotate(n=Count("pk")))
    section = mechanism.honours()
    found = []
    for code, one in sorted(section.honours.items(), key=lambda item: item[1].order):
        n = given.get(code, 0)
        quota = one.quota if one.per == "ever" or year else None
        yearly = one.per == "year" or not year
        found.append(Counted(code, one.level, n, quota, section.left(code, n) if quota and yearly else None))
    return found


def years(rows: QuerySet[Standing]) -> list[int]:
    """The rounds there are, the latest first. One query."""
    found = rows.order_by().exclude(year=None).values_list("year", flat=True).distinct()
    return sorted({year for year in found if year}, reverse=True)
