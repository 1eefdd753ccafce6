"""The courses a matter can take. Each yields the moment of its next step; what is due by then, the jobs see to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from genmai.processes.cases.commands import bodies, dispatching, handling, intake, merging, requests, verifying
from genmai.simulation.calls import scored
from genmai.simulation.story import Steps, Story
from genmai.simulation.topics import IN_COURT, UNCLEAR, UNREASONABLE

Plot = Callable[[Story], Steps]


def dispatched(story: Story) -> Steps:
    """Reported on the page, and given to the body the duty list names."""
    story.report()
    yield story.soon(5, 100)
    story.dispatch()


def in_touch(story: Story) -> Steps:
    """Accepted, and the reporter called."""
    yield story.soon(5, 90)
    story.accept()
    yield story.soon(10, 150)
    story.contact()


def on_time(story: Story) -> Steps:
    """Reported, dispatched, accepted, contacted, solved, verified, visited, closed: all within the limits."""
    story.report(channel=story.dice.choice(("web", "web", "staff")), grid=story.topic.handler == "grid")
    yield story.soon(5, 100)
    story.dispatch()
    yield from worked(story)
    yield from checked(story)


def worked(story: Story) -> Steps:
    yield from in_touch(story)
    yield story.soon(60, 2200)
    story.reply()


def checked(story: Story, *, fixed: bool = True) -> Steps:
    yield story.soon(30, 500)
    story.verify()
    yield story.soon(30, 900)
    satisfaction = story.dice.choice((3, 3, 3, 2, 1) if fixed else (1, 1, 2))
    story.visit(fixed=fixed, satisfaction=satisfaction)
    yield story.soon(5, 60)
    if fixed:
        story.close()
    else:
        story.close("explained", "已经说明办不了的原因和可以走的途径。")


def first_receiver(story: Story) -> Steps:
    """The body that got it handles it itself (首接负责)."""
    story.report(channel="staff", grid=story.topic.handler == "grid")
    yield story.soon(2, 60)
    story.do(dispatching.take_on, story.holder())
    yield story.soon(10, 150)
    story.contact()
    yield story.soon(30, 1200)
    story.reply()
    yield from checked(story)


def on_the_spot(story: Story) -> Steps:
    """The secretary answers in the call (当场办结); the town still verifies."""
    story.report(channel="hotline")
    yield story.later(0.02, 0.05)
    story.do(
        dispatching.answer_at_once,
        story.cast.actor(story.spot.village.pk),
        outcome="explained",
        text="电话里已经说明白。",
    )
    yield from checked(story)


def late(story: Story) -> Steps:
    """Everything in the end, much of it too late."""
    story.report()
    yield story.soon(300, 900)
    story.dispatch()
    yield story.soon(400, 1500)
    story.accept()
    yield story.soon(900, 3000)
    story.contact()
    yield story.soon(9000, 22000)
    story.reply()
    yield from checked(story, fixed=story.dice.random() < 0.6)


def never_touched(story: Story) -> Steps:
    """Dispatched and left lying."""
    story.report()
    yield story.soon(20, 200)
    story.dispatch()


def never_dispatched(story: Story) -> Steps:
    """Nobody knows whose it is."""
    title, text = story.dice.choice(UNCLEAR)
    story.report(title=title, text=text)
    yield story.soon(1, 5)


def objected(story: Story) -> Steps:
    """The first body says "not ours" and is right; the second handles it."""
    story.report()
    yield story.soon(5, 100)
    wrong = next(o for o in story.departments.values() if o.pk != story.target().pk)
    story.dispatch(wrong)
    yield story.soon(10, 120)
    story.do(
        requests.object_to,
        story.lead(),
        reason="not_our_duty",
        text="按职责清单不归我们",
        proposed=story.target().public_id,
    )
    yield story.soon(20, 200)
    story.decide(requests.uphold_objection, "按清单重新分派")
    yield story.soon(5, 90)
    story.dispatch()
    yield from worked(story)
    yield from checked(story)


def objection_refused(story: Story) -> Steps:
    """The body says "not ours" and is wrong; the clock ran on meanwhile."""
    yield from dispatched(story)
    yield story.soon(10, 120)
    story.do(requests.object_to, story.lead(), reason="needs_other_lead", text="建议由别的单位主办")
    yield story.soon(20, 200)
    story.decide(requests.reject_objection, "清单写明由你们主办")
    yield from worked(story)
    yield from checked(story)


def returned(story: Story) -> Steps:
    """Accepted, then sent back to the desk, then to another body."""
    story.report()
    yield story.soon(5, 100)
    story.dispatch(story.spot.village if story.topic.handler != "department" else None)
    yield story.soon(5, 90)
    story.accept()
    yield story.soon(30, 300)
    story.do(handling.send_back, story.lead(), reason="not_enough_facts", text="地点没有写清，找不到")
    yield story.soon(20, 150)
    story.dispatch()
    yield from worked(story)
    yield from checked(story)


def escalated(story: Story) -> Steps:
    """Too much for the village: up to the town, now and then to the district, once in a while to the city."""
    story.report(grid=True)
    yield story.soon(5, 60)
    story.dispatch(story.spot.grid)
    yield story.soon(5, 60)
    story.accept()
    for _ in range(story.dice.choice((1, 2, 2, 3, 4))):
        yield story.soon(60, 400)
        story.do(handling.escalate, story.lead(), text="我们这一级没有办法，请上一级牵头")
        yield story.soon(10, 120)
        story.accept()
    yield story.soon(60, 600)
    story.contact()
    yield story.soon(100, 1500)
    story.reply()
    yield from checked(story)


def called_in(story: Story) -> Steps:
    """网格呼叫、镇街响应、部门报到: nobody leaves before it is done."""
    story.report(channel="staff", grid=True)
    yield story.soon(5, 30)
    story.do(dispatching.take_on, story.holder())
    yield story.soon(10, 60)
    wanted = [story.spot.town, *story.dice.sample(list(story.departments.values()), 2)]
    story.do(
        bodies.call_in, story.lead(), call_kind="help", bodies=[o.public_id for o in wanted],
        text="需要执法和抢修一起到场", why_town_cannot="镇街没有执法权",
    )  # fmt: skip
    for body in story.called():
        yield story.soon(5, 45)
        story.do(bodies.respond, story.cast.actor(body.organisation_id), body=body.public_id, text="马上到")
        yield story.soon(10, 90)
        story.do(bodies.arrive, story.cast.actor(body.organisation_id), body=body.public_id)
    for body in story.called():
        yield story.soon(10, 200)
        story.do(bodies.conclude, story.cast.actor(body.organisation_id), body=body.public_id, text="我们这部分办好了")
        yield from scored(story, body)
    yield story.soon(10, 100)
    story.reply()
    yield from checked(story)


def suspended(story: Story) -> Steps:
    """The clock stops while papers are awaited, with an approver and an end."""
    yield from dispatched(story)
    yield from in_touch(story)
    yield story.soon(60, 300)
    story.do(
        requests.ask_suspension, story.lead(), reason="waiting_caller", text="等反映人补合同",
        until=story.now + timedelta(days=6),
    )  # fmt: skip
    yield story.soon(20, 120)
    story.decide(requests.suspend, "同意，材料到了马上恢复")
    yield story.soon(2000, 6000)
    if story.case.state == "suspended" and story.dice.random() < 0.7:
        story.do(requests.resume, story.lead(), text="材料已经到了")
    else:
        yield story.soon(9000, 9500)
    yield story.soon(200, 900)
    story.reply()
    yield from checked(story)


def extended(story: Story) -> Steps:
    """More time, asked for before the limit, approved from above."""
    yield from dispatched(story)
    yield from in_touch(story)
    yield story.soon(200, 900)
    unit = Decimal(12) if story.case.urgency in ("urgent", "supply") else Decimal(3)
    story.do(requests.ask_extension, story.lead(), amount=unit, text="配件要从外地调", reason="")
    yield story.soon(20, 150)
    if story.dice.random() < 0.75:
        story.decide(requests.extend, "同意，先做好临时措施")
    else:
        story.decide(requests.refuse_extension, "按原时限办")
    yield story.soon(1500, 4500)
    story.reply()
    yield from checked(story)


def reworked(story: Story) -> Steps:
    """The check finds it isn't done."""
    yield from dispatched(story)
    yield from worked(story)
    yield story.soon(30, 300)
    story.do(verifying.rework, story.holder(), text="现场看还没有修好")
    yield story.soon(300, 1500)
    story.reply()
    yield from checked(story)


