"""Calling a meeting, moving it, calling it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Link, Organisation, Tree
from genmai.kernel import ids
from genmai.kernel.flow import START
from genmai.kernel.refusal import BadInput, NotFound
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.decisions import policies
from genmai.processes.decisions.flow import FLOW
from genmai.processes.decisions.mechanism import current, kind_of
from genmai.processes.decisions.models import AgendaItem, Invitee, Meeting
from genmai.processes.decisions.writing import Writing, act
from genmai.records.writing import done_before

MOST_ITEMS = 30


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the agenda; `case_id` is the public id of a matter, where it is about one."""

    title: str
    case_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asked to come: a body by its public id, or a seat of this kind of meeting with who holds it."""

    organisation: UUID | None = None
    seat: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class NewMeeting:
    """What a call says."""

    organiser_id: int
    title: str
    starts_at: datetime
    room: str
    items: Sequence[Item]
    asked: Sequence[Asked]


def call(*, actor: Actor, at: datetime, key: UUID, meeting: NewMeeting) -> Meeting:
    """Call a meeting: everybody asked is told, and sees it from now on. Raises BadInput, NotFound, NotPermitted."""
    with transaction.atomic():
        done = done_before(key)
        if done:
            return Meeting.objects.get(public_id=done)
        mechanism, kind = current()
        path = _path(meeting.organiser_id)
        policies.check_hold(actor, path)
        found = Meeting(
            public_id=ids.derive(at, key, "meeting"),
            mechanism=mechanism.ref,
            kind=kind,
            state=FLOW.step(START, "call"),
            title=clean(meeting.title, 120, field="title"),
            organiser_id=meeting.organiser_id,
            path=path,
            reach=[int(part) for part in path.split("/") if part],
            starts_at=meeting.starts_at,
            room=clean(meeting.room, 80, field="room"),
            called_at=at,
            called_by_id=actor.person_id,
        )
        _check(found, meeting)
        writing = Writing(meeting=found, verb="call", actor=actor, at=at, key=key)
        bodies = _bodies(meeting.asked)
        writing.extend_reach(*(body.pk for body in bodies.values()))
        found.save(force_insert=True)
        _agenda(writing, meeting.items)
        _invite(writing, meeting.asked, bodies)
        writing.deed(due_at=meeting.starts_at)
        writing.tell_all(*(body.pk for body in bodies.values()))
        writing.finish()
        return found


def _path(organiser_id: int) -> str:
    path = (
        Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation_id=organiser_id)
        .values_list("path", flat=True)
        .first()
    )
    if path is None:
        raise NotFound("没有找到召集会议的单位")
    return path


def _check(meeting: Meeting, new: NewMeeting) -> None:
    if not meeting.title:
        raise BadInput("no_title", "请写会议名称", field="title")
    if not [item for item in new.items if item.title.strip()]:
        raise BadInput("no_items", "请至少写一个议题", field="items")
    if len(new.items) > MOST_ITEMS:
        raise BadInput("too_many", "议题最多 {most} 个", field="items", most=MOST_ITEMS)
    if not new.asked:
        raise BadInput("nobody", "请选择请谁来开会", field="bodies", allowed="至少一个单位")
    seats = kind_of(meeting.mechanism, meeting.kind).seats
    for one in new.asked:
        if one.organisation is None and one.seat not in seats:
            raise BadInput("seat", "没有“{seat}”这个席位", field="seats", seat=one.seat)


def _bodies(asked: Sequence[Asked]) -> dict[UUID, Organisation]:
    wanted = {one.organisation for one in asked if one.organisation is not None}
    found = {o.public_id: o for o in Organisation.objects.filter(public_id__in=wanted, closed_on__isnull=True)}
    if wanted - found.keys():
        raise NotFound("没有找到这个单位，请重新选择")
    return found


def _agenda(writing: Writing, items: Sequence[Item]) -> None:
    rows = []
    for order, item in enumerate((one for one in items if one.title.strip()), start=1):
        rows.append(
            AgendaItem(
                public_id=ids.derive(writing.at, writing.key, "item", order),
                meeting=writing.meeting,
                order=order,
                title=clean(item.title, 120, field="items"),
                case_id=item.case_id,
            )
        )
    AgendaItem.objects.bulk_create(rows)


def _invite(writing: Writing, asked: Sequence[Asked], bodies: dict[UUID, Organisation]) -> None:
    rows = [
        Invitee(
            public_id=ids.derive(writing.at, writing.key, "invitee", number),
            meeting=writing.meeting,
            organisation=bodies.get(one.organisation) if one.organisation else None,
            seat=one.seat,
            name=clean(one.name, 40, field="seats"),
        )
        for number, one in enumerate(asked)
    ]
    Invitee.objects.bulk_create(rows)


def move(
    *, actor: Actor, at: datetime, key: UUID, meeting: UUID, starts_at: datetime, room: str, seen: int | None = None
) -> Meeting:
    """Another time or room; everybody asked is told."""

    def change(writing: Writing) -> None:
        writing.meeting.starts_at, writing.meeting.room = starts_at, clean(room, 80, field="room")
        writing.deed(due_at=starts_at)
        writing.tell_all(*_asked_bodies(writing.meeting))

    return act(verb="move", actor=actor, at=at, key=key, meeting=meeting, seen=seen, change=change)


def cancel(*, actor: Actor, at: datetime, key: UUID, meeting: UUID, why: str, seen: int | None = None) -> Meeting:
    """Called off, and why."""

    def change(writing: Writing) -> None:
        writing.meeting.cancelled_why = clean(why, 200, field="why")
        if not writing.meeting.cancelled_why:
            raise BadInput("empty", "请写明为什么不开了", field="why")
        writing.deed()
        writing.tell_all(*_asked_bodies(writing.meeting))

    return act(verb="cancel", actor=actor, at=at, key=key, meeting=meeting, seen=seen, change=change)


def _asked_bodies(meeting: Meeting) -> list[int]:
    rows = Invitee.objects.filter(meeting=meeting, organisation__isnull=False)
    return [one for one in rows.values_list("organisation_id", flat=True) if one is not None]
