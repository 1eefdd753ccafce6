"""Bringing in a sheet of the registry, the same way from the browser, the command line and the background.

The rows that fail are written into a sheet of their own while the sheet is gone through, and lie sealed beside it: who
fetches them fetches a finished file.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import connection, connections
from django.utils import translation
from django.utils.translation import gettext_noop

from genmai.coordination import registry
from genmai.directory.roster import sealing
from genmai.directory.roster.models import RegistryImport
from genmai.directory.roster.registry import uploads
from genmai.directory.roster.registry.definition import definition
from genmai.directory.roster.registry.reading import Table, open_table
from genmai.directory.territory.days import day_of
from genmai.kernel.refusal import NotFound
from genmai.kernel.sheets import FailingRows, SheetRefused
from genmai.kernel.store import Store
from genmai.kernel.viewer import Actor, ActorKind, Granted, Reach, Viewer

State = RegistryImport.State


def store() -> Store:
    """Where handed-in files lie, sealed, until they are done with: not among the attachments, nor in a backup."""
    return Store(settings.GENMAI_DATA / "registry")


def hand_in(*, actor: Actor, at: datetime, key: UUID, kind: str, data: bytes, filename: str) -> RegistryImport:
    """Keep the file sealed and have it checked. Raises NotPermitted."""
    public_id = uploads.public_id_of(at, key)
    stored = store().put(sealing.seal_file(data, public_id))
    return uploads.hand_in(
        actor=actor, at=at, key=key, public_id=public_id, kind=kind, filename=filename, stored=stored,
        language=translation.get_language() or settings.LANGUAGE_CODE,
    )  # fmt: skip


def file_of(upload: RegistryImport) -> BinaryIO:
    """The sheet as it was handed in. Raises NotFound once it was thrown away."""
    try:
        return io.BytesIO(sealing.open_file(store().get(upload.stored), upload.public_id))
    except FileNotFoundError:
        raise NotFound("存下来的文件已经不在，请重新上传") from None


def failing_file(upload: RegistryImport) -> bytes:
    """An xlsx of only the failing rows, their original columns and what is wrong; repaired it is taken as it is.

    Raises NotFound where none failed, or once it was thrown away.
    """
    try:
        return sealing.open_file(_failing_path(upload).read_bytes(), upload.public_id)
    except FileNotFoundError:
        raise NotFound("出错行的表已经不在，请把原来的表重新上传") from None


def throw_away(upload: RegistryImport) -> None:
    """Neither the sheet nor its failing rows are needed any more."""
    store().path(upload.stored).unlink(missing_ok=True)
    _failing_path(upload).unlink(missing_ok=True)


def sweep(before: datetime) -> int:
    """Throw away what has lain since then, whatever became of it; how many files."""
    files = [path for path in store().root.glob("*/*") if path.stat().st_mtime < before.timestamp()]
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)


def _failing_path(upload: RegistryImport) -> Path:
    return store().root / "failing" / str(upload.public_id)


def carry(*, at: datetime, upload: RegistryImport, clock: Callable[[], datetime]) -> RegistryImport:
    """The next step of one upload, to its end: check it, or bring it in. Whatever breaks, it says why and stops."""
    key = upload.public_id
    actor = _actor(upload)
    try:
        (_check if upload.state == State.CHECKING else _bring_in)(actor, at, upload, clock)
    except registry.Cancelled:
        uploads.stopped(actor=actor, at=clock(), key=key, upload=upload)
    except (SheetRefused, NotFound) as refused:
        uploads.fail(actor=actor, at=clock(), key=key, upload=upload, message=str(refused))
    upload.refresh_from_db()
    if upload.state in (State.CANCELLED, State.FAILED):
        throw_away(upload)
    elif upload.state == State.DONE:  # what failed is in a sheet of its own
        store().path(upload.stored).unlink(missing_ok=True)
    return upload


def give_up(*, at: datetime, upload: RegistryImport) -> None:
    """The process that carried it broke again and again: say so and stop, instead of trying for ever."""
    words = gettext_noop("程序处理这份表时几次出错，什么也没有写入；请把表发给系统管理员看看")
    uploads.fail(actor=_actor(upload), at=at, key=upload.public_id, upload=upload, message=words)


def _check(actor: Actor, at: datetime, upload: RegistryImport, clock: Callable[[], datetime]) -> None:
    table = _table(upload, upload.plan.get("chosen"))
    upload.about = table.total
    plan = _plan(table) | {"language": _language(upload)}
    try:
        table.matching.check()
    except SheetRefused as refused:
        plan["refused"] = {"message": refused.message, "params": refused.params}
        _keep_failing(upload, None)
    else:
        plan["kinds"] = _go_through(actor, at, upload, table, dry=True)
    uploads.checked(actor=actor, at=clock(), key=upload.public_id, upload=upload, sheet=table.sheet.name, plan=plan)


def _bring_in(actor: Actor, at: datetime, upload: RegistryImport, clock: Callable[[], datetime]) -> None:
    uploads.begin(upload)
    if upload.state != State.RUNNING:
        return
    table = _table(upload, upload.plan["columns"])
    upload.about = table.total
    upload.plan["kinds"] = _go_through(actor, at, upload, table, dry=False)
    uploads.finish(actor=actor, at=clock(), key=upload.public_id, upload=upload)


def _go_through(
    actor: Actor, at: datetime, upload: RegistryImport, table: Table, *, dry: bool
) -> list[dict[str, object]]:
    """Every row, counted; those that fail kept as a sheet, in the language of who handed theirs in. What is wrong how often."""
    with translation.override(_language(upload)), _telling(upload) as tell:
        failing = FailingRows(table.sheet.header.names, translation.gettext)
        try:
            brought = registry.bring_in_table(
                actor=actor, at=at, key=upload.public_id, table=table, on=day_of(at), dry=dry, progress=tell,
                failing=failing,
            )  # fmt: skip
        finally:
            data = failing.close()
    _keep_failing(upload, data if failing.count else None)
    _count(upload, brought)
    return uploads.shown_kinds(brought.kinds)


def _keep_failing(upload: RegistryImport, data: bytes | None) -> None:
    """In place of what an earlier pass left; whole or not at all."""
    path = _failing_path(upload)
    if data is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(sealing.seal_file(data, upload.public_id))
    part.replace(path)


def _language(upload: RegistryImport) -> str:
    return str(upload.plan.get("language", settings.LANGUAGE_CODE))


def _count(upload: RegistryImport, brought: registry.Brought) -> None:
    upload.done, upload.new, upload.changed = brought.rows, brought.new, brought.changed
    upload.same, upload.failed, upload.problems = brought.same, brought.failed, uploads.shown(brought.problems)


def _table(upload: RegistryImport, columns: Mapping[str, int | None] | None) -> Table:
    kind = definition(upload.kind)
    if columns is not None:  # a field without a column stays without one
        columns = {one.key: columns.get(one.key) for one in kind.kept}
    return open_table(kind, file_of(upload), sheet=upload.sheet, columns=columns)


def _plan(table: Table) -> dict[str, Any]:
    matching = table.matching
    return {
        "columns": matching.columns,
        "sure": {key: match.confidence for key, match in matching.found.items()},
        "headers": list(matching.headers),
        "sheets": list(table.sheets),
    }


@contextmanager
def _telling(upload: RegistryImport) -> Iterator[registry.Progress]:
    """How far it is, written on a connection of its own: the import's transaction shows nothing until its end.

    Within a transaction of somebody else's nobody could read it, nor could the row be seen: then nothing is told.
    """
    if connection.in_atomic_block:
        yield lambda done, about, so_far: True
        return
    side = connections.create_connection("default")

    def tell(done: int, about: int, so_far: registry.Brought) -> bool:
        with side.cursor() as cursor:
            cursor.execute(
                _TELL, [done, max(done, about), so_far.new, so_far.changed, so_far.same, so_far.failed, upload.pk]
            )
            row = cursor.fetchone()
        return row is not None and not row[0] and row[1] != State.CANCELLED

    try:
        yield tell
    finally:
        side.close()


_TELL = (
    "UPDATE roster_registryimport SET done = %s, about = %s, new = %s, changed = %s, same = %s, failed = %s "
    "WHERE id = %s RETURNING stop_asked, state"
)


def _actor(upload: RegistryImport) -> Actor:
    """Who handed it in, with the reach it was handed in with."""
    if upload.whole:
        return Actor.system("registry import")
    reach = frozenset((Reach.CAPTURE,))
    grants = tuple(Granted("", frozenset(("registry:import",)), head, reach, "party") for head in upload.heads)
    return Actor(ActorKind.STAFF, Viewer(person_id=upload.by_id, grants=grants))
