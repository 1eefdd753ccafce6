"""Who may see, tick and look at lists: in the tree the standard stands in, by subtree."""

from __future__ import annotations

from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.viewer import Actor, ActorKind, Reach, Viewer
from genmai.processes.registers.standards.definition import Standard
from genmai.processes.registers.standards.flow import MARK_IT, REVIEW, VIEW

WORDS = {VIEW: "党组织和村社、镇街", MARK_IT: "本单位的书记、党务工作者", REVIEW: "上级党组织"}


def reached(viewer: Viewer, standard: Standard, permission: str = VIEW, reach: Reach = Reach.VIEW) -> tuple[str, ...]:
    """The subtrees of the standard's tree in which a permission holds."""
    return viewer.paths(permission, reach, tree=standard.tree)


def may(actor: Actor, standard: Standard, permission: str, path: str) -> bool:
    """Jobs may; staff where a grant reaches. Looking is for a body above, never for the body itself."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is not ActorKind.STAFF or not path:
        return False
    heads = reached(actor.viewer, standard, permission, Reach.CAPTURE)
    return any(path.startswith(head) and (permission != REVIEW or path != head) for head in heads)


def check_may(actor: Actor, standard: Standard, permission: str, path: str) -> None:
    """Raises NotFound for a body outside the actor's sight, NotPermitted naming who may."""
    if may(actor, standard, permission, path):
        return
    if actor.kind is not ActorKind.STAFF or not actor.viewer.may(VIEW, path, Reach.VIEW, tree=standard.tree):
        raise NotFound("没有找到这个单位，或者不在您的范围内")
    who = WORDS[permission]
    raise NotPermitted("not_permitted", "这一步由{who}来办，您的账号没有这个权限", who=who)


__all__ = ["MARK_IT", "REVIEW", "VIEW", "WORDS", "check_may", "may", "reached"]
