"""Who may organise tasks, and who acts for a sign-up."""

from __future__ import annotations

from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Actor, ActorKind, Reach, Viewer

ORGANISE = "tasks:organise"


def may_organise(viewer: Viewer, path: str) -> bool:
    """Whether the viewer opens, confirms, records and ends tasks of this organiser."""
    return viewer.may(ORGANISE, path, Reach.CAPTURE)


def check_organise(actor: Actor, path: str) -> None:
    """Raises NotPermitted."""
    if actor.kind is ActorKind.SYSTEM or (actor.kind is ActorKind.STAFF and may_organise(actor.viewer, path)):
        return
    raise NotPermitted("not_permitted", "志愿任务由村社书记、镇街和区的工作人员来办，您的账号没有这个权限")


def check_own(actor: Actor, person_id: int, path: str, *, by_code: bool) -> None:
    """The person concerned, by account or by code, or the organiser. Raises NotPermitted."""
    if by_code or actor.person_id == person_id:
        return
    check_organise(actor, path)
