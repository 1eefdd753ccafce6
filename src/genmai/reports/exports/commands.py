"""Every write about exports: asked, begun, carried on, finished, given up, thrown away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from genmai.directory.access.commands import record_looks
from genmai.kernel import ids
from genmai.kernel.refusal import Changed
from genmai.kernel.viewer import Actor
from genmai.processes.cases import mechanism
from genmai.records.deeds.commands import NewDeed, record
from genmai.reports.exports import deeds, policies
from genmai.reports.exports.digests import code_of, key_of
from genmai.reports.exports.limits import limits
from genmai.reports.exports.models import DigestBlock, ExportRecord
from genmai.reports.exports.shape import Export, Said

State = ExportRecord.State
OPEN = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Request:
    """What somebody asks to have exported."""

    query: str
    said: Said
    filters: str
    scope: str
    expected: int
    language: str
    purpose: str = ""


@transaction.atomic
def ask(*, actor: Actor, at: datetime, key: UUID, export: Export, request: Request) -> ExportRecord:
    """Ask for an export; the same key gives the same one. Raises NotPermitted, BadInput."""
    viewer = actor.viewer
    policies.check_export(viewer, export, purpose=request.purpose)
    policies.check_size(request.expected)
    account_id, person_id = policies.account_of(viewer)
    known = ExportRecord.objects.filter(key=key, account_id=account_id).first()
    if known is not None:
        return known
    public_id = ids.derive(at, key, "export")
    return ExportRecord.objects.create(
        public_id=public_id,
        key=key,
        code=code_of(key_of(settings.GENMAI_MASTER_KEY, public_id)),
        state=State.QUEUED,
        what=export.key,
        query=request.query[:2000],
        title=request.said.title[:200],
        scope=request.scope[:500],
        filters=request.filters[:1000],
        language=request.language,
        purpose=request.purpose.strip()[:200],
        account_id=account_id,
        by_id=person_id,
        organisation_id=viewer.organisation_id,
        asked_at=at,
        expected=request.expected,
    )


@transaction.atomic
def begin(
    *, actor: Actor, at: datetime, key: UUID, export: ExportRecord, layout: Mapping[str, object], facts_until: datetime
) -> ExportRecord:
    """From the first row; what an interrupted try kept is thrown away. Raises Changed when it was cancelled."""
    open_ = ExportRecord.objects.select_for_update().filter(pk=export.pk, state__in=OPEN).first()
    if open_ is None:
        raise Changed("export_ended", "这次导出已经结束或取消了")
    DigestBlock.objects.filter(export=open_).delete()
    open_.state, open_.rows, open_.layout = State.RUNNING, 0, dict(layout)
    open_.as_of, open_.facts_until, open_.touched_at = at, facts_until, at
    open_.save(update_fields=["state", "rows", "layout", "as_of", "facts_until", "touched_at"])
    return open_


@transaction.atomic
def keep(*, actor: Actor, at: datetime, key: UUID, export: ExportRecord, ordinal: int, rows: int, block: bytes) -> None:
    """Keep the digests of the next rows and tell how far it is. Raises Changed when it was cancelled meanwhile."""
    running = ExportRecord.objects.filter(pk=export.pk, state=State.RUNNING, as_of=export.as_of)
    if not running.update(rows=rows, touched_at=at):
        raise Changed("export_ended", "这次导出已经结束或取消了")
    DigestBlock.objects.create(export=export, ordinal=ordinal, rows=rows - ordinal * limits().block_rows, digests=block)


@transaction.atomic
def finish(
    *, actor: Actor, at: datetime, key: UUID, export: ExportRecord, size: int, persons: Iterable[int] = ()
) -> ExportRecord:
    """The file is there: its record is closed, a deed says so, looks are logged where personal data are in it."""
    done = ExportRecord.objects.select_for_update().filter(pk=export.pk, state=State.RUNNING).first()
    if done is None:
        raise Changed("export_ended", "这次导出已经结束或取消了")
    record_looks(
        actor=actor, at=at, key=key, person_ids=persons, fields="export:masked", purpose=done.purpose, source=done.code
    )
    done.state, done.finished_at, done.size = State.DONE, at, size
    done.expires_at = at + timedelta(days=limits().kept_days)
    done.root = root_of(done)
    done.save(update_fields=["state", "finished_at", "size", "expires_at", "root"])
    made = NewDeed(
        kind=deeds.MADE.name,
        source_kind="export",
        source_id=done.public_id,
        mechanism=mechanism.loop(),
        quantity=done.rows,
        outcome=done.what[:24],
        payload=deeds.Exported(code=done.code, root=done.root.hex()),
    )
    record(actor=actor, at=at, key=ids.subkey(done.key, "made"), deeds=[made])
    return done


def root_of(export: ExportRecord) -> bytes:
    """Over layout and digests: 32 bytes that stand in the sealed deed."""
    digest = hashlib.blake2b(digest_size=32)
    digest.update(json.dumps(export.layout, ensure_ascii=False, sort_keys=True).encode())
    for block in DigestBlock.objects.filter(export=export).order_by("ordinal").iterator(chunk_size=20):
        digest.update(bytes(block.digests))
    return digest.digest()


@transaction.atomic
def cancel(*, actor: Actor, at: datetime, key: UUID, export: ExportRecord) -> ExportRecord:
    """By whoever asked; one that has ended stays as it is. Raises NotFound."""
    policies.check_own(actor.viewer, export)
    if ExportRecord.objects.filter(pk=export.pk, state__in=OPEN).update(state=State.CANCELLED, finished_at=at):
        DigestBlock.objects.filter(export=export).delete()
    return ExportRecord.objects.get(pk=export.pk)


@transaction.atomic
def fail(*, actor: Actor, at: datetime, key: UUID, export: ExportRecord, message: str) -> ExportRecord:
    """It can't be made; `message` is for the person."""
    ended: dict[str, Any] = {"state": State.FAILED, "finished_at": at, "trouble": message[:300]}
    if ExportRecord.objects.filter(pk=export.pk, state__in=OPEN).update(**ended):
        DigestBlock.objects.filter(export=export).delete()
    return ExportRecord.objects.get(pk=export.pk)


def expire(*, actor: Actor, at: datetime, key: UUID, limit: int = 500) -> list[UUID]:
    """Records whose file has had its days; gives their public ids, for who removes the files."""
    due = ExportRecord.objects.filter(state=State.DONE, expires_at__lte=at).order_by("expires_at")
    found = dict(due.values_list("pk", "public_id")[:limit])
    ExportRecord.objects.filter(Q(pk__in=found), state=State.DONE).update(state=State.EXPIRED)
    return list(found.values())
