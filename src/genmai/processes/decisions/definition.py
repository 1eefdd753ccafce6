"""`decisions.toml`: votes and appraisals as stages with quorum and majority; meetings whose decisions become tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

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
)


class Stage(Frozen):
    """One stage: which body, who must be present, what share passes it and of whom; or a publication."""

    title: Text
    order: Positive
    body: Code | None = None
    notice: Limit | None = None
    present_share: Share | None = None
    pass_share: Share | None = None
    pass_of: Literal["present", "entitled", "valid"] | None = None
    valid_share: Share | None = None
    publish: Bool = False


class DecisionKind(Frozen):
    title: Text
    stages: Mapping[Code, Stage]
    basis: str = ""
    grades: Mapping[Code, Count] = Field(default_factory=dict)


class MeetingKind(Frozen):
    """A meeting that decides things: who holds a seat by name of post, and how a decision becomes a task.

    `task_service` is a kind of case of the same mechanism, `task_channel` the way in it is recorded under; `most_days`
    is how far ahead a decision may be due.
    """

    title: Text
    seats: Mapping[Code, Text] = Field(default_factory=dict)
    task_service: Code
    task_channel: Code
    most_days: Positive = 365
    basis: str = ""


class DecisionsSection(Section):
    kinds: Mapping[Code, DecisionKind] = Field(default_factory=dict)
    meetings: Mapping[Code, MeetingKind] = Field(default_factory=dict)

    def check(self, house: House) -> Iterator[Fault]:
        for key, kind in self.kinds.items():
            yield from out_of_order(f"kinds.{key}.stages", kind.stages)
            for name, stage in kind.stages.items():
                place = f"kinds.{key}.stages.{name}"
                if (stage.pass_share is None) != (stage.pass_of is None):
                    yield Fault(place, "pass_share, pass_of", "both or neither: a share of whom")
                for share in (stage.present_share, stage.pass_share, stage.valid_share):
                    if share is not None and share > 1:
                        yield Fault(place, share, "a share of 1 at most")
        cases = house.sections.get("cases")
        for key, meeting in self.meetings.items():
            for name, choices in (("task_service", "kinds"), ("task_channel", "channels")):
                allowed = getattr(cases, choices, {})
                yield from unknown_keys(f"meetings.{key}.{name}", [getattr(meeting, name)], allowed)
