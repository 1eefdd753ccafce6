"""Conditions whose value the planner must see: who may see a case, and whether it is still open.

A statement that is asked again and again is planned once, for any value. For these two no plan is right for any value:
a district reaches every case and a grid a few hundred, one case in twenty is open. So they stand in the statement as
literals: whole numbers of our own rows and words of our own table, nothing a person has typed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import BooleanField, F, Func

from genmai.processes.cases.flow import STATES


class Within(Func):
    """The case is reached from one of these organisations."""

    arity = 1
    output_field = BooleanField()

    def __init__(self, organisation_ids: Iterable[int], **extra: Any) -> None:
        numbers = ",".join(str(int(one)) for one in sorted(organisation_ids))
        super().__init__(F("reach"), template=f"%(expressions)s && '{{{numbers}}}'::bigint[]", **extra)


class Standing(Func):
    """The case stands in one of these states. Raises KeyError for a word that is no state."""

    arity = 1
    output_field = BooleanField()

    def __init__(self, states: Collection[str], **extra: Any) -> None:
        known = {state: STATES[state] for state in states}
        words = ",".join(f"'{state}'" for state in known)
        super().__init__(F("state"), template=f"%(expressions)s IN ({words})", **extra)
