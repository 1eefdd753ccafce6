"""A round of inspection in the small district, led by hand through what happens to its findings."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.cases import World

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import findings, rounds
from genmai.processes.cases.commands.findings import NewFinding
from genmai.processes.cases.models import Case, Finding, Round

MECHANISM = "yinzhou/anfang-tongbao@1"


class Rounds:
    """The world with a round in it; `step` does what fits at the world's time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.round = self.open()

    def open(self, **over: Any) -> Round:
        given = {
            "mechanism": MECHANISM, "organisation": self.world.district.district.pk, "number": f"第{self.world.count}期",
            "title": "环境整治暗访", "inspected_from": date(2026, 2, 25), "inspected_to": date(2026, 2, 27),
        }  # fmt: skip
        return rounds.open_round(actor=self.world.office, at=self.world.at, key=self.world.key(), **given | over)

    def enter(self, text: str = "河边堆了三车建筑垃圾", *, actor: Actor | None = None, **over: Any) -> Finding:
        found: dict[str, Any] = {"text": text, "service": "environment", "body_id": self.world.district.dept.pk} | over
        pictures = found.pop("pictures", ())
        return findings.enter(
            actor=actor or self.world.office, at=self.world.at, key=self.world.key(), round=self.round.public_id,
            found=NewFinding(**found), pictures=pictures,
        )  # fmt: skip

    def notify(self, **more: Any) -> list[rounds.Outcome]:
        self.round, done = rounds.notify(
            actor=self.world.office, at=self.world.at, key=self.world.key(), round=self.round.public_id, **more
        )
        return done

    def step(self, command: Any, **more: Any) -> Round:
        given = {"actor": self.world.office, "at": self.world.at, "key": self.world.key()} | more
        self.round = command(round=self.round.public_id, **given)
        return self.round

    def accept(self, actor: Actor) -> list[rounds.Outcome]:
        return findings.accept_all(actor=actor, at=self.world.at, key=self.world.key(), round=self.round.public_id)

    def put_right(self, finding: Finding, **more: Any) -> Case:
        actor = self.world.people_of(Case.objects.get(pk=finding.case_id).lead_id)
        return findings.put_right(
            actor=actor, at=self.world.at, key=self.world.key(), case=finding.case.public_id,
            **{"text": "已清运，铺了草籽"} | more,
        )  # fmt: skip

    def look(self, finding: Finding, *, passed: bool = True, **more: Any) -> Case:
        given: dict[str, Any] = {"actor": self.world.office, "text": "" if passed else "还有一堆没清"} | more
        return findings.check_again(
            at=self.world.at, key=self.world.key(), case=finding.case.public_id, passed=passed, **given
        )
