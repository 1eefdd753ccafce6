"""Long files handed in to be checked, one at a time in a process of its own: a city's roll takes half a minute and a gigabyte."""

from __future__ import annotations

from datetime import datetime

from genmai.interfaces import long_checks
from genmai.interfaces.jobs.one_child import OneChild
from genmai.kernel.viewer import NOBODY
from genmai.reports.exports import checks

_child = OneChild("check")


def run(*, at: datetime) -> str:
    """Start the oldest that waits, unless one is at work; what was begun or has ended, in words for the log."""
    told = _child.ended()
    if told or told is None:
        return told or ""
    row = checks.waiting(NOBODY)
    if row is None:
        return ""
    name = str(row.public_id)
    if name in _child.given_up():
        long_checks.give_up(at=at, row=row)
        return f"check {name}: given up"
    _child.start(name, "checks", "carry")
    return f"check {name}: begun"
