"""Cases follow the trees: who sees them, where they are at home, and who answers when a body is absorbed by another.

Permission follows today's tree, so ended cases follow as well; what their deeds were counted under stays (figures
follow the tree of their date).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Change, ChangeKind, Link, Organisation, Tree
from genmai.directory.roster.trees import open_paths
from genmai.kernel.viewer import Actor
from genmai.processes.cases import policies
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.models import Body, Case, Followed, Milestone

_COLUMNS = ("home", "desk", "holder", "lead")
_WRITTEN = (*_COLUMNS, "home_path", "reach")
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Moved:
    """How many cases followed a change, and how many of them are open."""

    cases: int
    open: int


@transaction.atomic
def follow(*, actor: Actor, at: datetime, key: UUID, change: Change) -> Moved:
    """After a change of the administrative tree: every case a moved body ever took part in is seen by its line of today.

    Where a body was absorbed, what it had to answer is the survivor's from now on.
    """
    moved, left = _moved_and_left(change)
    absorbed = change.organisation_id if change.kind == ChangeKind.MERGE else None
    reached = moved | {absorbed} if absorbed else moved
    rows = Case.objects.select_for_update().filter(reach__overlap=sorted(reached)) if reached else Case.objects.none()
    total = opened = 0
    for chunk in _chunks(list(rows.order_by("id").values_list("id", flat=True))):
        cases = list(Case.objects.filter(pk__in=chunk).order_by("id"))
        notes = {case.pk: Followed(change=change, case=case) for case in cases}
        if absorbed is not None and change.other_id is not None:
            _pass_on(cases, notes, absorbed, change.other_id)
        _see_anew(cases, notes, moved, left)
        Case.objects.bulk_update(cases, _WRITTEN, batch_size=_BATCH)
        kept = [n for n in notes.values() if n.gained or n.lost or n.passed_on or n.bodies or n.milestones]
        Followed.objects.bulk_create(kept, batch_size=_BATCH)
        total += len(kept)
        opened += sum(1 for note in kept if note.case.state in OPEN)
    return Moved(total, opened)


@transaction.atomic
def go_back(*, actor: Actor, at: datetime, key: UUID, change: Change) -> Moved:
    """After a change was undone: every case that followed it stands where it stood, and keeps what it took on since."""
    notes = list(Followed.objects.filter(change=change).order_by("case_id"))
    opened = 0
    for chunk in _chunks(notes):
        by_case = {note.case_id: note for note in chunk}
        cases = list(Case.objects.select_for_update().filter(pk__in=by_case).order_by("id"))
        _return(cases, by_case, change)
        own, paths = _own_lines(cases), open_paths(Tree.ADMINISTRATIVE, {case.home_id for case in cases})
        for case in cases:
            note = by_case[case.pk]
            case.reach = sorted((set(case.reach) - set(note.gained)) | set(note.lost) | own[case.pk])
            case.home_path = paths.get(case.home_id, case.home_path)
        Case.objects.bulk_update(cases, _WRITTEN, batch_size=_BATCH)
        opened += sum(1 for case in cases if case.state in OPEN)
    return Moved(len(notes), opened)


def _moved_and_left(change: Change) -> tuple[set[int], set[int]]:
    """The bodies that stand elsewhere in the administrative tree now, and those they stood under and left."""
    rows = Link.objects.filter(ended_by=change, tree=Tree.ADMINISTRATIVE)
    ended = {row.organisation_id: policies.line(row.path) for row in rows}
    moved = set(ended) - set(Organisation.objects.filter(closed_by=change).values_list("id", flat=True))
    return moved, {pk for line in ended.values() for pk in line} - moved


def _return(cases: list[Case], by_case: Mapping[int, Followed], change: Change) -> None:
    """What was passed on to the survivor and is still theirs goes back."""
    if change.other_id is None:
        return
    for case in cases:
        for column in by_case[case.pk].passed_on:
            if getattr(case, f"{column}_id") == change.other_id:
                setattr(case, f"{column}_id", change.organisation_id)
    notes = [by_case[case.pk] for case in cases]
    bodies = Body.objects.filter(pk__in=[pk for note in notes for pk in note.bodies], organisation_id=change.other_id)
    bodies.update(organisation_id=change.organisation_id)
    owned = Milestone.objects.filter(pk__in=[pk for note in notes for pk in note.milestones], owner_id=change.other_id)
    owned.update(owner_id=change.organisation_id)


def _pass_on(cases: list[Case], notes: Mapping[int, Followed], absorbed: int, into: int) -> None:
    for case in cases:
        for column in _COLUMNS:
            if getattr(case, f"{column}_id") == absorbed:
                setattr(case, f"{column}_id", into)
                notes[case.pk].passed_on.append(column)
    taken = set(Body.objects.filter(case__in=cases, organisation_id=into).values_list("case_id", "part"))
    bodies = [
        body for body in Body.objects.filter(case__in=cases, organisation_id=absorbed)
        if (body.case_id, body.part) not in taken
    ]  # fmt: skip
    for body in bodies:
        body.organisation_id = into
        notes[body.case_id].bodies.append(body.pk)
    Body.objects.bulk_update(bodies, ["organisation"], batch_size=_BATCH)
    owned = list(Milestone.objects.filter(case__in=cases, owner_id=absorbed))
    for milestone in owned:
        milestone.owner_id = into
        notes[milestone.case_id].milestones.append(milestone.pk)
    Milestone.objects.bulk_update(owned, ["owner"], batch_size=_BATCH)


def _see_anew(cases: list[Case], notes: Mapping[int, Followed], moved: set[int], left: set[int]) -> None:
    """Those above whom the bodies left see it no more, unless somebody below them still takes part."""
    own = _own_lines(cases)
    paths = open_paths(Tree.ADMINISTRATIVE, {pk for case in cases for pk in [*case.reach, case.home_id]})
    for case in cases:
        before = set(case.reach)
        stay = [policies.line(paths[pk]) for pk in before - left if pk in paths]
        seen = (before - left) | own[case.pk].union(*stay)
        note = notes[case.pk]
        note.gained, note.lost = sorted(seen - before), sorted(before - seen)
        case.reach = sorted(seen)
        if case.home_id in moved or "home" in note.passed_on:
            case.home_path = paths.get(case.home_id, case.home_path)


def _own_lines(cases: Sequence[Case]) -> dict[int, set[int]]:
    """By case, the lines above its home, desk, holder, lead and every body that ever took part."""
    ends = {case.pk: {case.home_id, case.desk_id, case.holder_id, case.lead_id} - {None} for case in cases}
    for case_id, organisation_id in Body.objects.filter(case__in=cases).values_list("case_id", "organisation_id"):
        ends[case_id].add(organisation_id)
    paths = open_paths(Tree.ADMINISTRATIVE, {pk for found in ends.values() for pk in found if pk is not None})
    return {
        pk: {above for one in found if one in paths for above in policies.line(paths[one])}
        for pk, found in ends.items()
    }


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]
