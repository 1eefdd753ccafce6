"""What one command puts on record: its deeds and notices, collected as it goes and written together at its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from genmai.kernel.viewer import Actor
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.models import Deed
from genmai.records.notices.addressing import to_keepers
from genmai.records.notices.commands import NewNotice, send


class Writing:
    """Collects; nothing is written before `finish`. A room says in `common` what all its deeds have in common.

    `kept_by`: what somebody at a Party body must be allowed to do with what is told; where nobody is, it goes to who
    keeps it above. Empty: a body's own people or nobody.
    """

    kept_by = ""

    def __init__(self, *, actor: Actor, at: datetime, key: UUID) -> None:
        self.actor, self.at, self.key = actor, at, key
        self._deeds: list[NewDeed] = []
        self._notices: list[NewNotice] = []

    def common(self) -> dict[str, Any]:
        """Columns of every deed, its source first of all; read when a deed is added."""
        raise NotImplementedError

    def deed(self, kind: str, **fields: Any) -> int:
        """Add a deed; its own fields go before the common ones. Gives its ordinal."""
        self._deeds.append(NewDeed(kind=kind, **{**self.common(), **fields}))
        return self.last

    @property
    def last(self) -> int:
        """The ordinal of the deed added last."""
        return len(self._deeds) - 1

    def tell(self, organisation_id: int | None, kind: str, **payload: Any) -> None:
        """Notify a body's people of the source; where there is no such body, nobody."""
        if organisation_id is not None:
            self.notify(kind, organisation_id=organisation_id, payload=payload)

    def notify(self, kind: str, **fields: Any) -> None:
        """Add a notice about the source."""
        common = self.common()
        source = {"source_kind": common["source_kind"], "source_id": common["source_id"]}
        self._notices.append(NewNotice(kind=kind, **source, **fields))

    def finish(self) -> list[Deed]:
        """Write it all, in the command's own transaction; the deeds, in order."""
        written = record(actor=self.actor, at=self.at, key=self.key, deeds=self._deeds)
        if self._notices:
            send(at=self.at, key=self.key, notices=self._addressed())
        return written

    def _addressed(self) -> Sequence[NewNotice]:
        if not self.kept_by:
            return self._notices
        return to_keepers(self._notices, at=self.at, permission_of=lambda _kind: self.kept_by)


def done_before(key: UUID) -> UUID | None:
    """What an earlier run of the same command acted on: the source of its first deed."""
    return Deed.objects.filter(key=key, ordinal=0).values_list("source_id", flat=True).first()
