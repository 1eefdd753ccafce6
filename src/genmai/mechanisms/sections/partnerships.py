"""`partnerships.toml`: agreements between named sides, and which recorded work counts as keeping them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from genmai.mechanisms.schema import (
    Bool,
    Code,
    Count,
    DeedKind,
    Fault,
    Frozen,
    House,
    Positive,
    Rhythm,
    Section,
    Span,
    Text,
)


class Party(Frozen):
    title: Text
    count: Positive = 1


class Obligation(Frozen):
    """What was agreed; kept by deeds of these kinds, not by a report."""

    title: Text
    evidence: Annotated[tuple[DeedKind, ...], Field(min_length=1)]


class PartnershipKind(Frozen):
    title: Text
    parties: Mapping[Code, Party]
    obligations: Mapping[Code, Obligation] = Field(default_factory=dict)
    expected: Count | None = None
    term: Span
    review: Rhythm | None = None
    dormant_after: Span
    both_sides_confirm: Bool = True


class PartnershipsSection(Section):
    kinds: Mapping[Code, PartnershipKind]

    def check(self, house: House) -> Iterator[Fault]:
        for key, kind in self.kinds.items():
            sides = sum(party.count for party in kind.parties.values())
            if sides < 2:
                yield Fault(f"kinds.{key}.parties", sides, "at least two sides")
