"""What the commands about flowing members share: locked rows, what their deeds have in common, touches."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.registers.flowing import policies
from genmai.processes.registers.models import Candidate, FlowRecord, Touch
from genmai.records import writing
from genmai.records.deeds.models import Deed

CANDIDATE, RECORD, LIST = "candidate", "flowing", "residents"


class Writing(writing.Writing):
    """One command about one source: a candidate, a record of two sides, or a list. No name goes into a notice."""

    kept_by = policies.KEEP

    def __init__(
        self, *, actor: Actor, at: datetime, key: UUID, mechanism: str, source_kind: str, source_id: UUID,
        organisation_id: int | None, path: str = "",
    ) -> None:  # fmt: skip
        super().__init__(actor=actor, at=at, key=key)
        self._common: dict[str, Any] = {
            "mechanism": mechanism, "source_kind": source_kind, "source_id": source_id,
            "organisation_id": organisation_id, "path": path,
        }  # fmt: skip

    def common(self) -> dict[str, Any]:
        """Credited to the side that acts or is asked to."""
        return self._common


def lock_candidate(actor: Actor, public_id: UUID) -> Candidate:
    """Locked until the transaction ends. Raises NotFound outside the actor's scope."""
    found = Candidate.objects.select_for_update(of=("self",)).select_related("residents").filter(public_id=public_id)
    candidate = found.first()
    if candidate is None or not _sees(actor, candidate.reach):
        raise NotFound()
    return candidate


def lock_record(actor: Actor, public_id: UUID) -> FlowRecord:
    """The record, seen from either side. Raises NotFound outside the actor's scope."""
    found = FlowRecord.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if found is None or not _sees(actor, [*found.home_reach, *found.host_reach]):
        raise NotFound()
    return found


def _sees(actor: Actor, reach: list[int]) -> bool:
    return actor.kind is ActorKind.SYSTEM or policies.holds(actor.viewer, policies.VIEW, reach)


def touch(
    writing: Writing, deed: Deed, verb: str, *, candidate: Candidate | None = None, record: FlowRecord | None = None,
    way: str = "", duty: str = "", text: str = "",
) -> None:  # fmt: skip
    """One line of the contact log."""
    Touch.objects.create(
        candidate=candidate, record=record, deed_id=deed.public_id, verb=verb, at=writing.at,
        by_id=writing.actor.person_id, organisation_id=writing.actor.organisation_id, way=way, duty=duty, text=text,
    )  # fmt: skip
