"""A person's name and number under the person's own key: the only place that seals and opens them.

The master key of the installation comes from the settings; what wraps keys and what makes indexes are derived from it
and used for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from genmai.directory.roster.models import Person
from genmai.directory.roster.sealing_apart import Apart, Keys, Sealing
from genmai.kernel import secrets
from genmai.kernel.secrets import KeyDestroyed

__all__ = [
    "Clear", "KeyDestroyed", "Sealed", "SealedMember", "index_of_identity", "index_of_phone", "index_of_tail",
    "indexes_of_identities", "masked",
    "open_file",
    "open_identity", "open_person", "open_words", "seal", "seal_file", "seal_member", "seal_more", "seal_numbers", "seal_words",
    "sealing_of_many",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clear:
    """What was sealed, readable. Never kept, logged or sent anywhere but to the one who stated a purpose."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """The columns of a person and of the person's key."""

    name: bytes | None
    phone: bytes | None
    phone_index: bytes | None
    wrapped: bytes


class SealedMember(NamedTuple):
    """The columns of a member whose numbers are known. The name is in clear, on the branch's roll."""

    identity: bytes | None
    identity_index: bytes | None
    phone: bytes | None
    phone_index: bytes | None
    tail_index: bytes | None
    wrapped: bytes


def seal(public_id: UUID, *, name: str, phone: str, person_key: bytes) -> Sealed:
    """Seal both under `person_key` (32 bytes from a strong random source, used for nobody else); empty stays absent."""
    return Sealed(
        name=_seal(name, person_key, "name", public_id),
        phone=_seal(phone, person_key, "phone", public_id),
        phone_index=index_of_phone(phone) if phone else None,
        wrapped=secrets.wrap_key(person_key, _wrapping_key(), aad=public_id.bytes),
    )


def seal_member(public_id: bytes, *, identity: str, phone: str, person_key: bytes) -> SealedMember:
    """Both numbers, in their normalised form, under `person_key`."""
    sealer, master = secrets.Sealer(person_key), settings.GENMAI_MASTER_KEY
    return SealedMember(
        identity=sealer.seal(identity.encode(), purpose="identity", aad=public_id) if identity else None,
        identity_index=_indexer(master, "identity").of_normalised(identity) if identity else None,
        phone=sealer.seal(phone.encode(), purpose="phone", aad=public_id) if phone else None,
        phone_index=_indexer(master, "phone").of_normalised(phone) if phone else None,
        tail_index=_tail(master, phone[-4:]) if phone else None,
        wrapped=secrets.wrap_key(person_key, _wrapping_key(), aad=public_id),
    )


def sealing_of_many(fresh: bytes, *, apart: bool) -> Sealing | Apart:
    """The same for half a million, as text for COPY: in this process, or in one of its own. Close it.

    `fresh`: 32 bytes from a strong random source, used for these people alone and not kept.
    """
    master = settings.GENMAI_MASTER_KEY
    indexing = _derived(master, "directory/identity-index"), _derived(master, "directory/phone-index")
    keys = Keys(_wrapping_key(), *indexing, fresh)
    return Apart(keys) if apart else Sealing(keys)


def seal_numbers(person: Person, *, identity: str = "", phone: str = "") -> tuple[bytes | None, bytes | None]:
    """Identity and phone that became known or changed, under the key the person already has. Raises KeyDestroyed."""
    key = _key_of(person)
    return _seal(identity, key, "identity", person.public_id), _seal(phone, key, "phone", person.public_id)


def open_identity(person: Person) -> str:
    """The citizen's number in clear, "" where none is known. Raises KeyDestroyed after deletion."""
    return _open(person.identity_sealed, _key_of(person), "identity", person.public_id)


def seal_more(person: Person, *, name: str) -> bytes | None:
    """A name that was not known before, under the key the person already has. Raises KeyDestroyed."""
    return _seal(name, _key_of(person), "name", person.public_id)


