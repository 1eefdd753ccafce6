"""Delivering to the pages: from now on the notice stands where its reader looks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from genmai.records.notices.commands import claim, tried

CHANNEL = "inapp"
BATCH = 100


def deliver(*, at: datetime) -> int:
    """One batch of waiting notices; how many. A worker killed in the middle leaves them waiting."""
    with transaction.atomic():
        waiting = claim(at=at, limit=BATCH)
        for notice in waiting:
            tried(at=at, notice=notice, channel=CHANNEL, delivered=True)
    return len(waiting)
