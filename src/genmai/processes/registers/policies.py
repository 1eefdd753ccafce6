"""Who may do what to which estate, and why not: `may_…` answers, `check_…` raises with the reason."""

from __future__ import annotations

from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Actor, ActorKind, Reach, Viewer
from genmai.processes.registers.models import Estate, Matter

WORDS = {
    "estates:manage": "社区、镇街的小区专员",
    "estates:review": "社区微治办",
    "estates:submit": "业委会、物业或社区",
}


def sees(viewer: Viewer, estate: Estate) -> bool:
    """Whether the estate lies within the viewer's scope."""
    return not set(estate.reach).isdisjoint(viewer.organisation_ids("estates:view", Reach.VIEW))


def may(permission: str, actor: Actor, estate: Estate) -> bool:
    """At the estate's community; a party of the estate may submit in its own name."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is not ActorKind.STAFF:
        return False
    if actor.viewer.may(permission, estate.home_path):
        return True
    is_party = actor.organisation_id in estate.reach and actor.viewer.path.startswith(estate.home_path)
    return permission == "estates:submit" and is_party and actor.viewer.may(permission, actor.viewer.path)


def check_may(permission: str, actor: Actor, estate: Estate) -> None:
    """Raises NotPermitted naming who may."""
    if not may(permission, actor, estate):
        who = WORDS.get(permission, permission)
        raise NotPermitted("not_permitted", "这一步由{who}来办，您的账号没有这个权限", who=who)


def check_not_submitter(actor: Actor, matter: Matter) -> None:
    """Whoever handed a matter in doesn't review it: neither the person nor, for a party, the organisation."""
    if actor.kind is not ActorKind.STAFF:
        return
    if actor.person_id is not None and actor.person_id == matter.submitted_by_id:
        raise NotPermitted("own_matter", "这件事是您提交的，要由别人来审核")


def check_submitter(actor: Actor, matter: Matter) -> None:
    """Taking back or changing is for whoever handed it in, or the community for them."""
    if actor.kind is not ActorKind.STAFF or actor.organisation_id == matter.submitter_id:
        return
    if not actor.viewer.may("estates:manage", matter.estate.home_path):
        raise NotPermitted("not_yours", "这件事由提交它的单位来改；社区也可以代办")
