"""Bringing in a sheet of the registry, the same way from the browser, the command line and the background."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import connection, connections
from django.utils.translation import gettext_noop

from genmai.coordination import registry
from genmai.directory.roster import sealing
from genmai.directory.roster.models import RegistryImport
from genmai.directory.roster.registry import uploads
from genmai.directory.roster.registry.definition import definition
from genmai.directory.roster.registry.reading import Table, open_table
from genmai.directory.territory.days import day_of
from genmai.kernel.refusal import NotFound
from genmai.kernel.sheets import Row, SheetRefused, failing_rows_file
from genmai.kernel.store import Store
from genmai.kernel.viewer import Actor, ActorKind, Granted, Reach, Viewer
from genmai.kernel.walled import house

State = RegistryImport.State


def store() -> Store:
    """Where handed-in files lie, sealed, until they are done with."""
    return Store(settings.MEDIA_ROOT)


def hand_in(*, actor: Actor, at: datetime, key: UUID, kind: str, data: bytes, filename: str) -> RegistryImport:
    """Keep the file sealed and have it checked. Raises NotPermitted."""
    public_id = uploads.public_id_of(at, key)
    stored = store().put(sealing.seal_file(data, public_id))
    return uploads.hand_in(
        actor=actor, at=at, key=key, public_id=public_id, kind=kind, filename=filename, stored=stored
    )


def file_of(upload: RegistryImport) -> BinaryIO:
    """The sheet as it was handed in. Raises NotFound once it was thrown away."""
    try:
        return io.BytesIO(sealing.open_file(store().get(upload.stored), upload.public_id))
    except FileNotFoundError:
        raise NotFound("存下来的文件已经不在，请重新上传") from None


def throw_away(upload: RegistryImport) -> None:
    """The file is not needed any more."""
    store().path(upload.stored).unlink(missing_ok=True)


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
    if upload.state == State.CANCELLED or (upload.state == State.DONE and not upload.failed):
        throw_away(upload)
    return upload


def give_up(*, at: datetime, upload: RegistryImport) -> None:
    """The process that carried it broke again and again: say so and stop, instead of trying for ever."""
    words = gettext_noop("程序处理这份表时几次出错，什么也没有写入；请把表发给系统管理员看看")
    uploads.fail(actor=_actor(upload), at=at, key=upload.public_id, upload=upload, message=words)


def _check(actor: Actor, at: datetime, upload: RegistryImport, clock: Callable[[], datetime]) -> None:
    table = _table(upload, upload.plan.get("chosen"))
    upload.about = table.total
    plan = _plan(table)
    try:
        table.matching.check()
    except SheetRefused as refused:
        plan["refused"] = {"message": refused.message, "params": refused.params}
    else:
        with _telling(upload) as tell:
            brought = registry.bring_in_table(
                actor=actor, at=at, key=upload.public_id, table=table, on=day_of(at), dry=True, progress=tell
            )
        _count(upload, brought)
    uploads.checked(actor=actor, at=clock(), key=upload.public_id, upload=upload, sheet=table.sheet.name, plan=plan)


def _bring_in(actor: Actor, at: datetime, upload: RegistryImport, clock: Callable[[], datetime]) -> None:
    uploads.begin(upload)
    if upload.state != State.RUNNING:
        return
    table = _table(upload, upload.plan["columns"])
    upload.about = table.total
    with _telling(upload) as tell:
        brought = registry.bring_in_table(
            actor=actor, at=at, key=upload.public_id, table=table, on=day_of(at), progress=tell
        )
    _count(upload, brought)
    uploads.finish(actor=actor, at=clock(), key=upload.public_id, upload=upload)


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


def failing_file(*, at: datetime, upload: RegistryImport, translate: Callable[[str], str] = str) -> bytes:
    """An xlsx of only the failing rows, their original columns and what is wrong; repaired it is taken as it is.

    The file is read again as a dry run, so that it says what is wrong now. Raises NotFound, SheetRefused.
    """
    table = _table(upload, upload.plan["columns"])
    with house("failing rows: checked again within the scope of the upload"):
        found = registry.bring_in_table(
            actor=_actor(upload), at=at, key=upload.public_id, table=table, on=day_of(at), dry=True
        )
    return failing_rows_file(_Again(table), found.problems, translate)


class _Again:
    """The sheet's rows one by one, as the writer of failing rows takes them."""

    def __init__(self, table: Table) -> None:
        self._table, self.header = table, table.sheet.header

    def rows(self) -> Iterator[Row]:
        for numbers, cells in self._table.sheet.slices(2000):
            yield from map(Row, numbers, cells)
