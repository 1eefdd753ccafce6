"""Work orders from a sheet: every row becomes a case, once, with a subject and a body, or stays plainly undecided."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.commands.people import find_or_add_resident
from genmai.directory.roster.models import Link, Organisation, OrganisationKind, Tree
from genmai.kernel import ids
from genmai.kernel.refusal import Changed, NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.mechanisms.duties import DutyRow
from genmai.mechanisms.placing import Placement
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases import policies
from genmai.processes.cases.commands import findings
from genmai.processes.cases.commands.dispatching import dispatch
from genmai.processes.cases.commands.findings import FoundRow
from genmai.processes.cases.commands.intake import Report, receive
from genmai.processes.cases.models import Case, Round, SheetImport

BATCH = 50


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One good row of a sheet. `ref`: the sheet's own number, or the row's fingerprint where it has none.

    `name` and `phone` of who brought it are kept only to answer them, sealed under their own key.
    """

    row: int
    ref: str
    text: str
    title: str = ""
    label: str = ""
    asked_at: datetime | None = None
    place_id: int | None = None
    place_text: str = ""
    name: str = ""
    phone: str = ""


Order = WorkOrder | FoundRow


def place_of(order: WorkOrder, *, on: date) -> Placement:
    """The subject by the sheet's label, made finer by title and text, and the duty row; undecided rather than a guess."""
    texts = [text for text in (order.title, f"{order.title} {order.text}") if text.strip()]
    return mechanisms.mechanism_of(mechanisms.loop()).place(texts, label=order.label, on=on)


def take_in(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, source: str, order: WorkOrder
) -> tuple[Case, bool]:
    """One row: received, then dispatched where the duty list names a body. Returns the case and whether it is new.

    `key` names the import; the row's own key is derived from source and number, so any later import finds it.
    """
    known = _known(source, [order]).get(order.ref)
    if known is not None:
        return known, False
    return _take_in(actor, at, organisation, source, order), True


def _known(source: str, orders: Sequence[Order]) -> dict[str, Case]:
    """Those of these rows that are in already, by number; one query."""
    found = Case.objects.filter(external_source=source, external_ref__in=[order.ref for order in orders])
    return {case.external_ref: case for case in found.defer("text", "words", "reach", "answers")}


def _take_in(actor: Actor, at: datetime, organisation: Organisation, source: str, order: WorkOrder) -> Case:
    row_key = ids.key_of("sheet", source, order.ref)
    with transaction.atomic():
        placed = place_of(order, on=at.date())
        report = _report(order, organisation, source, placed, _person(actor, at, row_key, order))
        case = receive(actor=actor, at=at, key=row_key, mechanism=mechanisms.loop(), report=report)
        if placed.row is not None:
            key = ids.subkey(row_key, "dispatch")
            case = dispatch_by_duty(actor=actor, at=at, key=key, case=case, row=placed.row)
        return case


def _person(actor: Actor, at: datetime, row_key: UUID, order: WorkOrder) -> int | None:
    """Known again by number only: without one, two people of one name are two (the key is the row's)."""
    found = find_or_add_resident(
        actor=actor, at=at, key=ids.subkey(row_key, "resident"), phone=order.phone, name=order.name
    )
    return found.pk if found else None


def _report(
    order: WorkOrder, organisation: Organisation, source: str, placed: Placement, person_id: int | None
) -> Report:
    return Report(
        text=order.text,
        title=order.title,
        category=placed.category.code if placed.category else "",
        channel="import",
        place_id=order.place_id,
        place_text=order.place_text,
        organisation_id=organisation.id,
        person_id=person_id,
        external_source=source,
        external_ref=order.ref,
        happened_at=order.asked_at,
    )


def dispatch_by_duty(*, actor: Actor, at: datetime, key: UUID, case: Case, row: DutyRow) -> Case:
    """Give a fresh case to the body its duty row names; left at the desk where that is a village or town not known."""
    body = _body_of(row, case.home_id)
    if body is None:
        return case
    return dispatch(actor=actor, at=at, key=key, case=case.public_id, to=body.public_id, duty_row=row.no)


_BASE = {"base:town": OrganisationKind.TOWN, "base:village": OrganisationKind.COMMUNITY}


def _body_of(row: DutyRow, home_id: int) -> Organisation | None:
    """A department by its code; a village or town only where the matter's place says which one."""
    opened = Organisation.objects.filter(closed_on__isnull=True)
    if row.body in _BASE:
        return opened.filter(pk=home_id, kind=_BASE[row.body]).first()
    return opened.filter(code=row.body).first()


