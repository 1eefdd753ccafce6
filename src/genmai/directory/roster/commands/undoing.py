"""Undoing a restructuring: everything it began is taken back, everything it ended goes on; what was known is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from genmai.directory.roster import changing
from genmai.directory.roster.models import Change, ChangeKind, Cover, Link, Membership, Naming, Organisation, Post
from genmai.directory.territory.divisions import initials
from genmai.kernel.refusal import Changed, NotFound
from genmai.kernel.viewer import Actor


@transaction.atomic
def undo(*, actor: Actor, at: datetime, key: UUID, change: UUID) -> Change:
    """Take a restructuring back. Undone before: nothing more is done.

    Raises Changed('built_on') naming the later change, or what was entered since, that has to go first.
    """
    changing.done_before(key)  # one at a time
    found = Change.objects.select_for_update(of=("self",)).select_related("organisation", "other")
    row = found.filter(public_id=change).first()
    if row is None:
        raise NotFound()
    changing.check_may(actor, row.organisation)
    if row.undone_at is not None:
        return row
    later = next(_in_the_way(row), None)
    if later is not None:
        raise Changed("built_on", "后来又有变动以它为基础，请先撤回：{later}", later=later)
    changing.take_back(row, at)
    _bodies_back(row)
    row.undone_at, row.undone_by_id = at, actor.person_id
    row.save(update_fields=["undone_at", "undone_by"])
    return row


def _bodies_back(change: Change) -> None:
    """Opened bodies leave the registry (their code is free again), closed ones live on, the old name stands again."""
    for body in Organisation.objects.filter(opened_by=change):
        body.code, body.closed_on = f"{body.code[:28]}~{body.pk}", body.opened_on
        body.save(update_fields=["code", "closed_on"])
    Organisation.objects.filter(closed_by=change).update(closed_on=None, closed_by=None, merged_into=None)
    if change.kind == ChangeKind.RENAME:
        body = change.organisation
        now = Naming.objects.filter(organisation=body, valid_to__isnull=True).first()
        now = now or Naming.objects.filter(organisation=body, begun_by=change).order_by("id").first()
        if now is not None:
            body.name, body.short_name, body.initials = now.name, now.short_name, initials(now.short_name)
            body.save(update_fields=["name", "short_name", "initials"])


def _in_the_way(change: Change) -> Iterator[str]:
    """What was done since and rests on what the change made, in words; the first is enough."""
    yield from _rows_gone_on(change)
    yield from _below_since(change)
    yield from _homes_gone(change)
    for body in Organisation.objects.filter(opened_by=change):
        yield from _settled_in(body, change)
    if change.other is not None and change.other.closed_by_id not in (None, change.pk):
        yield words_of(change.other.closed_by)


def _rows_gone_on(change: Change) -> Iterator[str]:
    """Rows it began that have ended since."""
    for model in changing.DATED:
        rows = model.objects.filter(begun_by=change, withdrawn_at__isnull=True, valid_to__isnull=False)
        rows = rows.exclude(ended_by=change, ended_by__isnull=False).select_related("ended_by__organisation")
        row = rows.order_by("-ended_by_id").first()
        if row is not None:
            yield words_of(row.ended_by) if row.ended_by else _entered(row)


def _below_since(change: Change) -> Iterator[str]:
    """Bodies hung since under what it placed."""
    placed = Link.objects.filter(begun_by=change, withdrawn_at__isnull=True)
    own = set(placed.values_list("organisation_id", flat=True))
    for link in placed:
        if link.parent_id in own:
            continue
        since = Link.objects.filter(tree=link.tree, path__startswith=link.path, valid_to__isnull=True)
        row = since.exclude(begun_by=change, begun_by__isnull=False).select_related("organisation", "begun_by").first()
        if row is not None:
            yield words_of(row.begun_by) if row.begun_by else row.organisation.name


def _homes_gone(change: Change) -> Iterator[str]:
    """What it ended goes back to a parent or branch that has moved or closed since."""
    ended = Link.objects.filter(ended_by=change, withdrawn_at__isnull=True).exclude(parent=None)
    inside = set(ended.values_list("organisation_id", flat=True))
    tops = [row for row in ended.select_related("parent__closed_by") if row.parent_id not in inside]
    for row in tops:
        if row.parent_id is None:
            continue
        there = Link.objects.filter(tree=row.tree, organisation_id=row.parent_id, valid_to__isnull=True)
        now = there.select_related("begun_by__organisation").first()
        if now is not None and row.path == f"{now.path}{row.organisation_id}/":
            continue
        by = now.begun_by if now is not None else row.parent.closed_by if row.parent else None
        if by is None or by.pk != change.pk:
            yield words_of(by) if by is not None else str(row.parent)
    gone = Membership.objects.filter(ended_by=change, withdrawn_at__isnull=True, branch__closed_by__isnull=False)
    for member in gone.exclude(branch__closed_by=change).select_related("branch__closed_by__organisation")[:1]:
        yield words_of(member.branch.closed_by)


def _settled_in(body: Organisation, change: Change) -> Iterator[str]:
    """What a body opened by the change has taken in since."""
    others = ~Q(begun_by=change) | Q(begun_by__isnull=True)
    live = Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from"))
    for found in (Membership.objects.filter(branch=body), Cover.objects.filter(Q(branch=body) | Q(grid=body))):
        row = found.filter(live & others, withdrawn_at__isnull=True).first()
        if row is not None:
            yield _entered(row)
    if Post.objects.filter(live, organisation=body).exists():
        yield body.name
    later = body.changes.filter(undone_at__isnull=True).select_related("organisation").first()
    if later is not None:
        yield words_of(later)


def _entered(row: Any) -> str:
    """A row somebody entered, told without naming a person."""
    body = getattr(row, "branch", None) or row.organisation
    return f"{body.name} {row.valid_to or row.valid_from}"


def words_of(change: Change | None) -> str:
    """A change in a line: 2026-04-01 合并：北二支部."""
    return f"{change.on} {change.get_kind_display()}：{change.said}" if change is not None else ""
