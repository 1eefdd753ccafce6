"""What a mechanism says of the desk itself: taking back, chasing, many at once, how full is full, ready answers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from genmai.mechanisms.schema import Code, Fault, Frozen, Limit, Positive, Text
from genmai.processes.cases.wording import unknown_places


class Desk(Frozen):
    """`take_back_within`: how long a dispatch nobody has accepted may be taken back; `chase_every`: at most one
    reminder a case in so long; `bulk_inline` rows are done while one waits, up to `bulk_most` by the worker.
    """

    take_back_within: Limit = Limit(clock="urgent_hours", amount=Decimal("0.5"))
    chase_every: Limit = Limit(clock="working_hours", amount=Decimal(4))
    bulk_inline: Positive = 50
    bulk_most: Positive = 1000


class LoadRule(Frozen):
    """Above so many matters in hand a body of this kind counts as full: a warning before a hand-over, never a bar."""

    caps: Mapping[Code, Positive] = Field(default_factory=dict)


class ReadyAnswer(Frozen):
    """A reply everybody starts with: for the subjects below `category` (all, when empty)."""

    title: Text
    text: Text
    category: Annotated[str, Field(pattern=r"^(\d\d){0,3}$")] = ""
    order: Positive = 1


def check_answers(answers: Mapping[str, ReadyAnswer]) -> Iterator[Fault]:
    """A fault for each place in a text that nothing will ever fill."""
    for key, answer in answers.items():
        for language in ("zh", "en"):
            for place in unknown_places(getattr(answer.text, language)):
                yield Fault(f"templates.{key}.text.{language}", place, "one of the places of processes/cases/wording")


__all__ = ["Desk", "LoadRule", "ReadyAnswer", "check_answers"]
