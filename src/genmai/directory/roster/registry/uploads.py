"""What becomes of a handed-in sheet of the registry: every write to its row. The rows of the sheet are taken in elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from genmai.directory.roster.models import RegistryImport, Tree
from genmai.directory.roster.registry import policies
from genmai.kernel import ids
from genmai.kernel.refusal import Changed, NotFound, Refused
from genmai.kernel.sheets import PROBLEMS, Problem
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, Reach, Viewer

State = RegistryImport.State
WAITING = (State.CHECKING, State.QUEUED, State.RUNNING)
ENDED = (State.DONE, State.CANCELLED, State.FAILED)
SHOWN = 100  # problems kept for the page; the file of failing rows has all
KINDS_SHOWN = 12


def hand_in(
    *, actor: Actor, at: datetime, key: UUID, public_id: UUID, kind: str, filename: str, stored: str, language: str
) -> RegistryImport:
    """A file is there, waiting to be checked; what is wrong with its rows will be said in `language`.

    The same key again gives the same row. Raises NotPermitted.
    """
    policies.check_import(actor)
    heads = policies.scope(actor)
    return RegistryImport.objects.get_or_create(
        public_id=public_id,
        defaults={
            "state": State.CHECKING, "kind": kind, "filename": clean(filename)[:120], "stored": stored,
            "by_id": actor.person_id, "heads": list(heads or ()), "whole": heads is None, "at": at,
            "plan": {"language": language},
        },
    )[0]  # fmt: skip


def public_id_of(at: datetime, key: UUID) -> UUID:
    """The id a file handed in under this key has: it is sealed for it before the row is there."""
    return ids.derive(at, key, "registry")


def visible(viewer: Viewer) -> QuerySet[RegistryImport]:
    """Those whose rows may only touch what the viewer has; newest first."""
    paths = viewer.paths(policies.PERMISSION, Reach.CAPTURE, tree=Tree.PARTY)
    found = RegistryImport.objects.order_by("-id")
    if not paths:
        return found.none()
    recent = list(found.values_list("pk", "heads", "whole", "by_id")[:500])
    own = [
        pk for pk, heads, whole, by in recent
        if by == viewer.person_id or (not whole and heads and all(head.startswith(paths) for head in heads))
    ]  # fmt: skip
    return found.filter(pk__in=own)


def one(viewer: Viewer, public_id: UUID) -> RegistryImport:
    """Raises NotFound outside the viewer's scope, as if it were not there."""
    upload = visible(viewer).filter(public_id=public_id).first()
    if upload is None:
        raise NotFound()
    return upload


def version_of(upload: RegistryImport) -> str:
    """Changes with sheet and columns: a confirmation says which it saw."""
    return ids.key_of(upload.sheet, json.dumps(upload.plan, sort_keys=True, ensure_ascii=False)).hex


def checked(
    *, actor: Actor, at: datetime, key: UUID, upload: RegistryImport, sheet: str, plan: Mapping[str, Any]
) -> None:
    """The dry run has gone through; its counts stand in `upload` already. Not if it was cancelled meanwhile."""
    _save(upload, State.CHECKED, (State.CHECKING,), sheet=sheet[:80], plan=dict(plan))


def check_again(*, actor: Actor, at: datetime, key: UUID, upload: UUID, sheet: str, columns: Mapping[str, int | None] | None,
                seen: str = "") -> RegistryImport:  # fmt: skip
    """Another sheet or other columns of the same file; read anew in the background. Raises Changed once it was started."""
    with transaction.atomic():
        kept = _locked(actor, upload)
        if kept.state != State.CHECKED:
            raise Changed("import_started", "这次导入已经开始或停下，不能再改列；请看最新情况")
        if seen and seen != version_of(kept):
            raise Changed("import_changed", "刚才有别人改了列的对应，请看最新情况再改")
        kept.plan = {**kept.plan, "chosen": None if columns is None else dict(columns)}
        kept.sheet, kept.state, kept.done = sheet[:80], State.CHECKING, 0
        kept.save(update_fields=["plan", "sheet", "state", "done"])
    return kept


