"""The question turned round: who may see (or do) something at a body, and who may see one's own membership and number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from genmai.directory.access.models import Grant
from genmai.directory.access.roles import ROLES, roles_with
from genmai.directory.roster.models import Link, Membership, Post
from genmai.directory.roster.queries.paths import ids_of
from genmai.directory.roster.trees import path_in
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Reach, Viewer


@dataclass(frozen=True, slots=True)
class Given:
    """One grant by which somebody may."""

    name: str
    since: date
    document: str


@dataclass(frozen=True, slots=True)
class Holder:
    """People who hold a role over a body, and thereby reach all below it. `role` is a msgid."""

    role: str
    where: str
    names: tuple[str, ...]
    given: tuple[Given, ...] = ()


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


def who_reaches(
    viewer: Viewer, *, permission: str, heads: Sequence[int], at: datetime, tree: str, reach: Reach = Reach.VIEW
) -> list[Holder]:  # fmt: skip
    """Everybody whose grant in a tree stands at one of these bodies, in their order (what a row's own reach names). One query.

    The caller has found within the viewer's scope what it is about. Raises NotPermitted for who is not signed in.
    """
    if viewer.anonymous:
        raise NotPermitted("not_permitted", "请先登录")
    near = {body: place for place, body in enumerate(reversed(heads))}
    return _grants(Q(tree=tree, organisation__in=heads), near, permission, at, reach)


def line_above(viewer: Viewer, *, organisation_id: int, at: datetime, tree: str) -> tuple[int, ...]:
    """A body and all above it in a tree today, itself first. One query."""
    return ids_of(path_in(tree, organisation_id, day_of(at)))[::-1]


def _holders(permission: str, bodies: Iterable[int], at: datetime, reach: Reach) -> list[Holder]:
    """Grants over a body of the line above any of these, as they hold today."""
    today, wanted = valid_on(day_of(at)), list(bodies)
    lines = Link.objects.filter(today, organisation__in=wanted).values_list("tree", "path") if wanted else []
    over = Q(pk__in=[])
    near: dict[int, int] = {}
    for tree, path in lines:
        ids = ids_of(path)
        over |= Q(tree=tree, organisation__in=ids)
        near |= {identity: max(place, near.get(identity, 0)) for place, identity in enumerate(ids)}
    return _grants(over, near, permission, at, reach)


def _grants(over: Q, near: Mapping[int, int], permission: str, at: datetime, reach: Reach) -> list[Holder]:
    """The people who hold these grants today, the nearest body first."""
    roles = [role.key for role in roles_with(permission)]
    rows = Grant.objects.filter(
        over, valid_on(day_of(at)), role__in=roles, account__is_active=True, **{reach.value: True}
    ).values_list(
        "role", "organisation_id", "organisation__short_name", "account__person__display_name", "valid_from", "document"
    )
    found: dict[tuple[str, int, str], set[Given]] = {}
    for role, organisation_id, where, name, since, document in rows:
        found.setdefault((role, organisation_id, where), set()).add(Given(name, since, document))
    order = list(ROLES)
    ordered = sorted(found.items(), key=lambda one: (-near[one[0][1]], order.index(one[0][0])))
    return [
        Holder(ROLES[role].title, where, tuple(sorted({one.name for one in given})),
               tuple(sorted(given, key=lambda one: (one.name, one.since))))
        for (role, _body, where), given in ordered
    ]  # fmt: skip
