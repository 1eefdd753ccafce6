"""Naming bodies into a class of a standard, and out of it again."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.flow import START
from genmai.kernel.refusal import BadInput, NotFound, Refused, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Unit
from genmai.processes.registers.standards import policies
from genmai.processes.registers.standards.flow import UNIT
from genmai.processes.registers.standards.mechanism import named
from genmai.processes.registers.standards.writing import Writing, body_of, path_of
from genmai.records.writing import done_before


def enrol(
    *, actor: Actor, at: datetime, key: UUID, standard: str, unit_class: str, organisation: UUID, on: date,
    document: str,
) -> Unit:  # fmt: skip
    """Name a body into a class from a day on. Raises Refused('known') where it is in it, NotFound, NotPermitted."""
    one = named(standard)
    if unit_class not in one.standard.named_classes:
        raise BadInput("unit_class", "请选择列进哪一类", field="unit_class")
    with transaction.atomic():
        body, path = body_of(organisation, one, day_of(at))
        policies.check_may(actor, one.standard, policies.REVIEW, path)
        if (done := done_before(key)) is not None:
            return Unit.objects.get(public_id=done)
        if Unit.objects.filter(
            standard=standard, unit_class=unit_class, organisation=body, valid_to__isnull=True
        ).exists():
            raise Refused("known", "{body}已经列在里面了", field="organisation", body=body.short_name)
        unit = Unit(
            public_id=ids.derive(at, key, "unit"), mechanism=one.ref, standard=standard, unit_class=unit_class,
            organisation=body, state=UNIT.step(START, "enrol"), valid_from=on, document=_document(document),
            recorded_at=at,
        )  # fmt: skip
        unit.save(force_insert=True)
        return _finish(actor, at, key, unit, path, "enrol")


def leave(
    *, actor: Actor, at: datetime, key: UUID, unit: UUID, on: date, document: str, seen: int | None = None
) -> Unit:
    """A body leaves the class on a day; what it showed stands. Raises NotFound, NotPermitted, BadInput, Changed."""
    with transaction.atomic():
        found = Unit.objects.select_for_update(of=("self",)).filter(public_id=unit).first()
        if found is None:
            raise NotFound()
        one = named(found.standard)
        path = path_of(found.organisation_id, one, day_of(at))
        policies.check_may(actor, one.standard, policies.REVIEW, path)
        if done_before(key) is not None:
            return found
        check_seen(seen, found.version)
        if on < found.valid_from:
            raise BadInput("before", "退出的日子不能早于列进的日子", field="on")
        found.state = UNIT.step(found.state, "leave")
        found.valid_to, found.ended_document, found.ended_recorded_at = on, _document(document), at
        found.version += 1
        found.save()
        return _finish(actor, at, key, found, path, "leave")


def _document(text: str) -> str:
    document = clean(text, 120, field="document")
    if not document:
        raise BadInput("document_missing", "请写明依据的文件或会议", field="document")
    return document


def _finish(actor: Actor, at: datetime, key: UUID, unit: Unit, path: str, verb: str) -> Unit:
    row = UNIT.row(verb)
    writing = Writing(actor=actor, at=at, key=key, of=unit, path=path, reason=unit.unit_class)
    writing.deed(row.deed)
    if row.notice:
        writing.tell(unit.organisation_id, row.notice)
    writing.finish()
    return unit
