"""In which unit a Party organisation stands: its place in the industry tree, below the unit, by the unit's credit code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from genmai.directory.roster.commands import restructure
from genmai.directory.roster.commands.organisations import link
from genmai.directory.roster.models import Link, Organisation, OrganisationKind, Tree
from genmai.directory.roster.registry.taking import Import
from genmai.kernel import ids
from genmai.kernel.viewer import Actor

Place = tuple[str, int, int | None, str]  # tree, body, body above, path


class Ties:
    """The units a sheet names, and where Party bodies stand among them today. Two queries."""

    def __init__(self, given: Import) -> None:
        self._given = given
        self.units: dict[str, tuple[int, str]] = {}
        self._standing: dict[int, int | None] = {}

    def read(self, named: Iterable[str]) -> None:
        """By credit code; without one named nothing is asked."""
        codes = {code for code in named if code}
        if not codes:
            return
        today = Link.objects.filter(tree=Tree.INDUSTRY, valid_to__isnull=True)
        units = today.filter(organisation__kind=OrganisationKind.UNIT, organisation__closed_on=None)
        found = units.values_list("organisation__code", "organisation_id", "path")
        self.units = {code: (pk, path) for code, pk, path in found.iterator(chunk_size=5000) if code in codes}
        parties = today.filter(organisation__kind=OrganisationKind.PARTY)
        self._standing = dict(parties.values_list("organisation_id", "parent_id"))

    def link(self, body: int, unit: str) -> Place:
        """The place of a body just opened."""
        above, path = self.units[unit]
        return str(Tree.INDUSTRY), body, above, f"{path}{body}/"

    def differs(self, body: int, unit: str) -> bool:
        """Whether it stands elsewhere, or nowhere, so far."""
        return self._standing.get(body) != self.units[unit][0]

    def change(self, body: Organisation, unit: str, on: date, document: str) -> None:
        """From a day on it stands there: a first place, or a move by the command that people use."""
        given, key = self._given, ids.subkey(self._given.key, "unit", body.code)
        above = Organisation.objects.get(pk=self.units[unit][0])
        if body.pk in self._standing:
            restructure.move(
                actor=given.actor, at=given.at, key=key, organisation=body, parent=above, on=on, document=document,
                tree=Tree.INDUSTRY,
            )  # fmt: skip
        else:  # the scope was checked row by row
            link(
                actor=Actor.system("registry import"), at=given.at, key=key, organisation=body, tree=Tree.INDUSTRY,
                parent=above, on=on, document=document,
            )  # fmt: skip
        self._standing[body.pk] = above.pk
