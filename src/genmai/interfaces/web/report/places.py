"""Where it happened: town → village or community → grid. Lists that work before any script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from genmai.directory.territory import queries
from genmai.directory.territory.models import Place, PlaceKind
from genmai.kernel.viewer import Viewer

BASE = (PlaceKind.VILLAGE, PlaceKind.COMMUNITY)


@dataclass(frozen=True)
class Ground:
    """Towns with their villages and communities, by code."""

    towns: Mapping[str, Place]
    villages: Mapping[str, Place]
    in_town: Mapping[str, Sequence[Place]] = field(repr=False)

    def town_of(self, village: str) -> str:
        """The code of the town a village lies in; empty when it lies in none of the list."""
        found = self.villages.get(village)
        codes = queries.codes_of(found.path) if found else []
        return next((code for code in codes if code in self.towns), "")


def ground(viewer: Viewer) -> Ground:
    """All there is to choose from; one query."""
    places = queries.places_of_kinds(viewer, kinds=(PlaceKind.TOWN, *BASE))
    towns = {place.code: place for place in places if place.kind == PlaceKind.TOWN}
    in_town: dict[str, list[Place]] = {code: [] for code in towns}
    villages = {place.code: place for place in places if place.kind != PlaceKind.TOWN}
    for place in villages.values():
        town = next((code for code in queries.codes_of(place.path) if code in towns), None)
        if town:
            in_town[town].append(place)
    return Ground(towns, villages, in_town)


def grids_of(viewer: Viewer, village: str) -> list[Place]:
    """The grids of a village, by code; empty when it has none or there is no such village."""
    return queries.children(viewer, code=village, kinds=(PlaceKind.GRID,)) if village else []


class PlaceSelect(forms.Select):
    """A list of places drawn in one piece: Django's own takes a template for each of several hundred lines.

    `groups`: (name of the group or "", places); a group is an <optgroup> whose data-in names its code.
    """

    def __init__(self, empty: object, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs=attrs)
        self.empty = empty
        self.groups: Sequence[tuple[Place | None, Sequence[Place]]] = ()

    def render(
        self, name: str, value: object, attrs: dict[str, object] | None = None, renderer: object = None
    ) -> SafeString:
        chosen = str(value or "")
        context = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        head = format_html_join(
            "", ' {}="{}"', ((key, known) for key, known in context.items() if known not in (False, None))
        )
        first = format_html('<option value="">{}</option>', self.empty)
        body = [_group(group, places, chosen) for group, places in self.groups]
        return format_html("<select{}>{}{}</select>", head, first, mark_safe("".join(body)))  # noqa: S308 - escaped below


def _group(group: Place | None, places: Sequence[Place], chosen: str) -> SafeString:
    lines = options(places, chosen)
    if group is None:
        return lines
    return format_html('<optgroup label="{}" data-in="{}">{}</optgroup>', group.name, group.code, lines)


def options(places: Sequence[Place], chosen: str = "") -> SafeString:
    """The lines of a list, the chosen one marked."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((place.code, mark_safe(" selected") if place.code == chosen else "", place.name) for place in places),
    )
