"""The same matter brought twice: merged into one, every caller answered; and taken apart again, exactly.

重复诉求原则上并单 (国办函〔2025〕66号). Nothing is copied: a merged case keeps its callers, its milestones wait, and what the
surviving case shows is derived from both. Taking apart therefore restores everything by no longer deriving it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Link, Tree
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.cases import policies
from genmai.processes.cases.commands.step import Step, act
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.models import Body, Case, Milestone


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
        step.tell(survivor.holder_id, case=step.case.number)
        _derive_reach(survivor, extra=step.case.reach)

    return act(verb="merge", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


def unmerge(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str = "", seen: int | None = None) -> Case:
    """Take a merged case out again: state, holder, limits, callers and figures stand as before the merge."""

    def change(step: Step) -> None:
        survivor = Case.objects.select_for_update().get(pk=step.case.merged_into_id)
        step.case.merged_into = None
        for milestone in list(step.milestones):
            milestone.state = Milestone.State.RUNNING
            step.changed(milestone)
        step.deed(subject_id=survivor.public_id, quantity=step.callers.count())
        step.words(clean(text, max_length=500, multiline=True))
        step.tell_callers()
        step.tell(step.case.holder_id)
        _derive_reach(survivor, without=step.case.id)

    with transaction.atomic():
        done = act(verb="unmerge", actor=actor, at=at, key=key, case=case, change=change, seen=seen)
        if done.prior_state:
            done.prior_state = ""
            done.save(update_fields=["prior_state"])
    return done


def _survivor(actor: Actor, into: UUID) -> Case:
    survivor = Case.objects.select_for_update().filter(public_id=into).first()
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


def _derive_reach(survivor: Case, *, extra: list[int] | None = None, without: int | None = None) -> None:
    """Who sees the survivor: those of its own home and bodies, and of every case merged into it."""
    found = set(own_reach(survivor)) | set(extra or ())
    for merged in Case.objects.filter(merged_into=survivor).exclude(pk=without):
        found |= set(own_reach(merged))
    Case.objects.filter(pk=survivor.pk).update(reach=sorted(found))


def own_reach(case: Case) -> list[int]:
    """Ancestors of the case's home, desk, holder and every body that ever took part, by today's tree."""
    taking_part = set(Body.objects.filter(case=case).values_list("organisation_id", flat=True))
    wanted = taking_part | {case.home_id, case.desk_id, case.holder_id}
    links = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation_id__in=wanted)
    found: set[int] = set()
    for path in links.values_list("path", flat=True):
        found.update(policies.line(path))
    return sorted(found)
