"""`flowing.toml`: how flowing members are looked for, spoken to and cared for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from genmai.mechanisms.schema import Bool, Code, Count, Fault, Frozen, House, Positive, Rhythm, Section, Share, Text


class Screening(Frozen):
    """Data screening of a residents' list. `parameters`: the trained odds; `offer_from`: least probability of a candidate.

    `keep_days_most`: no list is kept longer, compared or not; `tries`: so often it is compared by itself when it breaks
    off (version 1 does not say), then a person says how it goes on; `bases`: on what law a list may be used at all.
    """

    parameters: str
    offer_from: Share
    keep_days: Positive
    keep_days_most: Positive
    rows_most: Positive
    tries: Positive = 3
    bases: Annotated[Mapping[Code, Text], Field(min_length=1)]


class Contact(Frozen):
    """How soon and how often somebody is spoken to, in days."""

    first_days: Positive
    every_days: Positive
    again_days: Positive  # after nobody was reached
    ways: Annotated[Mapping[Code, Text], Field(min_length=1)]


class Clocks(Frozen):
    """What time proposes, in months since the last contact or since they left. A proposal, never a change of state."""

    away_months: Positive  # from then on they count as flowing, and a transfer is proposed (应转尽转)
    silent_warn_months: Positive
    silent_propose_months: Positive


class Duty(Frozen):
    """A care measure or a lesson: who owes it to the member and how often. `known`: stands in a public text."""

    title: Text
    side: Literal["home", "host", "both"]
    rhythm: Rhythm
    known: Bool = False
    place: Literal["care", "classroom"] = "care"
    order: Count = 0


class FlowingSection(Section):
    screening: Screening
    contact: Contact
    clocks: Clocks
    reasons: Annotated[Mapping[Code, Text], Field(min_length=1)]
    duties: Annotated[Mapping[Code, Duty], Field(min_length=1)]

    def of(self, place: str) -> list[tuple[str, Duty]]:
        """The care measures, or the classrooms, in order."""
        found = [(key, duty) for key, duty in self.duties.items() if duty.place == place]
        return sorted(found, key=lambda one: (one[1].order, one[0]))

    def check(self, house: House) -> Iterator[Fault]:
        if self.screening.offer_from > 1:
            yield Fault("screening.offer_from", self.screening.offer_from, "a share of 1 at most")
        if self.screening.keep_days > self.screening.keep_days_most:
            yield Fault("screening.keep_days", self.screening.keep_days, "no more than keep_days_most")
        if self.clocks.silent_warn_months >= self.clocks.silent_propose_months:
            yield Fault("clocks.silent_warn_months", self.clocks.silent_warn_months, "before silent_propose_months")
