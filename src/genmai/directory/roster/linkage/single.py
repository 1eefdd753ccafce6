"""One person against the whole registry, within a request: a few members by the indexes there are, then `scoring`.

The ways in are those of `comparing.BLOCKS`; what is known of the person stays in memory, numbers are their blind index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date
from typing import Any

from django.db import connection

from genmai.directory.roster import sealing
from genmai.directory.roster.linkage.engine import Pair
from genmai.directory.roster.linkage.parameters import Parameters
from genmai.directory.roster.linkage.records import Record, letters_of, one_point
from genmai.directory.roster.linkage.registry import places_of
from genmai.directory.roster.linkage.scoring import Shares, scored
from genmai.directory.roster.models import Person
from genmai.kernel.secrets import KeyDestroyed

MOST = 2_000  # members held side by side with one person: more would be no search any more
EXACT = 50_000  # members counted one by one; of more, the planner's own estimate says how common a name is

_MEMBERS = """
SELECT n.id, n.display_name, p.born_on, p.sex, p.letters, n.phone_index, n.identity_index, m.branch_id
FROM roster_person AS n
JOIN roster_membership AS m ON m.person_id = n.id AND m.valid_to IS NULL
LEFT JOIN roster_profile AS p ON p.person_id = n.id
WHERE n.merged_into_id IS NULL AND n.id IN ({blocks}) ORDER BY n.id LIMIT %s
"""
_OF_IDENTITY = "SELECT id FROM roster_person WHERE identity_index = %s"
_OF_PHONE = "SELECT id FROM roster_person WHERE phone_index = %s"
_OF_SOUND = "SELECT person_id FROM roster_profile WHERE letters = %s AND born_on BETWEEN %s AND %s"
_OF_DAY = (
    "SELECT person_id FROM roster_profile WHERE letters = %s"
    " AND extract(month FROM born_on) = %s AND extract(day FROM born_on) = %s"
)
_OF_SURNAME = (
    "SELECT p.person_id FROM roster_profile AS p JOIN roster_person AS s ON s.id = p.person_id"
    " WHERE p.born_on = %s AND left(s.display_name, 1) = %s"
)
_NAMED = """
SELECT n.display_name, count(*) FROM roster_profile AS p
JOIN roster_person AS n ON n.id = p.person_id AND n.merged_into_id IS NULL
JOIN roster_membership AS m ON m.person_id = n.id AND m.valid_to IS NULL
WHERE p.letters = %s GROUP BY n.display_name
"""
_BORN_IN = "SELECT count(*) FROM roster_profile WHERE born_on BETWEEN %s AND %s"
_ESTIMATE = "SELECT reltuples::bigint FROM pg_class WHERE oid = 'membership_one_current'::regclass"
_COUNT = "SELECT count(*) FROM roster_membership WHERE valid_to IS NULL"


def in_registry(record: Record, *, phone: str = "", parameters: Parameters, least: float) -> list[Pair]:
    """Members who are this person with at least this probability, the likeliest first.

    `phone` in clear finds those whose number another record held first: their index isn't kept, so it is made again.
    """
    shared = _shared(record.phone_index, phone)
    rows = _members(record, shared)
    if not rows:
        return []
    shares = _shares(record)
    places = places_of({row[-1] for row in rows})
    pairs = (
        scored(record, member, parameters=parameters, shares=shares)
        for member in _records(rows, shared, record, places)
    )
    return sorted((pair for pair in pairs if pair.probability >= least), key=lambda one: (-one.weight, one.right))


def _members(record: Record, shared: Collection[int]) -> list[tuple[Any, ...]]:
    """Whom any of the blocks brings together with the person."""
    blocks: list[tuple[str, tuple[Any, ...]]] = []
    name = one_point(record.name).replace("·", "")
    letters, born = letters_of(name), record.born
    if record.identity_index:
        blocks.append((_OF_IDENTITY, (record.identity_index,)))
    if record.phone_index:
        blocks.append((_OF_PHONE, (record.phone_index,)))
    if shared:
        blocks.append(("SELECT unnest(%s)", (list(shared),)))
    year = born.year if born else record.year
    if year and letters:
        blocks.append((_OF_SOUND, (letters, date(year, 1, 1), date(year, 12, 31))))
    if born and letters:
        blocks.append((_OF_DAY, (letters, born.month, born.day)))
    if born and name:
        blocks.append((_OF_SURNAME, (born, name[:1])))
    if not blocks:
        return []
    sql = _MEMBERS.format(blocks=" UNION ".join(block for block, _values in blocks))
    return _asked(sql, [value for _block, values in blocks for value in values] + [MOST])


def _records(
    rows: list[tuple[Any, ...]], shared: Collection[int], record: Record, places: dict[int, str]
) -> Iterator[Record]:
    for pk, name, born, sex, letters, phone, identity, branch in rows:
        own = bytes(phone) if phone else record.phone_index if pk in shared else None
        yield Record(
            f"m{pk}", name, born, sex or "", own, bytes(identity) if identity else None, places.get(branch, ""),
            letters or "",
        )  # fmt: skip


def _shared(index: bytes | None, phone: str) -> set[int]:
    """Members with this number whose index another record holds: found by its last digits, opened in memory."""
    if not index or len(phone) < 4:
        return set()
    tail = sealing.index_of_tail(phone[-4:])
    held = Person.objects.filter(profile__tail_index=tail, phone_index__isnull=True, phone_sealed__isnull=False)
    found = set()
    for person in held.select_related("sealing_key"):
        with suppress(KeyDestroyed):
            if sealing.index_of_phone(sealing.open_person(person).phone) == index:
                found.add(person.pk)
    return found


def _shares(record: Record) -> Shares:
    """How common the name and the year are among the members and the person asked about, as the engine counts them."""
    total = _total()
    name = one_point(record.name).replace("·", "")
    named = sum(
        count for written, count in _asked(_NAMED, [letters_of(name)]) if one_point(written).replace("·", "") == name
    )
    year = 0.0
    if record.year and record.born is None:
        born = _asked(_BORN_IN, [date(record.year, 1, 1), date(record.year, 12, 31)])[0][0]
        year = min((born + 1) / (total + 1), 0.5)
    return Shares((named + 1) / (total + 1), year)


def _total() -> int:
    """How many current members there are; of very many as the planner knows it, right to a hundredth."""
    estimate = int(_asked(_ESTIMATE, [])[0][0])
    return estimate if estimate > EXACT else int(_asked(_COUNT, [])[0][0])


def _asked(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
