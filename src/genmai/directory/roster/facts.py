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
    "member.withdrawn": "撤回登记错的党员变动",
    "member.restored": "恢复误撤回的党员变动",
    "transfer.asked": "提出组织关系转接",
    "transfer.accepted": "接收组织关系",
    "transfer.refused": "不接收组织关系",
    "transfer.withdrawn": "撤回组织关系转接",
    "transfer.expired": "组织关系转接过期",
    "term.begun": "换届",
    "term.withdrawn": "撤回登记错的换届",
    "post.begun": "任职",
    "post.ended": "离任",
    "post.resumed": "撤回登记错的离任",
    "post.withdrawn": "撤回登记错的任职",
    "assignment.begun": "下派挂职",
    "assignment.reviewed": "考核下派挂职",
    "assignment.ended": "结束下派挂职",
    "assignment.resumed": "撤回下派挂职的结束",
    "assignment.withdrawn": "撤回登记错的下派挂职",
    "letter.issued": "开介绍信",
    "letter.receipted": "收到介绍信回执",
    "letter.taken": "凭介绍信转入",
    "letter.withdrawn": "收回介绍信",
    "letter.lapsed": "介绍信过了有效期",
    "letter.reopened": "撤回登记错的回执",
    "member.honoured": "登记奖励",
    "member.disciplined": "登记惩戒",
    "member.standing_ended": "撤销奖励或惩戒",
    "member.standing_mistaken": "撤回登记错的奖励或惩戒",
    "member.standing_resumed": "收回误作的撤销",
    "member.correction_undone": "撤回更正",
    "grid.covered": "支部建到网格",
    "grid.uncovered": "支部不再建在网格上",
    "grid.cover_undone": "撤回登记错的支部建到网格",
    "grid.uncover_undone": "撤回登记错的支部不再建在网格上",
    "grid.measured": "登记网格户数",
    "grid.measure_undone": "撤回登记错的网格户数",
    "dues.recorded": "登记党费",
    "dues.undone": "撤回登记的党费",
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
