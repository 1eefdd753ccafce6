"""Who may bring the registry in, and how far that reaches in the Party's tree."""

from __future__ import annotations

from genmai.directory.roster.models import Tree
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Actor, ActorKind, Reach, Viewer

PERMISSION = "registry:import"


def may_import(viewer: Viewer) -> bool:
    """Whether there is any part of the Party's tree the viewer brings sheets in for."""
    return bool(viewer.paths(PERMISSION, Reach.CAPTURE, tree=Tree.PARTY))


def check_import(actor: Actor) -> None:
    """Raises NotPermitted."""
    if actor.kind is not ActorKind.SYSTEM and not may_import(actor.viewer):
        raise NotPermitted("not_permitted", "导入名册由组织部门的管理员办，您的账号没有这个权限，请联系管理员")


def scope(actor: Actor) -> tuple[str, ...] | None:
    """Paths of the Party's tree that rows may touch; None for an installation's own jobs: all of it."""
    if actor.kind is ActorKind.SYSTEM:
        return None
    return actor.viewer.paths(PERMISSION, Reach.CAPTURE, tree=Tree.PARTY)
