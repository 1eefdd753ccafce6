"""Bodies to choose from: the grids and communities of the viewer's scope where somebody may live."""

from __future__ import annotations

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.directory.roster.queries import descendants, organisations_by_id
from genmai.interfaces.web.edge.viewing import AskedRequest
from genmai.kernel.viewer import Reach
from genmai.processes.registers.flowing import policies

MOST = 400


def hosts(asked: AskedRequest, permission: str = policies.CONTACT) -> list[Organisation]:
    """One's own body and the communities and grids below it, where the permission reaches."""
    viewer = asked.viewer
    heads = viewer.organisation_ids(permission, Reach.CAPTURE)
    found: list[Organisation] = []
    for body in organisations_by_id(viewer, ids=heads, at=asked.now).values():
        kinds = [OrganisationKind.COMMUNITY] if body.level > 4 else [OrganisationKind.COMMUNITY, OrganisationKind.GRID]
        found += [body, *descendants(viewer, organisation=body, at=asked.now, kinds=kinds)]
    return list({body.pk: body for body in found}.values())[:MOST]
