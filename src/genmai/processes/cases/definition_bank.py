"""What a mechanism says of the problem bank (挂账): for what reasons, who approves, how often it is looked at. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from genmai.mechanisms.schema import Code, Fault, Frozen, Limit, Positive, Text, unknown_keys
from genmai.processes.cases.definition_calls import Approver


class ProblemBank(Frozen):
    """A matter nobody can solve in time waits here, open and in sight, and is looked at again on a date.

    `review`: the next look comes at the latest after this; `times`: so often may it be left waiting at one level, then it
    goes up one. `answer`: how long the approver may take, by urgency.
    """

    approver: Approver
    reasons: Annotated[Mapping[Code, Text], Field(min_length=1)]
    review: Limit
    times: Positive
    answer: Mapping[Code, Limit] = Field(default_factory=dict)

    def check(self, urgencies: Mapping[str, object]) -> Iterator[Fault]:
        yield from unknown_keys("bank.answer", list(self.answer), urgencies)
