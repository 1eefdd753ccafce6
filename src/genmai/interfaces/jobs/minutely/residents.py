"""A residents' list that came in is compared with the members, one a turn, in the memory of the worker."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing.commands import lists
from genmai.processes.registers.models import ResidentList

SYSTEM = Actor.system("residents")


def run(*, at: datetime) -> str:
    """How many candidates came of it, in words for the log."""
    waiting = ResidentList.objects.filter(compared_at__isnull=True, destroyed_at__isnull=True).order_by("id").first()
    if waiting is None:
        return ""
    key = ids.key_of("residents compared", str(waiting.public_id))
    found = lists.compare(actor=SYSTEM, at=at, key=key, residents=waiting.public_id)
    return f"residents' list compared: {found} candidates"
