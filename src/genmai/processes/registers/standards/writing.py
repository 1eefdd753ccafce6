"""What commands about standards share: the body and where it stands, and what their deeds have in common."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from genmai.directory.roster.models import Organisation
from genmai.directory.roster.trees import path_in
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Mark, Unit
from genmai.processes.registers.standards import policies
from genmai.processes.registers.standards.mechanism import Installed, named
from genmai.records import writing

MARK_SOURCE, UNIT_SOURCE = "standard_mark", "standard_unit"


class Writing(writing.Writing):
    """One command about a mark or a unit."""

    kept_by = policies.MARK_IT

    def __init__(self, *, actor: Actor, at: datetime, key: UUID, of: Mark | Unit, path: str, reason: str) -> None:
        super().__init__(actor=actor, at=at, key=key)
        self.of, self.path, self.reason = of, path, reason

    def common(self) -> dict[str, Any]:
        """Credited to the body whose list it is."""
        return {
            "source_kind": MARK_SOURCE if isinstance(self.of, Mark) else UNIT_SOURCE, "source_id": self.of.public_id,
            "mechanism": self.of.mechanism, "organisation_id": self.of.organisation_id, "path": self.path,
            "category": self.of.standard, "reason": self.reason,
        }  # fmt: skip


def body_of(organisation: UUID, one: Installed, day: date) -> tuple[Organisation, str]:
    """The body, locked against a second tick at once, and its path in the standard's tree. Raises NotFound."""
    found = Organisation.objects.select_for_update().filter(public_id=organisation).first()
    path = path_of(found.pk, one, day) if found is not None else ""
    if found is None or not path:
        raise NotFound("没有找到这个单位，或者不在您的范围内")
    return found, path


def path_of(organisation_id: int, one: Installed, day: date) -> str:
    """Where a body stands in the standard's tree; "" outside it."""
    return path_in(one.standard.tree, organisation_id, day)


def lock_mark(actor: Actor, public_id: UUID, day: date) -> tuple[Mark, Installed, str]:
    """A mark, locked, with its standard and its body's path. Raises NotFound outside the actor's scope."""
    found = Mark.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    one = named(found.standard)
    path = path_of(found.organisation_id, one, day)
    policies.check_may(actor, one.standard, policies.VIEW, path)
    return found, one, path
