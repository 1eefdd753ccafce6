"""Sealing: everything that was committed since the last seal, in one tree, chained to the last."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from genmai.records.deeds.models import Deed
from genmai.records.seals import tree
from genmai.records.seals.models import Seal

_LOCK = 0x5EA1  # one sealer at a time
_SETTLED = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


@transaction.atomic
def seal(*, at: datetime) -> Seal | None:
    """Seal the deeds of all transactions that have ended since the last seal; None when there are none.

    A transaction still running holds back itself and those after it, to the next seal: an interval is never added to.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_SETTLED)
        settled: int = cursor.fetchone()[0]
    last = Seal.objects.order_by("-number").defer("leaves").first()
    first = last.last_transaction + 1 if last else 0
    entries = _entries(first, settled - 1)
    if not entries:
        return None
    leaves = tree.pack(entries)
    made = Seal(
        number=last.number + 1 if last else 1,
        sealed_at=at,
        first_transaction=first,
        last_transaction=settled - 1,
        count=len(entries),
        leaves=leaves,
        root=tree.root(leaves),
        previous=bytes(last.chain) if last else tree.NOTHING,
    )
    made.chain = chain_of(made)
    made.save(force_insert=True)
    return made


def chain_of(made: Seal) -> bytes:
    """The chain value that belongs to what a seal says."""
    return tree.chain(
        bytes(made.previous),
        bytes(made.root),
        number=made.number,
        count=made.count,
        first=made.first_transaction,
        last=made.last_transaction,
        sealed_at=made.sealed_at,
    )


def _entries(first: int, last: int) -> list[tuple[int, bytes]]:
    rows = Deed.objects.filter(transaction__gte=first, transaction__lte=last).order_by("transaction", "id")
    return [(deed_id, bytes(digest)) for deed_id, digest in rows.values_list("id", "digest")]
