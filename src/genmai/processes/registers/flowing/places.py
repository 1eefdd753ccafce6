"""Where a body stands today: its path, and everybody above it in any tree, who thereby see what is its."""

from __future__ import annotations

from dataclasses import dataclass

from genmai.directory.roster.models import Link, Membership, Tree
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
    return Standing(
        organisation_id, found[0][1], tuple(sorted({int(p) for _t, path in found for p in path.split("/") if p}))
    )


def home_of(person_id: int) -> Standing | None:
    """Where a member's current branch stands; None for who is in no branch here."""
    branch = Membership.objects.filter(person_id=person_id, valid_to__isnull=True).values_list("branch_id", flat=True)
    first = branch.first()
    return standing_of(first) if first is not None else None
