"""What time does: warnings, misses, overdue matters going up the line, suspensions that expire. Called by jobs.

Each run takes a batch of cases nobody else is working on (SKIP LOCKED) in one transaction, so it may be killed anywhere
and repeated: what was done is no longer found, and each deed's key comes from its milestone. A case's version is left
alone, since nothing a person was about to decide has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from genmai.directory.roster.models import Tree
from genmai.directory.roster.trees import open_paths
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks, policies
from genmai.processes.cases.commands.requests import take_up
from genmai.processes.cases.commands.step import SOURCE, Step
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.models import Case, Milestone, Suspension
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.notices.commands import NewNotice, send

BATCH = 200
RESOLVE = "resolve"
_WRITTEN = ("warned_at", "missed_at", "raised", "due_at", "warn_at", "provisional")
_RUNNING = Milestone.State.RUNNING


def warn(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """Tell owners whose limit is nearly used up, once a limit. How many were told."""
    waiting = Milestone.objects.filter(
        state=_RUNNING, warned_at__isnull=True, missed_at__isnull=True, warn_at__lte=at, due_at__gt=at
    )

    def told(milestone: Milestone, _path: str) -> bool:
        key = ids.key_of("warn", str(milestone.public_id), milestone.due_at.isoformat())
        send(at=at, key=key, notices=[_notice(milestone, milestone.owner_id, "milestone.warned", at)])
        milestone.warned_at = at
        return True

    return _each(waiting.order_by("warn_at", "id"), told, limit)


def miss(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """Record limits that passed without being met; tell the owner and the organisation above it. How many."""
    waiting = Milestone.objects.filter(state=_RUNNING, missed_at__isnull=True, due_at__lt=at)

    def missed(milestone: Milestone, path: str) -> bool:
        key = ids.key_of("miss", str(milestone.public_id), milestone.due_at.isoformat())
        record(
            actor=actor,
            at=at,
            key=key,
            deeds=[_deed_of(milestone, path, "milestone.missed", happened_at=milestone.due_at)],
        )
        told = [milestone.owner_id, *_above(path)[:1]]
        send(at=at, key=key, notices=[_notice(milestone, one, "milestone.missed", at) for one in told])
        milestone.missed_at, milestone.raised = milestone.due_at, 1
        return True

    return _each(waiting.order_by("due_at", "id"), missed, limit)


def raise_overdue(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """Overdue goes up the line: each further working day one organisation higher, until the top. How many rungs."""
    overdue = Milestone.objects.filter(state=_RUNNING, missed_at__isnull=False)
    return _paged(overdue, lambda milestone, path: _raise(milestone, path, at), limit)


def _raise(milestone: Milestone, path: str, at: datetime) -> bool:
    """One more rung for this one, if a rung is due; a job that was down catches up rung by rung."""
    line = _above(path)
    if milestone.missed_at is None or milestone.raised >= len(line):
        return False
    due = clocks.rungs_due(milestone.missed_at, at, len(line))
    for rung in range(milestone.raised, due):
        key = ids.key_of("raise", str(milestone.public_id), milestone.due_at.isoformat(), rung)
        send(at=at, key=key, notices=[_notice(milestone, line[rung], "milestone.raised", at)])
    if due <= milestone.raised:
        return False
    milestone.raised = due
    return True


def recompute_provisional(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """Limits that rested on days past the calendar's horizon, anew once the year's notice is in; a deed each. How many."""
    return _paged(
        Milestone.objects.filter(state=_RUNNING, provisional=True), lambda m, p: _anew(m, p, actor, at), limit
    )


def _anew(milestone: Milestone, path: str, actor: Actor, at: datetime) -> bool:
    before = milestone.due_at, milestone.provisional
    case = milestone.case
    clocks.recompute(
        milestone,
        Suspension.objects.filter(case=case),
        at=at,
        warn_share=clocks.warn_share(definition_of(case.mechanism), milestone.key),
    )
    if before == (milestone.due_at, milestone.provisional):
        return False
    key = ids.key_of("recompute", str(milestone.public_id), milestone.due_at.isoformat())
    record(actor=actor, at=at, key=key, deeds=[_deed_of(milestone, path, "milestone.moved", reason="calendar")])
    if milestone.key == RESOLVE:
        Case.objects.filter(pk=case.pk).update(due_at=milestone.due_at)
    if milestone.missed_at is not None and milestone.due_at > milestone.missed_at:
        milestone.missed_at, milestone.raised = None, 0
    return True


def expire_suspensions(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """Take up matters whose suspension has run out; the clock stood still until the expiry, not until now. How many."""
    done = 0
    for case_id in _expired(at)[:limit]:
        with transaction.atomic():
            case = Case.objects.select_for_update(skip_locked=True).filter(pk=case_id, state="suspended").first()
            if case is None:
                continue
            last = Suspension.objects.filter(case=case, ended_at__isnull=True, expires_at__lte=at).first()
            if last is None:
                continue
            step = Step(
                case=case, verb="resume", actor=actor, at=at, key=ids.key_of("expire", str(case.public_id), last.pk)
            )
            take_up(step, ended_at=last.expires_at or at, outcome="expired")
            step.finish()
            done += 1
    return done


def _expired(at: datetime) -> list[int]:
    rows = Suspension.objects.filter(ended_at__isnull=True, expires_at__lte=at)
    return list(rows.order_by("expires_at").values_list("case_id", flat=True))


def _paged(waiting: QuerySet[Milestone], handle: Callable[[Milestone, str], bool], limit: int) -> int:
    """All of them, a batch a transaction, where most stay as they are."""
    changed = after = 0
    while page := list(waiting.filter(id__gt=after).order_by("id").values_list("id", flat=True)[:limit]):
        after = page[-1]
        changed += _each(waiting.filter(id__in=page).order_by("id"), handle, limit)
    return changed


def _each(waiting: QuerySet[Milestone], handle: Callable[[Milestone, str], bool], limit: int) -> int:
    """Handle a batch under its cases' locks; the milestones are read again once their cases are locked."""
    waiting = waiting.filter(case__state__in=OPEN)
    found = dict(waiting.values_list("id", "case_id")[:limit])
    if not found:
        return 0
    with transaction.atomic():
        cases = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(id__in=found.values())
        free = {case.id: case for case in cases.only("id", "public_id", "mechanism", "category", "place_id", "urgency")}
        rows = list(waiting.filter(id__in=found, case_id__in=free))
        paths = open_paths(Tree.ADMINISTRATIVE, (m.owner_id for m in rows))
        changed = []
        for milestone in rows:
            milestone.case = free[milestone.case_id]
            if handle(milestone, paths.get(milestone.owner_id, "")):
                changed.append(milestone)
        Milestone.objects.bulk_update(changed, _WRITTEN)
    return len(changed)


def _above(path: str) -> list[int]:
    """Organisations above, nearest first."""
    return policies.line(path)[-2::-1]


def _deed_of(milestone: Milestone, path: str, kind: str, **fields: Any) -> NewDeed:
    case = milestone.case
    return NewDeed(
        kind=kind,
        source_kind=SOURCE,
        source_id=case.public_id,
        mechanism=case.mechanism,
        organisation_id=milestone.owner_id,
        path=path,
        place_id=case.place_id,
        category=case.category,
        milestone=milestone.key,
        due_at=milestone.due_at,
        subject_id=milestone.public_id,
        **fields,
    )


def _notice(milestone: Milestone, organisation_id: int, kind: str, at: datetime) -> NewNotice:
    return NewNotice(
        kind=kind,
        source_kind=SOURCE,
        source_id=milestone.case.public_id,
        organisation_id=organisation_id,
        not_before=clocks.quiet(milestone.clock, at),
        urgency=milestone.case.urgency,
        payload={"milestone": milestone.key, "due_at": milestone.due_at.isoformat(), "owner": milestone.owner_id},
    )
