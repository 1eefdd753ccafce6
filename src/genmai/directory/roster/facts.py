"""What the registry asks to have recorded. The record stands above this room, so it hands its writer in when it starts.

A command states its facts and knows no deed; without a record nothing is written at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from genmai.kernel.viewer import Actor

# Kind of deed → the words people read.
KINDS: Mapping[str, str] = {
    "member.enrolled": "登记党员",
    "member.changed": "党员变动",
    "member.corrected": "更正党员信息",
    "transfer.asked": "提出组织关系转接",
    "transfer.accepted": "接收组织关系",
    "transfer.refused": "不接收组织关系",
    "transfer.withdrawn": "撤回组织关系转接",
    "transfer.expired": "组织关系转接过期",
    "term.begun": "换届",
    "member.honoured": "登记奖励",
    "member.disciplined": "登记惩戒",
    "member.standing_ended": "撤销奖励或惩戒",
    "dues.recorded": "登记党费",
    "proposal.raised": "提请关注",
    "proposal.decided": "研究处理提请",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was done: references only. `organisation_id` and `path`: the body it is credited to."""

    kind: str
    source_kind: str
    source_id: UUID
    mechanism: str
    organisation_id: int | None = None
    path: str = ""
    counterpart_id: int | None = None
    person_id: int | None = None
    quantity: int | None = None
    category: str = ""
    outcome: str = ""
    reason: str = ""
    happened_at: datetime | None = None


class Record(Protocol):
    """What stands above and keeps deeds."""

    def done(self, *, actor: Actor, key: UUID) -> UUID | None:
        """What this actor's command of this key was about, if it was carried out before."""

    def take(self, *, actor: Actor, at: datetime, key: UUID, facts: Sequence[Fact]) -> None:
        """Write them, in the command's own transaction."""


_records: list[Record] = []


def hand_in(record: Record) -> None:
    """The record of this house, handed in once when it starts."""
    _records[:] = [record]


def done(*, actor: Actor, key: UUID) -> UUID | None:
    """What the command was about, if it was carried out before: then it answers with what is there."""
    return _record().done(actor=actor, key=key)


def take(*, actor: Actor, at: datetime, key: UUID, facts: Sequence[Fact]) -> None:
    """Have them recorded."""
    _record().take(actor=actor, at=at, key=key, facts=facts)


def _record() -> Record:
    if not _records:
        raise RuntimeError("no record was handed in: the registry writes nothing that is not recorded")
    return _records[0]
