"""A task in people's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.handle_case.words import say
from genmai.kernel.refusal import Refused
from genmai.processes.activities import mechanism
from genmai.processes.activities.models import SignUp, Task

STATES = {"open": ("new", _("还要人")), "done": ("done", _("已结束")), "cancelled": ("done", _("已取消"))}
PLACES = {
    SignUp.State.SIGNED: _("已报名，等召集人确认"),
    SignUp.State.CONFIRMED: _("已确认，请按时到"),
    SignUp.State.TURNED_DOWN: _("这次人够了，不用来了，谢谢您"),
    SignUp.State.WITHDRAWN: _("已取消报名"),
}


@dataclass(frozen=True)
class TaskLine:
    """One task as lists and the head of its page show it."""

    task: Task
    badge: str
    word: str
    kind: str
    skills: Sequence[str]
    left: int
    url: str
    begins_at: datetime


def line(task: Task) -> TaskLine:
    """In the reader's language."""
    badge, word = STATES[task.state]
    left = max(0, task.wanted - task.taken)
    if task.state == "open" and not left:
        badge, word = "in-hand", _("人够了")
    return TaskLine(
        task=task,
        badge=badge,
        word=str(word),
        kind=titles(task, "kinds", [task.kind])[0],
        skills=titles(task, "skills", task.skills),
        left=left,
        url=reverse("volunteer_task", args=[task.public_id]),
        begins_at=task.begins_at,
    )


def titles(task: Task, table: str, keys: Sequence[str]) -> list[str]:
    """The mechanism's words for keys of its table; the key where the mechanism is gone."""
    try:
        known = getattr(mechanism.rules_of(task.mechanism), table)
    except Refused:
        known = {}
    return [say(known[key]) if key in known else key for key in keys]


def standing_of(place: SignUp) -> str:
    """Where a sign-up stands, in the words of whoever signed up."""
    if place.task.state == "cancelled" and place.state in SignUp.HOLDING:
        return gettext("任务取消了：{why}").format(why=place.task.closing_text)
    if place.came is not None:
        return gettext("记了 {hours} 小时，辛苦了").format(hours=place.hours) if place.came else gettext("没有来")
    return str(PLACES[SignUp.State(place.state)])
