"""Bringing in a sheet of work orders or findings, the same way from the browser, the command line and the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.conf import settings

from genmai.directory.roster.models import Organisation
from genmai.kernel import ids
from genmai.kernel.sheets import Field, Matching, SheetRefused, Workbook, failing_rows_file, open_sheet
from genmai.kernel.store import Store
from genmai.kernel.viewer import NOBODY, Actor
from genmai.processes.cases import finding_sheet, work_orders
from genmai.processes.cases.commands import importing
from genmai.processes.cases.commands.importing import DryRun, Order
from genmai.processes.cases.models import Round, SheetImport
from genmai.processes.cases.work_orders import Reading

Columns = Mapping[str, int | None]
SHOWN = 100  # problems kept for the page; the file of failing rows has all


def store() -> Store:
    """Where handed-in files lie until their import is done."""
    return Store(settings.MEDIA_ROOT)


def check(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, data: bytes, filename: str, sheet: str = "",
    round: Round | None = None,
) -> SheetImport:  # fmt: skip
    """The dry run: keep the file, read every row, count what is new, repeated and wrong. Nothing becomes a case.

    A table whose needed columns can't be told is kept too, so that a person may point at them. Raises SheetRefused for
    a file that can't be taken at all, NotPermitted.
    """
    found = dry_run(open_sheet(data, filename), sheet=sheet, fields=fields_for(round))
    return importing.check(
        actor=actor, at=at, key=key, organisation=organisation, filename=filename, sha256=store().put(data),
        found=found, round=round,
    )  # fmt: skip


def fields_for(round: Round | None) -> tuple[Field, ...]:
    """The columns of a sheet of findings of this round, or of work orders."""
    return work_orders.FIELDS if round is None else finding_sheet.sheet_of(NOBODY, round=round).fields


def recheck(
    *, actor: Actor, at: datetime, key: UUID, upload: SheetImport, sheet: str, columns: Columns | None, seen: str = ""
) -> SheetImport:
    """Read the kept file anew with another sheet or other columns (None: as suggested)."""
    book = open_sheet(store().get(upload.sha256), upload.filename)
    found = dry_run(book, sheet=sheet, columns=columns, fields=fields_for(upload.round))
    return importing.recheck(actor=actor, at=at, key=key, upload=upload.public_id, found=found, seen=seen)


def dry_run(
    book: Workbook, *, sheet: str = "", columns: Columns | None = None, fields: tuple[Field, ...] = work_orders.FIELDS
) -> DryRun:
    """Every row read once, none kept: only its number."""
    table, matching = work_orders.table_of(book, sheet=sheet, columns=columns, fields=fields)
    plan = _plan(book, matching)
    try:
        matching.check()
    except SheetRefused as refused:
        return DryRun(table.name, plan | {"refused": {"message": refused.message, "params": refused.params}})
    reading = work_orders.read(book, sheet=table.name, columns=matching.columns, fields=fields)
    refs = [work_orders.ref_of(row) for row in reading.rows]
    failed = len({problem.row for problem in reading.problems})
    problems = [_shown(problem) for problem in reading.problems[:SHOWN]]
    return DryRun(table.name, plan, len(refs) + failed, failed, problems, refs)


def _plan(book: Workbook, matching: Matching) -> dict[str, object]:
    """What the page shows of the columns, kept so that it needn't open the file again."""
    return {
        "columns": matching.columns,
        "sure": {key: match.confidence for key, match in matching.found.items()},
        "headers": list(matching.headers),
        "sheets": list(book.names),
        "repeated": list(matching.repeated),
    }


def _shown(problem: object) -> dict[str, object]:
    names = ("row", "column", "column_name", "shown", "code", "message", "allowed")
    return {name: getattr(problem, name) for name in names}


def reopen(upload: SheetImport) -> Reading:
    """The kept file, read again with the columns the person confirmed. Raises FileNotFoundError, ValueError."""
    book = open_sheet(store().get(upload.sha256), upload.filename)
    return work_orders.read(
        book, sheet=upload.sheet, columns=upload.mapping["columns"], fields=fields_for(upload.round)
    )


def failing_file(upload: SheetImport, translate: Callable[[str], str] = str) -> bytes:
    """An xlsx of only the failing rows, with what is wrong beside each; repaired it may be handed in again."""
    reading = reopen(upload)
    for _ in reading.rows:
        pass
    return failing_rows_file(reading.sheet, reading.problems, translate)


def orders_of(upload: SheetImport) -> Iterator[Order]:
    """The good rows not yet counted, as work orders or findings; what an interrupted run did is passed over."""
    place = upload.organisation.place
    places = work_orders.places_by_name(within=place.path) if place else {}
    rows = islice(reopen(upload).rows, upload.done, None)
    if upload.round is not None:
        sheet = finding_sheet.sheet_of(NOBODY, round=upload.round)
        return (sheet.found(row, places=places) for row in rows)
    return (work_orders.order_of(row, places=places) for row in rows)


class Carrier:
    """Takes uploads in, a slice at a time, without opening a file anew for each slice.

    Safe to repeat after a crash, and beside another one: whoever finds that an upload has moved on reads it again.
    """

    def __init__(self) -> None:
        self._open: dict[int, _Counted] = {}

    def go_on(
        self, *, actor: Actor, at: datetime, upload: SheetImport, while_: Callable[[], bool] = lambda: True
    ) -> SheetImport:
        """Batches while `while_` says so, to the end of the file at most. Raises what `reopen` raises."""
        importing.begin(upload=upload)
        orders = self._open.pop(upload.pk, None)
        if orders is None or orders.position != upload.done:
            orders = _Counted(orders_of(upload), upload.done)
        key = ids.key_of("run", str(upload.public_id))
        upload = importing.run(actor=actor, at=at, key=key, upload=upload, orders=orders, go_on=while_)
        if upload.state == SheetImport.State.RUNNING:
            self._open[upload.pk] = orders
        return upload


class _Counted:
    """An iterator that knows how many rows of the file have been taken."""

    def __init__(self, orders: Iterator[Order], position: int) -> None:
        self.orders, self.position = orders, position

    def __iter__(self) -> Iterator[Order]:
        return self

    def __next__(self) -> Order:
        order = next(self.orders)
        self.position += 1
        return order
