"""The same trouble told again: repeats of this week in other words, and a burst pipe that comes back a third time."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.kernel.worktime import built_in_calendar
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.commands import intake, likeness, root_causes
from genmai.processes.cases.commands.common_signs import count_signs
from genmai.processes.cases.models import Case
from genmai.simulation.plots import checked, in_touch
from genmai.simulation.story import Story
from genmai.simulation.topics import Topic
from genmai.simulation.year import Ground

FIRST = 950_000  # numbers of these stories: keys of their own
SYSTEM = Actor.system("simulation")
LAMPS = Topic(
    "城乡建设/城市建设和市政管理/城市公共设施", "department", "",
    (
        "文化礼堂到小学那段路的路灯一个多星期不亮了，晚上一片黑，接孩子看不清路。",
        "小学门口的路灯好几天没亮，夜里黑漆漆的，请派人来修。",
        "礼堂边上那排路灯全坏了，晚上老人出来走路差点摔倒。",
        "从礼堂到学校，街灯都灭了，天一黑就没法走，修一修吧。",
        "学校旁边的路灯又坏了，晚自习的学生摸黑回家，不放心。",
        "小学那条路夜里没有灯，漆黑一片，骑电瓶车差点撞上人。",
    ),
    "换了电缆和七盏灯，当晚都亮了。",
)  # fmt: skip
PIPE = Topic(
    "城乡建设/城市建设和市政管理/自来水供应", "department", "",
    (
        "桥头的自来水管爆了，路上全是水，桥南整排停水。",
        "桥头水管又爆开了，水流了一地，桥南几十户没水用。",
        "桥头那段自来水管第三次爆裂，今天一早又停水了，能不能换根新的？",
    ),
    "爆口已经焊好，恢复供水。",
    urgency="supply",
)  # fmt: skip
BURST = (62.0, 33.0, 1.4)  # days before the end
TOLD = ((3.2, "dispatched"), (2.9, "joins"), (2.4, "dispatched"), (1.7, "joins"), (1.1, "waits"), (0.6, "waits"))


def tell(*, ground: Ground, seed: int, end: datetime) -> int:
    """All of them through commands, in the order of time; how many stories."""
    for n, days in enumerate(BURST):
        story = _story(ground, seed, n, end - timedelta(days=days), PIPE)
        story.report(text=PIPE.texts[n], title="桥头水管爆裂")
        story.soon(5, 30)
        story.dispatch()
        if n < len(BURST) - 1:
            _through(story)
        key = root_causes.key_for(story.case.public_id)
        at = story.now + timedelta(minutes=1)
        root_causes.open_root_cause(actor=SYSTEM, at=at, key=key, case=story.case.public_id)
    first: Case | None = None
    for n, (days, course) in enumerate(TOLD, len(BURST)):
        story = _story(ground, seed, n, end - timedelta(days=days), LAMPS)
        text = LAMPS.texts[n - len(BURST)]
        if course == "joins" and first is not None:
            _join(story, text, first)
            continue
        case = story.report(text=text, title="路灯不亮" if course == "dispatched" else "一段路晚上没有灯")
        first = first or case
        if course == "dispatched":
            story.soon(5, 60)
            story.dispatch()
    count_signs(actor=SYSTEM, at=end, key=ids.key_of("simulation", seed, "common signs"))
    return len(BURST) + len(TOLD)


def _through(story: Story) -> None:
    """Handled, answered and closed: until the next time."""
    for _ in in_touch(story):
        pass
    story.soon(60, 400)
    story.reply()
    for _ in checked(story):
        pass


def _join(story: Story, text: str, into: Case) -> None:
    """Another resident finds it on the form and joins."""
    report = intake.Report(text=text, place_id=story.spot.village.place_id, channel="web", service="report")
    likeness.join(
        actor=Actor.reporter(), at=story.now, key=story.key(), mechanism=mechanisms.loop(), report=report,
        into=into.public_id,
    )  # fmt: skip


def _story(ground: Ground, seed: int, n: int, start: datetime, topic: Topic) -> Story:
    return Story(
        number=FIRST + n, seed=seed, now=start, topic=topic, spot=ground.focus[0], cast=ground.cast,
        calendar=built_in_calendar(), departments=ground.departments, district=ground.district,
        dice=random.Random(f"{seed} repeats {n}"),
    )  # fmt: skip