def confirm(*, actor: Actor, at: datetime, key: UUID, upload: UUID, seen: str = "") -> RegistryImport:
    """The dry run is accepted: the import waits for the background; again changes nothing.

    Raises Refused('import_ended'), Refused('import_columns') while a needed column is missing, Changed.
    """
    with transaction.atomic():
        kept = _locked(actor, upload)
        if kept.state in (State.CANCELLED, State.FAILED):
            raise Refused("import_ended", "这次导入已经停下，请重新上传文件")
        if kept.state != State.CHECKED:
            return kept
        if seen and seen != version_of(kept):
            raise Changed("import_changed", "刚才有别人改了列的对应，请看最新情况再改")
        if kept.plan.get("refused"):
            raise Refused("import_columns", "还有必需的列没有找到，请先指明各列对应")
        kept.state, kept.done = State.QUEUED, 0
        kept.save(update_fields=["state", "done"])
    return kept


def cancel(*, actor: Actor, at: datetime, key: UUID, upload: UUID) -> RegistryImport:
    """Stop it. Under way it stops at the next slice; nothing of it stays."""
    with transaction.atomic():
        kept = _locked(actor, upload)
        if kept.state == State.RUNNING:
            kept.stop_asked = True
        elif kept.state not in ENDED:
            kept.state, kept.finished_at = State.CANCELLED, at
        kept.save(update_fields=["state", "finished_at", "stop_asked"])
    return kept


def begin(upload: RegistryImport) -> None:
    """Before the first row of the real run."""
    _save(upload, State.RUNNING, (State.QUEUED, State.RUNNING), done=0)


def finish(*, actor: Actor, at: datetime, key: UUID, upload: RegistryImport) -> None:
    """It is in; the counts stand in `upload` already."""
    _save(upload, State.DONE, (State.RUNNING,), finished_at=at, plan=upload.plan)


def stopped(*, actor: Actor, at: datetime, key: UUID, upload: RegistryImport) -> None:
    """It was stopped under way; nothing of it stays."""
    _save(upload, State.CANCELLED, WAITING, finished_at=at)


def fail(*, actor: Actor, at: datetime, key: UUID, upload: RegistryImport, message: str) -> None:
    """It can't be taken; nothing of it stays."""
    upload.problems = [{"row": 0, "column": "", "column_name": "", "shown": "", "code": "failed", "message": message, "allowed": ""}]  # fmt: skip
    _save(upload, State.FAILED, WAITING, finished_at=at)


def shown(problems: Sequence[Problem]) -> list[dict[str, object]]:
    """The first problems of the sheet as the row keeps them."""
    names = ("row", "column", "column_name", "shown", "code", "message", "allowed")
    return [
        {name: getattr(problem, name) for name in names}
        for problem in sorted(problems, key=lambda one: one.row)[:SHOWN]
    ]


def shown_kinds(kinds: Iterable[tuple[str, str, str, int]]) -> list[dict[str, object]]:
    """What is wrong most often, the same way: one column named wrongly shows at once."""
    return [
        {
            "column": column,
            "column_name": name,
            "message": PROBLEMS[code],
            "allowed": "",
            "row": 0,
            "shown": "",
            "count": n,
        }
        for column, name, code, n in islice(kinds, KINDS_SHOWN)
    ]


_COUNTS = ("about", "done", "new", "changed", "same", "failed", "problems")


def _save(upload: RegistryImport, state: str, expected: Sequence[str], **values: object) -> None:
    """Only from an expected state: somebody may have cancelled meanwhile."""
    values |= {name: getattr(upload, name) for name in _COUNTS}
    RegistryImport.objects.filter(pk=upload.pk, state__in=expected).update(state=state, **values)
    upload.refresh_from_db()


def _locked(actor: Actor, public_id: UUID) -> RegistryImport:
    """Raises NotFound outside the scope."""
    kept = one(actor.viewer, public_id)
    return RegistryImport.objects.select_for_update().get(pk=kept.pk)
