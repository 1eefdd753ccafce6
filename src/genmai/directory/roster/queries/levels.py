"""A level of a tree and its counts, as at a day and as known then: bodies below, members, organisations of each category.

Numbers of members come from the figures kept ready of that day; of a day nobody has asked for yet they are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When

from genmai.directory.roster.models import Link, Membership, Organisation, Status, Tree
from genmai.directory.roster.queries import tally
from genmai.directory.roster.queries.as_at import (
    MEMBERS,
    PAGE,
    counts_members,
    holding,
    named,
    path_on,
    scopes,
    within,
)
from genmai.directory.roster.queries.membership_sql import Clause, held
from genmai.directory.roster.queries.paths import head_of
from genmai.directory.roster.queries.tally_sql import layout
from genmai.directory.territory.days import day_of
from genmai.kernel.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Row:
    """One body in a level of a tree."""

    organisation: Organisation
    name: str
    path: str
    below: int  # bodies directly below
    members: int  # in it and everything below


def level(
    viewer: Viewer, *, tree: str, at: datetime, parent: Organisation | None = None, as_at: date | None = None,
    known_at: datetime | None = None, limit: int = PAGE, offset: int = 0,
) -> tuple[list[Row], int]:  # fmt: skip
    """What stood directly below a body on a day (the tops of the viewer's scope without one), and how many in all.

    Five queries whatever the size. Rows outside the viewer's scope of today are left out.
    """
    day, reached = as_at or day_of(at), scopes(viewer)
    there = Link.objects.filter(holding(day, known_at), tree=tree)
    if parent is None:
        there = there.filter(organisation_id__in=[head_of(path) for path in reached.get(tree, ())])
    else:
        there = there.filter(parent=parent)
    seen = there.filter(Exists(Organisation.objects.filter(within(viewer, reached), pk=OuterRef("organisation_id"))))
    total = seen.count()
    order = ("-organisation__level", "organisation__code", "id")
    links = list(seen.order_by(*order).values_list("organisation_id", "path")[offset : offset + limit])
    paths = dict(links)
    bodies = named(viewer, Organisation.objects.filter(pk__in=list(paths)), day, known_at).in_bulk()
    under = _children_of(tree, list(paths), day, known_at)
    counted = members_below(viewer, tree=tree, paths=paths, day=day, today=day_of(at), known_at=known_at)
    rows = [Row(bodies[pk], bodies[pk].called, path, under.get(pk, 0), counted.get(pk, 0)) for pk, path in links]
    return rows, total


def members_below(
    viewer: Viewer, *, tree: str, paths: Mapping[int, str], day: date, today: date, known_at: datetime | None = None
) -> Mapping[int, int]:
    """Members (full and probationary, in good standing) in and below each of these, by its path; three queries at most.

    Nothing, and no query, for who keeps no members in the Party tree.
    """
    if not paths or not counts_members(viewer):
        return {}
    if tree == Tree.PARTY:
        kept = tally.totals(viewer, paths=paths, day=day, today=today, known_at=known_at)
        if kept is not None:
            return {pk: layout().total(counts) for pk, counts in kept.items()}
    head = Case(*(When(path__startswith=path, then=Value(pk)) for pk, path in paths.items()))
    prefix = "organisation__memberships__"
    under = Link.objects.filter(holding(day, known_at), _any_path(paths.values()), tree=tree)
    rows = under.filter(
        holding(day, known_at, prefix),
        **{f"{prefix}stage__in": MEMBERS, f"{prefix}status__in": (Status.NORMAL, Status.SUSPENDED)},
    )
    return dict(rows.annotate(head=head).values("head").annotate(n=Count("*")).order_by().values_list("head", "n"))


def members_by_stage(
    viewer: Viewer, *, organisation: Organisation, at: datetime, as_at: date | None = None,
    known_at: datetime | None = None, tree: str = Tree.PARTY,
) -> Mapping[str, int]:  # fmt: skip
    """How many people at each stage in an organisation and below it on a day; four queries at most."""
    day = as_at or day_of(at)
    path = path_on(viewer, organisation, tree, day, known_at) if tree == Tree.PARTY else ""
    if path:
        paths = {organisation.pk: path}
        kept = tally.totals(viewer, paths=paths, day=day, today=day_of(at), known_at=known_at)
        if kept is not None:
            cells, counts = layout().cells, kept.get(organisation.pk, ())
            return {cell: n for (table, cell), n in zip(cells, counts, strict=False) if n and not table}
    there = Link.objects.filter(holding(day, known_at), tree=tree, organisation=organisation).values("path")[:1]
    under = Link.objects.filter(holding(day, known_at), tree=tree).filter(
        path__startswith=Subquery(there)
    ).values("organisation_id")  # fmt: skip
    rows = Membership.objects.filter(
        holding(day, known_at), Q(branch_id__in=under) | Q(branch=organisation),
        status__in=(Status.NORMAL, Status.SUSPENDED),
    )  # fmt: skip
    return dict(rows.values("stage").annotate(n=Count("*")).order_by().values_list("stage", "n"))


# What stands in one's subtrees today, by its open link; what was linked otherwise then and stands there now, or stood last;
# and what is seen through another tree.
_CATEGORIES = """
SELECT o.category, count(*) FROM (
    SELECT l.organisation_id AS id FROM roster_link AS l
    WHERE l.tree = 'party' AND {held} AND l.valid_to IS NULL AND ({mine})
    UNION ALL (
        SELECT l.organisation_id FROM roster_link AS l
        WHERE l.tree = 'party' AND {held} AND l.valid_to IS NOT NULL AND EXISTS (
            SELECT {seen} AND ({places}) AND t.organisation_id = l.organisation_id)
        UNION SELECT l.organisation_id FROM roster_link AS l
        WHERE l.tree = 'party' AND {held} AND l.valid_to IS NULL AND NOT ({mine})
            AND l.organisation_id IN (SELECT t.organisation_id {seen} AND ({others}))
    )
) AS found JOIN roster_organisation AS o USING (id) WHERE o.category <> '' GROUP BY 1
"""
_SEEN = """FROM roster_link AS t JOIN roster_organisation AS b ON b.id = t.organisation_id
        WHERE (t.valid_to IS NULL OR (t.valid_to = b.closed_on AND t.withdrawn_at IS NULL))"""


def counts_by_category(
    viewer: Viewer, *, at: datetime, as_at: date | None = None, known_at: datetime | None = None
) -> Mapping[str, int]:
    """How many Party organisations of each category the viewer's scope held on a day; two queries."""
    reached = scopes(viewer)
    if not reached:
        return {}
    there, mine = held("l", as_at or day_of(at), known_at), _like("l", {Tree.PARTY: reached.get(Tree.PARTY, ())})
    places = _like("t", reached)
    others = _like("t", {tree: paths for tree, paths in reached.items() if tree != Tree.PARTY})
    sql = _CATEGORIES.format(held=there.sql, mine=mine.sql, seen=_SEEN, places=places.sql, others=others.sql)
    parts = (there, mine, there, places, there, mine, others)
    values = [value for part in parts for value in part.values]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return dict(cursor.fetchall())


def _like(alias: str, reached: Mapping[str, Sequence[str]]) -> Clause:
    """In any of these subtrees, each said by itself: then an index of paths answers."""
    found = [(str(tree), f"{path}%") for tree, paths in reached.items() for path in paths]
    sql = " OR ".join(f"({alias}.tree = %s AND {alias}.path LIKE %s)" for _one in found)
    return Clause(sql or "false", tuple(value for one in found for value in one))


def _children_of(tree: str, ids: Sequence[int], day: date, known_at: datetime | None) -> dict[int, int]:
    rows = Link.objects.filter(holding(day, known_at), tree=tree, parent_id__in=ids)
    return dict(rows.values("parent_id").annotate(n=Count("*")).order_by().values_list("parent_id", "n"))


def _any_path(paths: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(path__startswith=path)
    return found
