"""What every command about estates shares: the locked row, and what its deeds have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.registers import policies
from genmai.processes.registers.models import Estate
from genmai.records import writing


class Writing(writing.Writing):
    """One command about one estate."""

    def __init__(
        self, *, actor: Actor, at: datetime, key: UUID, estate: Estate, source_kind: str = "estate",
        source_id: UUID | None = None,
    ) -> None:  # fmt: skip
        super().__init__(actor=actor, at=at, key=key)
        self.estate, self.source_kind, self.source_id = estate, source_kind, source_id or estate.public_id

    def common(self) -> dict[str, Any]:
        """Credited to the estate's community."""
        return {
            "source_kind": self.source_kind, "source_id": self.source_id, "mechanism": self.estate.mechanism,
            "organisation_id": self.estate.home_id, "path": self.estate.home_path, "place_id": self.estate.place_id,
        }  # fmt: skip


def lock(actor: Actor, public_id: UUID) -> Estate:
    """The estate, locked until the transaction ends. Raises NotFound outside the actor's scope."""
    found = Estate.objects.select_for_update(of=("self",)).select_related("place", "home").filter(public_id=public_id)
    estate = found.first()
    if estate is None or (actor.kind is ActorKind.STAFF and not policies.sees(actor.viewer, estate)):
        raise NotFound()
    return estate
