"""Bringing in a work-order sheet, the same way from the browser, the command line and the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from django.conf import settings

from genmai.directory.roster.commands.people import find_or_add_resident
from genmai.directory.roster.models import Organisation
from genmai.kernel import ids
from genmai.kernel.sheets import GoodRow, Workbook, open_sheet
from genmai.kernel.store import Store
from genmai.kernel.viewer import Actor
from genmai.processes.cases import work_orders
from genmai.processes.cases.commands import importing
from genmai.processes.cases.commands.importing import WorkOrder
from genmai.processes.cases.models import SheetImport
from genmai.processes.cases.work_orders import Reading


def store() -> Store:
    """Where handed-in files lie until their import is done."""
    return Store(settings.MEDIA_ROOT)


def check(
    *, actor: Actor, at: datetime, organisation: Organisation, data: bytes, filename: str, sheet: str = "",
    columns: dict[str, int] | None = None,
) -> tuple[SheetImport, Reading]:  # fmt: skip
    """The dry run: keep the file, read every row, count what is new, repeated and wrong. Nothing becomes a case.

    Raises SheetRefused for a file that can't be taken at all.
    """
    book = open_sheet(data, filename)
    reading = work_orders.read(book, sheet=sheet, columns=columns)
    rows = list(reading.rows)
    upload = importing.check(
        actor=actor,
        at=at,
        key=ids.key_of("sheet", organisation.code, book.sha256, sheet, repr(sorted(reading.columns.items())), at.isoformat()),
        organisation=organisation,
        filename=filename,
        sha256=store().put(data),
        sheet=reading.sheet.name,
        mapping=dict(reading.columns),
        rows=len(rows) + len({problem.row for problem in reading.problems}),
        problems=[_shown(problem) for problem in reading.problems[:100]],
        failed=len({problem.row for problem in reading.problems}),
        refs=work_orders.refs_of(rows),
    )
    return upload, reading


def _shown(problem: object) -> dict[str, object]:
    names = ("row", "column", "column_name", "shown", "code", "allowed")
    return {name: getattr(problem, name) for name in names}


def reopen(upload: SheetImport) -> tuple[Workbook, Reading]:
    """The kept file, read again with the columns the person confirmed."""
    book = open_sheet(store().get(upload.sha256), upload.filename)
    return book, work_orders.read(book, sheet=upload.sheet, columns=upload.mapping)


def carry_out(
    *, actor: Actor, at: datetime, upload: SheetImport, tell: Callable[[int], None] = lambda done: None
) -> SheetImport:
    """Take in the good rows. Safe to repeat after a crash; stops when the upload is cancelled."""
    _, reading = reopen(upload)
    places = work_orders.places_by_name(within=upload.organisation.place.path) if upload.organisation.place else {}
    orders = _orders(actor, at, reading.rows, places, tell)
    return importing.run(actor=actor, at=at, key=ids.key_of("run", str(upload.public_id)), upload=upload, orders=orders)


def _orders(
    actor: Actor, at: datetime, rows: Iterator[GoodRow], places: dict[str, int], tell: Callable[[int], None]
) -> Iterator[WorkOrder]:
    for number, row in enumerate(rows, start=1):
        order, contact = work_orders.order_of(row, places=places)
        if contact is not None:
            key = ids.key_of("resident", contact.phone, contact.name)
            person = find_or_add_resident(actor=actor, at=at, key=key, phone=contact.phone, name=contact.name)
            order = replace(order, person_id=person.pk if person else None)
        if number % importing.BATCH == 0:
            tell(number)
        yield order

