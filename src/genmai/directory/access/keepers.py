"""Who else keeps the members below one's own place: what they can do is theirs to do, and is not asked of whoever stands above."""

from __future__ import annotations

from datetime import datetime

from genmai.directory.access.models import Grant
from genmai.directory.access.roles import roles_with
from genmai.directory.roster.models import Link, Tree
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
