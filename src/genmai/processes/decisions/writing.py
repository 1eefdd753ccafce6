"""What every command on a meeting shares: the locked row, replay by key, the version seen, deeds and notices at the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Link, Tree
from genmai.kernel.refusal import Changed, NotFound
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.decisions import policies
from genmai.processes.decisions.flow import FLOW
from genmai.processes.decisions.models import Meeting
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.models import Deed
from genmai.records.notices.commands import NewNotice, send


class Writing:
    """One verb on one meeting; nothing is written before `finish`."""

    def __init__(self, *, meeting: Meeting, verb: str, actor: Actor, at: datetime, key: UUID) -> None:
        self.meeting, self.actor, self.at, self.key = meeting, actor, at, key
        self.row = FLOW.row(verb)
        self._deeds: list[NewDeed] = []
        self._notices: list[NewNotice] = []

    def deed(self, kind: str = "", **fields: Any) -> int:
        """Add a deed of the organiser; returns its ordinal."""
        meeting = self.meeting
        self._deeds.append(
            NewDeed(
                kind=kind or self.row.deed,
                source_kind="meeting",
                source_id=meeting.public_id,
                mechanism=meeting.mechanism,
                organisation_id=meeting.organiser_id,
                path=meeting.path,
                **fields,
            )
        )
        return len(self._deeds) - 1

    def tell(self, *organisation_ids: int | None) -> None:
        """Notify the people of these organisations."""
        for organisation_id in dict.fromkeys(one for one in organisation_ids if one is not None):
            self._notices.append(
                NewNotice(
                    kind=self.row.notice,
                    source_kind="meeting",
                    source_id=self.meeting.public_id,
                    organisation_id=organisation_id,
                    payload={"title": self.meeting.title},
                )
            )

    def extend_reach(self, *organisation_ids: int) -> None:
        """Let these organisations, and everybody above them, see the meeting."""
        wanted = set(organisation_ids)
        rows = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation_id__in=wanted)
        found = set(self.meeting.reach)
        for path in rows.values_list("path", flat=True):
            found.update(int(part) for part in path.split("/") if part)
        self.meeting.reach = sorted(found)

    def finish(self) -> None:
        """Write it all."""
        record(actor=self.actor, at=self.at, key=self.key, deeds=self._deeds)
        if self._notices:
            send(at=self.at, key=self.key, notices=self._notices)


def done_before(key: UUID) -> UUID | None:
    """The meeting an earlier run of the same command acted on."""
    return Deed.objects.filter(key=key, ordinal=0).values_list("source_id", flat=True).first()


def act(
    *, verb: str, actor: Actor, at: datetime, key: UUID, meeting: UUID, seen: int | None,
    change: Callable[[Writing], None],
) -> Meeting:  # fmt: skip
    """Lock the meeting, check, change, write. Raises NotFound, NotPermitted, Changed or Refused."""
    with transaction.atomic():
        found = Meeting.objects.select_for_update().filter(public_id=meeting).first()
        if found is None or (actor.kind is ActorKind.STAFF and not policies.sees(actor.viewer, found)):
            raise NotFound()
        policies.check_hold(actor, found.path)
        if done_before(key):
            return found
        if seen is not None and seen != found.version:
            raise Changed("changed", "刚才有别人先改了，请看最新情况再办；您填的内容还在")
        writing = Writing(meeting=found, verb=verb, actor=actor, at=at, key=key)
        found.state = FLOW.step(found.state, verb)
        change(writing)
        found.version += 1
        found.save()
        writing.finish()
    return found
