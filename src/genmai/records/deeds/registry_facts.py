"""Deeds of the registry: the directory stands below and hands up facts; here they become deeds, and notices to who must act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from genmai.directory.access.keepers import KEEP
from genmai.directory.roster import facts as registry
from genmai.directory.roster.facts import Fact
from genmai.kernel.viewer import Actor
from genmai.records.deeds import kinds
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.queries import of_key
from genmai.records.notices.addressing import to_keepers
from genmai.records.notices.commands import NewNotice, send

_FIELDS = tuple(each.name for each in fields(Fact))
# Which side of what was done is told: its own body, the other one, or both.
TOLD: Mapping[str, tuple[str, ...]] = {
    "transfer.asked": ("counterpart_id",),
    "transfer.accepted": ("counterpart_id",),
    "transfer.refused": ("counterpart_id",),
    "transfer.withdrawn": ("counterpart_id",),
    "transfer.expired": ("organisation_id", "counterpart_id"),
    "proposal.raised": ("organisation_id",),
    "letter.lapsed": ("organisation_id",),
}
DECIDE = "members:decide"


class Deeds:
    """The record as the registry knows it."""

    def done(self, *, actor: Actor, key: UUID) -> UUID | None:
        written = of_key(actor.viewer, key=key)
        return written[0].source_id if written else None

    def take(self, *, actor: Actor, at: datetime, key: UUID, facts: Sequence[Fact]) -> None:
        deeds = [NewDeed(**{name: getattr(fact, name) for name in _FIELDS}) for fact in facts]
        record(actor=actor, at=at, key=key, deeds=deeds)
        notices = _notices(facts)
        if notices:
            send(at=at, key=key, notices=to_keepers(notices, at=at, permission_of=_asked_of))


def _notices(facts: Sequence[Fact]) -> list[NewNotice]:
    """One for each body and kind, however many were put before it at once."""
    meant: dict[tuple[str, int], Fact] = {}
    for fact in facts:
        for side in TOLD.get(fact.kind, ()):
            body = getattr(fact, side)
            if body is not None:
                meant.setdefault((fact.kind, body), fact)
    return [
        NewNotice(fact.kind, fact.source_kind, fact.source_id, organisation_id=body)
        for (_kind, body), fact in meant.items()
    ]


def _asked_of(kind: str) -> str:
    return DECIDE if kind.startswith("proposal.") else KEEP


def take_over() -> None:
    """Hand the record in, with the kinds of deeds the registry writes."""
    for kind, title in registry.KINDS.items():
        if kind not in kinds.registered():
            kinds.register(kind, kinds.Nothing, title)
    registry.hand_in(Deeds())
