"""The `[emergency]` table of a case mechanism: levels, occasions, advice to residents, what the load guard goes by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from genmai.mechanisms.schema import Code, Count, Frozen, Positive, Text


class EmergencyLevel(Frozen):
    """How grave, and for how many hours it may be declared at once; prolonging is a new act of a person."""

    title: Text
    order: Positive
    longest_hours: Positive


class Pressure(Frozen):
    """When extras are paused and when they come back: the calm figures lie below the others, so nothing flickers.

    `contacts`: matters taken in within the last minute. `waiting`: notices whose time has come and that are unsent.
    """

    contacts: Positive
    calm_contacts: Count
    waiting: Positive
    calm_waiting: Count
    calm_minutes: Positive

    @model_validator(mode="after")
    def _calm_is_below(self) -> Pressure:
        if self.calm_contacts >= self.contacts or self.calm_waiting >= self.waiting:
            raise ValueError("calm_contacts and calm_waiting lie below contacts and waiting")
        return self


class EmergencyMode(Frozen):
    """`needs` of the short form are the kinds of the mechanism's own section; `advice` says what to do meanwhile."""

    title: Text
    usual: Code  # the kind of need taken when none is chosen
    propose_end_hours: Positive  # so long before the end the declarer is asked whether it may run out
    kinds: Annotated[Mapping[Code, Text], Field(min_length=1)]
    levels: Annotated[Mapping[Code, EmergencyLevel], Field(min_length=1)]
    advice: Mapping[Code, Text] = Field(default_factory=dict)
    extras: Mapping[Code, Text]
    pressure: Pressure
