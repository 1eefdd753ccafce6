"""The history as the reporter is told it: what happened to their matter; nothing of the other people who brought it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.follow.promises import DONE_BY_EVENT, event_of, say, written
from genmai.interfaces.web.shell.view_models import Event
from genmai.processes.cases.deeds import FIXED, NO_ANSWER
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.models import Entry
from genmai.processes.cases.queries.following import Followed
from genmai.processes.cases.queries.matter import Moment

# Deed → what happened ({who}: the body it is credited to), state of its mark.
TOLD = {
    "case.received": (_("收到您反映的事"), "noted"),
    "case.dispatched": (_("交给{who}"), "new"),
    "case.reassigned": (_("改由{who}来办"), "new"),
    "case.escalated": (_("升到{who}来办"), "new"),
    "case.taken_on": (_("{who}直接接下来办"), "in-hand"),
    "case.accepted": (_("{who}接下了"), "in-hand"),
    "case.contacted": (_("{who}联系了您"), "in-hand"),
    "case.arrived": (_("{who}到了现场"), "in-hand"),
    "case.suspended": (_("暂停，等条件"), "noted"),
    "case.resumed": (_("接着办"), "in-hand"),
    "case.extended": (_("上级同意延长时限"), "noted"),
    "case.replied": (_("{who}答复"), "in-hand"),
    "case.rework_asked": (_("核实后发现还没办好，退回去重办"), "late"),
    "case.verified": (_("别的单位核实过了"), "in-hand"),
    "case.visited": (_("回访了您"), "noted"),
    "case.judged": (_("您说：办好了"), "done"),
    "case.closed": (_("办结了"), "done"),
    "case.reopened": (_("重新办起"), "in-hand"),
    "case.merged": (_("和同一件事并到一起办"), "noted"),
    "case.unmerged": (_("分出来单独办"), "noted"),
    "case.split": (_("分给几家一起办"), "in-hand"),
    "case.banked": (_("一时办不了，挂账，定期复查"), "noted"),
    "case.bank_reviewed": (_("{who}复查过了，还要等"), "noted"),
    "case.unbanked": (_("接着办"), "in-hand"),
    "case.declined": (_("没有受理"), "done"),
    "milestone.missed": (_("超过时限：没有按时{what}"), "late"),
}
OF_ONE_CALLER = frozenset({"case.contacted", "case.visited", "case.judged"})
SATISFACTION = {1: _("不满意"), 2: _("基本满意"), 3: _("满意")}


def events_of(followed: Followed) -> list[Event]:
    """Newest first: deeds that concern this caller, and open notes that belong to none of them."""
    definition = definition_of(followed.live.mechanism)
    moments = [moment for moment in followed.history if _is_mine(moment, followed)]
    answered = {moment.deed.key for moment in moments if moment.deed.kind == "case.replied"}
    events = [
        _event(moment, definition, followed)
        for moment in moments
        if not (moment.deed.kind == "case.contacted" and moment.deed.key in answered)
    ]
    events = _once(events)
    told = {moment.deed.public_id for moment in moments}
    events.extend(_note(entry) for entry in followed.answers if entry.deed_id not in told)
    return sorted(events, key=lambda event: event.at, reverse=True)


def _once(events: list[Event]) -> list[Event]:
    """What several deeds of one moment say alike (a matter split among three bodies) is told once."""
    found: dict[tuple[object, str, str], Event] = {}
    for event in events:
        found.setdefault((event.at, event.what, event.said), event)
    return list(found.values())


def _is_mine(moment: Moment, followed: Followed) -> bool:
    """Of a case that several people brought, only what was done about the matter itself or about this caller."""
    deed = moment.deed
    if deed.kind in OF_ONE_CALLER:
        return deed.subject_id == followed.caller.public_id
    if deed.kind in ("case.received", "case.merged", "case.unmerged"):
        return moment.of.pk == followed.case.pk
    return True


def _event(moment: Moment, definition: CasesSection, followed: Followed) -> Event:
    deed = moment.deed
    words, state = TOLD[deed.kind]
    who = deed.organisation.short_name if deed.organisation else ""
    what = str(words).format(who=who, what=DONE_BY_EVENT.get(event_of(definition, deed.milestone), gettext("办到")))
    if deed.kind == "case.judged" and deed.outcome != FIXED:
        what, state = gettext("您说：没有办好"), "late"
    if deed.kind == "case.visited" and deed.outcome == NO_ANSWER:
        what = gettext("给您打电话，没有打通")
    by = (
        who
        if "{who}" not in str(words) and deed.kind not in ("case.received", "case.judged", "case.rework_asked")
        else ""
    )
    return Event(deed.at, what, by, "\n".join(_said(moment, definition, followed)), state)


def _said(moment: Moment, definition: CasesSection, followed: Followed) -> Iterator[str]:
    """Words with it: typed reasons in plain, what was said to the callers, and what this caller said themself."""
    deed, entry = moment.deed, moment.entry
    if deed.kind == "case.suspended" and deed.reason in definition.suspensions:
        yield say(definition.suspensions[deed.reason].title)
    if deed.kind == "case.banked" and definition.bank is not None and deed.reason in definition.bank.reasons:
        yield say(definition.bank.reasons[deed.reason])
    if deed.kind == "case.closed" and deed.reason in definition.closings:
        yield say(definition.closings[deed.reason].title)
    if deed.kind == "case.judged" and deed.quantity is not None:
        yield str(SATISFACTION.get(int(deed.quantity), ""))
    if entry and (entry.open_to_callers or deed.kind == "case.judged"):
        yield written(entry, definition, deed.reason)


def _note(entry: Entry) -> Event:
    """A line somebody at work wrote for the callers."""
    by = entry.organisation.short_name if entry.organisation else ""
    return Event(entry.at, gettext("有了新情况"), by, entry.text, "noted")
