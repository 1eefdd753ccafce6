"""A typhoon in the focus town last summer: declared, told about, matters by the short form, volunteers; over since.

And today: one task that wants people, and a village cadre away with the secretary standing in.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from genmai.directory.access.commands import enter_leave
from genmai.directory.roster.commands import find_or_add_resident
from genmai.directory.roster.models import Link, Post, Tree
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.activities.commands import tasks, volunteers
from genmai.processes.activities.models import Task
from genmai.processes.cases.commands import dispatching, emergency, handling, intake
from genmai.processes.cases.models import Emergency
from genmai.simulation.year import Ground

SYSTEM = Actor.system("simulation")
AGO = timedelta(days=118)
TOLD = (
    (0, "台风今夜登陆。低洼处、老房子里的人请在今天 18 点前转移到镇中学安置点，村里会来接。别下河，别靠近倒树和电线。"),
    (9, "台风已登陆，风雨最大。没有要紧事不要出门。停水停电的村正在抢修，先点蜡烛的人家注意防火。"),
    (26, "风雨变小。镇中学安置点还住着 38 人。水退以后先看电路再合闸，喝水请烧开。"),
)
# Kind of need, what was said, where, hours after the beginning.
CAME = (
    ("moving", "两位老人走不动，要人背下来", "桥头老屋", 2), ("outage", "整排房子停电", "三组", 8),
    ("hazard", "大树倒在路上，压着电线", "村口", 9), ("trapped", "车库进水，有人在里面", "河沿路 12 号", 10),
    ("medicine", "透析明天要做，路断了出不去", "新屋 5 号", 11), ("outage", "停水停电", "二组", 11),
    ("supplies", "安置点缺婴儿奶粉", "镇中学", 14), ("hazard", "后山滑了一块土", "后山脚", 15),
    ("outage", "水一直没来", "祠堂边", 20), ("other", "被困在桥那边，人都好", "老桥", 12),
    ("medicine", "降压药吃完了", "一组", 22), ("hazard", "围墙要倒", "小学旁", 24),
)  # fmt: skip


def tell(*, ground: Ground, seed: int, end: datetime) -> None:
    """All of it, by commands; the same seed, the same figures."""
    dice, spot = Random(f"{seed} emergency"), ground.focus[0]
    begun = end - AGO + timedelta(hours=14)
    leader = ground.cast.actor(spot.town.pk, role="town_leader")
    found = emergency.declare(
        actor=leader, at=begun, key=_key(seed, "declare"), organisation_id=spot.town.pk, kind="typhoon", level="two",
        until=begun + timedelta(hours=48), text=TOLD[0][1], extras=["suggestions", "similar"],
    )  # fmt: skip
    for hours, text in TOLD[1:]:
        emergency.inform(
            actor=leader, at=begun + timedelta(hours=hours), key=_key(seed, "inform", hours),
            emergency=found.public_id, text=text,
        )  # fmt: skip
    _matters(ground, seed, dice, found, begun)
    _volunteers(ground, seed, found, begun)
    over = begun + timedelta(hours=40)
    emergency.end(actor=leader, at=over, key=_key(seed, "end"), emergency=found.public_id)
    _today(ground, seed, end)


def _key(seed: int, *parts: str | int) -> UUID:
    return ids.key_of("simulation", seed, "emergency", *parts)


def _matters(ground: Ground, seed: int, dice: Random, found: Emergency, begun: datetime) -> None:
    """Taken in by the short form, given to the village, accepted at once, answered within hours."""
    spots = [spot for spot in ground.spots if spot.town.pk == found.organisation_id]
    for number, (service, text, where, hours) in enumerate(CAME):
        spot, at = dice.choice(spots), begun + timedelta(hours=hours, minutes=dice.randrange(50))
        report = intake.Report(
            text=text, service=service, urgency="urgent", channel="web" if number % 3 else "hotline",
            place_id=spot.village.place_id, place_text=where, keep=False,
        )  # fmt: skip
        case = intake.receive(
            actor=Actor.reporter(), at=at, key=_key(seed, "case", number), mechanism=found.mechanism, report=report
        )
        desk, village = ground.cast.actor(spot.town.pk, role="town_desk"), ground.cast.actor(spot.village.pk)
        steps: tuple[tuple[Any, Actor, int, dict[str, Any]], ...] = (
            (dispatching.dispatch, desk, 4, {"to": spot.village.public_id}),
            (handling.accept, village, 9, {}),
            (handling.reply, village, dice.randrange(60, 360), {"outcome": "solved", "text": "已经处理好，人都平安。"}),
        )
        for step, (command, who, minutes, more) in enumerate(steps):
            key = _key(seed, "case", number, step)
            command(actor=who, at=at + timedelta(minutes=minutes), key=key, case=case.public_id, **more)


def _volunteers(ground: Ground, seed: int, found: Emergency, begun: datetime) -> None:
    """One task done, with hours; one cancelled when the rain stopped."""
    town = ground.focus[0].town
    desk = ground.cast.actor(town.pk, role="town_desk")
    patrol = _task(desk, seed, "patrol", found, begun, "上堤巡查一夜", "河堤三号闸口", 8, 6)
    _signed(seed, patrol, begun + timedelta(hours=2), 7)
    places = list(patrol.sign_ups.order_by("id"))
    for number, place in enumerate(places[:6]):
        volunteers.confirm(
            actor=desk, at=begun + timedelta(hours=3), key=_key(seed, "confirm", number), sign_up=place.public_id
        )
    hours = {place.public_id: Decimal(6 - number % 2) for number, place in enumerate(places[:6])}
    tasks.finish(
        actor=desk, at=begun + timedelta(hours=15), key=_key(seed, "finish"), task=patrol.public_id, hours=hours,
        text="堤防平安，谢谢大家。",
    )  # fmt: skip
    sand = _task(desk, seed, "sand", found, begun, "装沙袋", "镇政府后院", 20, 4)
    _signed(seed, sand, begun + timedelta(hours=4), 3)
    tasks.cancel(
        actor=desk,
        at=begun + timedelta(hours=6),
        key=_key(seed, "cancel"),
        task=sand.public_id,
        text="水位退了，不用装了。",
    )


def _task(
    desk: Actor,
    seed: int,
    name: str,
    found: Emergency,
    begun: datetime,
    title: str,
    where: str,
    wanted: int,
    length: int,
) -> Task:
    start = begun + timedelta(hours=8)
    new = tasks.NewTask(
        organisation_id=found.organisation_id, kind="rescue", title=title, place_text=where, wanted=wanted,
        begins_at=start, ends_at=start + timedelta(hours=length), source_kind="emergency", source_id=found.public_id,
    )  # fmt: skip
    return tasks.open_task(actor=desk, at=begun + timedelta(hours=1), key=_key(seed, name), task=new)


def _signed(seed: int, task: Task, at: datetime, count: int) -> None:
    for number in range(count):
        person = find_or_add_resident(
            actor=Actor.reporter(), at=at, key=_key(seed, "person", number), phone=f"1300000{number:04d}",
            name=f"{'赵钱孙李周吴郑'[number % 7]}师傅",
        )  # fmt: skip
        if person is not None:
            volunteers.sign_up(
                actor=Actor.reporter(), at=at, key=_key(seed, str(task.public_id), number), task=task.public_id,
                person_id=person.pk, skills=["boat"] if number % 3 == 0 else [],
            )  # fmt: skip


def _today(ground: Ground, seed: int, end: datetime) -> None:
    """What stands open when somebody first looks: a task for the day after tomorrow, and an absence."""
    spot, at = ground.focus[0], end - timedelta(hours=10)
    desk = ground.cast.actor(spot.town.pk, role="town_desk")
    start = end + timedelta(days=2, hours=1)
    new = tasks.NewTask(
        organisation_id=spot.town.pk, kind="checking", title="上门看望独居老人", place_text=f"{spot.village.short_name}党群服务中心",
        wanted=6, begins_at=start, ends_at=start + timedelta(hours=3), text="两人一组，带上登记本。", skills=["dialect"],
    )  # fmt: skip
    task = tasks.open_task(actor=desk, at=at, key=_key(seed, "visits"), task=new)
    _signed(seed, task, at + timedelta(hours=1), 2)
    _leave(ground, seed, at)


def _leave(ground: Ground, seed: int, at: datetime) -> None:
    village = ground.focus[0].village
    posts = Post.objects.filter(organisation=village, valid_to__isnull=True).order_by("rank", "id")
    secretary = posts.filter(key="village_secretary").first()
    cadre = posts.exclude(key="village_secretary").exclude(person_id=secretary.person_id if secretary else 0).first()
    if secretary is None or cadre is None:
        return
    path = Link.objects.get(organisation=village, tree=Tree.ADMINISTRATIVE, valid_to__isnull=True).path
    enter_leave(
        actor=SYSTEM, at=at, key=_key(seed, "leave"), person_id=cadre.person_id, first_day=day_of(at),
        last_day=day_of(at) + timedelta(days=4), stand_in_id=secretary.person_id, team_path=path,
    )  # fmt: skip
