"""What every command on a meeting shares: the locked row, replay by key, the version seen, what its deeds have in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Link, Tree
from genmai.kernel.refusal import NotFound, check_seen
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.decisions import policies
from genmai.processes.decisions.flow import FLOW
from genmai.processes.decisions.models import Meeting
from genmai.records import writing
from genmai.records.writing import done_before


class Writing(writing.Writing):
    """One verb on one meeting."""

    def __init__(self, *, meeting: Meeting, verb: str, actor: Actor, at: datetime, key: UUID) -> None:
        super().__init__(actor=actor, at=at, key=key)
        self.meeting, self.row = meeting, FLOW.row(verb)

    def common(self) -> dict[str, Any]:
        """Credited to the organiser."""
        meeting = self.meeting
        return {
            "source_kind": "meeting", "source_id": meeting.public_id, "mechanism": meeting.mechanism,
            "organisation_id": meeting.organiser_id, "path": meeting.path,
        }  # fmt: skip

    def deed(self, kind: str = "", **fields: Any) -> int:
        """Add a deed, the verb's own unless told otherwise."""
        return super().deed(kind or self.row.deed, **fields)

    def tell_all(self, *organisation_ids: int | None) -> None:
        """Notify the people of these organisations, each once."""
        for organisation_id in dict.fromkeys(organisation_ids):
            self.tell(organisation_id, self.row.notice, title=self.meeting.title)

    def extend_reach(self, *organisation_ids: int) -> None:
        """Let these organisations, and everybody above them, see the meeting."""
        wanted = set(organisation_ids)
        rows = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation_id__in=wanted)
        found = set(self.meeting.reach)
        for path in rows.values_list("path", flat=True):
            found.update(int(part) for part in path.split("/") if part)
        self.meeting.reach = sorted(found)


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
        check_seen(seen, found.version)
        writing = Writing(meeting=found, verb=verb, actor=actor, at=at, key=key)
        found.state = FLOW.step(found.state, verb)
        change(writing)
        found.version += 1
        found.save()
        writing.finish()
    return found
