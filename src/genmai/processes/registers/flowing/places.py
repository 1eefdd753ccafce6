"""Where a body stands today: its path, and everybody above it in any tree, who thereby see what is its."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from genmai.directory.roster.models import Category, Link, Membership, Organisation, OrganisationKind, Tree
from genmai.kernel.refusal import NotFound

_ORDER = {Tree.ADMINISTRATIVE.value: 0, Tree.GRID.value: 1, Tree.PARTY.value: 2}


@dataclass(frozen=True, slots=True)
class Standing:
    """A body's path (administrative where it has one) and the ids above it and its own, in all trees."""

    organisation_id: int
    path: str
    reach: tuple[int, ...]


def standing_of(organisation_id: int) -> Standing:
    """Raises NotFound for a body that stands nowhere today."""
    links = Link.objects.filter(organisation_id=organisation_id, valid_to__isnull=True).values_list("tree", "path")
    found = sorted(links, key=lambda one: _ORDER.get(one[0], 9))
    if not found:
        raise NotFound("没有找到这个单位，请核对名称或编码")
    line = {int(part) for _tree, path in found for part in path.split("/") if part}
    return Standing(organisation_id, found[0][1], tuple(sorted(line | _on_the_same_ground(line))))


def _on_the_same_ground(line: set[int]) -> set[int]:
    """A village and its Party committee stand on one ground: whoever is above the one answers for the other, too."""
    ground = Organisation.objects.filter(pk__in=line, place__isnull=False).values("place")
    beside = Organisation.objects.filter(place__in=ground, closed_on__isnull=True)
    branches = Q(kind=OrganisationKind.PARTY, category__in=(Category.BRANCH, Category.JOINT_BRANCH))
    return set(beside.exclude(branches).exclude(kind=OrganisationKind.DEPARTMENT).values_list("pk", flat=True))


def home_of(person_id: int) -> Standing | None:
    """Where a member's current branch stands; None for who is in no branch here."""
    branch = Membership.objects.filter(person_id=person_id, valid_to__isnull=True).values_list("branch_id", flat=True)
    first = branch.first()
    return standing_of(first) if first is not None else None
