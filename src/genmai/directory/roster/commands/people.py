"""Adding people and posts, and forgetting a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from genmai.directory.roster import sealing
from genmai.directory.roster.models import Person, PersonKey, PersonKind, Post
from genmai.directory.roster.policies import check_manage
from genmai.kernel.ids import derive
from genmai.kernel.refusal import BadInput
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A member of staff. `reference` tells people of one list apart (a login, a number in the source)."""

    name: str
    phone: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class NewPost:
    """A person's office in an organisation; `rank` is the order of call, lowest first."""

    person_id: int
    organisation_id: int
    key: str
    title: str
    rank: int = 0


def add_person(*, actor: Actor, at: datetime, key: UUID, name: str, phone: str = "") -> Person:
    """Add a member of staff; their name stands in clear on what they sign, their number is sealed."""
    return add_people(actor=actor, at=at, key=key, rows=[NewPerson(name, phone)])[0]


@transaction.atomic
def add_people(*, actor: Actor, at: datetime, key: UUID, rows: Sequence[NewPerson]) -> list[Person]:
    """Add any number of staff at once, in order. The same list with the same key and time again adds nobody."""
    check_manage(actor)
    ids = [derive(at, key, "person", row.reference or number) for number, row in enumerate(rows)]
    known = {person.public_id: person for person in Person.objects.filter(public_id__in=ids)}
    if len(known) == len(ids):
        return [known[identity] for identity in ids]
    made = []
    for identity, row, person_key in zip(ids, rows, fresh_keys(len(rows)), strict=True):
        sealed = sealing.seal(identity, name="", phone=clean(row.phone, 40, field="phone"), person_key=person_key)
        made.append((_staff(identity, clean(row.name, 40, field="name"), sealed, at), sealed.wrapped))
    people = Person.objects.bulk_create([person for person, _ in made])
    PersonKey.objects.bulk_create([PersonKey(person=person, wrapped=wrapped) for person, wrapped in made])
    return people


def find_or_add_resident(*, actor: Actor, at: datetime, key: UUID, phone: str = "", name: str = "") -> Person | None:
    """The person with this number, new if there is none; without a number a person of name only; neither: None.

    Two at once with one number meet in the same person (the index is unique). A name already known is kept: a number
    may be a household's, and what the second caller said stands with their own matter.
    """
    phone, name = clean(phone, 40, field="phone"), clean(name, 40, field="name")
    if not phone and not name:
        return None
    with house("one number is one person, whoever asks"):
        return _found_or_added(derive(at, key, "resident"), phone, name, at)


def add_met(*, actor: Actor, at: datetime, key: UUID, phone: str, name: str) -> Person:
    """A resident as they were met: under the name they gave, never a member's or a worker's record.

    A household's number may be another's already: then it stands sealed with each, and is found with the first alone.
    """
    phone, name = clean(phone, 40, field="phone"), clean(name, 40, field="name")
    identity = derive(at, key, "resident")
    with house("one number is one resident, whoever asks"):
        index = sealing.index_of_phone(phone) if phone else None
        met = Person.objects.select_related("sealing_key").filter(public_id=identity).first()
        residents = Person.objects.select_related("sealing_key").filter(kind=PersonKind.RESIDENT)
        known = met or (residents.filter(phone_index=index).first() if index else None)
        if known is not None and (met or sealing.open_person(known).name in ("", name)):
            return _with_name(known, name)
        sealed = sealing.seal(identity, name=name, phone=phone, person_key=fresh_keys(1)[0])
        if known is not None:
            sealed = replace(sealed, phone_index=None)
        _insert_resident(identity, sealed, at)
        found = residents.filter(public_id=identity).first()
        # Two at once with one number: the first has the index, this one is the same command again under its own name.
        return found or add_met(actor=actor, at=at, key=key, phone=phone, name=name)


def _found_or_added(identity: UUID, phone: str, name: str, at: datetime) -> Person | None:
    known, person_key = _known_or_fresh_key(sealing.index_of_phone(phone) if phone else None, identity)
    if known is not None:
        return _with_name(known, name)
    sealed = sealing.seal(identity, name=name, phone=phone, person_key=person_key)
    _insert_resident(identity, sealed, at)
    # Ours, or that of whoever came first with the same number; or, replayed after forgetting, the forgotten one.
    return _find(sealed.phone_index, identity) or _find(None, identity)


