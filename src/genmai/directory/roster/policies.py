"""Who may change the roster and the membership."""

from __future__ import annotations

from collections.abc import Collection

from genmai.directory.roster.models import Tree
from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.viewer import Actor, ActorKind, Reach, Viewer


def may_manage(actor: Actor, path: str = "") -> bool:
    """Jobs and installation may; staff where they hold `directory:manage`."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    return actor.kind is ActorKind.STAFF and actor.viewer.may("directory:manage", path or None, Reach.CAPTURE)


def check_manage(actor: Actor, path: str = "") -> None:
    """Raises NotPermitted."""
    if not may_manage(actor, path):
        raise NotPermitted("not_permitted", "组织和人员由系统管理员维护，您的账号没有这个权限，请联系管理员")


def check_may_set_away(actor: Actor, person_id: int, path: str) -> None:
    """One's own absence, or that of one's team. Raises NotPermitted."""
    own = actor.kind is ActorKind.STAFF and actor.person_id == person_id
    team = bool(path) and actor.viewer.may("teams:manage", path, Reach.CAPTURE)
    if not (own or team or may_manage(actor, path)):
        raise NotPermitted("not_permitted", "只能登记自己或本单位人员的外出，请联系所在单位负责人")


def heads_of(viewer: Viewer, permission: str, reach: Reach = Reach.VIEW) -> frozenset[int]:
    """The bodies at the head of what a permission reaches, in whatever tree: what a row's reach is matched against."""
    paths = (path for tree in Tree.values for path in viewer.paths(permission, reach, tree=tree))
    return frozenset(int(path.strip("/").rpartition("/")[2]) for path in paths)


def check_judge(actor: Actor, first: Collection[int], second: Collection[int]) -> None:
    """Whether two records are one person is said by a person who answers for both. Raises NotPermitted, NotFound."""
    mine = heads_of(actor.viewer, "people:merge", Reach.CAPTURE)
    if actor.kind is not ActorKind.STAFF or not mine:
        raise NotPermitted("not_permitted", "是不是同一个人，由镇街和区里管党员信息的人来定，您的账号没有这个权限")
    if mine.isdisjoint(first) or mine.isdisjoint(second):
        raise NotFound()
