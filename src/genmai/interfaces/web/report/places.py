"""Where it happened: town → village or community → estate or grid. Lists that work before any script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from genmai.directory.territory import queries
from genmai.directory.territory.models import Place, PlaceKind
from genmai.kernel.viewer import Viewer

BASE = (PlaceKind.VILLAGE, PlaceKind.COMMUNITY)
SMALLEST = (PlaceKind.GRID,)
ESTATE = (PlaceKind.ESTATE,)
TOWN = PlaceKind.TOWN
Groups = Sequence[tuple[Place | None, Sequence[Place]]]  # name of the group or None, its lines


class Ground:
    """Towns with their villages and communities. The several hundred lines are read only when the form is drawn:
    taking a report in asks for the two or three places that were chosen.
    """

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer

    def chosen(self, *codes: str) -> dict[str, Place]:
        """Those of these codes that the lists offer, by code; one query."""
        found = queries.places_by_code(self.viewer, codes=[code for code in codes if code]).values()
        return {
            place.code: place
            for place in found
            if place.valid_to is None and place.kind in (*BASE, *SMALLEST, *ESTATE, TOWN)
        }

    def usual(self, code: str) -> dict[str, str]:
        """Town, village and grid of the place with this code, as far down as it goes: where staff begin."""
        here = queries.places_by_code(self.viewer, codes=[code]).get(code)
        lying = queries.places_by_code(self.viewer, codes=queries.codes_of(here.path)) if here else {}
        fields = {TOWN: "town", **dict.fromkeys(BASE, "village"), **dict.fromkeys(SMALLEST, "grid")}
        return {fields[PlaceKind(p.kind)]: p.code for p in lying.values() if p.kind in fields}

    def towns(self) -> Groups:
        """All towns, in no group."""
        return [(None, [place for place in self._places if place.kind == TOWN])]

    def villages(self) -> Groups:
        """All villages and communities, grouped by the town they lie in."""
        in_town: dict[str, tuple[Place, list[Place]]] = {p.code: (p, []) for p in self._places if p.kind == TOWN}
        for place in self._places:
            town = next((code for code in queries.codes_of(place.path) if code in in_town), None)
            if town and place.kind != TOWN:
                in_town[town][1].append(place)
        return [(town, places) for town, places in in_town.values() if places]

    def grids(self, village: str) -> list[Place]:
        """The grids of a village, by code; empty when it has none or there is no such village."""
        return queries.children(self.viewer, code=village, kinds=SMALLEST) if village else []

    def estates(self, village: str) -> list[Place]:
        """The estates of a village or community; empty where none is registered."""
        return queries.children(self.viewer, code=village, kinds=ESTATE) if village else []

    @cached_property
    def _places(self) -> list[Place]:
        return queries.places_of_kinds(self.viewer, kinds=(TOWN, *BASE))


def lies_in(place: Place, code: str) -> bool:
    """Whether a place lies in the place of this code."""
    return code in queries.codes_of(place.path)


class PlaceSelect(forms.Select):
    """A list of places drawn in one piece: Django's own takes a template for each of several hundred lines.

    `groups` is asked when the list is drawn; a group is an <optgroup> whose data-in names its code.
    """

    def __init__(self, empty: object, attrs: dict[str, object] | None = None) -> None:
        super().__init__(attrs=attrs)
        self.empty = empty
        self.groups: Callable[[], Groups] = tuple

    def render(
        self, name: str, value: object, attrs: dict[str, object] | None = None, renderer: object = None
    ) -> SafeString:
        chosen = str(value or "")
        context = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        head = format_html_join(
            "", ' {}="{}"', ((key, known) for key, known in context.items() if known not in (False, None))
        )
        first = format_html('<option value="">{}</option>', self.empty)
        body = [_group(group, places, chosen) for group, places in self.groups()]
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
