"""Who may speak to whom and keep which side; what only a person may do."""

from __future__ import annotations

from collections.abc import Collection

from genmai.directory.roster.policies import heads_of
from genmai.kernel.refusal import NotFound, NotPermitted
from genmai.kernel.viewer import Actor, ActorKind, Reach, Viewer

VIEW, CONTACT, KEEP, SCREEN = "flowing:view", "flowing:contact", "flowing:keep", "residents:screen"
WORDS = {
    CONTACT: "网格员和村社、镇街的党务工作者",
    KEEP: "村社、镇街的党务工作者",
    SCREEN: "镇街和区里管流动党员的人",
}


def holds(viewer: Viewer, permission: str, reach: Collection[int], how: Reach = Reach.VIEW) -> bool:
    """Whether the permission is held over any body of a line."""
    return not heads_of(viewer, permission, how).isdisjoint(reach)


def check_person(actor: Actor, permission: str, reach: Collection[int]) -> None:
    """A step that only somebody who spoke to the person may write down: staff, with the permission, of that side.

    Raises NotPermitted for a job or a reporter too: no match is acted on without a person's contact.
    """
    if (
        actor.kind is not ActorKind.STAFF
        or actor.person_id is None
        or not heads_of(actor.viewer, permission, Reach.CAPTURE)
    ):
        raise NotPermitted("not_permitted", "这一步由{who}来办，您的账号没有这个权限", who=WORDS[permission])
    if not holds(actor.viewer, permission, reach, Reach.CAPTURE):
        raise NotFound()


def check_screen(actor: Actor, reach: Collection[int]) -> None:
    """Taking in and destroying a residents' list. Raises NotPermitted, NotFound."""
    check_person(actor, SCREEN, reach)
