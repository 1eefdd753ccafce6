"""Keeping a filter under a name: one's own, or shared with the organisation. Removing can be taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.cases.models import SavedView

LONGEST_NAME, LONGEST_QUERY, MOST = 20, 400, 20


def save_view(
    *, actor: Actor, at: datetime, key: UUID, name: str, query: str, shared: bool = False, opens_first: bool = False
) -> SavedView:
    """A new view at the end of one's own. Raises BadInput for an empty or known name, Refused past so many."""
    organisation_id, person_id = _who(actor)
    with transaction.atomic():
        done = SavedView.objects.filter(public_id=ids.subkey(key, "view")).first()
        if done is not None:
            return done
        mine = _locked_mine(organisation_id, person_id)
        if len(mine) >= MOST:
            raise Refused("too_many", "最多存 {most} 个视图，请先删去不用的", most=MOST)
        if len(query) > LONGEST_QUERY:
            raise BadInput("too_long", "这个条件太长，存不下", field="query")
        if opens_first:
            _nobody_first(mine)
        return SavedView.objects.create(
            public_id=ids.subkey(key, "view"), name=_name(name, mine), query=query, organisation_id=organisation_id,
            owner_id=person_id, shared=shared, opens_first=opens_first,
            position=max((one.position for one in mine), default=0) + 1, made_at=at,
        )  # fmt: skip


def change_view(
    *, actor: Actor, at: datetime, key: UUID, view: UUID, name: str, shared: bool, opens_first: bool
) -> SavedView:
    """Rename, share or keep to oneself, open first. Only whoever made it."""
    with transaction.atomic():
        kept, mine = _mine(actor, view)
        others = [one for one in mine if one.pk != kept.pk]
        if opens_first and not kept.opens_first:
            _nobody_first(others)
        kept.name, kept.shared, kept.opens_first = _name(name, others), shared, opens_first
        kept.save(update_fields=["name", "shared", "opens_first"])
    return kept


def move_view(*, actor: Actor, at: datetime, key: UUID, view: UUID, direction: Literal["up", "down"]) -> SavedView:
    """One place up or down among one's own; at the end nothing happens."""
    with transaction.atomic():
        kept, mine = _mine(actor, view)
        place = next(n for n, one in enumerate(mine) if one.pk == kept.pk)
        other = place + (-1 if direction == "up" else 1)
        if 0 <= other < len(mine):
            mine[place], mine[other] = mine[other], mine[place]
            for position, one in enumerate(mine, 1):
                one.position = position
            SavedView.objects.bulk_update(mine, ["position"])
    return kept


def remove_view(*, actor: Actor, at: datetime, key: UUID, view: UUID) -> SavedView:
    """Gone from the tabs; `restore_view` brings it back as it was."""
    with transaction.atomic():
        kept, _ = _mine(actor, view, removed=None)
        if kept.removed_at is None:
            kept.removed_at = at
            kept.save(update_fields=["removed_at"])
    return kept


def restore_view(*, actor: Actor, at: datetime, key: UUID, view: UUID) -> SavedView:
    """Back as it was. Raises BadInput where another has taken its name meanwhile."""
    with transaction.atomic():
        kept, mine = _mine(actor, view, removed=None)
        if kept.removed_at is not None:
            kept.name = _name(kept.name, mine)
            kept.opens_first = kept.opens_first and not any(one.opens_first for one in mine)
            kept.removed_at = None
            kept.save(update_fields=["removed_at", "opens_first"])
    return kept


def _who(actor: Actor) -> tuple[int, int]:
    if actor.organisation_id is None or actor.person_id is None or not actor.viewer.paths("cases:view"):
        raise NotPermitted("not_permitted", "存视图要用看得到事项的账号")
    return actor.organisation_id, actor.person_id


def _locked_mine(organisation_id: int, person_id: int) -> list[SavedView]:
    rows = SavedView.objects.select_for_update().filter(organisation_id=organisation_id, owner_id=person_id)
    return list(rows.filter(removed_at=None).order_by("position", "id"))


def _mine(actor: Actor, view: UUID, *, removed: bool | None = False) -> tuple[SavedView, list[SavedView]]:
    """Raises NotFound for what isn't one's own, as if it were not there."""
    organisation_id, person_id = _who(actor)
    mine = _locked_mine(organisation_id, person_id)
    found = next((one for one in mine if one.public_id == view), None)
    if found is None and removed is None:
        found = SavedView.objects.filter(organisation_id=organisation_id, owner_id=person_id, public_id=view).first()
    if found is None:
        raise NotFound()
    return found, mine


def _name(name: str, others: list[SavedView]) -> str:
    kept = clean(name, max_length=LONGEST_NAME, multiline=False, field="name")
    if not kept:
        raise BadInput("empty", "请起个名字", field="name", allowed="1–20 字")
    if any(one.name == kept for one in others):
        raise BadInput("known", "已经有一个视图叫“{name}”", field="name", name=kept)
    return kept


def _nobody_first(views: list[SavedView]) -> None:
    SavedView.objects.filter(pk__in=[one.pk for one in views if one.opens_first]).update(opens_first=False)
