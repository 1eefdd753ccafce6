"""The history as people read it: who did what, and what they said. Every deed has its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.handle_case import words
from genmai.interfaces.web.shell.time_words import exact_words
from genmai.interfaces.web.shell.view_models import Event
from genmai.processes.cases import mechanism
from genmai.processes.cases.definition import CasesSection
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries.matter import Moment
from genmai.records.deeds.kinds import title
from genmai.records.deeds.models import Deed

STATES = {
    "case.received": "new", "case.dispatched": "in-hand", "case.accepted": "in-hand", "case.taken_on": "in-hand",
    "case.replied": "done", "case.verified": "done", "case.closed": "done", "milestone.missed": "late",
    "case.objected": "new", "case.returned": "new", "case.rework_asked": "late", "case.reopened": "new",
    "case.called": "new", "case.arrived": "in-hand", "case.declined": "done", "case.banked": "in-hand",
    "case.call_flagged": "new", "case.called_off": "done", "case.split": "in-hand", "case.climb_proposed": "new",
}  # fmt: skip
TOWARDS = frozenset({"case.dispatched", "case.reassigned", "case.escalated"})  # organisation = who it goes to
ASKED = frozenset(
    {"case.assist_asked", "case.called", "case.released", "case.call_withdrawn", "case.call_insisted", "case.split"}
)  # counterpart = who was asked
BOOKKEEPING = frozenset(
    {
        "milestone.set",
        "milestone.met",
        "milestone.void",
        "milestone.moved",
        "milestone.paused",
        "milestone.resumed",
        "case.unsolved",
    }
)
LOOKS = {"passed": _("改好了"), "not_passed": _("没改好"), "on_site": _("到现场看的"), "on_paper": _("看的材料")}
CHANNELS = {"system": _("系统"), "reporter": _("反映人")}


@dataclass(frozen=True)
class History:
    """`main`: what was done; `all`: with every movement of the limits."""

    main: list[Event]
    all: list[Event]


def events(definition: CasesSection, case: Case, moments: Iterable[Moment], milestones: Mapping[str, str]) -> History:
    """Newest first. `milestones`: public id of a limit → its title, where it tells more than its key."""
    main, everything = [], []
    for moment in moments:
        event = _event(definition, case, moment, milestones)
        everything.append(event)
        if moment.deed.kind not in BOOKKEEPING:
            main.append(event)
    return History(main, everything)


def _event(definition: CasesSection, case: Case, moment: Moment, milestones: Mapping[str, str]) -> Event:
    deed = moment.deed
    what = _what(definition, deed, milestones)
    if moment.of.id != case.id:
        what = gettext("{number}（已并入）：{what}").format(number=moment.of.number, what=what)
    return Event(
        at=deed.at,
        what=what,
        by=_by(deed),
        said=_said(definition, moment),
        state=STATES.get(deed.kind, "noted"),
    )


def _said(definition: CasesSection, moment: Moment) -> str:
    """What was written with it; where the mechanism worded it, in the reader's language."""
    written = moment.entry.text if moment.entry else ""
    known = definition.declines.get(moment.deed.reason) if moment.deed.kind == "case.declined" else None
    return words.say(known.say) if known and written == known.say.zh else written


def _by(deed: Deed) -> str:
    if deed.kind == "milestone.missed":
        return deed.organisation.short_name if deed.organisation else ""
    if deed.actor_kind in CHANNELS:
        return str(CHANNELS[deed.actor_kind])
    name = deed.actor.display_name if deed.actor else ""
    absent = getattr(deed, "acts_for", "")  # leave.marking has looked who was away
    if absent:
        name = gettext("{name}（代{absent}）").format(name=name, absent=absent)
    where = deed.actor_organisation.short_name if deed.actor_organisation else ""
    return " · ".join(part for part in (name, where) if part)


def _what(definition: CasesSection, deed: Deed, milestones: Mapping[str, str]) -> str:
    """The deed's words, with the one fact that tells it apart."""
    base = gettext(title(deed.kind))
    detail = _limit(definition, deed, milestones) if deed.milestone else _detail(definition, deed)
    return words.told(base, detail)


def _limit(definition: CasesSection, deed: Deed, milestones: Mapping[str, str]) -> str:
    name = milestones.get(str(deed.subject_id)) or words.limit_title(definition, deed.milestone)
    return words.aside(name, exact_words(deed.due_at) if deed.due_at else "")


def _detail(definition: CasesSection, deed: Deed) -> str:
    kind = deed.kind
    if kind in TOWARDS:
        return deed.organisation.short_name if deed.organisation else ""
    if kind in ASKED:
        return deed.counterpart.short_name if deed.counterpart else ""
    if kind == "case.classified":
        known = mechanism.taxonomy().categories.get(deed.category)
        return words.subject(known) if known else ""
    if kind == "case.closed":
        return _reason(definition, deed.reason)
    if kind == "case.reinspected":
        return gettext("，").join(str(LOOKS[part]) for part in (deed.outcome, deed.reason) if part in LOOKS)
    if kind in ("case.visited", "case.judged"):
        said = words.SATISFACTION.get(int(deed.quantity)) if deed.quantity else None
        return gettext("，").join(str(part) for part in (words.outcome_words(definition, deed.outcome), said) if part)
    if kind in ("case.call_rated", "case.caller_rated"):
        return _rated(definition, deed)
    if deed.outcome and kind in ("case.replied", "case.responded", "case.resumed"):
        return words.outcome_words(definition, deed.outcome)
    return _reason(definition, deed.reason) if kind in REASONED else ""


REASONED = frozenset(
    {
        "case.returned", "case.objected", "case.declined", "case.suspension_asked", "case.suspended", "case.excluded",
        "case.objection_upheld", "case.objection_rejected", "case.suspension_refused", "case.bank_asked", "case.banked",
        "case.bank_refused", "case.bank_reviewed", "case.call_flagged", "case.flag_upheld", "case.flag_rejected",
    }
)  # fmt: skip


def _rated(definition: CasesSection, deed: Deed) -> str:
    """Whom, for what, how: 区城管局，来得及时：好."""
    rating = definition.calls.rating
    criterion = rating.criteria.get(deed.reason) if rating else None
    grade = next((g for g in rating.grades.values() if g.order == deed.quantity), None) if rating else None
    said = words.told(words.say(criterion.title), words.say(grade.title)) if criterion and grade else ""
    who = deed.organisation.short_name if deed.organisation else ""
    return gettext("，").join(part for part in (who, said) if part)


def _reason(definition: CasesSection, reason: str) -> str:
    """A typed reason in words, whichever section of the mechanism it stands in."""
    if reason in definition.calls.wrong_reasons:
        return words.say(definition.calls.wrong_reasons[reason])
    if definition.bank is not None and reason in definition.bank.reasons:
        return words.say(definition.bank.reasons[reason])
    if reason in definition.objection.reasons:
        return words.say(definition.objection.reasons[reason])
    for section in (definition.closings, definition.declines, definition.suspensions):
        if reason in section:
            return words.say(section[reason].title)
    return ""
