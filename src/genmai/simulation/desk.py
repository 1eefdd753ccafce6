"""The desk of the demo's town in the morning: mixed matters waiting, two saved views, an answer of the town's own."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from genmai.directory.access.models import Account
from genmai.directory.access.queries import viewer_for
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.cases import mechanism
from genmai.processes.cases.commands import intake, templates, views
from genmai.simulation.topics import TOPICS
from genmai.simulation.year import Ground

WAITING = 24
CLERK = "zhenjie"
UNCLEAR = (
    "想反映一个情况，电话里说不清，请回个电话。",
    "上次说的那件事还是没有人管。",
    "这边的问题比较复杂，最好当面说。",
)
VIEWS = (("路灯和道路", "subject=01&order=deadline", True), ("姜山超时的", "late=1&order=deadline", False))
ANSWER = (
    "约时间上门",
    "您好，您反映的“{事项}”（编号 {编号}）我们已收到。\n工作人员会在两个工作日内到{地点}上门了解，请保持电话畅通。\n{单位} {日期}",
)


def tell(*, ground: Ground, seed: int, end: datetime) -> int:
    """What came in on the last evening and stands undispatched; how many. Seeded: the same every time."""
    dice = random.Random(f"{seed}-desk")
    town = ground.focus[0].town
    spots = [spot for spot in ground.spots if spot.town.pk == town.pk]
    for n in range(WAITING):
        topic = dice.choice(TOPICS)
        text = dice.choice(UNCLEAR) if n % 6 == 5 else dice.choice(topic.texts)
        spot = dice.choice(spots)
        at = end - timedelta(minutes=dice.randint(5, 300))
        report = intake.Report(text=text.replace("{x}", "三号楼"), place_id=spot.grid.place_id)
        key = ids.key_of("simulation", seed, "desk", n)
        intake.receive(actor=Actor.reporter(), at=at, key=key, mechanism=mechanism.loop(), report=report)
    _keep(seed, end)
    return WAITING


def _keep(seed: int, end: datetime) -> None:
    """The clerk's own views and the town's answer."""
    account = Account.objects.select_related("person").filter(login=CLERK).first()
    if account is None:
        return
    actor = Actor.staff(viewer_for(account, at=end))
    for n, (name, query, shared) in enumerate(VIEWS):
        key = ids.key_of("simulation", seed, "view", n)
        views.save_view(actor=actor, at=end, key=key, name=name, query=query, shared=shared)
    title, text = ANSWER
    templates.add_template(actor=actor, at=end, key=ids.key_of("simulation", seed, "answer"), title=title, text=text)
