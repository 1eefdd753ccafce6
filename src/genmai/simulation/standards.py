"""Lists to show in the demo: a town where most is shown and some is missing, one sent back, a programme with two units.

Everybody acts through commands, the same seed and end make the same deeds; nothing is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from genmai.directory.roster.models import Organisation
from genmai.directory.territory.days import day_of
from genmai.kernel.viewer import Actor
from genmai.processes.registers.models import Mark
from genmai.processes.registers.standards.commands import marks, units
from genmai.processes.registers.standards.commands.marks import Proof
from genmai.simulation.chapter import Chapter
from genmai.simulation.procedures import actors
from genmai.simulation.year import Ground

# Which items the town's villages show, the first ones more than the last: the coverage has something to say.
VILLAGES = (("sign", "hours", "pledge", "done"), ("sign", "hours", "pledge"), ("sign", "hours"), ("sign",))
PROOFS = {
    "sign": "党群服务中心大门口，按规范换好", "hours": "贴在门上，上周拨打过，值班的人接了", "pledge": "公示在村务公开栏，12 条",
    "done": "公布在公开栏：路灯修好 6 盏，代办 31 件", "duty": "公示在服务大厅，电话打得通", "window": "四个窗口，台上有牌",
    "badge": "在岗 9 名，9 名都有", "kept": "承诺 12 条，兑现 11 条，一条写明了原因",
}  # fmt: skip


@dataclass
class StandardsChapter(Chapter):
    """What is under way."""

    name = "standards"
    actors: dict[str, Actor]

    def show(self, body: Organisation, standard: str, item: str, on: date, text: str = "") -> Mark:
        proof = Proof(on, text or PROOFS[item])
        return marks.show(
            actor=self.actors["committee"], at=self.end, key=self.key(), standard=standard, item=item,
            organisation=body.public_id, proof=proof,
        )  # fmt: skip


def tell(*, ground: Ground, seed: int, end: datetime) -> None:
    """About forty marks of the focus town, and a programme of state firms."""
    told = StandardsChapter(seed, end, actors(ground, seed, end))
    day = day_of(end) - timedelta(days=1)
    town = Organisation.objects.get(code=f"party-{ground.focus[0].town.code}")
    for item in ("sign", "hours", "window"):
        told.show(town, "siliang", item, day)
    villages = sorted(
        {spot.village.code for spot in ground.spots if spot.town.pk == ground.focus[0].town.pk}
    )  # fmt: skip
    bodies = {body.code: body for body in Organisation.objects.filter(code__in=[f"party-{code}" for code in villages])}
    made = [
        told.show(bodies[f"party-{code}"], "siliang", item, day)
        for number, code in enumerate(villages[:12])
        for item in VILLAGES[number % len(VILLAGES)]
    ]
    county = told.actors["county"]
    for mark in made[: len(made) // 2]:
        marks.confirm(actor=county, at=end, key=told.key(), mark=mark.public_id)
    marks.send_back(
        actor=county, at=end, key=told.key(), mark=made[0].public_id, why="门口还挂着合并以前的牌子，请换好再登记"
    )
    _programme(told, [bodies[f"party-{code}"] for code in villages[-2:]], day)


def _programme(told: StandardsChapter, firms: list[Organisation], day: date) -> None:
    """Two units named into the programme of state firms; the first has begun."""
    for firm in firms:
        units.enrol(
            actor=told.actors["county"], at=told.end, key=told.key(), standard="guoqi", unit_class="firm",
            organisation=firm.public_id, on=day - timedelta(days=200), document="演示名单 1 号",
        )  # fmt: skip
    told.show(firms[0], "guoqi", "charter", day, "章程第三章，去年变更登记时写入")
    told.show(firms[0], "guoqi", "together", day, "和姜山社区一起修了老年活动室的坡道")
