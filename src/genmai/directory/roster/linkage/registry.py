"""The members of the registry as records to compare: read once, held in memory, written nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress

from genmai.directory.roster import sealing
from genmai.directory.roster.linkage.records import Record
from genmai.directory.roster.models import Link, Membership, Organisation, Person
from genmai.kernel.secrets import KeyDestroyed

CHUNK = 20_000
FEW = 2_000  # bodies whose ground is asked for by name; more: all grounds are read


def members_of_registry() -> Iterator[Record]:
    """Everybody with a current place in a branch; the id is the person's, with "m" before it."""
    rows = Membership.objects.filter(valid_to__isnull=True, person__merged_into__isnull=True).values_list(
        "person_id", "person__display_name", "person__profile__born_on", "person__profile__sex",
        "person__profile__letters", "person__phone_index", "person__identity_index", "branch_id",
    )  # fmt: skip
    places = places_of(set(Membership.objects.filter(valid_to__isnull=True).values_list("branch_id", flat=True)))
    shared = _shared_phones()
    for pk, name, born, sex, letters, phone, identity, branch in rows.iterator(chunk_size=CHUNK):
        yield Record(
            f"m{pk}", name, born, sex or "", bytes(phone) if phone else shared.get(pk), bytes(identity) if identity else None,
            places.get(branch, ""), letters or "",
        )  # fmt: skip


def _shared_phones() -> dict[int, bytes]:
    """Person → index of a number that another record held first: an index is kept once, so here it is made again.

    Two records of one person nearly always name one number; without this the strongest sign of it would be missing.
    """
    people = Person.objects.filter(phone_index__isnull=True, phone_sealed__isnull=False, merged_into__isnull=True)
    current = Membership.objects.filter(valid_to__isnull=True, person__in=people)
    found = {}
    for row in current.select_related("person__sealing_key").iterator(chunk_size=CHUNK):
        with suppress(KeyDestroyed):
            phone = sealing.open_person(row.person).phone
            found.update({row.person_id: sealing.index_of_phone(phone)} if phone else {})
    return found


def places_of(organisations: Collection[int]) -> dict[int, str]:
    """Division code of each body's ground, or of the nearest above it that has one (a branch stands on none itself)."""
    rows = Link.objects.filter(valid_to__isnull=True, organisation__in=organisations)
    links = list(rows.values_list("organisation_id", "path"))
    lines = {(pk, path): [int(part) for part in reversed(path.split("/")) if part] for pk, path in links}
    standing = Organisation.objects.filter(place__isnull=False)
    above = {*organisations, *(part for line in lines.values() for part in line)}
    if len(above) <= FEW:
        standing = standing.filter(pk__in=above)
    ground = dict(standing.values_list("pk", "place__code"))
    found = {pk: ground[pk] for pk in organisations if pk in ground}
    missing = set(organisations) - set(found)
    for (pk, _path), line in lines.items():
        code = next((ground[one] for one in line if one in ground), "") if pk in missing else ""
        if len(code) > len(found.get(pk, "")):
            found[pk] = code
    return found