def run(
    *, actor: Actor, at: datetime, key: UUID, upload: SheetImport, orders: Iterable[Order],
    go_on: Callable[[], bool] = lambda: True,
) -> SheetImport:  # fmt: skip
    """Take in the good rows of a checked upload, a batch a transaction, its counters with it.

    `orders` begin after the first `upload.done` rows. Killed at any moment it is run again: what was counted is passed
    over, and a row that is in already is found by its number. Stops when the upload is cancelled, when somebody else
    has gone on with it meanwhile, or after a batch once `go_on` says no (the same iterator may be handed in again).
    """
    state = SheetImport.State
    waiting = iter(orders)
    while go_on():
        with transaction.atomic():
            held = SheetImport.objects.select_for_update().filter(pk=upload.pk, done=upload.done)
            if not held.exclude(state__in=(state.CANCELLED, state.DONE)).exists():
                break
            batch = list(islice(waiting, BATCH))
            known = _known(upload.source, batch)
            for order in batch:
                _take_one(actor, at, upload, order, known)
            ended = len(batch) < BATCH
            upload.state, upload.finished_at = (state.DONE, at) if ended else (state.RUNNING, None)
            upload.save(update_fields=_KEPT)
        if ended:
            return upload
    upload.refresh_from_db(fields=_KEPT)
    return upload


def begin(*, upload: SheetImport) -> None:
    """Before the first row: from now on it shows as under way, and the dry run's numbers make way for what happens."""
    state = SheetImport.State
    if upload.state in (state.CHECKED, state.QUEUED):
        upload.created = upload.repeated = upload.categorised = upload.decided = upload.undecided = 0
        upload.state = state.RUNNING
        waiting = SheetImport.objects.filter(pk=upload.pk, state__in=(state.CHECKED, state.QUEUED))
        waiting.update(**{name: getattr(upload, name) for name in _KEPT})


def _take_one(actor: Actor, at: datetime, upload: SheetImport, order: Order, known: dict[str, Case]) -> None:
    """One row into the counters; a row that a rule refuses is a failed row, the others go on."""
    upload.done += 1
    new = order.ref not in known
    if new:
        try:
            known[order.ref] = _take_row(actor, at, upload, order)
        except Refused as refused:
            upload.failed += 1
            upload.problems = [*upload.problems, _refusal(order.row, refused)][:100]
            return
    case = known[order.ref]
    upload.created += new
    upload.repeated += not new
    upload.categorised += bool(case.category)
    upload.decided += bool(case.duty_row)
    upload.undecided += not case.duty_row


def _take_row(actor: Actor, at: datetime, upload: SheetImport, order: Order) -> Case:
    """A work order becomes a matter at the desk; a finding becomes one of its round."""
    if isinstance(order, WorkOrder):
        return _take_in(actor, at, upload.organisation, upload.source, order)
    if upload.round is None:
        raise NotFound()
    key = ids.key_of("sheet", upload.source, order.ref)
    return findings.enter(actor=actor, at=at, key=key, round=upload.round.public_id, found=order.found).case


def _refusal(row: int, refused: Refused) -> dict[str, object]:
    empty = {"column": "", "column_name": "", "shown": ""}
    return {"row": row, **empty, "code": "refused", "message": refused.message, "allowed": refused.allowed}


