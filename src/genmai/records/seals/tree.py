"""Merkle tree over SM3, after RFC 6962 §2.1: leaves and nodes hashed apart, so that no node can pass for a leaf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from genmai.records.deeds.canonical import plain, sm3

ENTRY = 8 + 32  # one leaf as kept: the deed's id, its digest
NOTHING = bytes(32)


def pack(entries: Iterable[tuple[int, bytes]]) -> bytes:
    """Leaves as they are kept in a seal."""
    return b"".join(deed_id.to_bytes(8, "big") + digest for deed_id, digest in entries)


def unpack(leaves: bytes) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(leaves) - ENTRY + 1, ENTRY):
        yield int.from_bytes(leaves[start : start + 8], "big"), leaves[start + 8 : start + ENTRY]


def root(leaves: bytes) -> bytes:
    """The root over kept leaves; a lone node goes up unchanged. NOTHING over none."""
    row: Sequence[bytes] = [sm3(b"\x00" + leaves[at : at + ENTRY]) for at in range(0, len(leaves), ENTRY)]
    while len(row) > 1:
        paired = [sm3(b"\x01" + row[at] + row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = [*paired, row[-1]] if len(row) % 2 else paired
    return row[0] if row else NOTHING


def chain(previous: bytes, top: bytes, *, number: int, count: int, first: int, last: int, sealed_at: datetime) -> bytes:
    """What ties a seal to the one before: everything a seal says goes in."""
    numbers = (number, count, first, last, plain(sealed_at))
    return sm3(b"\x02" + previous + top + b"".join(value.to_bytes(8, "big") for value in numbers))
