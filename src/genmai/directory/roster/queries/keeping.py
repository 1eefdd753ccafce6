"""Whose posts and terms somebody keeps: the bodies of their Party subtrees, and the committees and grids on that ground."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from genmai.directory.roster.models import Link, Organisation, Tree
from genmai.directory.roster.queries.as_at import GROUND, manageable
from genmai.directory.roster.queries.paths import ids_of
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.viewer import Reach, Viewer

KEEP = "members:keep"


def party_paths(viewer: Viewer, *, organisation: Organisation, at: datetime) -> list[str]:
    """Its own path in the Party tree; of a committee or grid those of the Party bodies on its ground and above. Three queries."""
    today = valid_on(day_of(at))
    own = Link.objects.filter(today, tree=Tree.PARTY, organisation=organisation).values_list("path", flat=True)
    if found := list(own):
        return found
    lines = Link.objects.filter(today, organisation=organisation).exclude(tree=Tree.PARTY)
    ids = {int(one) for path in lines.values_list("path", flat=True) for one in path.strip("/").split("/")}
    twins = Q(pk__in=[])
    for code, place, level in Organisation.objects.filter(pk__in=ids).values_list("code", "place_id", "level"):
        twins |= Q(organisation__code=f"party-{code}")
        if place is not None:
            twins |= Q(organisation__place_id=place, organisation__level=level)
    return list(Link.objects.filter(twins, today, tree=Tree.PARTY).order_by("-path").values_list("path", flat=True))


def kept_path(viewer: Viewer, *, organisation: Organisation, at: datetime) -> str | None:
    """The Party path under which the viewer keeps this body ("" by keeping the directory); None: they don't."""
    for path in party_paths(viewer, organisation=organisation, at=at):
        if viewer.may(KEEP, path, Reach.CAPTURE, tree=Tree.PARTY):
            return path
    return "" if manageable(viewer, organisation=organisation) else None


def ground_of(viewer: Viewer, *, organisation: Organisation, at: datetime) -> tuple[int, ...]:
    """The administrative line a Party body works on (the nearest body of its own or of a place above), itself first. Three queries."""
    today = valid_on(day_of(at))
    own = Link.objects.filter(today, tree=Tree.PARTY, organisation=organisation).values_list("path", flat=True).first()
    line = Organisation.objects.filter(pk__in=ids_of(own or ""))
    twins = Q(pk__in=[])
    for code, place, level in line.values_list("code", "place_id", "level"):
        twins |= Q(organisation__code=code.removeprefix("party-"))
        if place is not None:
            twins |= Q(organisation__place_id=place, organisation__level=level, organisation__kind__in=GROUND)
    paths = Link.objects.filter(twins, today, tree=Tree.ADMINISTRATIVE).values_list("path", flat=True)
    return ids_of(max(paths, key=lambda path: path.count("/"), default=""))[::-1]
