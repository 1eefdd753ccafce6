"""What both sides said of a call is opened once the time to say it is over."""

from __future__ import annotations

from datetime import datetime

from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import ratings

SYSTEM = Actor.system("call_reviews")


def run(*, at: datetime) -> str:
    """Everything whose time is over by `at`."""
    done = 0
    while batch := ratings.open_reviews(actor=SYSTEM, at=at):
        done += batch
    return f"opened {done}" if done else ""
