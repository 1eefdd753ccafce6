"""Whom to ring about a record: each side sees its own person in clear, for a stated purpose that is written first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.access import commands as access
from genmai.directory.roster import sealing as people
from genmai.directory.roster.models import Person
from genmai.kernel.refusal import Changed, NotFound
from genmai.kernel.viewer import Actor, Reach, Viewer
from genmai.kernel.walled import house
from genmai.processes.registers.flowing import policies
from genmai.processes.registers.flowing.sealing import Resident
from genmai.processes.registers.flowing.writing import lock_record
from genmai.processes.registers.models import FlowRecord

WHY = "a record has two sides; the command asks for its own"


def whom(viewer: Viewer, record: FlowRecord) -> Person | None:
    """The host side rings who declared themselves there, the home side the member of its roll; nobody the other's."""
    if record.resident is not None and policies.holds(viewer, policies.CONTACT, record.host_reach, Reach.CAPTURE):
        return record.resident
    if record.member is not None and policies.holds(viewer, policies.CONTACT, record.home_reach, Reach.CAPTURE):
        return record.member
    return None


@house(WHY)
def look(*, actor: Actor, at: datetime, key: UUID, record: UUID, purpose: str) -> Resident:
    """Name and number in clear. Raises NotFound for the other side's, BadInput('purpose_missing'), Changed('gone')."""
    with transaction.atomic():
        found = lock_record(actor, record)
        person = whom(actor.viewer, found)
        if person is None:
            raise NotFound()
        access.record_look(
            actor=actor, at=at, key=key, person_id=person.pk, fields="name,phone", purpose=purpose,
            source=f"flowing {found.public_id}",
        )  # fmt: skip
        try:
            clear = people.open_person(person)
        except people.KeyDestroyed:
            raise Changed("gone", "这个人的姓名和电话已经删除，无法再看到") from None
        return Resident(name=clear.name, phone=clear.phone)
