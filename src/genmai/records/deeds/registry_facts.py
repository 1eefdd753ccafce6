"""Deeds of the registry: the directory stands below and hands up facts; here they become deeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from genmai.directory.roster import facts as registry
from genmai.directory.roster.facts import Fact
from genmai.kernel.viewer import Actor
from genmai.records.deeds import kinds
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.queries import of_key

_FIELDS = tuple(each.name for each in fields(Fact))


class Deeds:
    """The record as the registry knows it."""

    def done(self, *, actor: Actor, key: UUID) -> UUID | None:
        written = of_key(actor.viewer, key=key)
        return written[0].source_id if written else None

    def take(self, *, actor: Actor, at: datetime, key: UUID, facts: Sequence[Fact]) -> None:
        deeds = [NewDeed(**{name: getattr(fact, name) for name in _FIELDS}) for fact in facts]
        record(actor=actor, at=at, key=key, deeds=deeds)


def take_over() -> None:
    """Hand the record in, with the kinds of deeds the registry writes."""
    for kind, title in registry.KINDS.items():
        if kind not in kinds.registered():
            kinds.register(kind, kinds.Nothing, title)
    registry.hand_in(Deeds())
