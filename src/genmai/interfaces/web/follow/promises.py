"""What a reporter is promised and by when, in their own words: from the case's definition and its milestones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from genmai.kernel.viewer import NOBODY
from genmai.mechanisms.schema import Limit, Text
from genmai.processes.cases import clocks
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.definition import Milestone as Definition
from genmai.processes.cases.flow import FINAL
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.models import Entry, Milestone
from genmai.processes.cases.queries.following import Followed, promises

# The events a reporter cares about: that somebody has it, rings, comes, answers, and that it was looked at.
DONE_BY_EVENT = {
    "dispatched": _("派给承办单位"),
    "accepted": _("有人接下"),
    "contacted": _("跟您联系"),
    "arrived": _("到现场"),
    "replied": _("办好并答复您"),
    "verified": _("别的单位去核实"),
    "visited": _("回访您"),
    "review": _("再复查一次"),
}
SINCE = {"received": _("收到后"), "dispatched": _("派出后"), "accepted": _("接下后"), "replied": _("答复后")}

# How far along the way an event lies, and a state stands.
EVENT_AT = {"received": 0, "dispatched": 1, "accepted": 2, "replied": 3, "verified": 4, "closed": 5}
STATE_AT = {
    "received": 0,
    "objected": 1,
    "dispatched": 1,
    "in_hand": 2,
    "suspended": 2,
    "banked": 2,
    "replied": 3,
    "verified": 4,
}


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing promised: what, within how long, and by when where its clock runs already."""

    what: str
    within: str = ""
    due_at: datetime | None = None
    suspended: bool = False
    provisional: bool = False


def say(text: Text) -> str:
    """A mechanism's words in the reader's language."""
    return text.en if get_language() == "en" else text.zh


def written(entry: Entry, definition: CasesSection, reason: str) -> str:
    """What was written to the caller; where the mechanism worded it (a refusal), in the reader's language."""
    known = definition.declines.get(reason)
    return say(known.say) if known and entry.text == known.say.zh else entry.text


def limit_words(limit: Limit) -> str:
    """30 分钟内, 4 个工作小时内, 5 个工作日内 …: a limit as people say it."""
    number = limit.amount
    if limit.clock == "urgent_hours" and number < 1:
        minutes = int(number * 60)
        return ngettext("{n} 分钟内", "{n} 分钟内", minutes).format(n=minutes)
    n = int(number) if number == number.to_integral_value() else float(number)
    plural = 1 if n == 1 else 2
    words = {
        "urgent_hours": ngettext("{n} 小时内", "{n} 小时内", plural),
        "working_hours": ngettext("{n} 个工作小时内", "{n} 个工作小时内", plural),
        "working_days": ngettext("{n} 个工作日内", "{n} 个工作日内", plural),
    }
    return words.get(limit.clock, ngettext("{n} 天内", "{n} 天内", plural)).format(n=n)


def ahead(followed: Followed) -> list[Promise]:
    """All that is still due to this reporter, in order: a running clock by its moment, what comes after by its limit.

    Nothing once the matter is at an end. One query.
    """
    case = followed.live
    if case.state in FINAL:
        return []
    definition = definition_of(case.mechanism)
    latest = {milestone.key: milestone for milestone in promises(NOBODY, followed=followed)}
    found: list[Promise] = []
    for key in sorted(definition.milestones, key=lambda one: definition.milestones[one].order):
        promise = definition.milestones[key]
        if promise.met_by in DONE_BY_EVENT and promise.starts != "called" and not _needless(promise.met_by, followed):
            found.extend(
                _of_one(promise, definition.limit(key, case.urgency, case.service), latest.get(key), case.state)
            )
    if clocks.REVIEW in latest and latest[clocks.REVIEW].state == Milestone.State.RUNNING:
        review = latest[clocks.REVIEW]
        found.insert(0, Promise(str(DONE_BY_EVENT["review"]), "", review.due_at, False, review.provisional))
    if clocks.VISIT in latest:
        found.extend(_of_one(None, None, latest[clocks.VISIT], case.state))
    return found


def _needless(event: str, followed: Followed) -> bool:
    """Who left no number can't be rung; who was rung need not wait for it."""
    return event == "contacted" and (followed.caller.person_id is None or followed.caller.contacted_at is not None)


def _of_one(promise: Definition | None, limit: Limit | None, clock: Milestone | None, state: str) -> Iterator[Promise]:
    what = str(DONE_BY_EVENT[promise.met_by if promise else "visited"])
    if clock is not None:
        if clock.state != Milestone.State.MET:
            paused = clock.state == Milestone.State.PAUSED
            yield Promise(what, _within(promise, limit), clock.due_at, paused, clock.provisional)
    elif limit is not None and _still_to_begin(promise, state):
        yield Promise(what, _within(promise, limit))


def _still_to_begin(promise: Definition | None, state: str) -> bool:
    """Whether the event a limit starts on lies ahead; what was never set going is no longer promised."""
    return promise is not None and EVENT_AT.get(promise.starts, 0) > STATE_AT.get(state, 0)


def _within(promise: Definition | None, limit: Limit | None) -> str:
    return f"{SINCE.get(promise.starts, '')} {limit_words(limit)}".strip() if promise and limit else ""


def event_of(definition: CasesSection, key: str) -> str:
    """The event that meets a milestone of this key; the key itself where it stands elsewhere in the definition."""
    promise = definition.milestones.get(key)
    return promise.met_by if promise else {clocks.VISIT: "visited"}.get(key, key)
