"""Who may keep accounts, and who may see a person's data in clear."""

from __future__ import annotations

from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import ADMINISTRATIVE, Actor, ActorKind, Reach


def check_accounts(actor: Actor, account_id: int | None = None) -> None:
    """Jobs and installation may; staff with `accounts:manage`, never over their own account. Raises NotPermitted."""
    if actor.kind is ActorKind.SYSTEM:
        return
    if actor.kind is not ActorKind.STAFF or not actor.viewer.may("accounts:manage"):
        raise NotPermitted("not_permitted", "账号和授权由安全管理员维护，您的账号没有这个权限，请联系安全管理员")
    if account_id is not None and account_id == actor.viewer.account_id:
        raise NotPermitted("own_account", "不能给自己授权或改自己的授权，请另一位安全管理员来办")


def may_reveal(actor: Actor, path: str, *, tree: str = ADMINISTRATIVE) -> bool:
    """Whether this member of staff may see who belongs to `path` of a tree in clear, with a purpose."""
    return actor.kind is ActorKind.STAFF and actor.viewer.may("people:reveal", path, Reach.VIEW, tree=tree)


def check_reveal(actor: Actor, path: str, *, tree: str = ADMINISTRATIVE) -> None:
    """Raises NotPermitted."""
    if not may_reveal(actor, path, tree=tree):
        raise NotPermitted("not_permitted", "联系方式只给本辖区办理这件事的单位看，您的账号没有这个权限")
