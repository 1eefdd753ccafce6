"""Reading the ground. Places are public: the viewer is asked for by contract and narrows nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, Value, When

from genmai.directory.territory.models import Place, PlaceKind
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer

SEPARATOR = " / "


@dataclass(frozen=True, slots=True)
class Found:
    """A place with the names of what it lies in, so that two of one name can be told apart."""

    place: Place
    path_name: str  # "鄞州区 / 姜山镇 / 新张俞村"


def place_by_code(viewer: Viewer, *, code: str) -> Place:
    """The place of this code. Raises NotFound."""
    try:
        return Place.objects.get(code=code)
    except Place.DoesNotExist:
        raise NotFound("没有这个编码的地方") from None


def places_by_code(viewer: Viewer, *, codes: Collection[str]) -> Mapping[str, Place]:
    """The places that exist among `codes`, one query."""
    return {place.code: place for place in Place.objects.filter(code__in=codes)}


def children(viewer: Viewer, *, code: str, kinds: Collection[PlaceKind] = ()) -> list[Place]:
    """What lies directly in a place, by code."""
    found = Place.objects.filter(parent__code=code, valid_to__isnull=True).order_by("code")
    return list(found.filter(kind__in=kinds) if kinds else found)


def places_of_kinds(viewer: Viewer, *, kinds: Collection[PlaceKind]) -> list[Place]:
    """Every place of these kinds that exists today, by code; for lists to choose from. One query."""
    return list(Place.objects.filter(kind__in=kinds, valid_to__isnull=True).order_by("code"))


def path_names(viewer: Viewer, *, places: Iterable[Place]) -> Mapping[int, str]:
    """Id → name with parents from the district down, one query for any number of places."""
    wanted = list(places)
    codes = {code for place in wanted for code in codes_of(place.path)}
    names = dict(Place.objects.filter(code__in=codes).exclude(kind=PlaceKind.CITY).values_list("code", "name"))
    return {place.pk: SEPARATOR.join(names[code] for code in codes_of(place.path) if code in names) for place in wanted}


def path_name(viewer: Viewer, *, place: Place) -> str:
    """One place's name with parents: 鄞州区 / 姜山镇 / 新张俞村."""
    return path_names(viewer, places=[place])[place.pk]


def codes_of(path: str) -> list[str]:
    """The codes along a materialised path, outermost first."""
    return [code for code in path.split("/") if code]


def search(
    viewer: Viewer, *, text: str, within: str = "", kinds: Collection[PlaceKind] = (), limit: int = 20
) -> list[Found]:
    """Places by part of the name or pinyin initials, inside the place of code `within`; exact names first."""
    text = text.strip()
    if not text:
        return []
    wanted = Place.objects.filter(Q(name__icontains=text) | Q(initials__startswith=text.lower()), valid_to__isnull=True)
    if within:
        wanted = wanted.filter(path__contains=f"/{within}/")
    if kinds:
        wanted = wanted.filter(kind__in=kinds)
    exact = Case(
        When(name=text, then=Value(0)),
        When(name__startswith=text, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    places = list(wanted.order_by(exact, F("code"))[:limit])
    names = path_names(viewer, places=places) if places else {}
    return [Found(place, names[place.pk]) for place in places]
