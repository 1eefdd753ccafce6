"""Writing deeds: one multi-row insert a command, in the command's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from psycopg.types.json import Jsonb
from pydantic import BaseModel

from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotFound
from genmai.kernel.viewer import Actor
from genmai.records.deeds import canonical, kinds
from genmai.records.deeds.models import Cursor, Deed
from genmai.records.deeds.queries import Position


@dataclass(frozen=True, slots=True)
class NewDeed:
    """What a command asks to have recorded. Columns as in `models.Deed`; `happened_at` empty means "just now"."""

    kind: str
    source_kind: str
    source_id: UUID
    mechanism: str
    happened_at: datetime | None = None
    organisation_id: int | None = None
    path: str = ""
    counterpart_id: int | None = None
    person_id: int | None = None
    place_id: int | None = None
    quantity: Decimal | int | None = None
    category: str = ""
    level: int | None = None
    milestone: str = ""
    due_at: datetime | None = None
    outcome: str = ""
    reason: str = ""
    subject_id: UUID | None = None
    payload: Mapping[str, Any] | BaseModel = field(default_factory=dict)
    corrects_id: int | None = None


_WRITTEN = (*canonical.COLUMNS, "digest")
_INSERT = f"INSERT INTO deeds_deed ({', '.join(_WRITTEN)}) VALUES "  # noqa: S608  column names of our own
_ROW = f"({', '.join(['%s'] * len(_WRITTEN))})"
_PAYLOAD = canonical.COLUMNS.index("payload")


def record(*, actor: Actor, at: datetime, key: UUID, deeds: Sequence[NewDeed], start: int = 0) -> list[Deed]:
    """Write deeds in order, numbered from `start` within the command's key.

    Raises Refused for an unknown kind or payload key, Changed('already_recorded') when this key wrote them before
    (ask `queries.of_key` first); nothing is written then.
    """
    if not deeds:
        return []
    rows = [_values(new, actor, at, key, start + index) for index, new in enumerate(deeds)]
    params: list[Any] = []
    for row in rows:
        params += row[:_PAYLOAD]
        params.append(Jsonb(row[_PAYLOAD]))
        params += row[_PAYLOAD + 1 :]
    try:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT + ", ".join([_ROW] * len(rows)) + " RETURNING id, transaction::text::bigint", params)
            given = cursor.fetchall()
    except IntegrityError as wrong:
        if "deed_key_once" in str(wrong) or "public_id" in str(wrong):
            raise Changed("already_recorded", "这一步刚才已经办过，没有重复记录；请刷新页面看结果") from wrong
        raise
    # PostgreSQL returns the rows of one INSERT … VALUES in their order.
    return [_deed(row, *ids_) for row, ids_ in zip(rows, given, strict=True)]


def correct(*, actor: Actor, at: datetime, key: UUID, deed: Deed, by: NewDeed | None, start: int = 0) -> Deed:
    """Correct a deed by a later one: `by` takes its place, None strikes it. The first stays as it was.

    Raises Changed('already_corrected') when it was corrected before: correct the correction instead.
    """
    if deed.pk is None:
        raise NotFound
    if Deed.objects.filter(corrects_id=deed.pk).exists():
        raise Changed("already_corrected", "这条记录已经更正过；要再改，请更正那条更正")
    chosen = by or NewDeed(
        kind=kinds.STRUCK.name,
        source_kind=deed.source_kind,
        source_id=deed.source_id,
        mechanism=deed.mechanism,
        happened_at=deed.at,
        organisation_id=deed.organisation_id,
        path=deed.path,
    )
    if chosen.corrects_id not in (None, deed.pk):
        raise BadInput("wrong_correction", "更正指向了另一条记录", field="corrects_id")
    values = {name: getattr(chosen, name) for name in NewDeed.__slots__}
    return record(actor=actor, at=at, key=key, deeds=[NewDeed(**{**values, "corrects_id": deed.pk})], start=start)[0]


def advance(*, consumer: str, to: Position) -> None:
    """Remember how far a consumer has walked; in the same transaction as what it did with the deeds."""
    Cursor.objects.update_or_create(name=consumer, defaults={"transaction": to.transaction, "deed_id": to.deed_id})


def _values(new: NewDeed, actor: Actor, at: datetime, key: UUID, ordinal: int) -> list[Any]:
    """The row in the order of _WRITTEN, its digest last."""
    values: list[Any] = [
        ids.derive(at, key, "deed", ordinal),
        new.kind,
        new.happened_at or at,
        at,
        key,
        ordinal,
        str(actor.kind),
        actor.person_id,
        actor.organisation_id,
        new.organisation_id,
        new.path,
        new.counterpart_id,
        new.person_id,
        new.place_id,
        new.source_kind,
        new.source_id,
        new.mechanism,
        Decimal(new.quantity) if new.quantity is not None else None,
        new.category,
        new.level,
        new.milestone,
        new.due_at,
        new.outcome,
        new.reason,
        new.subject_id,
        kinds.check(new.kind, new.payload),
        new.corrects_id,
    ]
    values.append(canonical.digest(values))
    return values


def _deed(row: list[Any], pk: int, transaction: int) -> Deed:
    return Deed(id=pk, transaction=transaction, **dict(zip(_WRITTEN, row, strict=True)))
