"""Checking the record against its seals: what was changed, taken away or put in, named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any
from uuid import UUID

from genmai.kernel.viewer import Viewer
from genmai.records.deeds import canonical
from genmai.records.deeds.models import Deed
from genmai.records.seals import repair, tree
from genmai.records.seals.commands import chain_of
from genmai.records.seals.models import Seal


class Fault(StrEnum):
    CHANGED = "changed"  # the row is not what was sealed (or, unsealed, not what its digest says)
    MISSING = "missing"  # sealed, and gone
    INSERTED = "inserted"  # put into an interval after it was sealed
    SEAL = "seal"  # the seal itself was changed, or one is gone


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was recorded. `column`: which one was changed, where that can be told."""

    fault: Fault
    seal_number: int | None
    deed_id: int | None = None
    public_id: UUID | None = None
    kind: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked, and what was found, first in the order of commit first."""

    seals: int
    deeds: int
    unsealed: int
    head: bytes  # the last seal's chain value: written down elsewhere, it also shows seals cut off at the end
    findings: list[Finding] = field(default_factory=list)


def verify(viewer: Viewer, *, limit: int = 50) -> Verification:
    """Recompute every deed's digest from its row and every seal from its leaves; at most `limit` findings.

    Tells nothing of what a deed says but its public id and kind, so it asks for no scope.
    """
    seals = deeds = unsealed = 0
    head, last = tree.NOTHING, -1
    found: list[Finding] = []
    for seal in Seal.objects.order_by("number").iterator(chunk_size=8):
        seals += 1
        deeds += seal.count
        if len(found) < limit:
            found += islice(_check_seal(seal, number=seals, previous=head), limit - len(found))
        head, last = bytes(seal.chain), seal.last_transaction
    for row in _rows(last + 1, None):
        unsealed += 1
        if len(found) < limit and canonical.digest(row[_VALUES]) != bytes(row[1]):
            found.append(_changed(row[0], bytes(row[1]), None))
    return Verification(seals, deeds + unsealed, unsealed, head, found)


def _check_seal(seal: Seal, *, number: int, previous: bytes) -> Iterator[Finding]:
    leaves = bytes(seal.leaves)
    whole = (
        seal.number == number
        and bytes(seal.previous) == previous
        and len(leaves) == seal.count * tree.ENTRY
        and tree.root(leaves) == bytes(seal.root)
        and chain_of(seal) == bytes(seal.chain)
    )
    if not whole:
        yield Finding(Fault.SEAL, seal.number)
    sealed = dict(tree.unpack(leaves))
    for row in _rows(seal.first_transaction, seal.last_transaction):
        expected = sealed.pop(row[0], None)
        if expected is None:
            deed = Deed.objects.get(pk=row[0])
            yield Finding(Fault.INSERTED, seal.number, deed.pk, deed.public_id, deed.kind)
        elif bytes(row[1]) != expected or canonical.digest(row[_VALUES]) != expected:
            yield _changed(row[0], expected, seal.number)
    yield from _gone(sealed, seal.number)


def _gone(sealed: dict[int, bytes], seal_number: int) -> Iterator[Finding]:
    """Leaves without a row in their interval: removed, or moved out of it by a changed transaction."""
    moved = Deed.objects.in_bulk(list(sealed))
    for deed_id in sealed:
        if deed := moved.get(deed_id):
            yield Finding(Fault.CHANGED, seal_number, deed_id, deed.public_id, deed.kind, "transaction")
        else:
            yield Finding(Fault.MISSING, seal_number, deed_id)


def _changed(deed_id: int, expected: bytes, seal_number: int | None) -> Finding:
    deed = Deed.objects.get(pk=deed_id)
    whole = canonical.digest([getattr(deed, name) for name in canonical.COLUMNS]) == expected
    column = "digest" if whole else repair.changed_column(deed, expected)
    return Finding(Fault.CHANGED, seal_number, deed.pk, deed.public_id, deed.kind, column)


_VALUES = slice(2, None)  # of a row: id, digest, then the columns under the digest


def _rows(first: int, last: int | None) -> Iterator[tuple[Any, ...]]:
    """Plain rows, since making an object of each would be half the work of a long check."""
    rows = Deed.objects.filter(transaction__gte=first)
    if last is not None:
        rows = rows.filter(transaction__lte=last)
    ordered = rows.order_by("transaction", "id").values_list("id", "digest", *canonical.COLUMNS)
    yield from ordered.iterator(chunk_size=2000)
