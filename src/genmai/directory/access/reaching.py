"""The question turned round: who may see (or do) something at a body, and who may see one's own membership and number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from genmai.directory.access.models import Grant
from genmai.directory.access.roles import ROLES, roles_with
from genmai.directory.roster.models import Link, Membership, Post
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Reach, Viewer


@dataclass(frozen=True, slots=True)
class Holder:
    """People who hold a role over a body, and thereby reach all below it. `role` is a msgid."""

    role: str
    where: str
    names: tuple[str, ...]


def who_may(
    viewer: Viewer, *, permission: str, organisation_id: int, at: datetime, reach: Reach = Reach.VIEW
) -> list[Holder]:
    """Everybody who may do something at a body today, in whatever tree, the nearest body first; two queries.

    For who keeps the accounts. Raises NotPermitted.
    """
    if not viewer.paths("accounts:manage", Reach.VIEW):
        raise NotPermitted("not_permitted", "账号和授权由安全管理员维护，您的账号没有这个权限，请联系安全管理员")
    return _holders(permission, [organisation_id], at, reach)


def who_may_see_me(viewer: Viewer, *, at: datetime) -> dict[str, list[Holder]]:
    """By permission, who may see the asking person's own membership, and their number in clear. Five queries at most."""
    if viewer.person_id is None:
        return {}
    own, today = {"person_id": viewer.person_id}, valid_on(day_of(at))
    branches = list(Membership.objects.filter(today, **own).values_list("branch_id", flat=True))
    posts = list(Post.objects.filter(today, **own).values_list("organisation_id", flat=True))
    found = {
        "members:view": _holders("members:view", branches, at, Reach.VIEW),
        "people:reveal": _holders("people:reveal", {*branches, *posts}, at, Reach.VIEW),
    }
    return {permission: holders for permission, holders in found.items() if holders}


def _holders(permission: str, bodies: Iterable[int], at: datetime, reach: Reach) -> list[Holder]:
    """Grants over a body of the line above any of these, as they hold today."""
    today, wanted = valid_on(day_of(at)), list(bodies)
    lines = Link.objects.filter(today, organisation__in=wanted).values_list("tree", "path") if wanted else []
    over = Q(pk__in=[])
    near: dict[int, int] = {}
    for tree, path in lines:
        ids = [int(part) for part in path.split("/") if part]
        over |= Q(tree=tree, organisation__in=ids)
        near |= {identity: max(place, near.get(identity, 0)) for place, identity in enumerate(ids)}
    roles = [role.key for role in roles_with(permission)]
    grants = Grant.objects.filter(over, today, role__in=roles, account__is_active=True, **{reach.value: True})
    rows = grants.values_list("role", "organisation_id", "organisation__short_name", "account__person__display_name")
    found: dict[tuple[str, int, str], set[str]] = {}
    for role, organisation_id, where, name in rows:
        found.setdefault((role, organisation_id, where), set()).add(name)
    order = list(ROLES)
    ordered = sorted(found.items(), key=lambda one: (-near[one[0][1]], order.index(one[0][0])))
    return [Holder(ROLES[role].title, where, tuple(sorted(names))) for (role, _body, where), names in ordered]
