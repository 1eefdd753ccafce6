"""Giving a matter to another leading body: shared by dispatch, reassignment, taking on, escalation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from genmai.directory.roster.models import Organisation
from genmai.kernel import ids
from genmai.processes.cases import clocks
from genmai.processes.cases.commands.step import Step
from genmai.processes.cases.models import Body, Request

# What the old lead owed and the new one owes afresh; `resolve` goes along with its limit unchanged.
PERSONAL = ("accept", "contact", "arrive")


def hand_over(step: Step, to: Organisation, *, accepted: bool = False) -> Body:
    """Make `to` the lead: old lead released, its own milestones void, the resolve limit carried over unchanged.

    The reporter's clock never restarts because offices pass a matter on (the resolve milestone keeps its due time).
    """
    case = step.case
    step.load_paths({to.id, case.lead_id, case.holder_id, case.desk_id})
    if case.lead_id is not None:
        release_bodies(step, organisation_id=to.id)  # whoever was called in and now leads is no guest any more
        if step.find(clocks.DECIDE):
            step.drop_requests(kind__in=(Request.Kind.BANK, Request.Kind.CLIMB))  # the former lead's, overtaken
    release_lead(step)
    case.lead, case.holder, case.level = to, to, to.level
    body = add_body(step, to.id, Body.Part.LEAD, climb_at=clocks.climb_at(step.definition, to.level, step.at))
    spoken_to = list(step.callers.values_list("contacted_at", flat=True))
    all_reached = (
        None not in spoken_to
    )  # a new lead need not ring them again; nor anybody, where nobody wants an answer
    for key in step.definition.starting_on("dispatched"):
        if (accepted and key == "accept") or (key == "contact" and all_reached):
            continue
        if step.find(key) is None:
            step.start(key, to.id, body=body, quantity=len(spoken_to) if key == "contact" else None)
        else:
            keep_for(step, key, to.id, body)
    return body


def keep_for(step: Step, key: str, owner_id: int, body: Body | None = None) -> None:
    """A running limit goes on unchanged, owed by somebody else. What was over by now was missed by the former owner."""
    running = step.find(key)
    if running is not None and running.owner_id != owner_id:
        if step.is_over(running):
            step.miss(running)
        running.owner_id, running.body = owner_id, body
        step.move(running, "milestone.moved")


def release_bodies(step: Step, **which: Any) -> None:
    """Assisting and called-in bodies (all, or those that match) go home; what they owed is void."""
    others = Body.objects.filter(case=step.case, released_at__isnull=True, **which).exclude(part=Body.Part.LEAD)
    leaving = set(others.values_list("id", flat=True))
    if leaving:
        step.void_these([m for m in step.milestones if m.body_id in leaving])
        step.drop_requests(body__in=leaving)
        others.update(released_at=step.at)


def release_lead(step: Step) -> None:
    """The present lead is out; what it owed personally is no longer due."""
    if step.case.lead_id is None:
        return
    Body.objects.filter(case=step.case, part=Body.Part.LEAD, released_at__isnull=True).update(released_at=step.at)
    step.void(*PERSONAL)
    step.case.lead = None


def add_body(
    step: Step, organisation_id: int, part: str, *, call_kind: str = "", climb_at: datetime | None = None
) -> Body:
    """Let an organisation take part; from now on its people, and everybody above them, see the case."""
    step.extend_reach(organisation_id)
    return Body.objects.create(
        public_id=ids.derive(step.at, step.key, "body", organisation_id, part),
        case=step.case,
        organisation_id=organisation_id,
        part=part,
        asked_at=step.at,
        asked_by_id=step.actor.organisation_id,
        call_kind=call_kind,
        climb_at=climb_at,
    )
