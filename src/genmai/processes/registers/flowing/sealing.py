"""A residents' list under a key of its own: sealed in parts, opened in memory, gone when the key is destroyed.

A row's numbers are sealed with it, their blind indexes too: beside the sealed bytes nothing of a row is stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from genmai.kernel import secrets
from genmai.kernel.secrets import KeyDestroyed
from genmai.processes.registers.models import ListPart, ResidentList

__all__ = ["IN_PART", "KeyDestroyed", "Resident", "one_row", "parts_of", "rows_of", "seal_rows", "wrap"]
IN_PART = 100


@dataclass(frozen=True, slots=True)
class Resident:
    """One row of a list. Indexes are hexadecimal; the identity number itself is never kept."""

    name: str
    phone: str = ""
    born: date | None = None
    sex: str = ""
    phone_index: str = ""
    identity_index: str = ""
    place: str = ""
    host_id: int | None = None  # the community the row names


def wrap(public_id: UUID, key: bytes) -> bytes:
    """The list's key as it is stored."""
    return secrets.wrap_key(key, _wrapping_key(), aad=public_id.bytes)


def seal_rows(public_id: UUID, key: bytes, rows: Sequence[Resident]) -> Iterator[tuple[int, bytes]]:
    """Parts of IN_PART rows with their numbers."""
    for number, start in enumerate(range(0, len(rows), IN_PART)):
        plain = json.dumps([_plain(row) for row in rows[start : start + IN_PART]], ensure_ascii=False)
        yield number, secrets.seal(plain, key, purpose="residents", aad=_aad(public_id, number))


def rows_of(residents: ResidentList) -> Iterator[tuple[int, Resident]]:
    """Every row with its number. Raises KeyDestroyed."""
    key = _key_of(residents)
    for part in ListPart.objects.filter(residents=residents).order_by("number").iterator():
        for at, row in enumerate(_open(residents, key, part)):
            yield part.number * IN_PART + at, row


def one_row(residents: ResidentList, number: int) -> Resident:
    """One row. Raises KeyDestroyed, LookupError where there is no such row."""
    key = _key_of(residents)
    part = ListPart.objects.filter(residents=residents, number=number // IN_PART).first()
    if part is None:
        raise LookupError(number)
    return _open(residents, key, part)[number % IN_PART]


def _key_of(residents: ResidentList) -> bytes:
    wrapped = bytes(residents.wrapped) if residents.wrapped else None
    return secrets.unwrap_key(wrapped, _wrapping_key(), aad=residents.public_id.bytes)


def _open(residents: ResidentList, key: bytes, part: ListPart) -> list[Resident]:
    aad = _aad(residents.public_id, part.number)
    plain = json.loads(secrets.open_sealed(bytes(part.sealed), key, purpose="residents", aad=aad))
    return [_row(values) for values in plain]


def _plain(row: Resident) -> list[object]:
    born = row.born.isoformat() if row.born else ""
    return [row.name, row.phone, born, row.sex, row.phone_index, row.identity_index, row.place, row.host_id]


def _row(values: list[object]) -> Resident:
    name, phone, born, sex, phone_index, identity_index, place, host_id = values
    day = date.fromisoformat(str(born)) if born else None
    host = int(str(host_id)) if host_id is not None else None
    return Resident(str(name), str(phone), day, str(sex), str(phone_index), str(identity_index), str(place), host)


def _aad(public_id: UUID, number: int) -> bytes:
    return public_id.bytes + number.to_bytes(4, "big")


def _wrapping_key() -> bytes:
    return _derived(settings.GENMAI_MASTER_KEY)


@lru_cache(maxsize=4)
def _derived(master: bytes) -> bytes:
    return secrets.derive_key(master, "registers/residents-wrap")


def parts_of(wanted: Sequence[tuple[ResidentList, int]]) -> Mapping[tuple[int, int], list[Resident]]:
    """The parts asked for, by list and number, one query for all; those of a destroyed list are left out."""
    lists = {residents.pk: residents for residents, _number in wanted if residents.wrapped}
    numbers = {number for _residents, number in wanted}
    asked = {(residents.pk, number) for residents, number in wanted}
    keys = {pk: _key_of(residents) for pk, residents in lists.items()}
    rows = ListPart.objects.filter(residents__in=lists, number__in=numbers)
    return {
        (part.residents_id, part.number): _open(lists[part.residents_id], keys[part.residents_id], part)
        for part in rows
        if (part.residents_id, part.number) in asked
    }
