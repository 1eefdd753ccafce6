"""Matters of the last weeks that need several bodies, wait in the problem bank, or dispute a call: one of each to see."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from genmai.kernel.viewer import Actor
from genmai.kernel.worktime import built_in_calendar
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.commands import climbing, dispatching, family, intake, milestones, problem_bank
from genmai.processes.cases.commands.family import Part
from genmai.processes.cases.models import BankEntry, Case
from genmai.simulation import calls
from genmai.simulation.plots import checked
from genmai.simulation.story import Story
from genmai.simulation.topics import TOPICS, Topic
from genmai.simulation.year import Ground

FIRST = 900_000  # numbers of these stories: keys of their own
LADDER = "shangyu/levels@2"
SYSTEM = Actor.system("simulation")
STREET = Topic(
    "村社事务/村社环境", "town", "老街一段路灯不亮、积水、井盖响",
    ("老街从牌坊到菜场这一段，路灯一半不亮，下雨就积水，井盖一过车就响，晚上老人不敢出门。",),
    "路灯换好，积水点疏通，井盖加了胶垫。",
)  # fmt: skip
LIFT = Topic(
    "村社事务/村社环境", "village", "想加装电梯，一楼不同意",
    ("我们单元六层楼，老人多，想装电梯，一楼两户不同意，谈了半年。",),
    "两户都签了字，已报建。",
)  # fmt: skip
PARKING = Topic(
    "村社事务/村社环境", "village", "村口停车场一直没有修",
    ("村口说要修停车场说了两年，车都停在路边，消防车进不来。",),
    "停车场修好了，划了四十个位。",
)  # fmt: skip
DEPARTMENTS = ("housing", "enforcement", "water")


def tell(*, ground: Ground, seed: int, end: datetime) -> int:
    """All of them, through commands; time's own doings last. How many stories."""
    told, last = 0, _last_morning(end)
    for days, plot, topic in _plots(ground):
        start = built_in_calendar().next_opening(last - timedelta(days=days))
        plot(_story(ground, seed, told, start, topic))
        told += 1
    milestones.miss(actor=SYSTEM, at=end)
    climbing.propose_climbs(actor=SYSTEM, at=end)
    return told


def _last_morning(end: datetime) -> datetime:
    """When the last working day before the end began: nothing here happens after the end."""
    calendar, morning = built_in_calendar(), end - timedelta(days=1)
    while (opening := calendar.next_opening(morning)) >= end:
        morning -= timedelta(days=1)
    return opening


def _plots(ground: Ground) -> list[tuple[int, Callable[[Story], object], Topic]]:
    """How many days before the last working day each begins."""
    small = next(topic for topic in TOPICS if topic.handler == "grid")
    known = [code for code in DEPARTMENTS if code in ground.departments] or sorted(ground.departments)[:1]
    first, last = known[0], known[-1]
    disputes: list[tuple[int, Callable[[Story, str], object]]] = [
        (4, calls.waiting_for_scores), (3, calls.scored_by_one), (0, calls.flagged), (1, calls.insisted),
        (20, calls.withdrawn), (30, calls.upheld), (40, calls.withdrawn),
    ]  # fmt: skip
    return [
        (6, split_and_going, STREET), (24, split_and_ended, STREET), (9, hung_together, STREET),
        (50, lambda story: banked(story, reviews=1), LIFT), (95, lambda story: banked(story, reviews=2), PARKING),
        (120, lambda story: banked(story, reviews=2), LIFT), (12, lambda story: banked(story, reviews=0), PARKING),
        (3, asked_only, LIFT), (70, back_to_work, PARKING), (80, promised, LIFT), (16, stayed_long, small),
        *((days, lambda story, plot=plot: plot(story, first), small) for days, plot in disputes),
        (6, lambda story: calls.waiting_for_scores(story, last), small),
    ]  # fmt: skip


def _story(ground: Ground, seed: int, n: int, start: datetime, topic: Topic) -> Story:
    dice = random.Random(f"{seed} family {n}")
    spots = [spot for spot in ground.focus if spot.village.pk == ground.focus[0].village.pk]
    return Story(
        number=FIRST + n, seed=seed, now=start, topic=topic, spot=dice.choice(spots), cast=ground.cast,
        calendar=built_in_calendar(), departments=ground.departments, district=ground.district, dice=dice,
    )  # fmt: skip


# several bodies


