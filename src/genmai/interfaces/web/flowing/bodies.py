"""Bodies to choose from: the grids and communities of the viewer's scope where somebody may live."""

from __future__ import annotations

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.directory.roster.policies import heads_of
from genmai.directory.roster.queries import descendants, organisations_by_id
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.kernel.viewer import Reach
from genmai.processes.registers.flowing import policies

MOST = 600
GROUND = (
    OrganisationKind.CITY, OrganisationKind.DISTRICT, OrganisationKind.TOWN, OrganisationKind.COMMUNITY,
    OrganisationKind.GRID,
)  # fmt: skip


def hosts(asked: AskedRequest, permission: str = policies.CONTACT) -> list[Organisation]:
    """The body of the ground one answers for (a Party committee's: that of its village or town), and those below it."""
    heads = heads_of(asked.viewer, permission, Reach.CAPTURE)
    standing = Organisation.objects.filter(pk__in=heads)
    places = standing.filter(kind=OrganisationKind.PARTY, place__isnull=False).values("place")
    on_ground = Organisation.objects.filter(place__in=places, kind__in=GROUND, closed_on__isnull=True)
    own = {*standing.filter(kind__in=GROUND).values_list("pk", flat=True), *on_ground.values_list("pk", flat=True)}
    found: list[Organisation] = []
    bodies = organisations_by_id(asked.viewer, ids=own, at=asked.now).values()
    for body in sorted(bodies, key=lambda one: (-one.level, one.code)):
        kinds = [OrganisationKind.COMMUNITY] if body.level > 4 else [OrganisationKind.COMMUNITY, OrganisationKind.GRID]
        found += [body, *descendants(asked.viewer, organisation=body, at=asked.now, kinds=kinds)]
    return list({body.pk: body for body in found}.values())[:MOST]
