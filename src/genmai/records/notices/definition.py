"""The notices section of a mechanism, typed: quiet hours by urgency. Pure, from `notices.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from genmai.mechanisms.schema import Bool, Code, Fault, Frozen, House, Positive, Section, Text
from genmai.records.notices.quiet import Window

Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


def _minute(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


class QuietRule(Frozen):
    """When notices of this urgency are held. `passes`: never, whatever the hour and whatever a person chose."""

    title: Text
    passes: Bool = False
    begins: Clock = "00:00"
    ends: Clock = "00:00"
    rest_days: Bool = False

    def window(self) -> Window:
        """As minutes; an empty one where everything passes."""
        return Window(0, 0) if self.passes else Window(_minute(self.begins), _minute(self.ends), self.rest_days)


class NoticesSection(Section):
    """`usual` is the rule for notices that name no urgency, or one that has no rule."""

    usual: Code
    widest_hours: Positive
    urgencies: Annotated[Mapping[Code, QuietRule], Field(min_length=1)]

    def rule(self, urgency: str) -> QuietRule:
        return self.urgencies.get(urgency) or self.urgencies[self.usual]

    def check(self, house: House) -> Iterator[Fault]:
        if self.usual not in self.urgencies:
            yield Fault("usual", self.usual, f"one of: {', '.join(sorted(self.urgencies))}")
        for key, rule in self.urgencies.items():
            if rule.window().minutes() > self.widest_hours * 60:
                yield Fault(f"urgencies.{key}", rule.window().minutes(), "quiet no longer than widest_hours")
