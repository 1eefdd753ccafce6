"""Delivering to the pages: from now on the notice stands where its reader looks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from genmai.records.notices.commands import claim, delivered

CHANNEL = "inapp"
BATCH = 500


def deliver(*, at: datetime) -> int:
    """One batch of waiting notices; how many. A worker killed in the middle leaves them waiting."""
    with transaction.atomic():
        waiting = claim(at=at, limit=BATCH)
        return delivered(at=at, notices=waiting, channel=CHANNEL)
