"""Bodies by the share of their open matters that is late: three bands, never a list of first and last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from genmai.directory.roster.models import Organisation
from genmai.kernel.viewer import Viewer
from genmai.reports.board.limits import limits
from genmai.reports.board.standing import Count


class Band(IntEnum):
    """How much of what a body has open is late."""

    TOO_FEW = 0
    LITTLE = 1
    SOME = 2
    MUCH = 3


@dataclass(frozen=True, slots=True)
class BodyCount:
    """One body with what it has open."""

    organisation: Organisation
    count: Count
    band: Band


def band_of(count: Count) -> Band:
    """Too few say nothing; else by share."""
    if count.open < limits().least_open:
        return Band.TOO_FEW
    if count.late >= limits().many_late * count.open:
        return Band.MUCH
    return Band.SOME if count.late >= limits().some_late * count.open else Band.LITTLE


def bodies(viewer: Viewer, *, counts: Mapping[int, Count]) -> list[BodyCount]:
    """In the order of the tree: those on the ground first, then departments. One query for the names."""
    found = Organisation.objects.filter(pk__in=counts)
    ordered = sorted(found, key=lambda one: (one.kind == "department", -one.level, one.code))
    return [BodyCount(one, counts[one.pk], band_of(counts[one.pk])) for one in ordered]


def in_bands(rows: Sequence[BodyCount]) -> list[tuple[Band, list[BodyCount]]]:
    """The band that needs looking at first; bands nobody stands in are left out."""
    order = (Band.MUCH, Band.SOME, Band.LITTLE, Band.TOO_FEW)
    found = [(band, [row for row in rows if row.band is band]) for band in order]
    return [(band, members) for band, members in found if members]
