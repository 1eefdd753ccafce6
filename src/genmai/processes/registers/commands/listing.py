"""The list of estates without management: on it by a fact, off it by a fact; planned and moved on in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Organisation
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.flow import START
from genmai.kernel.refusal import BadInput, NotFound, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.registers import policies
from genmai.processes.registers.as_at import effective
from genmai.processes.registers.deeds import Planned
from genmai.processes.registers.flow import CLEARING
from genmai.processes.registers.mechanism import rules_of
from genmai.processes.registers.models import Clearing, EntryKind, Management, Progress
from genmai.processes.registers.writing import Writing, lock
from genmai.records.writing import done_before

LONGEST = 500


def settle(writing: Writing, *, mistaken: bool = False) -> None:
    """List an estate that has no management today, clear one that has; `mistaken`: what put it there was corrected.

    A part of commands: the deeds go with theirs.
    """
    estate = writing.estate
    latest = effective(day_of(writing.at)).filter(estate=estate, kind=EntryKind.MANAGEMENT)
    how = latest.order_by("-valid_from", "-id").values_list("management", flat=True).first() or Management.NONE
    stay = Clearing.objects.filter(estate=estate, ended_at__isnull=True).first()
    if how == Management.NONE and stay is None:
        _list(writing)
    elif how != Management.NONE and stay is not None:
        _end(writing, stay, "strike" if mistaken else "clear", how)


def _list(writing: Writing) -> None:
    estate = writing.estate
    row = CLEARING.row("list")
    stay = Clearing.objects.create(
        public_id=ids.derive(writing.at, writing.key, "clearing", str(estate.public_id)),
        estate=estate,
        state=CLEARING.step(START, "list"),
        listed_at=writing.at,
        owner=estate.home,
    )
    writing.deed(row.deed, subject_id=stay.public_id)
    writing.tell(estate.home_id, row.notice)


def _end(writing: Writing, stay: Clearing, verb: str, how: str) -> None:
    row = CLEARING.row(verb)
    stay.state = CLEARING.step(stay.state, verb)
    stay.ended_at, stay.version, stay.left = writing.at, stay.version + 1, ""
    stay.save()
    writing.deed(row.deed, subject_id=stay.public_id, outcome=how if verb == "clear" else "")
    if row.notice:
        writing.tell(writing.estate.home_id, row.notice)


def plan(
    *, actor: Actor, at: datetime, key: UUID, estate: UUID, owner: UUID, way: str, by: date, left: str, text: str = "",
    seen: int | None = None,
) -> Clearing:  # fmt: skip
    """Say who sees to it, how and by when, and what is still to be done. May be said anew."""

    def change(writing: Writing, stay: Clearing) -> None:
        ways = rules_of(writing.estate.mechanism).ways
        if way not in ways:
            raise BadInput("way", "请选择用什么办法", field="way", allowed="、".join(ways))
        if by < day_of(at):
            raise BadInput("past", "计划的日期不能在今天以前", field="by")
        body = Organisation.objects.filter(public_id=owner, closed_on__isnull=True).first()
        if body is None:
            raise NotFound("没有找到这个单位，请重新选择")
        stay.owner, stay.way, stay.planned_by, stay.left = body, way, by, clean(left, 200, field="left")
        writing.deed(
            CLEARING.row("plan").deed, subject_id=stay.public_id, counterpart_id=body.id,
            payload=Planned(way=way, by=by.isoformat()),
        )  # fmt: skip

    return _act("plan", actor, at, key, estate, change, text, seen)


def progress(
    *, actor: Actor, at: datetime, key: UUID, estate: UUID, text: str, left: str, seen: int | None = None
) -> Clearing:
    """One step on, in words, and what is left now."""

    def change(writing: Writing, stay: Clearing) -> None:
        if not text.strip():
            raise BadInput("empty", "请写下做了什么", field="text", allowed="1–500 字")
        stay.left = clean(left, 200, field="left")
        writing.deed(CLEARING.row("progress").deed, subject_id=stay.public_id)

    return _act("progress", actor, at, key, estate, change, text, seen)


def _act(
    verb: str,
    actor: Actor,
    at: datetime,
    key: UUID,
    public_id: UUID,
    change: Callable[[Writing, Clearing], None],
    text: str,
    seen: int | None,
) -> Clearing:
    with transaction.atomic():
        estate = lock(actor, public_id)
        policies.check_may(CLEARING.row(verb).who, actor, estate)
        stay = Clearing.objects.filter(estate=estate).order_by("-id").first()
        if stay is None:
            raise NotFound("这个小区不在无物业清单里")
        if done_before(key):
            return stay
        check_seen(seen, stay.version)
        stay.state = CLEARING.step(stay.state, verb)
        writing = Writing(actor=actor, at=at, key=key, estate=estate)
        change(writing, stay)
        stay.version += 1
        stay.save()
        deed = writing.finish()[0]
        Progress.objects.create(
            clearing=stay, deed_id=deed.public_id, verb=verb, at=at, by_id=actor.person_id,
            organisation_id=actor.organisation_id, text=clean(text, LONGEST, multiline=True, field="text"),
        )  # fmt: skip
        return stay
