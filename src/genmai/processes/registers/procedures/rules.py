"""The words of `procedures.toml`, typed: stages, numbered steps, who closes each, what it asks, what must have been before.

A closed list, no expressions: an interval, a vote, a validity, an age, a joint review, a number of records.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from genmai.mechanisms.schema import Bool, Code, Count, Frozen, Positive, Share, Span, Text

LevelWord = Literal["building", "grid", "community", "town", "district", "city"]
Membership = Literal["applicant", "activist", "candidate", "probationary", "full"]
Source = Literal["S", "B", "REC", "seed"]  # how far a rule is known, as DOMAIN marks it


class BodyKind(Frozen):
    """Who closes a step: staff acting for a unit on one of these rungs."""

    title: Text
    levels: Annotated[tuple[LevelWord, ...], Field(min_length=1)]


class Ask(Frozen):
    """One thing a step asks. `least`: a number that passes; `must`: the only choice that lets the step be closed."""

    title: Text
    kind: Literal["text", "date", "count", "choice"]
    required: Bool = True
    choices: Mapping[Code, Text] = Field(default_factory=dict)
    must: str = ""
    least: Count | None = None

    @model_validator(mode="after")
    def _fits(self) -> Ask:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("'choices' belong to kind 'choice', and are needed there")
        if self.must and self.must not in self.choices:
            raise ValueError(f"'must' is one of the choices: {', '.join(self.choices)}")
        if self.least is not None and self.kind != "count":
            raise ValueError("'least' belongs to kind 'count'")
        return self


class AnyOf(Frozen):
    """One of these numbers reaching its `least` is enough (three days, or 24 hours)."""

    asks: Annotated[tuple[Code, ...], Field(min_length=2)]


class VoteRule(Frozen):
    """A members' meeting: more than `present_over` of those entitled there, more than `for_over` of those entitled for.

    `written`: opinions handed in in writing by absent full members count among those for.
    """

    present_over: Share
    for_over: Share
    written: Bool


class After(Frozen):
    """How long after an earlier step this one may come at the soonest (`least`) and should come at the latest (`most`).

    `late`: what passing `most` does. note: it is done, marked late; refuse: not any more, unless extended; redo: the
    earlier steps from `redo_from` on have to be gone through again. `fixed`: an extension doesn't move it.
    """

    step: Code
    least: Span | None = None
    most: Span | None = None
    late: Literal["note", "refuse", "redo"] = "note"
    redo_from: Code | None = None
    fixed: Bool = False
    source: Source = "S"

    @model_validator(mode="after")
    def _says_something(self) -> After:
        if self.least is None and self.most is None:
            raise ValueError("give 'least', 'most' or both")
        if (self.late == "redo") != (self.redo_from is not None):
            raise ValueError("'redo_from' belongs to late = \"redo\", and is needed there")
        return self


class Valid(Frozen):
    """What an earlier step found holds for so long; afterwards it has to be found anew (from that step on)."""

    step: Code
    for_: Span = Field(alias="for")
    source: Source = "S"


class Records(Frozen):
    """What is written down again and again while the step is under way, and how often at least before it closes."""

    title: Text
    every: Span
    least: Positive
    source: Source = "S"


class Extension(Frozen):
    """A body may give more time, in months: `wait` puts the soonest day off, `limit` the latest, `both` both."""

    by: Code
    moves: Literal["wait", "limit", "both"]
    least: Positive
    most: Positive
    times: Positive = 1
    source: Source = "S"


class Reviewer(Frozen):
    """One body of a joint review; `code` is the organisation's, where it has an account of its own."""

    title: Text
    code: str = ""


class Review(Frozen):
    """A joint review (联审): all must have answered, none may object; `within` is when an answer is late."""

    bodies: Annotated[Mapping[Code, Reviewer], Field(min_length=1)]
    within: Span
    source: Source = "REC"


class Step(Frozen):
    """One numbered step. `gives`: the membership it leads to, from the day of step `since` (else its own)."""

    title: Text
    order: Positive
    stage: Code
    by: Code
    asks: Mapping[Code, Ask] = Field(default_factory=dict)
    any_of: tuple[AnyOf, ...] = ()
    vote: VoteRule | None = None
    after: tuple[After, ...] = ()
    valid: tuple[Valid, ...] = ()
    age: Positive | None = None
    records: Mapping[Code, Records] = Field(default_factory=dict)
    extension: Extension | None = None
    review: Review | None = None
    gives: Membership | None = None
    since: Code | None = None
    help: Text | None = None
    source: Source = "B"


class Stage(Frozen):
    title: Text
    order: Positive


class Procedure(Frozen):
    """A course of stages and steps. `annexes`: kinds of papers that belong into the file."""

    title: Text
    subject: Text
    opened_by: Annotated[tuple[Code, ...], Field(min_length=1)]
    stopped_by: Annotated[tuple[Code, ...], Field(min_length=1)]
    stages: Annotated[Mapping[Code, Stage], Field(min_length=1)]
    steps: Annotated[Mapping[Code, Step], Field(min_length=1)]
    annexes: Mapping[Code, Text] = Field(default_factory=dict)
    per: Literal["member", "secretary"] = "member"

    def in_order(self) -> list[str]:
        """The keys of the steps, first to last."""
        return sorted(self.steps, key=lambda key: self.steps[key].order)

    def before(self, key: str) -> list[str]:
        """The steps before one."""
        return [other for other in self.in_order() if self.steps[other].order < self.steps[key].order]
