"""What every command here shares: the locked row, replay by key, the version a person saw, deeds and notices at the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from genmai.kernel.refusal import Changed, NotFound
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.registers import policies
from genmai.processes.registers.models import Estate
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.models import Deed
from genmai.records.notices.commands import NewNotice, send


class Writing:
    """Collects the deeds and notices of one command about one estate; nothing is written before `finish`."""

    def __init__(
        self, *, actor: Actor, at: datetime, key: UUID, estate: Estate, source_kind: str = "estate",
        source_id: UUID | None = None,
    ) -> None:  # fmt: skip
        self.actor, self.at, self.key, self.estate = actor, at, key, estate
        self.source_kind, self.source_id = source_kind, source_id or estate.public_id
        self._deeds: list[NewDeed] = []
        self._notices: list[NewNotice] = []

    def deed(self, kind: str, **fields: Any) -> int:
        """Add a deed of the estate's community; returns its ordinal."""
        self._deeds.append(
            NewDeed(
                kind=kind,
                source_kind=self.source_kind,
                source_id=self.source_id,
                mechanism=self.estate.mechanism,
                organisation_id=self.estate.home_id,
                path=self.estate.home_path,
                place_id=self.estate.place_id,
                **fields,
            )
        )
        return len(self._deeds) - 1

    def tell(self, organisation_id: int | None, kind: str, **payload: Any) -> None:
        """Notify an organisation's people."""
        self._notices.append(
            NewNotice(
                kind=kind,
                source_kind=self.source_kind,
                source_id=self.source_id,
                organisation_id=organisation_id,
                payload=payload,
            )
        )

    def finish(self) -> list[Deed]:
        """Write it all."""
        written = record(actor=self.actor, at=self.at, key=self.key, deeds=self._deeds)
        if self._notices:
            send(at=self.at, key=self.key, notices=self._notices)
        return written


def done_before(key: UUID) -> UUID | None:
    """What an earlier run of the same command acted on."""
    return Deed.objects.filter(key=key, ordinal=0).values_list("source_id", flat=True).first()


def lock(actor: Actor, public_id: UUID) -> Estate:
    """The estate, locked until the transaction ends. Raises NotFound outside the actor's scope."""
    found = Estate.objects.select_for_update(of=("self",)).select_related("place", "home").filter(public_id=public_id)
    estate = found.first()
    if estate is None or (actor.kind is ActorKind.STAFF and not policies.sees(actor.viewer, estate)):
        raise NotFound()
    return estate


def check_seen(seen: int | None, version: int) -> None:
    """Raises Changed when somebody acted since the person looked."""
    if seen is not None and seen != version:
        raise Changed("changed", "刚才有别人先改了，请看最新情况再办；您填的内容还在")
