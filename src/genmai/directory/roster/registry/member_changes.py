"""A row about somebody who is known: what differs, and the dated rows that say so. A blank cell says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from genmai.directory.roster import sealing
from genmai.directory.roster.models import Membership, Person, PersonKind, Profile
from genmai.directory.roster.names import letters_of
from genmai.directory.roster.registry.loading import Loader
from genmai.directory.roster.registry.taking import Said

_PARTICULARS = ("sex", "born_on", "ethnicity", "education", "degree", "occupation", "worked_on")
_PLACE = ("stage", "status", "joined_on", "full_on")


@dataclass(frozen=True, slots=True)
class Known:
    """A person found by the blind index of their number, with particulars and present place."""

    id: int
    public_id: UUID
    kind: str
    name: str
    phone_index: bytes | None
    destroyed: bool
    has_profile: bool
    particulars: dict[str, str]
    membership_id: int | None
    branch_id: int | None
    place: dict[str, str]
    valid_from: str


# Each lateral part is asked person by person (OFFSET 0 keeps it so): just after a first import the planner knows nothing
# yet of these tables, and would read them through for every slice.
_QUERY = """
SELECT p.identity_index, p.id, p.public_id, p.kind, p.display_name, p.phone_index, k.wrapped IS NULL,
       r.person_id IS NOT NULL, r.sex, r.born_on::text, r.ethnicity, r.education, r.degree, r.occupation, r.worked_on::text,
       m.id, m.branch_id, m.stage, m.status, m.joined_on::text, m.full_on::text, m.valid_from::text
FROM roster_person p
LEFT JOIN LATERAL (SELECT * FROM roster_personkey WHERE person_id = p.id OFFSET 0) k ON true
LEFT JOIN LATERAL (SELECT * FROM roster_profile WHERE person_id = p.id OFFSET 0) r ON true
LEFT JOIN LATERAL (SELECT * FROM roster_membership WHERE person_id = p.id AND valid_to IS NULL OFFSET 0) m ON true
WHERE p.identity_index = ANY(%s)
"""


def known_of(loader: Loader, indexes: Sequence[bytes]) -> dict[bytes, Known]:
    """Those of these people who are known, by the blind index of their number."""
    return {bytes(row[0]): _known(row[1:]) for row in loader.ask(_QUERY, [list(indexes)])}


def _known(row: Sequence[Any]) -> Known:
    identity, public_id, kind, name, phone, destroyed, has_profile = row[:7]
    particulars = {key: value or "" for key, value in zip(_PARTICULARS, row[7:14], strict=True)}
    place = {key: value or "" for key, value in zip(_PLACE, row[16:20], strict=True)}
    return Known(
        identity, public_id, kind, name, bytes(phone) if phone else None, destroyed, has_profile, particulars,
        row[14], row[15], place, row[20] or "",
    )  # fmt: skip


def compare(said: Said, known: Known) -> str:
    """What differs, the weightiest first: branch, stage, status, dates, particulars; "" nothing."""
    if known.membership_id is None or said.body.id != known.branch_id:
        return "branch"
    for key in _PLACE:
        value = getattr(said, key)
        if value is not None and value != known.place[key]:
            return key
    differs = any(
        value is not None and value != known.particulars[key] for key in _PARTICULARS if (value := getattr(said, key))
    )
    if differs or said.name != known.name or not known.has_profile:
        return "particulars"
    if said.phone and sealing.index_of_phone(said.phone) != known.phone_index:
        return "phone"
    return ""


class Changes:
    """Changes gathered over a slice, then written in a few statements."""

    def __init__(self, loader: Loader, at: datetime, on: date) -> None:
        self._loader, self._at, self._on = loader, at, on
        self._rows: list[tuple[Said, Known, str]] = []

    def add(self, said: Said, known: Known, what: str) -> None:
        self._rows.append((said, known, what))

    def write(self) -> None:
        """Old places end, new ones begin; particulars as they now are."""
        if not self._rows:
            return
        with self._loader.between():
            moved = [(said, known, what) for said, known, what in self._rows if what == "branch" or what in _PLACE]
            self._move(moved)
            self._particulars()
        self._rows = []

    def _move(self, moved: Sequence[tuple[Said, Known, str]]) -> None:
        ended, begun = [], []
        old = Membership.objects.in_bulk([known.membership_id for _, known, _ in moved if known.membership_id])
        for said, known, what in moved:
            day = self._day(said, known, what)
            if known.membership_id:
                row = old[known.membership_id]
                row.valid_to, row.ended_recorded_at = day, self._at
                row.departed = "import" if what == "branch" else row.departed
                ended.append(row)
            begun.append(_membership(said, known, day, self._at, what))
        Membership.objects.bulk_update(ended, ["valid_to", "ended_recorded_at", "departed"], batch_size=500)
        Membership.objects.bulk_create(begun, batch_size=1000)

    def _day(self, said: Said, known: Known, what: str) -> date:
        """From when it is otherwise: the day the sheet names for a branch, else the day of the import.

        Corrected dates hold from the beginning of the row they correct, whose span becomes empty.
        """
        if not known.valid_from:
            return date.fromisoformat(said.arrived_on) if said.arrived_on else self._on
        begun = date.fromisoformat(known.valid_from)
        if what in ("joined_on", "full_on"):
            return begun
        named = date.fromisoformat(said.arrived_on) if what == "branch" and said.arrived_on else self._on
        return max(named, begun)

    def _particulars(self) -> None:
        people = Person.objects.select_related("sealing_key").in_bulk([known.id for _, known, _ in self._rows])
        profiles = Profile.objects.in_bulk([known.id for _, known, _ in self._rows])
        for said, known, _ in self._rows:
            _renew(people[known.id], said)
            profile = profiles.setdefault(known.id, Profile(person_id=known.id))
            profile.letters, profile.initials = letters_of(said.name)
            if said.phone:
                profile.tail_index = sealing.index_of_tail(said.phone[-4:])
            for key in _PARTICULARS:
                if (value := getattr(said, key)) is not None:
                    setattr(profile, key, value)
        columns = ["kind", "display_name", "name_sealed", "phone_sealed", "phone_index"]
        Person.objects.bulk_update(people.values(), columns, batch_size=500)
        Profile.objects.bulk_create(
            profiles.values(), update_conflicts=True, unique_fields=["person"],
            update_fields=["letters", "initials", "tail_index", *_PARTICULARS],
        )  # fmt: skip


def _renew(person: Person, said: Said) -> None:
    person.display_name = said.name
    if person.kind == PersonKind.RESIDENT:
        person.kind, person.name_sealed = PersonKind.MEMBER, None
    if said.phone and (index := sealing.index_of_phone(said.phone)) != (
        person.phone_index and bytes(person.phone_index)
    ):
        person.phone_index = index
        person.phone_sealed = sealing.seal_numbers(person, phone=said.phone)[1]


def _membership(said: Said, known: Known, day: date, at: datetime, what: str) -> Membership:
    def kept(key: str) -> str | None:
        return getattr(said, key) or known.place[key] or None

    return Membership(
        person_id=known.id,
        branch_id=said.body.id,
        stage=said.stage,
        status=kept("status") or "normal",
        joined_on=kept("joined_on"),
        full_on=kept("full_on"),
        valid_from=day,
        recorded_at=at,
        arrived=(said.arrived or "first_entry") if what == "branch" else "",
    )
