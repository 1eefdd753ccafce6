"""The course all commands of a task share: lock, flow, deed, notices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Actor
from genmai.processes.activities.flow import FLOW
from genmai.processes.activities.models import SignUp, Task
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.notices.commands import NewNotice, send

SOURCE = "task"


def locked(task: UUID) -> Task:
    """The task, nobody else's until the transaction ends. Raises NotFound."""
    found = Task.objects.select_for_update().filter(public_id=task).first()
    if found is None:
        raise NotFound("没有这个志愿任务")
    return found


def deed(task: Task, verb: str, **fields: Any) -> NewDeed:
    """The deed a row of the flow names."""
    return made(task, FLOW.row(verb).deed, **fields)


def made(task: Task, kind: str, **fields: Any) -> NewDeed:
    return NewDeed(
        kind=kind,
        source_kind=SOURCE,
        source_id=task.public_id,
        mechanism=task.mechanism,
        organisation_id=task.organisation_id,
        path=task.path,
        place_id=task.place_id,
        **fields,
    )


def write(
    actor: Actor, at: datetime, key: UUID, task: Task, verb: str, deeds: Iterable[NewDeed], notices: Iterable[NewNotice]
) -> None:
    """State, deeds and notices of one step."""
    task.state = FLOW.step(task.state, verb)
    task.version += 1
    task.save()
    record(actor=actor, at=at, key=key, deeds=list(deeds))
    told = list(notices)
    if told:
        send(at=at, key=key, notices=told)


def to_organiser(task: Task, kind: str) -> NewNotice:
    return NewNotice(kind=kind, source_kind=SOURCE, source_id=task.public_id, organisation_id=task.organisation_id)


def to_person(task: Task, kind: str, person_id: int) -> NewNotice:
    """In person; a resident without an account finds it under their code."""
    return NewNotice(kind=kind, source_kind=SOURCE, source_id=task.public_id, person_id=person_id)


def holding(task: Task) -> list[SignUp]:
    """Who holds a place, in the order they signed up."""
    return list(SignUp.objects.filter(task=task, state__in=SignUp.HOLDING).order_by("id"))
