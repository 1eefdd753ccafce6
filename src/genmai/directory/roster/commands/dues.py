"""How a month's dues stand: due, paid, excused. We record, we don't collect; the income a rate is applied to is not kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands.writing import Writing
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.models import DuesMonth, DuesStatus, Membership, Organisation
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor

SAID = (DuesStatus.DUE, DuesStatus.PAID, DuesStatus.EXCUSED)  # what a sheet can say


@dataclass(frozen=True, slots=True)
class NewDues:
    """One member's month: `base` is what the class of payers counts from; excused needs a `document`."""

    person_id: int
    status: str
    payer: str
    base: Decimal = Decimal(0)
    document: str = ""


@transaction.atomic
def record_dues(
    *, actor: Actor, at: datetime, key: UUID, branch: Organisation, month: date, rows: Sequence[NewDues]
) -> list[DuesMonth]:
    """A branch's sheet of one month, any number of members, one statement; what was said before stays and counts no more.

    Raises NotFound for who is not of the branch, BadInput naming the place.
    """
    writing = Writing(actor, at, key)
    path = writing.allowed(branch.pk)
    if known := writing.all_made(DuesMonth):
        return known
    month = month.replace(day=1)
    if month > writing.today:
        raise BadInput("in_future", "日期不能晚于今天", field="month")
    people = {row.person_id for row in rows}
    if _held(branch, people) != people:
        raise NotFound("没有找到这名党员，或者不在您能看的范围内")
    made = DuesMonth.objects.bulk_create([_row(row, month, writing) for row in rows])
    if made:
        writing.take(_fact("dues.recorded", branch, path, made))
    return made


@transaction.atomic
def take_back_dues(*, actor: Actor, at: datetime, key: UUID, branch: Organisation, sheet: UUID) -> list[DuesMonth]:
    """What one sheet said counts no more: of each member what was said before it does again, or nothing.

    `sheet` is the key it was recorded by. Raises NotFound, Refused('said_since') when another said something since.
    """
    writing = Writing(actor, at, key)
    path = writing.allowed(branch.pk)
    if known := writing.all_made(DuesMonth):
        return known
    people = _held(branch, DuesMonth.objects.filter(key=sheet).values_list("person_id", flat=True))
    said = list(DuesMonth.objects.filter(key=sheet, person_id__in=people))
    if not said:
        raise NotFound("没有找到这次登记的党费")
    month = said[0].month
    standing = DuesMonth.objects.filter(person_id__in=people, month=month)
    if standing.filter(id__gt=max(row.pk for row in said)).exists():
        raise Refused("said_since", "这之后又登记过，请在表上改")
    before = {row.person_id: row for row in standing.filter(id__lt=min(row.pk for row in said)).order_by("id")}
    made = DuesMonth.objects.bulk_create([_again(before.get(row.person_id), row, writing) for row in said])
    writing.take(_fact("dues.undone", branch, path, made))
    return made


def _held(branch: Organisation, people: Iterable[int]) -> set[int]:
    """Which of these people stand in the branch, locked: two who say something of one month wait for one another."""
    rows = Membership.objects.select_for_update().filter(branch=branch, valid_to=None, person_id__in=people)
    return set(rows.order_by("id").values_list("person_id", flat=True))


def _again(before: DuesMonth | None, taken: DuesMonth, writing: Writing) -> DuesMonth:
    one = before or DuesMonth(
        status=DuesStatus.NONE, payer=taken.payer, amount=Decimal(0), mechanism=taken.mechanism
    )  # fmt: skip
    return DuesMonth(
        key=writing.key, person_id=taken.person_id, month=taken.month, status=one.status, payer=one.payer,
        amount=one.amount, document=one.document, mechanism=one.mechanism, recorded_at=writing.at,
        recorded_by_id=writing.actor.person_id,
    )  # fmt: skip


def _fact(kind: str, branch: Organisation, path: str, rows: Sequence[DuesMonth]) -> Fact:
    return Fact(
        kind=kind, source_kind="branch", source_id=branch.public_id, mechanism=mechanism.ref_of(mechanism.DUES),
        organisation_id=branch.pk, path=path, quantity=len(rows), category=f"{rows[0].month:%Y-%m}",
    )  # fmt: skip


def _row(row: NewDues, month: date, writing: Writing) -> DuesMonth:
    rules = mechanism.dues()
    if row.status not in SAID:
        allowed = "、".join(str(one.label) for one in SAID)
        raise BadInput("unknown_status", "没有这个状态", field="status", allowed=allowed)
    if row.payer not in rules.payers:
        allowed = "、".join(str(payer.title) for payer in rules.payers.values())
        raise BadInput("unknown_payer", "请从列表里选计费的类别", field="payer", allowed=allowed)
    document = clean(row.document, 120, field="document")
    if row.status == DuesStatus.EXCUSED and not document:
        raise BadInput("document_missing", "免交要写明批准的文件", field="document")
    excused = row.status == DuesStatus.EXCUSED
    return DuesMonth(
        key=writing.key, person_id=row.person_id, month=month, status=row.status, payer=row.payer,
        amount=Decimal(0) if excused else rules.amount(row.payer, row.base, on=month), document=document,
        mechanism=mechanism.ref_of(mechanism.DUES), recorded_at=writing.at, recorded_by_id=writing.actor.person_id,
    )  # fmt: skip
