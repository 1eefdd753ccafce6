"""Who may call and hold a meeting, and who sees it."""

from __future__ import annotations

from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Actor, ActorKind, Reach, Viewer
from genmai.processes.decisions.models import Meeting


def sees(viewer: Viewer, meeting: Meeting) -> bool:
    """Whether the meeting lies within the viewer's scope, or they were asked to it."""
    return not set(meeting.reach).isdisjoint(viewer.organisation_ids("meetings:view", Reach.VIEW))


def may_hold(actor: Actor, path: str) -> bool:
    """At the organiser."""
    return actor.kind is ActorKind.SYSTEM or (actor.kind is ActorKind.STAFF and actor.viewer.may("meetings:hold", path))


def check_hold(actor: Actor, path: str) -> None:
    """Raises NotPermitted."""
    if not may_hold(actor, path):
        raise NotPermitted("not_permitted", "联席会议由召集它的微治办登记，您的账号没有这个权限")
