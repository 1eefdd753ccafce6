"""Signing up, withdrawing, confirming. The task is locked while its places are counted: it never holds one too many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.activities import mechanism, policies
from genmai.processes.activities.flow import FLOW
from genmai.processes.activities.models import SignUp, Task
from genmai.processes.activities.writing import deed, locked, to_organiser, to_person, write


def sign_up(
    *, actor: Actor, at: datetime, key: UUID, task: UUID, person_id: int, skills: Sequence[str] = (),
    code_digest: bytes | None = None,
) -> SignUp:  # fmt: skip
    """Take a place. Staff for themselves; a resident as the person found by their number, with a code's digest.

    The same key, or the same person again, gives the place they have. Raises Refused('full' | 'wrong_state' | 'too_late').
    """
    if actor.kind is ActorKind.STAFF and actor.person_id != person_id:
        raise NotPermitted("not_permitted", "报名要本人自己报")
    with transaction.atomic():
        found = locked(task)
        place = SignUp.objects.filter(task=found, person_id=person_id, state__in=SignUp.HOLDING).first()
        place = SignUp.objects.filter(public_id=ids.derive(at, key, "sign up")).first() or place
        if place is not None:
            return _with_code(place, code_digest)
        FLOW.step(found.state, "sign_up")
        _check_time(found, at)
        _check_skills(found, skills)
        if found.taken >= found.wanted:
            raise Refused("full", "人已经够了，谢谢您；别的任务还要人")
        made = SignUp.objects.create(
            public_id=ids.derive(at, key, "sign up"), task=found, person_id=person_id, state=SignUp.State.SIGNED,
            skills=sorted(set(skills)), signed_at=at, code_digest=code_digest,
        )  # fmt: skip
        found.taken += 1
        signed = deed(found, "sign_up", person_id=person_id, subject_id=made.public_id)
        write(actor, at, key, found, "sign_up", [signed], [to_organiser(found, "task.signed_up")])
    return made


def withdraw(*, actor: Actor, at: datetime, key: UUID, sign_up: UUID, by_code: bool = False) -> SignUp:
    """Give the place back. `by_code`: whoever holds the code, checked by the caller against its digest.

    The same again changes nothing. Raises NotFound, NotPermitted, Refused when the task is over.
    """
    return _decide("withdraw", SignUp.State.WITHDRAWN, actor, at, key, sign_up, by_code=by_code)


def confirm(*, actor: Actor, at: datetime, key: UUID, sign_up: UUID) -> SignUp:
    """The organiser counts on this person. Raises as `withdraw`."""
    return _decide("confirm", SignUp.State.CONFIRMED, actor, at, key, sign_up)


def turn_down(*, actor: Actor, at: datetime, key: UUID, sign_up: UUID) -> SignUp:
    """The organiser thanks and lets go: the place is free again. Raises as `withdraw`."""
    return _decide("turn_down", SignUp.State.TURNED_DOWN, actor, at, key, sign_up)


def _decide(
    verb: str, state: SignUp.State, actor: Actor, at: datetime, key: UUID, sign_up: UUID, *, by_code: bool = False
) -> SignUp:
    with transaction.atomic():
        task_id = SignUp.objects.filter(public_id=sign_up).values_list("task__public_id", flat=True).first()
        if task_id is None:
            raise NotFound("没有这个报名")
        found = locked(task_id)
        place = SignUp.objects.get(public_id=sign_up)
        if verb == "withdraw":
            policies.check_own(actor, place.person_id, found.path, by_code=by_code)
        else:
            policies.check_organise(actor, found.path)
        if place.state == state:
            return place
        FLOW.step(found.state, verb)
        if place.state not in SignUp.HOLDING:
            raise Refused("gone", "这个报名已经取消，名单变了，请看最新的")
        place.state, place.decided_at = state, at
        place.save(update_fields=["state", "decided_at"])
        if state not in SignUp.HOLDING:
            found.taken -= 1
        row = FLOW.row(verb)
        told = to_organiser(found, row.notice) if verb == "withdraw" else to_person(found, row.notice, place.person_id)
        write(actor, at, key, found, verb, [deed(found, verb, person_id=place.person_id, subject_id=sign_up)], [told])
    return place


def _with_code(place: SignUp, code_digest: bytes | None) -> SignUp:
    """The same number again gets a code that works: the person may have lost the first."""
    if code_digest is not None and (place.code_digest is None or bytes(place.code_digest) != code_digest):
        raise Refused("signed_up", "这个号码已经报过名了，凭当时的查询码可以看和取消")
    return place


def _check_time(task: Task, at: datetime) -> None:
    closes = task.begins_at - timedelta(minutes=mechanism.rules_of(task.mechanism).sign_up_closes_minutes)
    if at >= max(closes, task.opened_at) and at >= task.ends_at:
        raise Refused("too_late", "这个任务的报名已经截止")


def _check_skills(task: Task, skills: Sequence[str]) -> None:
    unknown = set(skills) - set(mechanism.rules_of(task.mechanism).skills)
    if unknown:
        raise BadInput("unknown", "没有“{value}”这一项", field="skills", value=sorted(unknown)[0])
