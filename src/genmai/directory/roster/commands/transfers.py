"""A member moves from one branch to another: asked by the one, accepted by the other; nothing moves before that."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands.writing import Writing
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.flow import TRANSFER
from genmai.directory.roster.models import (
    Category,
    Membership,
    Organisation,
    OrganisationKind,
    Status,
    Transfer,
    TransferState,
)
from genmai.kernel.ids import derive, key_of
from genmai.kernel.refusal import BadInput, Changed, NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind
from genmai.kernel.walled import house

NOT_BRANCHES = (Category.COMMITTEE, Category.WORK_COMMITTEE, Category.GENERAL_BRANCH)


@transaction.atomic
def ask(
    *, actor: Actor, at: datetime, key: UUID, person_id: int, to: Organisation, reason: str, document: str = ""
) -> Transfer:
    """The member's branch asks another to take them. Raises NotFound, BadInput, Refused('already_asked')."""
    writing = Writing(actor, at, key)
    row = writing.membership(person_id)
    path = writing.allowed(row.branch_id)
    if known := writing.made(Transfer):
        return known
    _check_ask(row, to, reason)
    TRANSFER.step("", "ask")
    try:
        with transaction.atomic():
            transfer = Transfer.objects.create(
                public_id=derive(at, key, "transfer"), key=key, person=row.person, from_branch=row.branch,
                to_branch=to, reason=reason, asked_on=writing.today,
                expires_on=writing.today + timedelta(days=mechanism.members().transfer_days),
                document=clean(document, 120, field="document"), mechanism=mechanism.ref_of(mechanism.MEMBERS),
            )  # fmt: skip
    except IntegrityError as asked:
        raise Refused("already_asked", "这名党员已经有一个转接在等接收，先撤回那一个", field="to") from asked
    writing.take(_fact("ask", transfer, path))
    return transfer


def accept(
    *, actor: Actor, at: datetime, key: UUID, transfer: Transfer, arrived: str, seen: int | None = None
) -> Transfer:
    """The other branch takes the member: from today on they belong to it. `arrived`: within the county, province, beyond.

    Raises NotFound, Changed, BadInput, Refused('moved_meanwhile').
    """
    if arrived not in mechanism.members().departures:
        allowed = "、".join(str(words) for words in mechanism.members().departures.values())
        raise BadInput("unknown_arrival", "没有这个变动类别", field="arrived", allowed=allowed)
    with transaction.atomic(), house("who is taken over stands in another branch until now"):
        writing = Writing(actor, at, key)
        held = _held(writing, transfer, "to_branch")
        if writing.done:
            return held
        path = _settle(writing, held, "accept", seen)
        row = writing.membership(held.person_id)
        if row.branch_id != held.from_branch_id or row.status != Status.NORMAL:
            raise Refused("moved_meanwhile", "这名党员在原支部的情况已经变了，请对方撤回后重新提出")
        writing.end(row, max(writing.today, row.valid_from), arrived)
        Membership.objects.create(
            person_id=row.person_id, branch=held.to_branch, stage=row.stage, status=row.status,
            joined_on=row.joined_on, full_on=row.full_on, valid_from=max(writing.today, row.valid_from),
            recorded_at=at, arrived=arrived, document=held.document,
        )  # fmt: skip
        writing.take(_fact("accept", held, path, outcome=arrived))
        return held


def refuse(
    *, actor: Actor, at: datetime, key: UUID, transfer: Transfer, answer: str, seen: int | None = None
) -> Transfer:
    """The other branch doesn't take the member, and says why. Raises NotFound, Changed, BadInput."""
    return _ended(Writing(actor, at, key), transfer, "refuse", "to_branch", _said(answer), seen)


def withdraw(
    *, actor: Actor, at: datetime, key: UUID, transfer: Transfer, answer: str = "", seen: int | None = None
) -> Transfer:
    """The branch that asked takes it back. Raises NotFound, Changed."""
    return _ended(
        Writing(actor, at, key), transfer, "withdraw", "from_branch", clean(answer, 120, field="answer"), seen
    )