def open_person(person: Person) -> Clear:
    """Name and number in clear; `person.sealing_key` should be loaded. Raises KeyDestroyed after deletion."""
    key = _key_of(person)
    return Clear(
        name=_open(person.name_sealed, key, "name", person.public_id) or person.display_name,
        phone=_open(person.phone_sealed, key, "phone", person.public_id),
    )


def masked(person: Person) -> Clear:
    """The same with stars (王**, 138****5678), as lists show it; of a forgotten person nothing."""
    try:
        clear = open_person(person)
    except KeyDestroyed:
        return Clear(name="", phone="")
    return Clear(name=person.display_name or secrets.mask_name(clear.name), phone=secrets.mask_phone(clear.phone))


def seal_words(person: Person, *, purpose: str, text: str) -> bytes | None:
    """What is written about a person, under the person's own key; nothing stays nothing. Raises KeyDestroyed."""
    return _seal(text, _key_of(person), purpose, person.public_id)


def open_words(person: Person, *, purpose: str, sealed: bytes | memoryview | None) -> str:
    """What was written about a person; `person.sealing_key` should be loaded. Raises KeyDestroyed after deletion."""
    return _open(sealed, _key_of(person), purpose, person.public_id)


def index_of_phone(phone: str) -> bytes:
    """What a number is matched by, the same however it is written; says nothing without the master key."""
    return secrets.blind_index(phone, _index_key(), kind="phone")


def index_of_identity(identity: str) -> bytes:
    """What a citizen's number is matched by, 15 and 18 digits alike."""
    return secrets.blind_index(
        identity, _derived(settings.GENMAI_MASTER_KEY, "directory/identity-index"), kind="identity"
    )


def indexes_of_identities(identities: Iterable[str]) -> list[bytes]:
    """The same for very many numbers in their normalised form."""
    of = _indexer(settings.GENMAI_MASTER_KEY, "identity").of_normalised
    return [of(one) for one in identities]


def index_of_tail(tail: str) -> bytes:
    """What the last four digits of a phone number are found by: few values, so it serves search and nothing else."""
    return _tail(settings.GENMAI_MASTER_KEY, tail)


@lru_cache(maxsize=10_000)
def _tail(master: bytes, tail: str) -> bytes:
    return secrets.blind_index(tail, _derived(master, "directory/tail-index"), kind="text")


def seal_file(data: bytes, public_id: UUID) -> bytes:
    """A handed-in sheet full of numbers, as it may lie beside the database until it is done with."""
    key = _derived(settings.GENMAI_MASTER_KEY, "directory/files")
    return secrets.Sealer(key).seal(data, purpose="sheet", aad=public_id.bytes)


def open_file(sealed: bytes, public_id: UUID) -> bytes:
    """The sheet again. Raises SealBroken."""
    key = _derived(settings.GENMAI_MASTER_KEY, "directory/files")
    return secrets.open_sealed_bytes(sealed, key, purpose="sheet", aad=public_id.bytes)


def _key_of(person: Person) -> bytes:
    wrapped = person.sealing_key.wrapped
    return secrets.unwrap_key(bytes(wrapped) if wrapped else None, _wrapping_key(), aad=person.public_id.bytes)


def _seal(text: str, key: bytes, purpose: str, public_id: UUID) -> bytes | None:
    return secrets.seal(text, key, purpose=purpose, aad=public_id.bytes) if text else None


def _open(sealed: bytes | memoryview | None, key: bytes, purpose: str, public_id: UUID) -> str:
    return secrets.open_sealed(bytes(sealed), key, purpose=purpose, aad=public_id.bytes) if sealed else ""


def _wrapping_key() -> bytes:
    return _derived(settings.GENMAI_MASTER_KEY, "directory/wrap")


def _index_key() -> bytes:
    return _derived(settings.GENMAI_MASTER_KEY, "directory/phone-index")


@lru_cache(maxsize=4)
def _indexer(master: bytes, kind: secrets.IndexKind) -> secrets.Indexer:
    return secrets.Indexer(_derived(master, f"directory/{kind}-index"), kind)


@lru_cache(maxsize=8)
def _derived(master: bytes, label: str) -> bytes:
    return secrets.derive_key(master, label)
