"""Who sees a file and who closes which step, and why not: the Party tree says where, the rung says who."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from genmai.directory.roster.models import Level, Link, Tree
from genmai.kernel.refusal import NotPermitted
from genmai.kernel.viewer import Actor, ActorKind, Reach, Viewer
from genmai.processes.registers.models import Dossier
from genmai.processes.registers.procedures.mechanism import section_of
from genmai.processes.registers.procedures.rules import BodyKind

VIEW, KEEP, REVIEW = "members:view", "members:keep", "procedures:review"


def branches(viewer: Viewer, permission: str = VIEW, reach: Reach = Reach.VIEW) -> QuerySet[Link]:
    """Where the viewer's grants in the Party tree reach today, as organisation ids for a subquery. Nowhere: empty."""
    within = Q(pk__in=[])
    for path in viewer.paths(permission, reach, tree=Tree.PARTY):
        within |= Q(path__startswith=path)
    return Link.objects.filter(within, tree=Tree.PARTY, valid_to__isnull=True).values("organisation_id")  # type: ignore[return-value]


def seen_by(viewer: Viewer) -> Q:
    """The files a viewer sees: those of their part of the Party tree, and those their body is asked to review."""
    mine = Q(branch_id__in=branches(viewer))
    if viewer.organisation_id is not None and viewer.may(REVIEW, reach=Reach.VIEW):
        mine |= Q(asked__contains=[viewer.organisation_id])
    return mine


def levels(body: BodyKind) -> set[int]:
    """The rungs of a kind of body, as the ladder counts them."""
    return {int(Level[word.upper()]) for word in body.levels}


def may(actor: Actor, dossier: Dossier, body: str) -> bool:
    """Whether the actor may act here as this kind of body: their grant reaches the branch, their unit is on its rung."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is not ActorKind.STAFF or actor.viewer.level not in levels(
        section_of(dossier.mechanism).bodies[body]
    ):
        return False
    return branches(actor.viewer, KEEP, Reach.CAPTURE).filter(organisation_id=dossier.branch_id).exists()


def check_may(actor: Actor, dossier: Dossier, *bodies: str) -> None:
    """Raises NotPermitted naming whose step it is."""
    if not any(may(actor, dossier, body) for body in bodies):
        kinds = section_of(dossier.mechanism).bodies
        who = "、".join(str(kinds[body].title) for body in bodies)
        raise NotPermitted("not_permitted", "这一步由{who}来办，您的账号没有这个权限", who=who)
