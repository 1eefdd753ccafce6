"""From words to a place: the village somebody names in 在哪里, within the place that is in emergency."""

from __future__ import annotations

from collections.abc import Sequence

from genmai.directory.territory import queries
from genmai.directory.territory.models import Place, PlaceKind
from genmai.kernel.viewer import Viewer

_TAILS = ("社区居委会", "居委会", "村委会", "社区", "街道", "村", "镇", "乡")
_SHORTEST = 2


def stem(name: str) -> str:
    """What people say of a name: 新张俞村 → 新张俞."""
    for tail in _TAILS:
        if name.endswith(tail) and len(name) - len(tail) >= _SHORTEST:
            return name.removesuffix(tail)
    return name


def named(text: str, places: Sequence[Place]) -> Place | None:
    """The one place whose name stands in the text, the longest name first; two that fit equally: None."""
    found = [(len(stem(place.name)), place) for place in places if stem(place.name) in text]
    if not found:
        return None
    longest = max(length for length, _ in found)
    best = [place for length, place in found if length == longest]
    return best[0] if len(best) == 1 else None


def offered(viewer: Viewer, *, code: str) -> list[Place]:
    """What the form offers under 在哪里: what lies directly in the place. One query."""
    return queries.children(viewer, code=code, kinds=(PlaceKind.TOWN, PlaceKind.VILLAGE, PlaceKind.COMMUNITY))


def narrowest(viewer: Viewer, *, here: Place, text: str) -> Place:
    """The village named in the text, else the town, else the place itself: a person at the desk looks anyway."""
    first = named(text, offered(viewer, code=here.code))
    if first is None or first.kind != PlaceKind.TOWN:
        return first or here
    return named(text, offered(viewer, code=first.code)) or first