def expire_due(*, actor: Actor, at: datetime, limit: int = 500) -> int:
    """Those nobody accepted in time lapse; the members stay where they are. How many."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotFound
    done = 0
    day = Writing(actor, at, key_of("transfers", "expire")).today
    due = Transfer.objects.filter(state=TransferState.ASKED, expires_on__lt=day).order_by("id")[:limit]
    for transfer in due:
        with transaction.atomic():
            writing = Writing(actor, at, key_of("transfer", "expire", str(transfer.public_id)))
            held = Transfer.objects.select_for_update().filter(pk=transfer.pk, state=TransferState.ASKED).first()
            if held is not None:
                path = _settle(writing, held, "expire", None)
                writing.take(_fact("expire", held, path))
                done += 1
    return done


def _check_ask(row: Membership, to: Organisation, reason: str) -> None:
    reasons = mechanism.members().transfer_reasons
    if reason not in reasons:
        allowed = "、".join(str(words) for words in reasons.values())
        raise BadInput("unknown_reason", "请从列表里选转接的原因", field="reason", allowed=allowed)
    if row.status != Status.NORMAL:
        raise Refused("not_in_standing", "党籍状态不正常的党员不能转接，请先办理状态", field="person")
    if row.person.letters.filter(state="issued").exists():
        raise Refused("letter_open", "这名党员已经有一封介绍信在等回执，先收回那一封", field="to")
    if to.pk == row.branch_id:
        raise BadInput("same_branch", "他已经在这个支部了", field="to")
    if to.kind != OrganisationKind.PARTY or to.category in NOT_BRANCHES or to.closed_on is not None:
        raise BadInput("not_a_branch", "只能转到党支部，请选一个支部", field="to")


def _held(writing: Writing, transfer: Transfer, side: str) -> Transfer:
    """The transfer, locked, if the actor may at that side. Raises NotFound."""
    rows = Transfer.objects.select_for_update(of=("self",)).select_related("person", "from_branch", "to_branch")
    held = rows.get(pk=transfer.pk)
    writing.allowed(getattr(held, f"{side}_id"))
    return held


def _ended(writing: Writing, transfer: Transfer, verb: str, side: str, answer: str, seen: int | None) -> Transfer:
    with transaction.atomic(), house("the other branch's member stands on this side's list"):
        held = _held(writing, transfer, side)
        if not writing.done:
            path = _settle(writing, held, verb, seen, answer)
            writing.take(_fact(verb, held, path))
        return held


def _settle(writing: Writing, held: Transfer, verb: str, seen: int | None, answer: str = "") -> str:
    """The next state, said once. Raises Refused('wrong_state'), Changed."""
    if seen is not None and seen != held.version:
        raise Changed("changed", "对方刚刚办过这件事，请看最新的")
    held.state = TRANSFER.step(held.state, verb)
    held.settled_on, held.answer, held.version = writing.today, answer, held.version + 1
    held.save(update_fields=["state", "settled_on", "answer", "version"])
    return writing.path(held.to_branch_id if verb in ("accept", "refuse") else held.from_branch_id)


def _said(text: str) -> str:
    answer = clean(text, 120, field="answer")
    if not answer:
        raise BadInput("answer_missing", "请写明为什么不接收，对方看得到", field="answer")
    return answer


def _fact(verb: str, transfer: Transfer, path: str, outcome: str = "") -> Fact:
    taking = verb in ("accept", "refuse")
    own, other = transfer.from_branch_id, transfer.to_branch_id
    return Fact(
        kind=TRANSFER.row(verb).deed, source_kind="transfer", source_id=transfer.public_id,
        mechanism=transfer.mechanism, organisation_id=other if taking else own, path=path,
        counterpart_id=own if taking else other, person_id=transfer.person_id, outcome=outcome,
        reason=transfer.reason,
    )  # fmt: skip
