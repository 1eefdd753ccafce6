"""Work orders from a sheet: every row becomes a case, once, with a subject and a body, or stays plainly undecided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Organisation
from genmai.kernel import ids
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.commands.dispatching import dispatch
from genmai.processes.cases.commands.intake import Report, receive
from genmai.processes.cases.models import Case, SheetImport

BATCH = 50


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One good row of a sheet. `ref`: the sheet's own number, or the row's fingerprint where it has none."""

    row: int
    ref: str
    text: str
    title: str = ""
    label: str = ""
    asked_at: datetime | None = None
    place_id: int | None = None
    place_text: str = ""
    person_id: int | None = None


@dataclass(slots=True)
class Outcome:
    """What became of a batch of rows."""

    created: int = 0
    repeated: int = 0
    categorised: int = 0
    decided: int = 0
    undecided: int = 0


def category_of(label: str, title: str, text: str) -> str:
    """The subject by the sheet's label, made finer by the words of the text; '' where it would be a guess."""
    taxonomy = mechanisms.taxonomy()
    broad = taxonomy.find(label).category if label else None
    within = broad.code if broad else ""
    for words in (title, text):
        fine = taxonomy.find(words, within=within).category if words else None
        if fine is not None:
            return fine.code
    return within


def take_in(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, source: str, order: WorkOrder
) -> tuple[Case, bool]:
    """One row: received, then dispatched where the duty list names a body. Returns the case and whether it is new.

    `key` names the import; the row's own key is derived from source and number, so any later import finds it.
    """
    row_key = ids.key_of("sheet", source, order.ref)
    with transaction.atomic():
        known = Case.objects.filter(external_source=source, external_ref=order.ref).first()
        if known is not None:
            return known, False
        category = category_of(order.label, order.title, order.text)
        case = receive(
            actor=actor,
            at=at,
            key=row_key,
            mechanism=mechanisms.loop(),
            report=Report(
                text=order.text,
                title=order.title,
                category=category,
                channel="import",
                place_id=order.place_id,
                place_text=order.place_text,
                organisation_id=organisation.id,
                person_id=order.person_id,
                external_source=source,
                external_ref=order.ref,
                happened_at=order.asked_at,
            ),
        )
        return dispatch_by_duty(actor=actor, at=at, key=ids.subkey(row_key, "dispatch"), case=case), True


def dispatch_by_duty(*, actor: Actor, at: datetime, key: UUID, case: Case) -> Case:
    """Give a fresh case to the body its subject names; left at the desk where none is named."""
    home = Organisation.objects.get(pk=case.home_id)
    found = mechanisms.body_for(case.category, home=home, on=at.date())
    body = Organisation.objects.filter(code=found[0], closed_on__isnull=True).first() if found else None
    if body is None:
        return case
    return dispatch(actor=actor, at=at, key=key, case=case.public_id, to=body.public_id)


def run(
    *, actor: Actor, at: datetime, key: UUID, upload: SheetImport, orders: Iterable[WorkOrder], report_every: int = BATCH
) -> SheetImport:
    """Take in the good rows of a checked upload, keeping its counters up to date for whoever watches.

    Safe to run again after a crash: rows already in are found by their number. Stops when the upload is cancelled.
    """
    outcome = Outcome()
    upload.state = SheetImport.State.RUNNING
    for number, order in enumerate(orders, start=1):
        case, new = take_in(
            actor=actor, at=at, key=key, organisation=upload.organisation, source=upload.source, order=order
        )
        _count(outcome, case, new)
        if number % report_every == 0 and not _progress(upload, outcome, number):
            return upload
    _progress(upload, outcome, outcome.created + outcome.repeated)
    upload.state, upload.finished_at = SheetImport.State.DONE, at
    upload.save()
    return upload


def _count(outcome: Outcome, case: Case, new: bool) -> None:
    outcome.created += new
    outcome.repeated += not new
    outcome.categorised += bool(case.category)
    outcome.decided += bool(case.duty_row)
    outcome.undecided += not case.duty_row


def _progress(upload: SheetImport, outcome: Outcome, done: int) -> bool:
    """Write the counters; False when somebody cancelled meanwhile."""
    fields = dict(
        done=done,
        created=outcome.created,
        repeated=outcome.repeated,
        categorised=outcome.categorised,
        decided=outcome.decided,
        undecided=outcome.undecided,
    )
    for name, value in fields.items():
        setattr(upload, name, value)
    live = SheetImport.objects.filter(pk=upload.pk).exclude(state=SheetImport.State.CANCELLED)
    return bool(live.update(state=SheetImport.State.RUNNING, **fields))


def check(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    organisation: Organisation,
    filename: str,
    sha256: str,
    sheet: str,
    mapping: dict[str, str],
    rows: int,
    problems: list[dict[str, object]],
    failed: int,
    refs: Iterable[str],
) -> SheetImport:
    """Keep the result of a dry run; nothing becomes a case yet. The same key again gives the same upload."""
    source = source_of(organisation)
    upload, _ = SheetImport.objects.get_or_create(
        public_id=ids.derive(at, key, "sheet"),
        defaults=dict(
            state=SheetImport.State.CHECKED,
            filename=filename[:120],
            sha256=sha256,
            organisation=organisation,
            by_id=actor.person_id,
            at=at,
            source=source,
            sheet=sheet[:80],
            mapping=mapping,
            rows=rows,
            failed=failed,
            repeated=_known_refs(source, refs),
            problems=problems[:100],
        ),
    )
    return upload


def source_of(organisation: Organisation) -> str:
    """Numbers are unique within the office whose sheets they stand in."""
    return f"sheet:{organisation.code}"


def _known_refs(source: str, refs: Iterable[str]) -> int:
    return Case.objects.filter(external_source=source, external_ref__in=list(refs)).count()


def confirm(*, actor: Actor, at: datetime, key: UUID, upload: UUID) -> SheetImport:
    """The dry run is accepted: queue the import. Raises Refused when it was already started or cancelled."""
    changed = SheetImport.objects.filter(public_id=upload, state=SheetImport.State.CHECKED).update(
        state=SheetImport.State.QUEUED
    )
    found = SheetImport.objects.get(public_id=upload)
    if not changed and found.state in (SheetImport.State.CANCELLED, SheetImport.State.FAILED):
        raise Refused("import_ended", "这次导入已经停下，请重新上传文件")
    return found


def cancel(*, actor: Actor, at: datetime, key: UUID, upload: UUID) -> SheetImport:
    """Stop before the next batch; rows already in stay (they are cases now), and uploading again goes on from there."""
    SheetImport.objects.filter(public_id=upload).exclude(state=SheetImport.State.DONE).update(
        state=SheetImport.State.CANCELLED, finished_at=at
    )
    return SheetImport.objects.get(public_id=upload)


def fingerprint(cells: Iterable[str]) -> str:
    """The number of a row that has none of its own: SHA-256 of its cells, so the same row is the same matter."""
    return hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:32]
