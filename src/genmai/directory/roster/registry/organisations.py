"""Sheets of Party organisations and of units: a parent may stand anywhere in the same file, above or below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat

from django.utils.translation import gettext_noop as _

from genmai.directory.roster.commands import naming, restructure
from genmai.directory.roster.models import Level, Link, Organisation, OrganisationKind, Tree
from genmai.directory.roster.registry import industries
from genmai.directory.roster.registry.bodies import Bodies, Body
from genmai.directory.roster.registry.cells import Wrong
from genmai.directory.roster.registry.loading import Loader, plain_text
from genmai.directory.roster.registry.reading import Reading, Rows
from genmai.directory.roster.registry.taking import Entered, Import, Taken
from genmai.directory.roster.registry.ties import Ties
from genmai.directory.territory.divisions import initials
from genmai.directory.territory.models import Place
from genmai.kernel import ids
from genmai.kernel.refusal import Refused
from genmai.kernel.walled import house

_WITHOUT_DOCUMENT = _("名册导入")  # a change needs a document; the sheet is it where it names none
_LEVELS = {4: Level.CITY, 6: Level.DISTRICT, 9: Level.TOWN, 12: Level.COMMUNITY}
_ORGANISATION = (
    "id", "public_id", "code", "name", "short_name", "initials", "kind", "category", "sector", "level", "place_id",
    "opened_on",
)  # fmt: skip
_LINK = ("tree", "organisation_id", "parent_id", "path", "valid_from", "recorded_at", "document")


@dataclass(frozen=True, slots=True)
class Said:
    """A good row, with its parent still as it is written (of a unit its industry, if it says one).

    `unit`: the credit code of where a Party body stands.
    """

    rows: Rows
    at: int
    code: str
    name: str
    short_name: str
    category: str
    sector: str
    place: Place | None
    parent: str
    opened_on: str
    document: str
    unit: str = ""


class Organisations:
    """Reads the whole sheet (tens of thousands of rows), then opens and changes from the top down."""

    def __init__(self, reading: Reading, loader: Loader, given: Import) -> None:
        self._reading, self._loader, self._given = reading, loader, given
        self._party = reading.table.definition.sheet.key == "organisations"
        self._tree = Tree.PARTY if self._party else Tree.INDUSTRY
        if not self._party and not given.dry:
            with loader.between():
                industries.ensure(at=given.at, key=ids.subkey(given.key, "industries"))
        self._bodies = Bodies(on=given.on, within=given.within if self._party else None, tree=self._tree)
        self._places = {place.code: place for place in Place.objects.only("id", "code")}
        if not self._party:
            industries.suppose(self._bodies)
        self._ties = Ties(given)
        self._said: dict[str, Said] = {}
        self._deriving = ids.Deriving(given.at, given.key, "organisation")
        self._numbers: Iterator[int] = iter(())

    def take(self, rows: Rows) -> Taken:
        """Keep what a slice says; nothing can be told before the last parent is known."""
        values = rows.values
        for place in range(len(rows)):
            said = None if place in rows.bad else self._row(rows, place, values)
            if said is not None and said.code in self._said:
                self._reading.refuse(rows, place, "code", Wrong("twice"))
            elif said is not None:
                self._said[said.code] = said
        return Taken()

    def _row(self, rows: Rows, at: int, values: Mapping[str, Sequence[object]]) -> Said | None:
        def text(key: str) -> str:
            found = values[key][at] if key in values else None
            return str(found) if found is not None else ""

        ground = text("place")
        if ground and ground not in self._places:
            self._reading.refuse(rows, at, "place", Wrong("unknown_place"))
            return None
        opened = text("opened_on")
        if opened > self._given.on.isoformat():
            self._reading.refuse(rows, at, "opened_on", Wrong("in_the_future", f"≤ {self._given.on}"))
            return None
        name = text("name")
        return Said(
            rows, at, text("code"), name, text("short_name") or name[:40], text("category"), text("sector"),
            self._places.get(ground), self._above(text), opened, text("document"), text("unit"),
        )  # fmt: skip

    def _above(self, text: Callable[[str], str]) -> str:
        """A Party body's parent; of a unit its industry, "" where it says none."""
        if self._party:
            return text("parent")
        return industries.code_of(text("industry")) if text("industry") else ""

    def finish(self) -> Taken:
        """Open what is new from the top down; compare what is known."""
        taken = Taken()
        known = {one.code: one for one in Organisation.objects.filter(code__in=[*self._said]).select_related("place")}
        jobs: tuple[list[str], list[str]] = ([], [])
        new = len(self._said.keys() - known.keys())
        if self._party:
            self._ties.read(said.unit for said in self._said.values())
        self._numbers = repeat(0) if self._given.dry else (int(row[0]) for row in self._loader.ask(_NEXT, [new]))
        for said in self._from_the_top():
            body = known.get(said.code)
            parent = self._parent(said)
            if isinstance(parent, Wrong):
                self._reading.refuse(said.rows, said.at, "parent" if self._party else "industry", parent)
            elif said.unit and said.unit not in self._ties.units:
                self._reading.refuse(said.rows, said.at, "unit", Wrong("unknown_unit"))
            elif body is None:
                self._open(said, parent, taken, jobs)
            elif body.kind != self._kind or body.code not in self._bodies.by_code:
                self._reading.refuse(said.rows, said.at, "code", Wrong("code_taken", body.name))
            else:
                self._compare(said, body, parent, taken)
        taken.jobs = [
            ("roster_organisation", _ORGANISATION, "".join(jobs[0])),
            ("roster_link", _LINK, "".join(jobs[1])),
        ]
        return taken

    @property
    def _kind(self) -> str:
        return OrganisationKind.PARTY if self._party else OrganisationKind.UNIT

    def _from_the_top(self) -> list[Said]:
        """Parents before children; rows that go round in a circle are refused."""
        by_name = {said.name: said for said in reversed(self._said.values())}
        order: dict[str, Said] = {}
        for first in self._said.values():
            if first.at in first.rows.bad:
                continue  # told already, as one of a circle
            line: dict[str, Said] = {}
            said: Said | None = first
            while said is not None and said.code not in order and said.code not in line:
                line[said.code] = said
                said = self._said.get(said.parent) or by_name.get(said.parent) if said.parent else None
            if said is not None and said.code in line:
                for one in line.values():
                    self._reading.refuse(one.rows, one.at, "parent", Wrong("parent_circle"))
                continue
            order.update(reversed(line.items()))
        return [one for one in order.values() if one.at not in one.rows.bad]

    def _parent(self, said: Said) -> Body | Wrong | None:
        return self._bodies.find(said.parent, unknown="unknown_parent") if said.parent else None

    def _open(self, said: Said, parent: Body | None, taken: Taken, jobs: tuple[list[str], list[str]]) -> None:
        given = self._given
        number = next(self._numbers)
        path = f"{parent.path if parent else '/'}{number}/"
        opened = said.opened_on or given.on.isoformat()
        public_id = self._deriving.text(said.code)
        self._bodies.add(Body(number, said.code, said.name, said.category, path, False))
        taken.entered.append(Entered(public_id, 0, number, path))
        level = _LEVELS.get(len(said.place.code), Level.COMMUNITY) if said.place else Level.COMMUNITY
        row = (
            number, public_id, said.code, said.name, said.short_name, initials(said.short_name), str(self._kind),
            said.category, said.sector, int(level), said.place.pk if said.place else None, opened,
        )  # fmt: skip
        links = [(str(self._tree), number, parent.id if parent else None, path)]
        if said.unit:
            links.append(self._ties.link(number, said.unit))
        jobs[0].append("\t".join(map(plain_text, row)) + "\n")
        rest = (opened, given.at.isoformat(), said.document)
        jobs[1].extend("\t".join(map(plain_text, (*link, *rest))) + "\n" for link in links)

    def _compare(self, said: Said, body: Organisation, parent: Body | None, taken: Taken) -> None:
        """What differs becomes a dated change, by the commands that people use; a blank cell says nothing."""
        known = self._bodies.by_code[body.code]
        above = parent.path if parent else "/"
        moved = known.path != f"{above}{known.id}/" and (self._party or parent is not None)
        renamed = said.name != body.name
        plain = {
            key: value
            for key, value in (("category", said.category), ("sector", said.sector))
            if value and value != getattr(body, key)
        }
        if said.place is not None and said.place.pk != body.place_id:
            plain["place_id"] = str(said.place.pk)
        tied = bool(said.unit) and self._ties.differs(body.pk, said.unit)
        if not (moved or renamed or plain or tied):
            taken.same += 1
            return
        if not self._given.dry:
            try:
                known = self._change(said, body, parent if moved else None, renamed, plain)
                if tied:
                    with self._loader.between(), house("registry import: where a Party body stands"):
                        self._ties.change(
                            body, said.unit, _on(self._given.on, body), said.document or _WITHOUT_DOCUMENT
                        )
            except Refused as refused:
                self._reading.refuse(
                    said.rows, said.at, "parent" if moved else "name", Wrong("refused", refused.text())
                )
                return
        what = "moved" if moved else "renamed" if renamed else "unit" if tied else "particulars"
        taken.changed.append(Entered(str(body.public_id), 0, body.pk, known.path, what))

    def _change(
        self, said: Said, body: Organisation, parent: Body | None, renamed: bool, plain: Mapping[str, str]
    ) -> Body:
        given, document = self._given, said.document or _WITHOUT_DOCUMENT
        with self._loader.between(), house("registry import: an organisation changes"):
            key = ids.subkey(given.key, "change", said.code)
            if renamed:
                naming.rename(
                    actor=given.actor, at=given.at, key=ids.subkey(key, "name"), organisation=body, name=said.name,
                    short_name=said.short_name, on=_on(given.on, body), document=document,
                )  # fmt: skip
            if parent is not None:
                restructure.move(
                    actor=given.actor, at=given.at, key=ids.subkey(key, "move"), organisation=body,
                    parent=Organisation.objects.get(pk=parent.id), on=_on(given.on, body), document=document,
                    tree=self._tree,
                )  # fmt: skip
            if plain:
                Organisation.objects.filter(pk=body.pk).update(**plain)
            path = Link.objects.get(tree=self._tree, organisation=body, valid_to__isnull=True).path
        if (
            parent is not None and self._party
        ):  # everything below has moved with it; below a unit stand Party bodies only
            self._bodies = Bodies(on=given.on, within=given.within, tree=self._tree)
        moved = replace(self._bodies.by_code[body.code], name=said.name, path=path)
        self._bodies.add(moved)
        return moved


_NEXT = (
    "SELECT nextval(numbers.name) FROM generate_series(1, %s), "
    "(SELECT pg_get_serial_sequence('roster_organisation', 'id')::regclass AS name OFFSET 0) AS numbers"
)


def _on(day: date, body: Organisation) -> date:
    return max(day, body.opened_on)
