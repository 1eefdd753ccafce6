"""What both sides of a call say of each other, and calls said to be wrong."""

from __future__ import annotations

import random

from genmai.processes.cases.commands import bodies, dispatching, ratings, wrong_calls
from genmai.processes.cases.models import Body, CallReview
from genmai.simulation.story import Steps, Story

OF_DEPARTMENT = ("in_time", "stayed", "solved")
OF_CALL = ("needed", "prepared")
WHY = ("现场没有人带路，找了半天。", "来了一下就走，第二天又催了一次。", "")


def scored(story: Story, body: Body) -> Steps:
    """Most say something, mostly good. Its own dice: the story's fall as they did."""
    dice = random.Random(f"{story.seed} call {story.number} {body.organisation_id}")
    if not CallReview.objects.filter(body=body).exists():
        return
    if dice.random() < 0.85:
        yield story.soon(5, 60)
        say(story, body, "town", dice)
    if dice.random() < 0.7:
        yield story.soon(5, 60)
        say(story, body, "department", dice)


def say(story: Story, body: Body, side: str, dice: random.Random) -> None:
    """One side's word."""
    asked = OF_DEPARTMENT if side == "town" else OF_CALL
    answers = {one: dice.choice(("good", "good", "good", "good", "fair", "poor")) for one in asked}
    text = dice.choice(WHY[:2]) if "poor" in answers.values() else dice.choice(WHY)
    review = CallReview.objects.get(body=body)
    actor = story.cast.actor(review.town_id if side == "town" else review.department_id)
    story.do(ratings.rate_call, actor, body=body.public_id, side=side, answers=answers, text=text)


def calling(story: Story, department: str) -> Body:
    """The grid takes a matter on and calls a department."""
    story.report(channel="staff", grid=True)
    story.soon(5, 30)
    story.do(dispatching.take_on, story.holder())
    story.soon(5, 20)
    story.contact()
    story.soon(5, 40)
    wanted = story.departments[department]
    story.do(
        bodies.call_in, story.lead(), call_kind="help", bodies=[wanted.public_id], text="要他们到现场看一下",
        why_town_cannot="镇街没有执法权",
    )  # fmt: skip
    return story.called()[0]


def answered(story: Story, body: Body) -> None:
    """The department comes and does its part."""
    actor = story.cast.actor(body.organisation_id)
    story.soon(5, 40)
    story.do(bodies.arrive, actor, body=body.public_id)
    story.soon(10, 90)
    story.do(bodies.conclude, actor, body=body.public_id, text="我们这部分办好了")


def waiting_for_scores(story: Story, department: str) -> None:
    """Done; nobody has said anything yet."""
    answered(story, calling(story, department))


def scored_by_one(story: Story, department: str) -> None:
    """The town has spoken; the department hasn't."""
    body = calling(story, department)
    answered(story, body)
    story.soon(5, 30)
    say(story, body, "town", random.Random(f"{story.seed} one {story.number}"))


def flagged(story: Story, department: str) -> Body:
    """The department says that it should not have been called."""
    body = calling(story, department)
    story.soon(5, 40)
    story.do(
        wrong_calls.flag_call, story.cast.actor(body.organisation_id), body=body.public_id, reason="town_could",
        text="这类小修镇里的应急班组就能办",
    )  # fmt: skip
    return body


def withdrawn(story: Story, department: str) -> None:
    """The town agrees and takes the call back."""
    body = flagged(story, department)
    story.soon(5, 40)
    story.do(wrong_calls.withdraw_call, story.cast.actor(story.spot.town.pk), body=body.public_id, text="我们自己来办")
    ended(story)


def insisted(story: Story, department: str) -> Body:
    """The town insists; the district office has not decided."""
    body = flagged(story, department)
    story.soon(5, 40)
    story.do(
        wrong_calls.insist_call, story.cast.actor(story.spot.town.pk), body=body.public_id,
        text="涉及承重墙，镇里没有鉴定资格",
    )  # fmt: skip
    return body


def upheld(story: Story, department: str) -> None:
    """The district office finds for the department."""
    body = insisted(story, department)
    story.soon(5, 40)
    story.do(wrong_calls.uphold_flag, story.cast.actor(story.district.pk), body=body.public_id, text="按清单由镇街办")
    ended(story)


def ended(story: Story) -> None:
    """The grid does it after all; verified and closed."""
    for step in (story.reply, story.verify, story.close):
        story.soon(20, 200)
        step()
