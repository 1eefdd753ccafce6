"""`honours.toml` and `assignments.toml`: which honours there are and how many, where people are sent and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from genmai.mechanisms.schema import Code, Fault, Frozen, House, Positive, Section, Text, out_of_order


class Honour(Frozen):
    """One kind of honour. `quota`: how many there are, each year or altogether; without it nobody said how many."""

    title: Text
    order: Positive
    level: Code
    quota: Positive | None = None
    per: Literal["year", "ever"] = "year"
    source: Text


class HonoursSection(Section):
    """`honours.toml`."""

    honours: Annotated[Mapping[Code, Honour], Field(min_length=1)]

    def left(self, code: str, given: int) -> int | None:
        """How many of a kind may still be given; None where there is no quota. Below nought: too many were given."""
        quota = self.honours[code].quota
        return None if quota is None else quota - given

    def answer(self, given: Mapping[str, Any]) -> str:
        """An example's question: honour, given."""
        left = self.left(given["honour"], given["given"])
        return "no quota" if left is None else str(left)

    def check(self, house: House) -> Iterator[Fault]:
        yield from out_of_order("honours", self.honours)


class AssignmentKind(Frozen):
    """One way of being sent to work elsewhere; `months` is the usual term, offered and not demanded."""

    title: Text
    order: Positive
    months: Positive
    source: Text


class AssignmentsSection(Section):
    """`assignments.toml`: kinds, the grades of a review, and why an assignment ends."""

    kinds: Annotated[Mapping[Code, AssignmentKind], Field(min_length=1)]
    grades: Annotated[Mapping[Code, Text], Field(min_length=1)]
    endings: Annotated[Mapping[Code, Text], Field(min_length=1)]

    def check(self, house: House) -> Iterator[Fault]:
        yield from out_of_order("kinds", self.kinds)

    def answer(self, given: Mapping[str, Any]) -> str:
        """An example's question: kind; gives its usual months."""
        return str(self.kinds[given["kind"]].months)
