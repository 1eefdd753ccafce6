"""The rules of estates in `registers.toml`, typed: kinds, ways to clear the list, pre-review, the owners' majorities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from genmai.mechanisms.schema import Bool, Code, Fault, Frozen, Limit, Positive, Share, Text, unknown_keys


class Majority(Frozen):
    """A double majority: of the owners and of the floor area, once of all (taking part), once of those voting.

    `agree_over`: more than `agree` is needed (过半数); else `agree` itself is enough (四分之三以上 includes the number).
    """

    title: Text
    take_part: Share
    agree: Share
    agree_over: Bool
    source: Annotated[str, StringConstraints(min_length=1)]


class MatterKind(Frozen):
    """A sort of major matter and the majority the owners need for it."""

    title: Text
    majority: Code


class EstateRules(Frozen):
    """What differs from place to place about estates; titles are words people read."""

    types: Annotated[Mapping[Code, Text], Field(min_length=1)]
    ways: Annotated[Mapping[Code, Text], Field(min_length=1)]
    assets: Annotated[Mapping[Code, Text], Field(min_length=1)]
    matters: Annotated[Mapping[Code, MatterKind], Field(min_length=1)]
    majorities: Annotated[Mapping[Code, Majority], Field(min_length=1)]
    review: Limit
    follow_up_days: Positive  # so long before a term ends the community is asked to see to what comes next
    request_kind: Code = "estate"  # the kind of case under which an owner's request is taken in

    def faults(self, at: str) -> Iterator[Fault]:
        """What one field alone can't show."""
        for key, matter in self.matters.items():
            yield from unknown_keys(f"{at}.matters.{key}.majority", [matter.majority], self.majorities)
        for key, majority in self.majorities.items():
            for share in (majority.take_part, majority.agree):
                if share > 1:
                    yield Fault(f"{at}.majorities.{key}", share, "a share of 1 at most")
