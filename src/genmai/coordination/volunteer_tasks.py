"""A volunteer task raised by a case: opened for it, and the case says so in its own history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import Actor
from genmai.processes.activities.commands.tasks import NewTask, open_task
from genmai.processes.activities.models import Task
from genmai.processes.cases.commands.handling import note
from genmai.processes.cases.queries import matter

CASE = "case"


def open_for_case(*, actor: Actor, at: datetime, key: UUID, case: UUID, task: NewTask, words: str = "") -> Task:
    """Open the task for this case, where the case lies. `words`: what is noted on the case, where the actor may note.

    The same key again gives the first task. Raises NotFound outside the actor's view, and as `open_task`.
    """
    found = matter.find(actor.viewer, public_id=case)
    raised = replace(task, source_kind=CASE, source_id=found.public_id, place_id=task.place_id or found.place_id)
    with transaction.atomic():
        made = open_task(actor=actor, at=at, key=key, task=raised)
        if words:
            try:
                with transaction.atomic():
                    note(actor=actor, at=at, key=ids.subkey(key, "note"), case=case, text=words)
            except Refused:
                pass  # a matter that is closed or another body's: the task stands all the same
    return made
