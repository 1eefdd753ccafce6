"""What commands about standards share: the body and where it stands, replay by key, the version seen, deeds and notices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from genmai.directory.roster.models import Link, Organisation
from genmai.directory.territory.days import valid_on
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Mark, Unit
from genmai.processes.registers.standards import policies
from genmai.processes.registers.standards.mechanism import Installed, named
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.models import Deed
from genmai.records.notices.commands import NewNotice, send

MARK_SOURCE, UNIT_SOURCE = "standard_mark", "standard_unit"


class Writing:
    """The deed and notice of one command about a mark or a unit; nothing is written before `finish`."""

    def __init__(self, *, actor: Actor, at: datetime, key: UUID, of: Mark | Unit, path: str, reason: str) -> None:
        self.actor, self.at, self.key, self.of = actor, at, key, of
        self._source = MARK_SOURCE if isinstance(of, Mark) else UNIT_SOURCE
        self._common: dict[str, Any] = {
            "source_kind": self._source, "source_id": of.public_id, "mechanism": of.mechanism,
            "organisation_id": of.organisation_id, "path": path, "category": of.standard, "reason": reason,
        }  # fmt: skip
        self._deeds: list[NewDeed] = []
        self._notices: list[NewNotice] = []

    def deed(self, kind: str, **fields: Any) -> None:
        """Add a deed of the body whose list it is."""
        self._deeds.append(NewDeed(kind=kind, **self._common, **fields))

    def tell(self, kind: str) -> None:
        """Notify that body's people."""
        self._notices.append(
            NewNotice(
                kind=kind, source_kind=self._source, source_id=self.of.public_id,
                organisation_id=self.of.organisation_id,
            )
        )  # fmt: skip

    def finish(self) -> list[Deed]:
        """Write it all."""
        written = record(actor=self.actor, at=self.at, key=self.key, deeds=self._deeds)
        if self._notices:
            send(at=self.at, key=self.key, notices=self._notices)
        return written


def body_of(organisation: UUID, one: Installed, day: date) -> tuple[Organisation, str]:
    """The body, locked against a second tick at once, and its path in the standard's tree. Raises NotFound."""
    found = Organisation.objects.select_for_update().filter(public_id=organisation).first()
    path = path_of(found.pk, one, day) if found is not None else ""
    if found is None or not path:
        raise NotFound("没有找到这个单位，或者不在您的范围内")
    return found, path


def path_of(organisation_id: int, one: Installed, day: date) -> str:
    """Where a body stands in the standard's tree; "" outside it."""
    rows = Link.objects.filter(valid_on(day), tree=one.standard.tree, organisation_id=organisation_id)
    return rows.values_list("path", flat=True).first() or ""


def lock_mark(actor: Actor, public_id: UUID, day: date) -> tuple[Mark, Installed, str]:
    """A mark, locked, with its standard and its body's path. Raises NotFound outside the actor's scope."""
    found = Mark.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    one = named(found.standard)
    path = path_of(found.organisation_id, one, day)
    policies.check_may(actor, one.standard, policies.VIEW, path)
    return found, one, path
