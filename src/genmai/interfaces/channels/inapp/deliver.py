"""Delivering to the pages: from now on the notice stands where its reader looks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from genmai.interfaces.channels.quiet_hours import sift
from genmai.records.notices.commands import claim, delivered

CHANNEL = "inapp"
BATCH = 500


def deliver(*, at: datetime) -> int:
    """One batch of waiting notices, delivered or held over quiet hours; how many. A worker killed in the middle leaves them waiting."""
    with transaction.atomic():
        waiting = claim(at=at, limit=BATCH)
        free = sift(waiting, at=at)
        delivered(at=at, notices=free, channel=CHANNEL)
        return len(waiting)