def _split(story: Story) -> list[Case]:
    """The town has it and splits it among a department, the village and the grid."""
    story.report()
    story.soon(5, 40)
    story.do(dispatching.dispatch, story.desk(), to=story.spot.town.public_id, category=story.category())
    story.soon(5, 30)
    story.accept()
    story.contact()
    story.soon(5, 30)
    department = next(story.departments[code] for code in DEPARTMENTS if code in story.departments)
    parts = [
        Part(
            to=department.public_id, text="牌坊到菜场一段，路灯一半不亮，请修好。", title="老街路灯", urgency="normal"
        ),
        Part(to=story.spot.village.public_id, text="菜场门口雨后积水，请疏通。", title="菜场门口积水"),
        Part(to=story.spot.grid.public_id, text="过车响的井盖逐个查，垫好。", title="井盖响"),
    ]
    story.do(family.split, story.desk(), parts=parts)
    return list(Case.objects.filter(parent=story.case).order_by("id"))


def _child(story: Story, child: Case, upto: int) -> None:
    """A child as far as told: accepted, replied, verified, closed."""
    parent, story.case = story.case, child
    story.soon(20, 90)
    for step in (story.accept, story.reply, story.verify, story.close)[:upto]:
        step()
        story.soon(10, 120)
    story.case = parent


def split_and_going(story: Story) -> None:
    """One done, one in hand, one nobody has accepted."""
    first, second, _third = _split(story)
    _child(story, second, 4)
    _child(story, first, 1)


def split_and_ended(story: Story) -> None:
    """All parts done, the callers answered once."""
    for child in _split(story):
        _child(story, child, 4)
    story.soon(30, 200)
    story.reply()
    for _ in checked(story):
        pass


def hung_together(story: Story) -> None:
    """Another matter on the same street, hung under the first."""
    story.report()
    story.soon(5, 40)
    story.do(dispatching.dispatch, story.desk(), to=story.spot.town.public_id, category=story.category())
    parent = story.case
    story.report(text="老街菜场门口的垃圾桶满了没人收，和积水是一回事。", title="老街垃圾桶")
    story.soon(5, 40)
    story.do(dispatching.dispatch, story.desk(), to=story.spot.village.public_id, category=story.category())
    story.do(family.attach, story.desk(), to=parent.public_id)


# the problem bank


def _asked(story: Story) -> None:
    story.report()
    story.soon(5, 40)
    story.do(dispatching.dispatch, story.desk(), to=story.spot.village.public_id, category=story.category())
    story.soon(5, 40)
    story.accept()
    story.soon(5, 60)
    story.contact()
    story.soon(60, 300)
    reason, text = ("consent", "一楼两户还没有同意") if story.topic is LIFT else ("funds", "工程款没有列入今年预算")
    story.do(problem_bank.ask_bank, story.lead(), reason=reason, text=text)


def asked_only(story: Story) -> None:
    """Nobody has decided yet."""
    _asked(story)


def banked(story: Story, *, reviews: int) -> None:
    """In the bank, looked at so often; the next look may be overdue by now."""
    _asked(story)
    story.soon(30, 200)
    story.decide(problem_bank.bank, "情况属实，同意挂账，按期复查")
    for n in range(reviews):
        story.now = story.calendar.next_opening(story.now + timedelta(days=26))
        text = "又去谈了一次，还差一户。" if story.topic is LIFT else f"第 {n + 1} 次问过财政，明年预算里再争取。"
        story.do(problem_bank.review_bank, story.lead(), text=text)


def back_to_work(story: Story) -> None:
    """What was missing came, and it was done."""
    banked(story, reviews=1)
    story.now = story.calendar.next_opening(story.now + timedelta(days=9))
    story.do(problem_bank.unbank, story.lead(), text="资金到了，开工了。")
    story.soon(300, 900)
    story.reply()
    for _ in checked(story):
        pass


def promised(story: Story) -> None:
    """Ended with a promise and a day."""
    banked(story, reviews=1)
    story.soon(300, 900)
    entry = BankEntry.objects.get(case=story.case, left_at__isnull=True)
    story.do(
        problem_bank.close_banked, story.cast.approver(entry.approver_id), reason="promised",
        text="已列入明年加装电梯计划，开工前再上门告知。", promised_until=(story.now + timedelta(days=200)).date(),
    )  # fmt: skip


# too long on one rung


def stayed_long(story: Story) -> None:
    """With the grid for more than its stay (上虞区 ladder); the village is asked whether it should climb."""
    report = intake.Report(
        text="楼道里的共享单车越堆越多，清了又来。", title="楼道里停满单车", channel="staff",
        place_id=story.spot.grid.place_id, place_text="3 幢门口",
    )  # fmt: skip
    actor = story.cast.actor(story.spot.grid.pk)
    assert mechanisms.definition_of(LADDER).levels["grid"].stay is not None  # noqa: S101  else there is nothing to show
    story.case = intake.receive(actor=actor, at=story.now, key=story.key(), mechanism=LADDER, report=report)
    story.soon(2, 20)
    story.do(dispatching.take_on, story.holder())
    story.soon(20, 60)
    story.contact()
