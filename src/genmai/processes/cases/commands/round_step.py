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
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.deeds.models import Deed
from genmai.records.notices.commands import NewNotice, send

SOURCE = "round"


class RoundStep:
    """One verb on one locked round; deeds and notices are collected and written by `finish`."""

    def __init__(self, *, round: Round, verb: str, actor: Actor, at: datetime, key: UUID) -> None:
        self.round = round
        self.row = FLOW.row(verb)
        self.actor, self.at, self.key = actor, at, key
        self.definition, self.rules = rules_of(round.mechanism)
        self._deeds: list[NewDeed] = []
        self._notices: list[NewNotice] = []
        self._paths: dict[int, str] = {}

    def path(self, organisation_id: int) -> str:
        """Today's administrative path."""
        if organisation_id not in self._paths:
            self._paths[organisation_id] = path_of(organisation_id)
        return self._paths[organisation_id]

    def deed(self, kind: str = "", *, organisation_id: int | None = None, **fields: Any) -> None:
        """Add a deed of the round, credited to who inspects unless told otherwise."""
        credited = organisation_id or self.round.organisation_id
        self._deeds.append(
            NewDeed(
                kind=kind or self.row.deed, source_kind=SOURCE, source_id=self.round.public_id,
                mechanism=self.round.mechanism, organisation_id=credited, path=self.path(credited), **fields,
            )
        )  # fmt: skip

    def deed_of_case(self, case: UUID, *, organisation_id: int | None, **fields: Any) -> None:
        """Add a deed that stands in a finding's own history."""
        credited = organisation_id or self.round.organisation_id
        self._deeds.append(
            NewDeed(
                kind=self.row.deed, source_kind="case", source_id=case, mechanism=self.round.mechanism,
                organisation_id=credited, path=self.path(credited), **fields,
            )
        )  # fmt: skip

    def tell(self, organisation_id: int, **payload: Any) -> None:
        """One notice to an organisation's people."""
        self._notices.append(
            NewNotice(
                kind=self.row.notice, source_kind=SOURCE, source_id=self.round.public_id,
                organisation_id=organisation_id, payload=payload,
            )
        )  # fmt: skip

    def finish(self) -> None:
        """Write everything; the round's version tells later readers that it has moved."""
        self.round.state = FLOW.step(self.round.state, self.row.verb)
        self.round.version += 1
        self.round.save()
        record(actor=self.actor, at=self.at, key=self.key, deeds=self._deeds)
        if self._notices:
            send(at=self.at, key=self.key, notices=self._notices)


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
    change: Callable[[RoundStep], None],
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
