"""The case section of a mechanism, typed: kinds, clocks, objections, closings, the ladder. Pure, from `cases.toml`.

Every number here is somebody's local policy; the code asks the definition and never assumes one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from genmai.mechanisms.schema import (
    Bool,
    Code,
    Count,
    Fault,
    Frozen,
    House,
    Limit,
    Positive,
    Section,
    Share,
    Text,
    out_of_order,
    unknown_keys,
    unknown_roles,
)
from genmai.processes.cases.definition_bank import ProblemBank
from genmai.processes.cases.definition_calls import PARENT, Approver, Calls
from genmai.processes.cases.definition_desk import Desk, LoadRule, ReadyAnswer, check_answers
from genmai.processes.cases.definition_emergency import EmergencyMode
from genmai.processes.cases.definition_inspection import Inspection
from genmai.processes.cases.definition_likeness import HotSpots, Likeness, RootCauses
from genmai.processes.cases.definition_suggestion import Suggesting

Event = Literal[
    "received",
    "dispatched",
    "accepted",
    "contacted",
    "arrived",
    "replied",
    "verified",
    "visited",
    "closed",
    "called",
    "responded",
]  # deed kinds of a case without their prefix: "accepted" is the deed "case.accepted"
Channel = Literal[
    "litigation",
    "arbitration",
    "administrative_review",
    "petition",
    "information_disclosure",
    "complaint_hotline",
    "none",
]


class Kind(Frozen):
    """What sort of thing is brought: hardship, emergency, errand …; `urgency` is where its clocks start from.

    `private`: never shown to other residents, not even as something alike.
    """

    title: Text
    urgency: Code
    can_close_on_the_spot: Bool = False
    private: Bool = False


class ChannelOpen(Frozen):
    """A way in."""

    title: Text


class Urgency(Frozen):
    """How pressing: decides which limits run. `say` helps the person choose."""

    title: Text
    order: Positive
    say: Text | None = None


class Milestone(Frozen):
    """One promise with its own clock, from the event it `starts` on to the one it is `met_by`.

    `limits` by urgency; an urgency without a limit has no such promise. `kinds` overrides by kind of case.
    A warning is due after `warn_share` of the limit; a breach goes up to `escalates_to`.
    """

    title: Text
    order: Positive
    starts: Event
    met_by: Event
    limits: Mapping[Code, Limit]
    kinds: Mapping[Code, Mapping[Code, Limit]] = Field(default_factory=dict)
    warn_share: Share = Field(default="4/5", validate_default=True)
    escalates_to: Literal["parent"] = "parent"
    can_extend: Bool = False
    restarts_on_return: Bool = False
    basis: str = ""


class Extension(Frozen):
    """How often, how far (a share of the original limit) and by whom a limit may be lengthened, before it ends.

    `answer`: how long the approver may take, by urgency; as long as with an objection where nothing is said.
    """

    max_times: Count
    max_share: Share
    approver: Approver
    before_limit: Bool = True
    answer: Mapping[Code, Limit] = Field(default_factory=dict)


class Suspension(Frozen):
    """A reason to stop the clock, for so long at most, approved by; `answer` as with an extension."""

    title: Text
    max: Limit
    approver: Approver
    answer: Mapping[Code, Limit] = Field(default_factory=dict)


class Closing(Frozen):
    """A typed end. `fixed`: the trouble is gone. `promised`: agreed, still to come. `counted`: stays in the rates."""

    title: Text
    fixed: Bool
    promised: Bool = False
    counted: Bool = True
    needs_reason: Bool = False
    approver: Approver | None = None


class Decline(Frozen):
    """Why a matter is not taken up, the lawful channel instead, and what the caller is told."""

    title: Text
    channel: Channel
    say: Text


class Objection(Frozen):
    """A body may say "not ours" within `windows` (by urgency); the reviewer `answer`s. The clock runs on."""

    max_times: Count
    reviewer: Approver
    windows: Mapping[Code, Limit]
    answer: Mapping[Code, Limit]
    reasons: Mapping[Code, Text]


class Reopen(Frozen):
    max_times: Count
    within: Limit


class Merging(Frozen):
    """Repeats of the same place and subject within this time are offered for merging."""

    suggest_within: Limit


class Question(Frozen):
    """Asked at the return visit; `good` are the answers counted in the numerator of the rate it measures."""

    title: Text
    order: Positive
    measures: Literal["response", "solution", "satisfaction", "nothing"]
    answers: Annotated[Mapping[Code, Text], Field(min_length=2)]
    good: tuple[Code, ...]


class ReturnVisit(Frozen):
    attempts: Positive
    within: Limit
    questions: Mapping[Code, Question]


class Rota(Frozen):
    """Who is rung, in order, how long each before the next one. `card_seconds`: what a card is meant to take."""

    order: Annotated[tuple[Code, ...], Field(min_length=1)]
    seconds_each: Positive
    card_seconds: Positive
    basis: str = ""

    def ringing(self, seconds: int) -> str:
        """The role being rung `seconds` after the call came in; the last one keeps ringing."""
        return self.order[min(max(seconds, 0) // self.seconds_each, len(self.order) - 1)]

    def after(self, role: str) -> str | None:
        """Who is next after `role`; None after the last."""
        place = self.order.index(role) + 1
        return self.order[place] if place < len(self.order) else None


class Level(Frozen):
    """A rung of the ladder. `holder`: the role that answers for it; `stay`: how long before it should climb."""

    title: Text
    order: Positive
    holder: Code | None = None
    stay: Limit | None = None


class CasesSection(Section):
    """`cases.toml`, whole."""

    small_sample: Positive
    first_receiver_leads: Bool
    channels_open: tuple[Code, ...] = ()
    kinds: Annotated[Mapping[Code, Kind], Field(min_length=1)]
    channels: Annotated[Mapping[Code, ChannelOpen], Field(min_length=1)]
    urgencies: Annotated[Mapping[Code, Urgency], Field(min_length=1)]
    milestones: Annotated[Mapping[Code, Milestone], Field(min_length=1)]
    calls: Calls = Calls()
    bank: ProblemBank | None = None
    extension: Extension
    suspensions: Mapping[Code, Suspension]
    closings: Annotated[Mapping[Code, Closing], Field(min_length=1)]
    declines: Mapping[Code, Decline]
    objection: Objection
    reopen: Reopen
    merging: Merging
    return_visit: ReturnVisit
    rota: Rota
    levels: Annotated[Mapping[Code, Level], Field(min_length=1)]
    desk: Desk = Desk()
    load: LoadRule = LoadRule()
    suggestion: Suggesting = Suggesting()
    templates: Mapping[Code, ReadyAnswer] = Field(default_factory=dict)
    emergency: EmergencyMode | None = None
    inspection: Inspection | None = None
    likeness: Likeness = Likeness()
    hot_spots: HotSpots = HotSpots()
    root_causes: RootCauses = RootCauses()

    def limit(self, milestone: str, urgency: str, kind: str = "") -> Limit | None:
        """The limit of a milestone for this urgency (and kind); None where it makes no such promise."""
        promise = self.milestones[milestone]
        return promise.kinds.get(kind, {}).get(urgency) or promise.limits.get(urgency)

    def starting_on(self, event: str) -> tuple[str, ...]:
        """Milestones whose clock starts with `event`, in order."""
        found = [key for key, m in self.milestones.items() if m.starts == event]
        return tuple(sorted(found, key=lambda key: self.milestones[key].order))

    def met_by(self, event: str) -> tuple[str, ...]:
        """Milestones that `event` meets, in order."""
        found = [key for key, m in self.milestones.items() if m.met_by == event]
        return tuple(sorted(found, key=lambda key: self.milestones[key].order))

    def ladder(self) -> tuple[str, ...]:
        """Levels from the lowest up."""
        return tuple(sorted(self.levels, key=lambda key: self.levels[key].order))

    def above(self, level: str) -> str | None:
        """The next level up; None from the top."""
        rungs = self.ladder()
        place = rungs.index(level) + 1
        return rungs[place] if place < len(rungs) else None

    def channels_in_use(self) -> tuple[str, ...]:
        """The ways in that are open: those named, or all."""
        return self.channels_open or tuple(self.channels)

    def check(self, house: House) -> Iterator[Fault]:
        yield from unknown_keys("channels_open", self.channels_open, self.channels)
        for key, kind in self.kinds.items():
            yield from unknown_keys(f"kinds.{key}.urgency", [kind.urgency], self.urgencies)
        for key, promise in self.milestones.items():
            yield from self._check_milestone(key, promise)
        yield from self.calls.check(self.urgencies)
        if self.bank is not None:
            yield from self.bank.check(self.urgencies)
        yield from unknown_keys("extension.answer", list(self.extension.answer), self.urgencies)
        for key, one in self.suspensions.items():
            yield from unknown_keys(f"suspensions.{key}.answer", list(one.answer), self.urgencies)
        for name in ("windows", "answer"):
            yield from unknown_keys(f"objection.{name}", list(getattr(self.objection, name)), self.urgencies)
        if self.emergency is not None:
            yield from unknown_keys("emergency.advice", list(self.emergency.advice), self.kinds)
            yield from unknown_keys("emergency.usual", [self.emergency.usual], self.kinds)
            yield from out_of_order("emergency.levels", self.emergency.levels)
        if self.inspection is not None:
            yield from self.inspection.check(self.kinds, self.urgencies, self.closings)
        yield from self._check_people(house)
        yield from check_answers(self.templates)
        yield from out_of_order("urgencies", self.urgencies)
        yield from out_of_order("levels", self.levels)
        yield from out_of_order("return_visit.questions", self.return_visit.questions)
        for key, question in self.return_visit.questions.items():
            yield from unknown_keys(f"return_visit.questions.{key}.good", question.good, question.answers)
        for key, closing in self.closings.items():
            if closing.fixed and closing.promised:
                yield Fault(f"closings.{key}", "fixed and promised", "promised is not fixed: one of the two")

    def _check_milestone(self, key: str, promise: Milestone) -> Iterator[Fault]:
        yield from unknown_keys(f"milestones.{key}.limits", list(promise.limits), self.urgencies)
        yield from unknown_keys(f"milestones.{key}.kinds", list(promise.kinds), self.kinds)
        for kind, limits in promise.kinds.items():
            yield from unknown_keys(f"milestones.{key}.kinds.{kind}", list(limits), self.urgencies)
        if promise.warn_share >= 1:
            yield Fault(f"milestones.{key}.warn_share", promise.warn_share, "below 1: it comes before the breach")

    def _check_people(self, house: House) -> Iterator[Fault]:
        yield from unknown_roles(house, "rota.order", self.rota.order)
        for key, level in self.levels.items():
            yield from unknown_roles(house, f"levels.{key}.holder", [level.holder] if level.holder else [])
        approvers = {"extension.approver": self.extension.approver, "objection.reviewer": self.objection.reviewer}
        approvers |= {f"suspensions.{key}.approver": s.approver for key, s in self.suspensions.items()}
        approvers |= {f"closings.{key}.approver": c.approver for key, c in self.closings.items() if c.approver}
        approvers |= {"bank.approver": self.bank.approver} if self.bank else {}
        approvers |= {"calls.wrong.judge": self.calls.wrong.judge} if self.calls.wrong else {}
        for key, approver in approvers.items():
            yield from unknown_roles(house, key, [approver] if approver != PARENT else [])
