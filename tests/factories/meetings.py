"""Joint meetings for tests, by the public commands alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.factories import estates
from tests.factories.cases import World

from genmai.directory.roster.models import Organisation
from genmai.processes.decisions.commands import calling, holding
from genmai.processes.decisions.commands.calling import Asked, Item
from genmai.processes.decisions.models import Invitee, Mark, Meeting

DUE = date(2026, 3, 20)


def call(world: World, *bodies: Organisation, items: tuple[Item, ...] = (), **more: Any) -> Meeting:
    """Called by the community's secretary for this afternoon; the department and one seat are asked."""
    asked = [Asked(organisation=body.public_id) for body in bodies or (world.district.dept,)]
    new = {
        "organiser_id": world.district.n2.pk, "title": "小区停车联席会", "starts_at": world.at + timedelta(hours=5),
        "room": "二楼会议室", "items": items or (Item("电线杆移位"),),
        "asked": [*asked, Asked(seat="micro_grid_head", name="王网格")], **more,
    }  # fmt: skip
    actor = new.pop("actor", None) or estates.secretary(world)
    return calling.call(actor=actor, at=world.at, key=world.key(), meeting=calling.NewMeeting(**new))


def hold(world: World, meeting: Meeting, *marks: str) -> Meeting:
    """Held on time; everybody came unless told otherwise."""
    world.at = max(world.at, meeting.starts_at + timedelta(hours=1))
    invitees = Invitee.objects.filter(meeting=meeting).order_by("id")
    said = [*marks, *([Mark.PRESENT.value] * 99)]
    return holding.hold(
        actor=estates.secretary(world), at=world.at, key=world.key(), meeting=meeting.public_id,
        marks={one.public_id: said[n] for n, one in enumerate(invitees)}, minutes="大家同意移位",
    )  # fmt: skip


def decide(world: World, meeting: Meeting, responsible: Organisation | None = None, **more: Any) -> Meeting:
    """The department moves the pole by the twentieth."""
    given = {"text": "电线杆移到花坛外", "due_on": DUE, **more}
    body = responsible or world.district.dept
    return holding.decide(
        actor=estates.secretary(world), at=world.at, key=world.key(), meeting=meeting.public_id,
        decision=holding.NewDecision(responsible=body.public_id, **given),
    )  # fmt: skip


def held(world: World, *bodies: Organisation, items: tuple[Item, ...] = ()) -> Meeting:
    return hold(world, call(world, *bodies, items=items))