_KEPT = (
    "state", "finished_at", "done", "created", "repeated", "failed", "categorised", "decided", "undecided", "problems",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DryRun:
    """What reading a sheet showed. `plan`: which sheet has which columns, and what the user chose."""

    sheet: str
    plan: Mapping[str, object]
    rows: int = 0
    failed: int = 0
    problems: Sequence[Mapping[str, object]] = ()
    refs: Sequence[str] = ()


def check(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, filename: str, sha256: str, found: DryRun,
    round: Round | None = None,
) -> SheetImport:  # fmt: skip
    """Keep the result of a dry run; nothing becomes a case yet. The same key again gives the same upload.

    `round`: the rows are findings of it, else work orders. Raises NotPermitted.
    """
    policies.check_may("cases:import", actor, _path_of(organisation.pk))
    source = source_of(organisation) if round is None else findings.source_of(round)
    upload, _ = SheetImport.objects.get_or_create(
        public_id=ids.derive(at, key, "sheet"),
        defaults=dict(
            state=SheetImport.State.CHECKED,
            filename=clean(filename, multiline=False)[:120],
            sha256=sha256,
            organisation=organisation,
            by_id=actor.person_id,
            at=at,
            source=source,
            round=round,
            **_of(found, source),
        ),
    )
    return upload


def recheck(*, actor: Actor, at: datetime, key: UUID, upload: UUID, found: DryRun, seen: str = "") -> SheetImport:
    """Another sheet or other columns of the same file, before it is confirmed. Raises Changed once it was started."""
    with transaction.atomic():
        kept = _locked(actor, upload)
        if kept.state != SheetImport.State.CHECKED:
            raise Changed("import_started", "这次导入已经开始或停下，不能再改列；请看最新情况")
        if seen and seen != version_of(kept):
            raise Changed("import_changed", "刚才有别人改了列的对应，请看最新情况再改")
        for name, value in _of(found, kept.source).items():
            setattr(kept, name, value)
        kept.save()
    return kept


def _of(found: DryRun, source: str) -> dict[str, Any]:
    distinct = set(found.refs)
    new = len(distinct) - _known_refs(source, list(distinct))
    return {
        "sheet": found.sheet[:80],
        "mapping": dict(found.plan),
        "rows": found.rows,
        "failed": found.failed,
        "created": new,
        "repeated": len(found.refs) - new,
        "problems": [dict(problem) for problem in found.problems[:100]],
    }


def version_of(upload: SheetImport) -> str:
    """Changes with sheet and columns: a confirmation says which it saw."""
    return ids.key_of(upload.sheet, json.dumps(upload.mapping, sort_keys=True, ensure_ascii=False)).hex


def source_of(organisation: Organisation) -> str:
    """Numbers are unique within the office whose sheets they stand in."""
    return f"sheet:{organisation.code}"


def _known_refs(source: str, refs: Sequence[str]) -> int:
    known = Case.objects.filter(external_source=source)
    return sum(known.filter(external_ref__in=refs[at : at + 5000]).count() for at in range(0, len(refs), 5000))


def confirm(*, actor: Actor, at: datetime, key: UUID, upload: UUID, seen: str = "") -> SheetImport:
    """The dry run is accepted: queue the import; again changes nothing. `seen`: the `version_of` that was looked at.

    Raises Refused('import_ended') when it was cancelled, Refused('import_columns') while a needed column is missing.
    """
    with transaction.atomic():
        kept = _locked(actor, upload)
        if kept.state in (SheetImport.State.CANCELLED, SheetImport.State.FAILED):
            raise Refused("import_ended", "这次导入已经停下，请重新上传文件")
        if kept.state != SheetImport.State.CHECKED:
            return kept
        if seen and seen != version_of(kept):
            raise Changed("import_changed", "刚才有别人改了列的对应，请看最新情况再改")
        if kept.mapping.get("refused"):
            raise Refused("import_columns", "还有必需的列没有找到，请先指明各列对应")
        kept.state = SheetImport.State.QUEUED
        kept.save(update_fields=["state"])
    return kept


def cancel(*, actor: Actor, at: datetime, key: UUID, upload: UUID) -> SheetImport:
    """Stop before the next batch; rows already in stay (they are cases now), and uploading again goes on from there."""
    with transaction.atomic():
        kept = _locked(actor, upload)
        if kept.state in (SheetImport.State.CHECKED, SheetImport.State.QUEUED, SheetImport.State.RUNNING):
            kept.state, kept.finished_at = SheetImport.State.CANCELLED, at
            kept.save(update_fields=["state", "finished_at"])
    return kept


def fail(*, actor: Actor, at: datetime, key: UUID, upload: SheetImport, message: str) -> SheetImport:
    """It can't go on (the kept file is gone or broken): says why and stops. Rows already in stay."""
    upload.state, upload.finished_at = SheetImport.State.FAILED, at
    upload.problems = [_refusal(0, Refused("failed", message)), *upload.problems][:100]
    upload.save(update_fields=["state", "finished_at", "problems"])
    return upload


def _locked(actor: Actor, upload: UUID) -> SheetImport:
    """Raises NotFound outside the scope, as if it were not there."""
    found = SheetImport.objects.select_for_update(of=("self",)).select_related("organisation")
    kept = found.filter(public_id=upload).first()
    if kept is None:
        raise NotFound()
    if not policies.may("cases:import", actor, _path_of(kept.organisation_id)):
        raise NotFound()
    return kept


def _path_of(organisation_id: int) -> str:
    link = Link.objects.get(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation_id=organisation_id)
    return link.path
