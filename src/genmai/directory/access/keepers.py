"""Who keeps the members nearest to a body: what they can do is theirs to do; where there is nobody, it is for who stands above."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from genmai.directory.access.models import Grant
from genmai.directory.access.roles import roles_with
from genmai.directory.roster.models import Link, Tree
from genmai.directory.roster.queries.paths import ids_of
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.viewer import Reach, Viewer

KEEP = "members:keep"


def kept_below(viewer: Viewer, *, at: datetime) -> tuple[str, ...]:
    """The outermost Party subtrees, strictly below the viewer's own, that somebody else keeps today. One query."""
    mine = viewer.paths(KEEP, Reach.CAPTURE, tree=Tree.PARTY)
    if not mine:
        return ()
    today, roles = valid_on(day_of(at)), [role.key for role in roles_with(KEEP)]
    grants = Grant.objects.filter(today, tree=Tree.PARTY, capture=True, role__in=roles, account__is_active=True)
    links = Link.objects.filter(today, tree=Tree.PARTY, organisation__in=grants.values("organisation_id"))
    found: list[str] = []
    for path in sorted(links.values_list("path", flat=True)):
        below = any(path.startswith(own) and path != own for own in mine)
        if below and not any(path.startswith(other) for other in found):
            found.append(path)
    return tuple(found)


def nearest_keeper(bodies: Collection[int], *, at: datetime, permission: str = KEEP) -> Mapping[int, int]:
    """Party body → itself or the next body above it where somebody holds the permission today; none: left out. Two queries."""
    today, roles = valid_on(day_of(at)), [role.key for role in roles_with(permission)]
    links = Link.objects.filter(today, tree=Tree.PARTY, organisation__in=bodies)
    lines = {pk: ids_of(path)[::-1] for pk, path in links.values_list("organisation_id", "path")}
    above = {pk for line in lines.values() for pk in line}
    grants = Grant.objects.filter(today, tree=Tree.PARTY, capture=True, role__in=roles, account__is_active=True)
    kept = set(grants.filter(organisation__in=above).values_list("organisation_id", flat=True)) if above else set()
    found = {body: next((pk for pk in line if pk in kept), None) for body, line in lines.items()}
    return {body: keeper for body, keeper in found.items() if keeper is not None}
