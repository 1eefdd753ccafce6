"""The registry from the city's own sheets: the roster takes the rows, the records get a deed for each, or neither.

One file is one transaction: what a crash, a refusal or a cancel leaves is what stood before. The same file again
changes nothing, since rows are known again by number or code, and a deed is written only for what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from genmai.directory.roster import mechanism
from genmai.directory.roster.registry import policies
from genmai.directory.roster.registry.definition import definition
from genmai.directory.roster.registry.loading import Job, Loader
from genmai.directory.roster.registry.members import Members
from genmai.directory.roster.registry.organisations import Organisations
from genmai.directory.roster.registry.posts import Covers, Posts
from genmai.directory.roster.registry.reading import Reading, Table, open_table
from genmai.directory.roster.registry.taking import Entered, Import, Taken, Taker
from genmai.kernel import ids
from genmai.kernel.refusal import Refused
from genmai.kernel.sheets import FailingRows, Problem
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house
from genmai.records.deeds import bulk
from genmai.records.deeds.kinds import Nothing, register

_ENTERED = {
    "members": "member.enrolled",
    "organisations": register("registry.organisation", Nothing, _("导入党组织")).name,
    "units": register("registry.unit", Nothing, _("导入单位")).name,
    "posts": register("registry.post", Nothing, _("导入任职")).name,
    "grids": register("registry.cover", Nothing, _("导入支部进网格")).name,
}
_CHANGED = {
    "members": "member.changed",
    "organisations": register("registry.organisation_changed", Nothing, _("导入的党组织有变")).name,
    "units": register("registry.unit_changed", Nothing, _("导入的单位有变")).name,
    "posts": register("registry.post_changed", Nothing, _("导入的任职有变")).name,
    "grids": register("registry.cover_changed", Nothing, _("导入的进网格有变")).name,
}
_TAKERS: Mapping[str, type[Taker]] = {
    "members": Members, "organisations": Organisations, "units": Organisations, "posts": Posts, "grids": Covers,
}  # fmt: skip
_SOURCE = {"members": "person", "posts": "person"}


class Cancelled(Refused):
    """Somebody stopped it; nothing of it stays."""

    def __init__(self) -> None:
        super().__init__("import_cancelled", "导入已取消，什么也没有写入")


@dataclass
class Brought:
    """What a file came to; of a dry run, what it would come to. `problems` tells at most ten thousand, `kinds` how often
    each thing is wrong: letter and name of the column, code, count."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    failed: int = 0
    problems: Sequence[Problem] = field(default_factory=list)
    kinds: Sequence[tuple[str, str, str, int]] = ()


Progress = Callable[[int, int, Brought], bool]


def bring_in(
    *, actor: Actor, at: datetime, key: UUID, kind: str, file: BinaryIO, on: date, sheet: str = "",
    columns: Mapping[str, int | None] | None = None, dry: bool = False, progress: Progress | None = None,
) -> Brought:  # fmt: skip
    """Check every row of a sheet and take in the good ones, all in one transaction; `dry` writes nothing.

    `on`: the day new places and changes begin where the sheet names none. `progress(done, about, so_far)` is asked after
    each slice and stops everything by saying False. Raises NotPermitted, SheetRefused, Cancelled.
    """
    policies.check_import(actor)
    table = open_table(definition(kind), file, sheet=sheet, columns=columns)
    return bring_in_table(actor=actor, at=at, key=key, table=table, on=on, dry=dry, progress=progress)


def bring_in_table(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    table: Table,
    on: date,
    dry: bool = False,
    progress: Progress | None = None,
    failing: FailingRows | None = None,
) -> Brought:
    """The same for a sheet that is open already. `failing` is given every row that is not taken, and why."""
    kind = table.definition.sheet.key
    reading, brought = Reading(table, failing), Brought()
    given = Import(actor=actor, at=at, key=key, on=on, within=policies.scope(actor), dry=dry)
    deeds = _Deeds(actor, at, key, kind)
    with (
        house("registry import: people are known by number, the scope is checked row by row"),
        transaction.atomic(),
        Loader() as loader,
    ):
        if not dry:
            loader.ask("SELECT pg_advisory_xact_lock(%s)", [_LOCK])  # one registry at a time: both would be new
        taker = _TAKERS[kind](reading, loader, given)

        def count(taken: Taken) -> None:
            brought.rows, brought.failed = reading.done, reading.failed
            brought.new += len(taken.entered)
            brought.changed += len(taken.changed)
            brought.same += taken.same
            if not dry:
                loader.put([*taken.jobs, *deeds.of(taken.entered, taken.changed)])
            if progress is not None and not progress(reading.done, table.total, brought):
                raise Cancelled

        for rows in reading.slices():
            count(taker.take(rows))
        count(taker.finish())
    brought.problems = reading.problems
    brought.kinds = [(*reading.named(key), code, count) for (key, code), count in reading.kinds.most_common()]
    return brought


_LOCK = 0x67_656E_6D61_69  # "genmai", a number of our own for the lock


class _Deeds:
    """A deed for each row taken in, as text for COPY, every slice under a key of its own."""

    def __init__(self, actor: Actor, at: datetime, key: UUID, kind: str) -> None:
        self._actor, self._at, self._key, self._kind = actor, at, key, kind
        self._slice, self._mechanism = 0, mechanism.ref_of(mechanism.STATISTICS)

    def of(self, entered: Iterable[Entered], changed: Iterable[Entered]) -> list[Job]:
        self._slice += 1
        jobs: list[Job] = []
        for kind, rows in ((_ENTERED[self._kind], entered), (_CHANGED[self._kind], changed)):
            lines = bulk.copy_lines(
                actor=self._actor, at=self._at, key=ids.subkey(self._key, kind, self._slice), kind=kind,
                mechanism=self._mechanism, source_kind=_SOURCE.get(self._kind, "organisation"), subject_id=self._key,
                rows=[
                    bulk.Varying(row.public_id, row.branch_id, row.path, row.person_id or None, "", row.what)
                    for row in rows
                ],
            )  # fmt: skip
            jobs.append((bulk.TABLE, bulk.COLUMNS, "".join(lines)))
        return jobs
