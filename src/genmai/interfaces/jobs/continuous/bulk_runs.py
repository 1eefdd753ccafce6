"""Work on many matters goes on, a few seconds' worth at a turn, with the rights of whoever began it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from genmai.directory.access.queries import viewer_for
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import bulk
from genmai.processes.cases.models import BulkRun

SLICE = 5.0  # seconds at a turn


def run(*, at: datetime, clock: Callable[[], float] = time.monotonic) -> str:
    """The oldest run that waits or was interrupted; what was done, in words for the log."""
    waiting = BulkRun.objects.filter(state__in=(BulkRun.State.QUEUED, BulkRun.State.RUNNING))
    found = waiting.select_related("account__person").order_by("id").first()
    if found is None:
        return ""
    until = clock() + SLICE
    actor = Actor.staff(viewer_for(found.account, at=at, acting_for=found.organisation_id))
    key = ids.key_of("bulk", str(found.public_id))
    done = bulk.go_on(actor=actor, at=at, key=key, run=found.public_id, while_=lambda: clock() < until)
    return f"bulk {done.verb} {done.public_id}: {done.state}"
