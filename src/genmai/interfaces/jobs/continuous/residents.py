"""A residents' list that came in is compared with the members, in the memory of a process of its own."""

from __future__ import annotations

from datetime import datetime

from genmai.interfaces.jobs.one_child import OneChild
from genmai.processes.registers.models import ResidentList

_child = OneChild("residents")


def run(*, at: datetime) -> str:
    """Start the oldest that waits, unless one is at work; what was begun or has ended, in words for the log."""
    told = _child.ended()
    if told or told is None:
        return told or ""
    waiting = ResidentList.objects.filter(compared_at__isnull=True, destroyed_at__isnull=True)
    found = waiting.exclude(public_id__in=_child.given_up()).order_by("id").first()
    if found is None:
        return ""
    _child.start(str(found.public_id), "residents", "compare")
    return f"residents {found.public_id}: begun"
