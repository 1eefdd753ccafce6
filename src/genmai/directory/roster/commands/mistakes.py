"""A change of somebody's membership that was entered by mistake: taken back, and, taken back by mistake, restored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.changing import again
from genmai.directory.roster.commands.members import fact_of
from genmai.directory.roster.commands.writing import Writing, reason_given
from genmai.directory.roster.models import Letter, LetterState, Membership, Transfer, TransferState
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.viewer import Actor


@transaction.atomic
def withdraw_membership(*, actor: Actor, at: datetime, key: UUID, person_id: int, reason: str) -> Membership | None:
    """The last change never was: the row before goes on; of an enrolment nothing stays on the roll. Gives what holds now.

    Raises NotFound, BadInput, Refused where the row came by a transfer or a restructuring: those are undone themselves.
    """
    writing = Writing(actor, at, key)
    if writing.done:
        return Membership.objects.filter(person_id=person_id, valid_to=None).first()
    row = writing.membership(person_id)
    path = writing.allowed(row.branch_id)
    writing.check_other(person_id)
    why = reason_given(reason)
    check_own(row)
    before = ended_by(row)
    _take_back(row, at)
    held = None
    if before is not None:
        _take_back(before, at)
        held = again(Membership, before, at)
        held.save()
    writing.take(fact_of("member.withdrawn", row, path, row.stage, reason=why[:40]))
    return held


@transaction.atomic
def restore_membership(*, actor: Actor, at: datetime, key: UUID, person_id: int) -> Membership:
    """An enrolment that was taken back stands again. Raises NotFound, Refused('on_a_roll')."""
    writing = Writing(actor, at, key)
    rows = Membership.objects.select_for_update(of=("self",)).select_related("person", "branch")
    gone = (
        rows.filter(person_id=person_id, withdrawn_at__isnull=False, known_to=None)
        .order_by("-withdrawn_at", "-id")
        .first()
    )
    if gone is None:
        raise NotFound("没有找到这名党员，或者不在您能看的范围内")
    path = writing.allowed(gone.branch_id)
    now = rows.filter(person_id=person_id, valid_to=None).first()
    if now is not None:
        if writing.done:
            return now
        raise Refused("on_a_roll", "这个人现在在党员名册里，不用恢复")
    made: Membership = again(Membership, gone, at)
    made.save()
    writing.take(fact_of("member.restored", made, path, made.stage))
    return made


def check_own(row: Membership) -> None:
    """Raises Refused for a row that came with something else."""
    if row.begun_by_id is not None:
        raise Refused("by_restructuring", "这一条是机构变动带来的，要撤回请撤回那次机构变动")
    moved = Transfer.objects.filter(
        person_id=row.person_id, state=TransferState.ACCEPTED, to_branch_id=row.branch_id, settled_on=row.valid_from
    )
    if moved.exists():
        raise Refused("by_transfer", "这一条是组织关系转接带来的，要回去请再转一次")
    came = Letter.objects.filter(
        person_id=row.person_id,
        branch_id=row.branch_id,
        state=LetterState.RECEIPTED,
        settled_on=row.valid_from,
        way="in",
    )
    if came.exists():
        raise Refused("by_letter", "这一条是凭介绍信转入的，要回去请开介绍信转出")


def ended_by(row: Membership) -> Membership | None:
    """The row that ended when this one began: by a change of stage or status, else in the same entry."""
    rows = Membership.objects.select_for_update(of=("self",)).filter(
        person_id=row.person_id, branch_id=row.branch_id, valid_to=row.valid_from, valid_from__lt=row.valid_from,
        withdrawn_at=None,
    )  # fmt: skip
    if row.arrived not in ("stage", "status"):
        rows = rows.filter(ended_recorded_at=row.recorded_at)
    return rows.exclude(pk=row.pk).order_by("-id").first()


def _take_back(row: Membership, at: datetime) -> None:
    row.known_to, row.valid_to, row.withdrawn_at = row.valid_to, row.valid_from, at
    row.save(update_fields=["known_to", "valid_to", "withdrawn_at"])
