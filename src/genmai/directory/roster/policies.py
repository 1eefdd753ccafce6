"""Who may change the roster."""

from __future__ import annotations

from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Actor, ActorKind, Reach


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