def judged_not_fixed(story: Story) -> Steps:
    """Closed, but the reporter says it isn't fixed: open again at once, and then really fixed."""
    yield from dispatched(story)
    yield from worked(story)
    yield from checked(story)
    yield story.later(12, 150)
    story.judge(fixed=False, satisfaction=1, text="第二天又坏了")
    yield story.soon(200, 1500)
    story.reply(text="重新更换了整段线路，保修一年。")
    yield story.soon(30, 300)
    story.verify()
    yield story.later(5, 40)
    story.judge(fixed=True, satisfaction=3, text="这回好了，谢谢")
    yield story.soon(10, 200)
    story.close()


def promised(story: Story) -> Steps:
    """Agreed, still to come: neither fixed nor closed as fixed."""
    yield from dispatched(story)
    yield story.soon(5, 90)
    story.accept()
    yield story.soon(60, 900)
    day = (story.now + timedelta(days=60)).date()
    story.reply("promised", "已经列入计划，下个季度开工。", promised_until=day)
    yield story.soon(30, 300)
    story.verify()
    yield story.soon(30, 600)
    story.visit(fixed=False, satisfaction=2)
    yield story.soon(10, 100)
    story.close("explained", "已列入计划，完工后再回访。")


def declined(story: Story) -> Steps:
    """On a lawful channel already: told which, and left out of every rate."""
    title, text = IN_COURT
    story.report(title=title, text=text)
    yield story.soon(20, 200)
    story.do(intake.decline, story.desk(), reason="court")


