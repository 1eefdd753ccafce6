"""Sheets of posts, and of branches on grids: pairs of what is known already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from genmai.directory.roster import sealing
from genmai.directory.roster.models import Cover, Organisation, OrganisationKind, Person, Post, Tree
from genmai.directory.roster.registry.bodies import Bodies, Body
from genmai.directory.roster.registry.cells import Wrong
from genmai.directory.roster.registry.definition import word_of
from genmai.directory.roster.registry.loading import Loader
from genmai.directory.roster.registry.reading import Reading, Rows
from genmai.directory.roster.registry.taking import Entered, Import, Taken

# Order of call within a body: those named first, then all others.
_FIRST = ("secretary", "director", "deputy_secretary", "deputy_director")


class _SaidPost(NamedTuple):
    rows: Rows
    at: int
    body: Body
    post: str
    name: str
    identity: str
    valid_from: str
    left_on: str | None
    document: str


class Posts:
    """Who holds which post where; people must be on the members' roll first."""

    def __init__(self, reading: Reading, loader: Loader, given: Import) -> None:
        self._reading, self._loader, self._given = reading, loader, given
        self._party = Bodies(on=given.on, within=given.within)
        self._others = Bodies(on=given.on, within=None, tree=Tree.ADMINISTRATIVE)
        self._today = given.on.isoformat()
        self._seen: set[tuple[int, str, str, str]] = set()

    def take(self, rows: Rows) -> Taken:
        said = [one for place in range(len(rows)) if place not in rows.bad and (one := self._row(rows, place))]
        with self._loader.between():
            return self._write(said)

    def finish(self) -> Taken:
        return Taken()

    def _row(self, rows: Rows, at: int) -> _SaidPost | None:
        def cell(key: str) -> str | None:
            value = rows.values[key][at]
            return None if value is None else str(value)

        body = self._body(cell("organisation") or "")
        if isinstance(body, Wrong):
            self._reading.refuse(rows, at, "organisation", body)
            return None
        begun, left, planned = cell("valid_from") or "", cell("left_on"), cell("valid_to")
        for key, wrong in (
            ("valid_from", begun > self._today and Wrong("in_the_future", f"≤ {self._today}")),
            ("left_on", left is not None and left < begun and Wrong("ends_before_begin", f"≥ {begun}")),
            ("valid_to", planned is not None and planned < begun and Wrong("ends_before_begin", f"≥ {begun}")),
        ):
            if wrong:
                self._reading.refuse(rows, at, key, wrong)
                return None
        said = _SaidPost(
            rows, at, body, cell("post") or "", cell("name") or "", cell("identity") or "", begun, left,
            cell("document") or "",
        )  # fmt: skip
        mark = (body.id, said.post, said.identity, begun)
        if mark in self._seen:
            self._reading.refuse(rows, at, "identity", Wrong("twice"))
            return None
        self._seen.add(mark)
        return said

    def _body(self, written: str) -> Body | Wrong:
        """A Party body in scope, or the committee of a village whose Party body is."""
        found = self._party.find(written)
        if isinstance(found, Body):
            return found
        other = self._others.find(written)
        if isinstance(other, Body):
            if self._given.within is None or isinstance(self._party.find(f"party-{other.code}"), Body):
                return other
            return Wrong("outside_scope")
        return found

    def _write(self, said: Sequence[_SaidPost]) -> Taken:
        taken, new, ended = Taken(), [], []
        people = self._people(said)
        known = _posts_of(person.pk for person in people.values())
        for one in said:
            person = people.get(one.identity)
            if person is None or person.display_name != one.name:
                wrong = Wrong("unknown_person") if person is None else Wrong("name_differs")
                self._reading.refuse(one.rows, one.at, "identity" if person is None else "name", wrong)
                continue
            entered = Entered(str(person.public_id), person.pk, one.body.id, one.body.path, one.post)
            post = known.get((person.pk, one.body.id, one.post, one.valid_from))
            if post is None:
                new.append(self._post(one, person))
                taken.entered.append(entered)
            elif one.left_on and post.valid_to != date.fromisoformat(one.left_on):
                post.valid_to, post.ended_recorded_at = date.fromisoformat(one.left_on), self._given.at
                ended.append(post)
                taken.changed.append(entered)
            else:
                taken.same += 1
        if not self._given.dry:
            Post.objects.bulk_create(new, batch_size=1000)
            Post.objects.bulk_update(ended, ["valid_to", "ended_recorded_at"], batch_size=500)
        return taken

    def _people(self, said: Sequence[_SaidPost]) -> dict[str, Person]:
        numbers = [one.identity for one in said]
        indexes = dict(zip(sealing.indexes_of_identities(numbers), numbers, strict=True))
        found = Person.objects.filter(identity_index__in=[*indexes]).only(
            "id", "public_id", "display_name", "identity_index"
        )
        return {indexes[bytes(person.identity_index)]: person for person in found if person.identity_index}

    def _post(self, one: _SaidPost, person: Person) -> Post:
        return Post(
            person=person, organisation_id=one.body.id, key=one.post, title=word_of("post", one.post),
            rank=_FIRST.index(one.post) if one.post in _FIRST else len(_FIRST),
            valid_from=date.fromisoformat(one.valid_from), document=one.document,
            valid_to=date.fromisoformat(one.left_on) if one.left_on else None,
            recorded_at=self._given.at, ended_recorded_at=self._given.at if one.left_on else None,
        )  # fmt: skip


def _posts_of(people: Iterable[int]) -> dict[tuple[int, int, str, str], Post]:
    found = Post.objects.filter(person_id__in=[*people])
    return {(post.person_id, post.organisation_id, post.key, post.valid_from.isoformat()): post for post in found}


class Covers:
    """Which branch is built on which grid."""

    def __init__(self, reading: Reading, loader: Loader, given: Import) -> None:
        self._reading, self._loader, self._given = reading, loader, given
        self._bodies = Bodies(on=given.on, within=given.within)
        grids = Organisation.objects.filter(kind=OrganisationKind.GRID, closed_on__isnull=True).values_list(
            "code", "id"
        )
        self._grids = dict(grids)
        self._known = set(Cover.objects.filter(valid_to__isnull=True).values_list("branch_id", "grid_id"))

    def take(self, rows: Rows) -> Taken:
        taken, new = Taken(), []
        for place in range(len(rows)):
            if place in rows.bad:
                continue
            body = self._bodies.find(str(rows.values["organisation"][place]))
            grid = self._grids.get(str(rows.values["grid"][place]))
            if isinstance(body, Wrong):
                self._reading.refuse(rows, place, "organisation", body)
            elif grid is None:
                self._reading.refuse(rows, place, "grid", Wrong("unknown_grid"))
            elif (body.id, grid) in self._known:
                taken.same += 1
            else:
                self._known.add((body.id, grid))
                new.append(self._cover(rows, place, body.id, grid))
                taken.entered.append(Entered(str(self._given.key), 0, body.id, body.path))
        if not self._given.dry:
            with self._loader.between():
                Cover.objects.bulk_create(new, batch_size=1000)
        return taken

    def finish(self) -> Taken:
        return Taken()

    def _cover(self, rows: Rows, place: int, branch: int, grid: int) -> Cover:
        begun = rows.values["valid_from"][place]
        return Cover(
            branch_id=branch, grid_id=grid, recorded_at=self._given.at,
            valid_from=date.fromisoformat(str(begun)) if begun else self._given.on,
            document=str(rows.values["document"][place] or ""),
        )  # fmt: skip
