"""The same matter brought twice: merged into one, every caller answered; and taken apart again, exactly.

重复诉求原则上并单 (国办函〔2025〕66号). Nothing is copied: a merged case keeps its callers, its milestones wait, and what the
surviving case shows is derived from both. Taking apart therefore restores everything by no longer deriving it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Link, Tree
from genmai.kernel import ids
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.cases import policies
from genmai.processes.cases.commands.kinship import check_merge
from genmai.processes.cases.commands.step import Step, act
from genmai.processes.cases.flow import OPEN, WORKING
from genmai.processes.cases.models import Body, Caller, Case, Milestone

CONTACT = "contact"


def merge(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, into: UUID, text: str = "", seen: int | None = None
) -> Case:
    """Join `case` to the open case `into`. Raises Refused when either can't be joined; NotFound outside the scope."""

    def change(step: Step) -> None:
        survivor = _survivor(actor, into)
        _check_pair(step.case, survivor)
        for milestone in list(step.milestones):
            milestone.state = Milestone.State.PAUSED
            step.changed(milestone)
        step.deed(subject_id=survivor.public_id, quantity=step.callers.count())
        step.words(clean(text, max_length=500, multiline=True))
        step.case.prior_state = step.before
        step.case.merged_into = survivor
        step.tell_callers(into=survivor.number)

    with transaction.atomic():
        _lock_in_order(case, into)
        done = act(verb="merge", actor=actor, at=at, key=key, case=case, change=change, seen=seen)
        _take_in(actor, at, key, done)
    return done


def unmerge(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str = "", seen: int | None = None) -> Case:
    """Take a merged case out again: state, holder, limits, callers and figures stand as before the merge."""
    left: list[Case] = []

    def change(step: Step) -> None:
        survivor = step.case.merged_into
        if survivor is None:
            raise NotFound()  # the flow lets only merged cases come here, and those have a survivor
        left.append(survivor)
        step.case.merged_into = None
        for milestone in list(step.milestones):
            milestone.state = Milestone.State.RUNNING
            step.changed(milestone)
        step.deed(subject_id=survivor.public_id, quantity=step.callers.count())
        step.words(clean(text, max_length=500, multiline=True))
        step.tell_callers()
        step.tell(step.case.holder_id)

    with transaction.atomic():
        survivor_id = Case.objects.filter(public_id=case).values_list("merged_into__public_id", flat=True).first()
        _lock_in_order(case, *([survivor_id] if survivor_id else []))
        done = act(verb="unmerge", actor=actor, at=at, key=key, case=case, change=change, seen=seen)
        if left:
            done.prior_state = ""
            done.save(update_fields=["prior_state"])
            _let_go(actor, at, key, done, left[0])
    return done


def _lock_in_order(*public_ids: UUID) -> None:
    """Both cases, always in the same order: two people merging the same pair both ways must not wait for each other."""
    list(Case.objects.select_for_update().filter(public_id__in=public_ids).order_by("pk").values_list("pk", flat=True))


def _take_in(actor: Actor, at: datetime, key: UUID, merged: Case) -> None:
    """The survivor's side: a line in its history, and a limit to contact the callers it has taken in."""
    survivor = merged.merged_into
    if survivor is None:
        return  # replayed after it was taken out again

    def change(step: Step) -> None:
        waiting = Caller.objects.filter(case=merged, wants_answer=True, contacted_at__isnull=True).count()
        step.deed(subject_id=merged.public_id, quantity=waiting)
        if step.before in WORKING and step.case.lead_id and waiting and step.find(CONTACT) is None:
            step.start(CONTACT, step.case.lead_id, quantity=waiting)
        step.tell(step.case.holder_id, case=merged.number)
        step.case.reach = sorted(set(step.case.reach) | set(merged.reach))

    join = ids.subkey(key, "join")
    act(verb="join", actor=actor, at=at, key=join, case=survivor.public_id, change=change, by=lambda _: merged.desk_id)


def _let_go(actor: Actor, at: datetime, key: UUID, merged: Case, survivor: Case) -> None:
    """The survivor's side of taking apart: who saw it only because of the merged case no longer does."""

    def change(step: Step) -> None:
        step.deed(subject_id=merged.public_id)
        owed = step.find(CONTACT)
        if owed is not None and not step.callers.filter(contacted_at__isnull=True).exists():
            step.void_these([owed])
        step.case.reach = _reach_without(step.case, merged)

    leave = ids.subkey(key, "leave")
    act(
        verb="leave", actor=actor, at=at, key=leave, case=survivor.public_id, change=change, by=lambda _: merged.desk_id
    )


def _survivor(actor: Actor, into: UUID) -> Case:
    survivor = Case.objects.filter(public_id=into).first()
    if survivor is None or (actor.kind is ActorKind.STAFF and not policies.sees(actor.viewer, survivor)):
        raise NotFound()
    return survivor


def _check_pair(case: Case, survivor: Case) -> None:
    if survivor.id == case.id:
        raise Refused("same_case", "不能并入自己", field="into", allowed="另一件还没办结的事项")
    if survivor.state == "merged":
        raise Refused("survivor_merged", "那一件已经并入别的事项，请并入它所在的那一件", field="into")
    if survivor.state not in OPEN:
        raise Refused("survivor_closed", "那一件已经办结，不能再并入", field="into", allowed="还没办结的事项")
    if Case.objects.filter(merged_into=case).exists():
        raise Refused("carries_repeats", "这一件已经带有并入的事项，请反过来并", field="into")
    check_merge(case, survivor)


def _reach_without(survivor: Case, gone: Case) -> list[int]:
    """Who sees the survivor: those of its own home and bodies, and of every case still merged into it."""
    found = set(own_reach(survivor))
    for merged in Case.objects.filter(merged_into=survivor).exclude(pk=gone.pk):
        found |= set(own_reach(merged))
    return sorted(found)


def own_reach(case: Case) -> list[int]:
    """Ancestors of the case's home, desk, holder and every body that ever took part, by today's tree."""
    taking_part = set(Body.objects.filter(case=case).values_list("organisation_id", flat=True))
    wanted = taking_part | {case.home_id, case.desk_id, case.holder_id}
    links = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation_id__in=wanted)
    found: set[int] = set(case.parent.reach) if case.split_off and case.parent else set()
    for path in links.values_list("path", flat=True):
        found.update(policies.line(path))
    return sorted(found)
