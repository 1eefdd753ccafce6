"""What a reporter is promised and by when, in their own words: from the case's definition and its milestones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from genmai.kernel.viewer import NOBODY
from genmai.mechanisms.schema import Limit, Text
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.models import Milestone
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
}
SINCE = {"received": _("收到后"), "dispatched": _("派出后"), "accepted": _("接下后"), "replied": _("答复后")}


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing promised: what, within how long, and by when where its clock runs already."""

    what: str
    within: str = ""
    due_at: datetime | None = None
    met_at: datetime | None = None
    suspended: bool = False
    provisional: bool = False


def say(text: Text) -> str:
    """A mechanism's words in the reader's language."""
    return text.en if get_language() == "en" else text.zh


def limit_words(limit: Limit) -> str:
    """30 分钟内, 4 个工作小时内, 5 个工作日内 …: a limit as people say it."""
    number: Decimal | int = limit.amount
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


def next_steps(followed: Followed) -> list[Promise]:
    """All that comes next for a matter just taken in, in order: the running clock by its moment, the others by limit."""
    case = followed.live
    definition = definition_of(case.mechanism)
    running = {m.key: m for m in promises(NOBODY, followed=followed) if m.state == Milestone.State.RUNNING}
    steps = []
    for key in sorted(definition.milestones, key=lambda one: definition.milestones[one].order):
        event, limit = definition.milestones[key].met_by, definition.limit(key, case.urgency, case.service)
        unreachable = event == "contacted" and followed.caller.person_id is None
        if limit is None or event not in DONE_BY_EVENT or unreachable or definition.milestones[key].starts == "called":
            continue
        clock = running.get(key)
        since = SINCE.get(definition.milestones[key].starts, "")
        steps.append(
            Promise(str(DONE_BY_EVENT[event]), f"{since} {limit_words(limit)}".strip(), clock.due_at if clock else None)
        )
    return steps


def event_of(definition: CasesSection, key: str) -> str:
    """The event that meets a milestone of this key; the key itself where it stands elsewhere in the definition."""
    if key == "visit":
        return "visited"
    promise = definition.milestones.get(key)
    return promise.met_by if promise else key


def running(followed: Followed) -> list[Promise]:
    """What is due to this reporter now, the nearest first."""
    definition = definition_of(followed.live.mechanism)
    open_states = (Milestone.State.RUNNING, Milestone.State.PAUSED)
    found = [m for m in promises(NOBODY, followed=followed) if m.state in open_states]
    shown = []
    for milestone in sorted(found, key=lambda one: one.due_at):
        event = event_of(definition, milestone.key)
        theirs = event == "contacted" and followed.caller.contacted_at is not None
        if (
            event in DONE_BY_EVENT
            and not theirs
            and milestone.request_id is None
            and not _is_inner(definition, milestone.key)
        ):
            shown.append(
                Promise(
                    str(DONE_BY_EVENT[event]),
                    due_at=milestone.due_at,
                    suspended=milestone.state == Milestone.State.PAUSED,
                    provisional=milestone.provisional,
                )
            )
    return shown


def _is_inner(definition: CasesSection, key: str) -> bool:
    """What called-in bodies owe is the office's own traffic."""
    promise = definition.milestones.get(key)
    return promise is not None and promise.starts == "called"
