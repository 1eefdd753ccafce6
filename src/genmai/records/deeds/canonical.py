"""The byte form of a deed under its digest. Versioned: a later form gets a new number, old deeds keep theirs.

Form 1 is the UTF-8 JSON array `["genmai-deed", 1, v1, v2, …]` without spaces, non-ASCII characters as they are, object
keys sorted; the values in the order of COLUMNS:
moments as whole microseconds since 1970-01-01T00:00:00Z; UUIDs as 36 lower-case characters; quantity as decimal text
with four places; null where nothing is. Left out: `id` and `transaction` (given by the database; the seal holds the
one and the place of the other) and `digest` itself. The digest is SM3 (GB/T 32905-2016) of these bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes

FORM = 1
COLUMNS = (
    "public_id",
    "kind",
    "at",
    "recorded_at",
    "key",
    "ordinal",
    "actor_kind",
    "actor_id",
    "actor_organisation_id",
    "organisation_id",
    "path",
    "counterpart_id",
    "person_id",
    "place_id",
    "source_kind",
    "source_id",
    "mechanism",
    "quantity",
    "category",
    "level",
    "milestone",
    "due_at",
    "outcome",
    "reason",
    "subject_id",
    "payload",
    "corrects_id",
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACES = Decimal("0.0001")


def plain(value: Any) -> Any:
    """One column's value as it stands in the array. Raises TypeError for floats: they have no one spelling."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        since = value - _EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    if isinstance(value, Decimal):
        return format(value.quantize(_PLACES), "f")
    if isinstance(value, Mapping):
        _refuse_floats(value)
        return value
    raise TypeError(f"a deed cannot hold {type(value).__name__}")


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a deed's payload cannot hold a float; use text or a column")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)


def encode(values: Sequence[Any]) -> bytes:
    """The bytes of plain values in the order of COLUMNS."""
    row = ["genmai-deed", FORM, *values]
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sm3(data: bytes) -> bytes:
    """The 32 bytes of SM3."""
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()


def digest(values: Sequence[Any]) -> bytes:
    """SM3 of a deed given as raw column values in the order of COLUMNS."""
    return sm3(encode([plain(value) for value in values]))
