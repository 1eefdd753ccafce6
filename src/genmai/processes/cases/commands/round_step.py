"""One step of one round of inspection: lock, ask the flow and the policies, change, write, in one transaction.

The counterpart of `step` for the round itself; what happens to its findings are steps of cases.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Link, Tree
from genmai.kernel.refusal import Changed, NotFound, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import policies
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.definition_inspection import Inspection
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.models import Round
from genmai.processes.cases.round_flow import FLOW
from genmai.records.deeds.models import Deed
from genmai.records.writing import Writing

SOURCE = "round"


class RoundStep(Writing):
    """One verb on one locked round."""

    def __init__(self, *, round: Round, verb: str, actor: Actor, at: datetime, key: UUID) -> None:
        super().__init__(actor=actor, at=at, key=key)
        self.round = round
        self.row = FLOW.row(verb)
        self.definition, self.rules = rules_of(round.mechanism)
        self._paths: dict[int, str] = {}

    def path(self, organisation_id: int) -> str:
        """Today's administrative path."""
        if organisation_id not in self._paths:
            self._paths[organisation_id] = path_of(organisation_id)
        return self._paths[organisation_id]

    def common(self) -> dict[str, Any]:
        """Of the round and its mechanism."""
        return {"source_kind": SOURCE, "source_id": self.round.public_id, "mechanism": self.round.mechanism}

    def deed(self, kind: str = "", *, organisation_id: int | None = None, **fields: Any) -> int:
        """Add a deed of the round, credited to who inspects unless told otherwise."""
        credited = organisation_id or self.round.organisation_id
        return super().deed(kind or self.row.deed, organisation_id=credited, path=self.path(credited), **fields)

    def deed_of_case(self, case: UUID, *, organisation_id: int | None, **fields: Any) -> None:
        """Add a deed that stands in a finding's own history."""
        self.deed(organisation_id=organisation_id, source_kind="case", source_id=case, **fields)

    def tell(self, organisation_id: int | None, kind: str = "", **payload: Any) -> None:
        """One notice to an organisation's people, the verb's own unless told otherwise."""
        super().tell(organisation_id, kind or self.row.notice, **payload)

    def finish(self) -> list[Deed]:
        """Write everything; the round's version tells later readers that it has moved."""
        self.round.state = FLOW.step(self.round.state, self.row.verb)
        self.round.version += 1
        self.round.save()
        return super().finish()


def rules_of(mechanism: str) -> tuple[CasesSection, Inspection]:
    """The section and its inspection rules. Raises Refused for a mechanism without any."""
    definition = definition_of(mechanism)
    if definition.inspection is None:
        raise Refused("no_inspection", "办法“{ref}”里没有暗访督查", ref=mechanism)
    return definition, definition.inspection


def path_of(organisation_id: int) -> str:
    """Where an organisation stands in the administrative tree today."""
    found = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation_id=organisation_id)
    path = found.values_list("path", flat=True).first()
    if path is None:
        raise NotFound("没有找到这个单位，请重新选择")
    return path


def locked(public_id: UUID) -> Round:
    """The round, held until the transaction ends. Raises NotFound."""
    found = Round.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def act(
    *,
    verb: str,
    actor: Actor,
    at: datetime,
    key: UUID,
    round: UUID,
    change: Callable[[RoundStep], object],
    seen: int | None = None,
) -> Round:
    """Raises NotFound, NotPermitted, Changed or Refused; then nothing is written. A replayed key changes nothing."""
    with transaction.atomic():
        held = locked(round)
        policies.check_inspects(actor, held.organisation_id, path_of(held.organisation_id))
        if Deed.objects.filter(key=key, ordinal=0, source_id=held.public_id).exists():
            return held
        if seen is not None and seen != held.version:
            raise Changed("changed", "刚才有别人动过这一批，请看最新情况再办；您填的内容还在")
        FLOW.step(held.state, verb)
        step = RoundStep(round=held, verb=verb, actor=actor, at=at, key=key)
        change(step)
        step.finish()
    return held
