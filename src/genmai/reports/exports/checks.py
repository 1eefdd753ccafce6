"""Long files handed in to be checked in the background: every write to their rows, and who may read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, Viewer
from genmai.reports.exports import policies
from genmai.reports.exports.limits import limits
from genmai.reports.exports.models import ExportRecord, FileCheck

State = FileCheck.State
OPEN = (State.WAITING, State.RUNNING)


def public_id_of(at: datetime, key: UUID) -> UUID:
    """The id a file handed in under this key has: it is sealed for it before the row is there."""
    return ids.derive(at, key, "file check")


@transaction.atomic
def hand_in(*, actor: Actor, at: datetime, key: UUID, filename: str, code: str, about: int,
            language: str) -> FileCheck:  # fmt: skip
    """A sealed file is there, waiting to be checked; the same key gives the same row.

    Raises NotPermitted for nobody, Refused('checks_waiting') while enough of the same person's wait.
    """
    account_id, _person_id = policies.account_of(actor.viewer)
    known = FileCheck.objects.filter(key=key, account_id=account_id).first()
    if known is not None:
        return known
    check_room(actor.viewer)
    return FileCheck.objects.create(
        public_id=public_id_of(at, key), key=key, state=State.WAITING, account_id=account_id, code=code[:20],
        filename=clean(filename)[:120], at=at, about=about, language=language,
    )  # fmt: skip


def check_room(viewer: Viewer) -> None:
    """Raises Refused('checks_waiting')."""
    account_id, _person_id = policies.account_of(viewer)
    if FileCheck.objects.filter(account_id=account_id, state__in=OPEN).count() >= limits().checks_waiting:
        raise Refused("checks_waiting", "您已经有几份大表在核对，请等它们核对完再传；这份文件没有留下")


def one(viewer: Viewer, *, public_id: UUID) -> FileCheck:
    """One's own. Raises NotFound for another person's, as for none."""
    found = FileCheck.objects.select_related("export__by", "export__organisation").filter(public_id=public_id).first()
    if found is None or viewer.anonymous or found.account_id != viewer.account_id:
        raise NotFound
    return found


def own(viewer: Viewer, *, limit: int = 5) -> list[FileCheck]:
    """What the reader has handed in lately, newest first."""
    if viewer.anonymous or viewer.account_id is None:
        return []
    return list(FileCheck.objects.filter(account_id=viewer.account_id).order_by("-id")[:limit])


def waiting(viewer: Viewer) -> FileCheck | None:
    """The oldest that waits or was left lying, for the worker."""
    return FileCheck.objects.filter(state__in=OPEN).order_by("id").first()


def begin(*, actor: Actor, at: datetime, key: UUID, check: FileCheck) -> None:
    """From the first row."""
    FileCheck.objects.filter(pk=check.pk, state__in=OPEN).update(state=State.RUNNING, done=0)


def tell(*, actor: Actor, at: datetime, key: UUID, check: FileCheck, done: int, about: int) -> None:
    """How far it is."""
    FileCheck.objects.filter(pk=check.pk, state=State.RUNNING).update(done=done, about=about)


def finish(*, actor: Actor, at: datetime, key: UUID, check: FileCheck, export: ExportRecord, verdict: bytes) -> None:
    """What it came to, sealed."""
    FileCheck.objects.filter(pk=check.pk, state__in=OPEN).update(
        state=State.DONE, finished_at=at, export=export, verdict=verdict, done=export.rows, about=export.rows
    )


def fail(*, actor: Actor, at: datetime, key: UUID, check: FileCheck, message: str) -> None:
    """It can't be checked; `message` is for the person."""
    FileCheck.objects.filter(pk=check.pk, state__in=OPEN).update(
        state=State.FAILED, finished_at=at, trouble=message[:300]
    )


def forget(*, actor: Actor, at: datetime, key: UUID) -> int:
    """What was found is thrown away after as many days as an exported file is; how many."""
    before = at - timedelta(days=limits().kept_days)
    return FileCheck.objects.filter(at__lt=before).exclude(state__in=OPEN).delete()[0]


def with_file(viewer: Viewer) -> set[UUID]:
    """For the keeping of files: those whose file is still needed."""
    return set(FileCheck.objects.filter(state__in=OPEN).values_list("public_id", flat=True))
