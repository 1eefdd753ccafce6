"""Deeds of the registry: the directory stands below and hands up facts; here they become deeds, and notices to who must act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from genmai.directory.access.keepers import KEEP, nearest_keeper
from genmai.directory.roster import facts as registry
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.models import Organisation
from genmai.kernel.viewer import Actor
from genmai.records.deeds import kinds
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.queries import of_key
from genmai.records.notices.commands import MEANT_FOR, NewNotice, send

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
        notices = _notices(facts, at)
        if notices:
            send(at=at, key=key, notices=notices)


def _notices(facts: Sequence[Fact], at: datetime) -> list[NewNotice]:
    """One for each body and kind, however many were put before it at once; where nobody keeps it, for who does above."""
    meant: dict[tuple[str, int], Fact] = {}
    for fact in facts:
        for side in TOLD.get(fact.kind, ()):
            body = getattr(fact, side)
            if body is not None:
                meant.setdefault((fact.kind, body), fact)
    keepers = {
        permission: nearest_keeper(bodies, at=at, permission=permission)
        for permission in (KEEP, DECIDE)
        if (bodies := {body for kind, body in meant if _asked_of(kind) == permission})
    }
    told = {key: keepers[_asked_of(key[0])].get(key[1], key[1]) for key in meant}
    names = _names({body for (_kind, body), keeper in told.items() if keeper != body})
    return [
        NewNotice(
            fact.kind, fact.source_kind, fact.source_id, organisation_id=told[kind, body],
            payload={MEANT_FOR: names[body]} if body in names and told[kind, body] != body else {},
        )
        for (kind, body), fact in meant.items()
    ]  # fmt: skip


def _asked_of(kind: str) -> str:
    return DECIDE if kind.startswith("proposal.") else KEEP


def _names(bodies: set[int]) -> Mapping[int, str]:
    return dict(Organisation.objects.filter(pk__in=bodies).values_list("pk", "short_name")) if bodies else {}


def take_over() -> None:
    """Hand the record in, with the kinds of deeds the registry writes."""
    for kind, title in registry.KINDS.items():
        if kind not in kinds.registered():
            kinds.register(kind, kinds.Nothing, title)
    registry.hand_in(Deeds())
