"""What a body that takes part promises: its share, by a day. Kept as a deed; a later promise stands beside the first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from genmai.directory.territory.days import day_of
from genmai.kernel.refusal import BadInput, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks
from genmai.processes.cases.commands.bodies import guest, part
from genmai.processes.cases.commands.handling import words
from genmai.processes.cases.commands.step import Step, act
from genmai.processes.cases.models import Case


def promise(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, body: UUID, on: date, text: str, seen: int | None = None
) -> Case:
    """An assisting or called body says what it will do and by which day. Promised is not done: nothing else changes."""

    def change(step: Step) -> None:
        one = guest(step, body, actor)
        if one.concluded_at is not None:
            raise Refused("already", "已经办完了")
        if on < day_of(step.at):
            raise BadInput("past", "答应的日期不能在今天以前", field="on")
        due = clocks.calendar().local_midnight(on + timedelta(days=1))
        said = step.deed(
            credited=one.organisation_id, counterpart_id=step.case.lead_id, subject_id=one.public_id, due_at=due
        )
        step.words(words(text), ordinal=said)
        step.tell(step.case.lead_id)

    return act(verb="promise", actor=actor, at=at, key=key, case=case, change=change, seen=seen, by=part(body))