def unreasonable(story: Story) -> Steps:
    """Left out of the count, by who may decide that."""
    title, text = UNREASONABLE
    story.report(title=title, text=text)
    yield story.soon(10, 100)
    story.dispatch(story.spot.village)
    yield story.soon(5, 100)
    story.accept()
    yield story.soon(60, 600)
    story.reply("explained", "已经上门说明，规划里没有这条路。")
    yield story.soon(30, 300)
    story.verify()
    yield story.soon(10, 200)
    story.do(
        verifying.close, story.cast.approver(story.district.pk), reason="unreasonable", text="多次说明，超出政策范围"
    )


def repeated(story: Story) -> Steps:
    """The same matter brought again: merged into the first; now and then taken out again because it was another."""
    story.report()
    first = story.case
    yield story.later(1, 5)
    story.report(text="也是这件事：" + story.dice.choice(story.topic.texts))
    again = story.case
    yield story.soon(5, 60)
    story.do(merging.merge, story.desk(), into=first.public_id, text="同一件事")
    if story.dice.random() < 0.25:
        yield story.soon(20, 120)
        story.do(merging.unmerge, story.desk(), text="地点不同，分开办")
        yield from on_from_desk(story)
        story.case = again
    story.case = type(first).objects.get(pk=first.pk)
    yield from on_from_desk(story)


def on_from_desk(story: Story) -> Steps:
    yield story.soon(5, 90)
    story.dispatch()
    yield from worked(story)
    yield from checked(story)


# Plot, weight, topics it needs ("" any; "department" or "base").
PLOTS: tuple[tuple[Plot, int, str], ...] = (
    (on_time, 34, ""),
    (first_receiver, 9, "base"),
    (on_the_spot, 4, "base"),
    (late, 8, ""),
    (never_touched, 1, ""),
    (never_dispatched, 1, ""),
    (objected, 3, "department"),
    (objection_refused, 2, "department"),
    (returned, 3, "base"),
    (escalated, 7, "base"),
    (called_in, 4, "base"),
    (suspended, 3, ""),
    (extended, 3, ""),
    (reworked, 4, ""),
    (judged_not_fixed, 4, ""),
    (promised, 2, "department"),
    (declined, 2, ""),
    (unreasonable, 1, "base"),
    (repeated, 5, ""),
)
