"""The running day up to the moment the demo is made: a few matters each hour, and one trouble that piles up right now."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from genmai.kernel.worktime import built_in_calendar
from genmai.simulation.story import Story
from genmai.simulation.topics import TOPICS, Topic
from genmai.simulation.year import Ground

FIRST = 960_000  # numbers of these stories: keys of their own
HOURS = (7.2, 8.1, 8.4, 8.9, 9.3, 9.8, 10.5, 11.4, 13.2, 14.1, 14.6, 15.5, 16.3, 17.4, 18.8, 20.1)
STENCH = Topic(
    "村社事务/村社环境", "grid", "垃圾房臭气熏人",
    (
        "小区东门垃圾房今天没人清运，垃圾堆到路上，臭得窗户都不敢开。",
        "东门那个垃圾站满出来了，污水流了一地，孩子放学要绕着走。",
        "垃圾房两天没拉走了，味道很大，楼下老人受不了。",
        "东门垃圾堆得像小山，苍蝇乱飞，请赶紧叫车来清。",
        "垃圾清运车今天又没来，东门口臭气冲天。",
    ),
    "清运车已经来过两趟，地面冲洗干净，这几天每天加一趟。",
)  # fmt: skip
MINUTES = (41.0, 33.0, 22.0, 12.0, 4.0)  # before the moment: the hour's hot spot


def tell(*, ground: Ground, seed: int, end: datetime, at: datetime) -> int:
    """From the last midnight to `at`, by commands, in the order of time; how many matters."""
    dice = random.Random(f"{seed} today")
    told = [(end + timedelta(hours=hour), dice.choice(TOPICS)) for hour in HOURS]
    moments = [(moment, topic, "") for moment, topic in told if moment < at - timedelta(minutes=1)]
    moments += [
        (at - timedelta(minutes=minutes), STENCH, text)
        for minutes, text in zip(MINUTES, STENCH.texts, strict=True)
        if at - timedelta(minutes=minutes) > end
    ]
    for n, (moment, topic, text) in enumerate(sorted(moments, key=lambda each: each[0])):
        _report(ground, seed, n, moment, topic, text, at)
    return len(moments)


def _report(ground: Ground, seed: int, n: int, moment: datetime, topic: Topic, text: str, at: datetime) -> None:
    """Taken in; most are given out within minutes, as far as the day has come."""
    spots = ground.focus if text else [*ground.focus, *ground.spots]
    dice = random.Random(f"{seed} today {n}")
    story = Story(
        number=FIRST + n, seed=seed, now=moment, topic=topic, spot=ground.focus[0] if text else dice.choice(spots),
        cast=ground.cast, calendar=built_in_calendar(), departments=ground.departments, district=ground.district,
        dice=dice,
    )  # fmt: skip
    story.report(text=text)
    wait = timedelta(minutes=dice.uniform(1, 4))
    if moment + wait < at and (text or dice.random() < 0.8):
        story.now = moment + wait
        story.dispatch()
