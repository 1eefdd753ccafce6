"""Transfers and letters nobody accepted lapse, and timers that ran out are put before the bodies that look after the members.

A timer proposes and nothing else: what comes of it is the body's own decision.
"""

from __future__ import annotations

from datetime import datetime

from genmai.directory.roster.commands.letters import lapse_due
from genmai.directory.roster.commands.proposals import propose_due
from genmai.directory.roster.commands.transfers import expire_due
from genmai.kernel.viewer import Actor
from genmai.kernel.walled import house

SYSTEM = Actor.system("member timers")


def run(*, at: datetime) -> str:
    """How many of each, in words for the log."""
    with house("timers run for every branch alike"):
        lapsed = expire_due(actor=SYSTEM, at=at) + lapse_due(actor=SYSTEM, at=at)
        proposed = propose_due(actor=SYSTEM, at=at)
    return f"{lapsed} transfers and letters lapsed, {proposed} proposals" if lapsed or proposed else ""
