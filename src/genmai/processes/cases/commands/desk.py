"""The desk's second thoughts: take back a dispatch nobody has taken up, and ask after a matter (催办).

Taking back is the inverse of a dispatch as far as anything has an inverse: the desk's own limit runs on from its first
moment, the reporter's clock never stops, and what was missed meanwhile stays missed.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from genmai.kernel.refusal import NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks
from genmai.processes.cases.commands.handling import back_to_desk, lead_body, words
from genmai.processes.cases.commands.step import Step, act
from genmai.processes.cases.deeds import LATE
from genmai.processes.cases.mechanism import desk_rules
from genmai.processes.cases.models import Case, Milestone
from genmai.records.deeds.models import Deed

HANDED_ON = ("case.dispatched", "case.reassigned", "case.escalated", "case.objection_rejected")


def take_back(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str = "", seen: int | None = None) -> Case:
    """The person who dispatched it takes it back while nobody has taken it up. It stands at the desk as before.

    Raises Refused('taken_up') once the body has spoken to a caller, ('too_late') after the desk's `take_back_within`,
    ('not_a_dispatch') where it came to the body in another way; NotPermitted('not_yours') for anybody else.
    """

    def change(step: Step) -> None:
        given = _last_dispatch(step)
        _check_takeable(step, given)
        lead_id = step.case.lead_id
        since = _desk_since(step, given)
        step.deed(credited=step.case.desk_id, counterpart_id=lead_id)
        step.words(words(text, required=False))
        back_to_desk(step, since=since)
        if not _came_back_before(step):
            step.case.level = step.organisation(step.case.home_id).level  # as it came in
        step.tell(lead_id)

    return act(verb="take_back", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _last_dispatch(step: Step) -> Deed:
    """How it came to its lead. Raises Refused where that was no dispatch of a desk."""
    last = Deed.objects.filter(source_id=step.case.public_id, kind__in=HANDED_ON).order_by("-id").first()
    if last is None or last.kind != "case.dispatched":
        raise Refused("not_a_dispatch", "这件事不是刚分派出去的，不能收回；要换单位，请改派")
    return last


def _check_takeable(step: Step, given: Deed) -> None:
    if given.actor_id is None or given.actor_id != step.actor.person_id:
        raise NotPermitted("not_yours", "只有分派的人自己能收回；要换单位，请改派")
    if step.at > clocks.due_after(desk_rules().take_back_within, given.at):
        raise Refused("too_late", "收回的时间已经过了；要换单位，请改派")
    later = Deed.objects.filter(source_id=step.case.public_id, kind="case.contacted", id__gt=given.id)
    body = lead_body(step)
    if later.exists() or (body is not None and body.responded_at is not None):
        raise Refused("taken_up", "承办单位已经在办了，不能收回；要换单位，请改派")


def _came_back_before(step: Step) -> bool:
    """Whether it had been given away and come back once already: then it stood at the desk's own level."""
    kinds = ("case.returned", "case.objection_upheld")
    return Deed.objects.filter(source_id=step.case.public_id, kind__in=kinds).exists()


def _desk_since(step: Step, given: Deed) -> datetime | None:
    """From when the desk's limit runs: the one that this dispatch met."""
    keys = step.definition.starting_on("received")
    met = Milestone.objects.filter(case=step.case, key__in=keys, state=Milestone.State.MET, met_at=given.at)
    return met.order_by("-id").values_list("set_at", flat=True).first()


def chase(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str = "", seen: int | None = None) -> Case:
    """Ask whoever has it how it goes; where something is late already, the organisation above it reads along.

    Raises Refused('ours') where the actor's own organisation has it, ('too_soon') within the desk's `chase_every`.
    """

    def change(step: Step) -> None:
        asked = step.case.holder_id
        if asked == actor.organisation_id:
            raise Refused("ours", "这件事就在本单位手上，不用催")
        _check_pause(step)
        late = any(m.missed_at is not None or step.is_over(m) for m in step.milestones)
        step.deed(credited=asked, counterpart_id=actor.organisation_id, outcome=LATE if late else "")
        step.words(words(text, required=False))
        step.tell(asked)
        above = step.parent(asked)
        if late and above != asked:
            step.tell(above, "case.chased_below", owner=asked)

    return act(verb="chase", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def _check_pause(step: Step) -> None:
    """Once in so long a case, whoever asks."""
    asked = Deed.objects.filter(source_id=step.case.public_id, kind="case.chased").order_by("-id")
    last = asked.values_list("at", flat=True).first()
    if last is None:
        return
    again = clocks.due_after(desk_rules().chase_every, last)
    if step.at < again:
        when = again.astimezone(clocks.calendar().zone)
        raise Refused("too_soon", "刚催过，{when} 以后才能再催", when=f"{when:%m-%d %H:%M}")
