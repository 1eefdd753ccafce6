"""What the commands about flowing members share: locked rows, replay by key, the version seen, deeds, notices, touches."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.registers.flowing import policies
from genmai.processes.registers.models import Candidate, FlowRecord, Touch
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.models import Deed
from genmai.records.notices.commands import NewNotice, send

CANDIDATE, RECORD, LIST = "candidate", "flowing", "residents"


class Writing:
    """The deeds and notices of one command about one source; nothing is written before `finish`."""

    def __init__(
        self, *, actor: Actor, at: datetime, key: UUID, mechanism: str, source_kind: str, source_id: UUID,
        organisation_id: int | None, path: str = "",
    ) -> None:  # fmt: skip
        self.actor, self.at, self.key = actor, at, key
        self._common: dict[str, Any] = {
            "mechanism": mechanism, "source_kind": source_kind, "source_id": source_id,
            "organisation_id": organisation_id, "path": path,
        }  # fmt: skip
        self._deeds: list[NewDeed] = []
        self._notices: list[NewNotice] = []

    def deed(self, kind: str, **fields: Any) -> None:
        """Add a deed of the side that acts or is asked to."""
        self._deeds.append(NewDeed(kind=kind, **{**self._common, **fields}))

    def tell(self, organisation_id: int | None, kind: str) -> None:
        """Notify a body's people; no name goes into a notice."""
        if organisation_id is not None:
            common = {"source_kind": self._common["source_kind"], "source_id": self._common["source_id"]}
            self._notices.append(NewNotice(kind=kind, organisation_id=organisation_id, **common))

    def finish(self) -> list[Deed]:
        """Write it all."""
        written = record(actor=self.actor, at=self.at, key=self.key, deeds=self._deeds)
        if self._notices:
            send(at=self.at, key=self.key, notices=self._notices)
        return written


def done_before(key: UUID) -> bool:
    """Whether an earlier run of the same command did its work."""
    return Deed.objects.filter(key=key, ordinal=0).exists()


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