@transaction.atomic
def forget(*, actor: Actor, at: datetime, key: UUID, person: Person) -> None:
    """Destroy a resident's key: name and number can't be read again, nor found by number. Matters and deeds stay.

    Raises NotPermitted; BadInput for staff, whose names stand under what they signed.
    """
    check_manage(actor)
    if person.kind == PersonKind.STAFF:
        raise BadInput(
            "staff_not_forgotten", "工作人员的姓名写在已签收的记录里，不能删除；离任请结束其职务", field="person"
        )
    destroyed = PersonKey.objects.filter(person=person, destroyed_at__isnull=True)
    if destroyed.update(wrapped=None, destroyed_at=at):
        Person.objects.filter(pk=person.pk).update(phone_index=None, name_sealed=None, phone_sealed=None)
    person.refresh_from_db()


def add_post(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, organisation_id: int, post: str, title: str,
    valid_from: date, rank: int = 0, valid_to: date | None = None, document: str = "",
) -> Post:  # fmt: skip
    """Put a person in an office from a day on; the same office held already: the post that is."""
    check_manage(actor)
    return Post.objects.get_or_create(
        person_id=person_id,
        organisation_id=organisation_id,
        key=post,
        valid_to=valid_to,
        defaults={
            "title": title,
            "rank": rank,
            "valid_from": valid_from,
            "document": document,
            "recorded_at": at,
        },
    )[0]


def add_posts(
    *, actor: Actor, at: datetime, key: UUID, rows: Sequence[NewPost], valid_from: date, document: str = ""
) -> list[Post]:
    """Any number of posts at once, one statement; for setting up, so nothing is looked for first."""
    check_manage(actor)
    return Post.objects.bulk_create(
        Post(person_id=row.person_id, organisation_id=row.organisation_id, key=row.key, title=row.title,
             rank=row.rank, valid_from=valid_from, document=document, recorded_at=at)
        for row in rows
    )  # fmt: skip


def end_post(*, actor: Actor, at: datetime, key: UUID, post: Post, on: date) -> Post:
    """The person leaves the office on a day; what they did there stays theirs."""
    check_manage(actor)
    if on < post.valid_from:
        raise BadInput("ends_before_begin", "结束日期不能早于任职日期", field="on", allowed=f"{post.valid_from}")
    post.valid_to, post.ended_recorded_at = on, at
    post.save(update_fields=["valid_to", "ended_recorded_at"])
    return post


def _staff(identity: UUID, name: str, sealed: sealing.Sealed, at: datetime) -> Person:
    if not name:
        raise BadInput("name_missing", "请填写姓名", field="name")
    return Person(
        public_id=identity,
        kind=PersonKind.STAFF,
        display_name=name,
        phone_sealed=sealed.phone,
        phone_index=sealed.phone_index,
        recorded_at=at,
    )


def _with_name(person: Person, name: str) -> Person:
    """Adds a name to a resident of whom only the number was known."""
    if name and person.kind == PersonKind.RESIDENT and person.name_sealed is None and person.sealing_key.wrapped:
        person.name_sealed = sealing.seal_more(person, name=name)
        person.save(update_fields=["name_sealed"])
    return person


# A person's key is the one thing that must not follow from anything: derived from a command's key it could be made
# again after it was destroyed. So it comes from the database's strong random source (244 bits), not from the caller.
_FRESH = "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"


def fresh_keys(count: int) -> list[bytes]:
    """So many new keys, from the database's strong source."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_FRESH} FROM generate_series(1, %s)", [count])  # noqa: S608
        return [bytes(row[0]) for row in cursor.fetchall()]


def _known_or_fresh_key(index: bytes | None, identity: UUID) -> tuple[Person | None, bytes]:
    known = _find(index, identity)
    return (known, b"") if known else (None, fresh_keys(1)[0])


def _find(index: bytes | None, identity: UUID) -> Person | None:
    found = Person.objects.select_related("sealing_key")
    return found.filter(**({"phone_index": index} if index else {"public_id": identity})).first()


_INSERT = """
WITH made AS (
    INSERT INTO roster_person (public_id, kind, display_name, name_sealed, phone_sealed, phone_index, recorded_at)
    VALUES (%s, 'resident', '', %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO roster_personkey (person_id, wrapped) SELECT id, %s FROM made
"""


def _insert_resident(identity: UUID, sealed: sealing.Sealed, at: datetime) -> None:
    with connection.cursor() as cursor:
        values = [identity, sealed.name, sealed.phone, sealed.phone_index, at, sealed.wrapped]
        cursor.execute(_INSERT, values)
