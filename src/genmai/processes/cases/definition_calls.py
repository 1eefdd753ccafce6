"""What a mechanism says of calls once they are made: what the two sides judge, and how a wrong call is answered. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from genmai.mechanisms.schema import Bool, Code, Fault, Frozen, Limit, Positive, Text, out_of_order, unknown_keys

Approver = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]  # "parent" or a role of the mechanism
PARENT = "parent"


class CallKind(Frozen):
    """An occasion on which the grid may call in the town and the departments."""

    title: Text
    say: Text | None = None
    urgency: Code | None = None


class Grade(Frozen):
    """One answer to a criterion, the worst first; `needs_words`: whoever gives it says why."""

    title: Text
    order: Positive
    needs_words: Bool = False


class Criterion(Frozen):
    """What is judged: of the department that came (by the town), or of the call (by the department)."""

    title: Text
    order: Positive
    about: Literal["department", "call"]


class Rating(Frozen):
    """Mutual scores of a call: blind until both sides have spoken or `within` is over; then read, and never changed.

    `good`: the grades counted in the numerator of the figures.
    """

    within: Limit
    grades: Annotated[Mapping[Code, Grade], Field(min_length=2)]
    criteria: Annotated[Mapping[Code, Criterion], Field(min_length=1)]
    good: Annotated[tuple[Code, ...], Field(min_length=1)]

    def asked_of(self, about: str) -> tuple[str, ...]:
        """The criteria about the department, or about the call, in order."""
        rows = [key for key, one in self.criteria.items() if one.about == about]
        return tuple(sorted(rows, key=lambda key: self.criteria[key].order))

    def scale(self) -> tuple[str, ...]:
        """Grades from the best down."""
        return tuple(sorted(self.grades, key=lambda key: -self.grades[key].order))


class WrongCall(Frozen):
    """A called department says that the call was a wrong one: within `windows` (by urgency); the town `answer`s, taking
    the call back or insisting; then the `judge` decides, within the same limits.
    """

    windows: Mapping[Code, Limit]
    answer: Mapping[Code, Limit]
    judge: Approver


class Calls(Frozen):
    kinds: Mapping[Code, CallKind] = Field(default_factory=dict)
    wrong_reasons: Mapping[Code, Text] = Field(default_factory=dict)
    stays_open_until_done: Bool = True
    must_say_why_town_cannot: Bool = False
    mutual_rating: Bool = False
    rating: Rating | None = None
    wrong: WrongCall | None = None

    @property
    def rated(self) -> Rating | None:
        """What is asked of both sides, where the mechanism asks at all."""
        return self.rating if self.mutual_rating else None

    def check(self, urgencies: Mapping[str, object]) -> Iterator[Fault]:
        for key, call in self.kinds.items():
            yield from unknown_keys(f"calls.kinds.{key}.urgency", [call.urgency] if call.urgency else [], urgencies)
        if self.mutual_rating and self.rating is not None:
            yield from out_of_order("calls.rating.grades", self.rating.grades)
            yield from out_of_order("calls.rating.criteria", self.rating.criteria)
            yield from unknown_keys("calls.rating.good", self.rating.good, self.rating.grades)
        if self.wrong is not None:
            for name in ("windows", "answer"):
                yield from unknown_keys(f"calls.wrong.{name}", list(getattr(self.wrong, name)), urgencies)
            if not self.wrong_reasons:
                yield Fault("calls.wrong_reasons", "none", "at least one reason why a call may be wrong")
