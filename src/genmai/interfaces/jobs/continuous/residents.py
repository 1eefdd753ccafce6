"""A residents' list that came in is compared with the members, in the memory of a process of its own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from genmai.interfaces.cli.commands.residents import REASONS
from genmai.interfaces.jobs.one_child import OneChild
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing.attempts import to_compare
from genmai.processes.registers.flowing.commands import tries

SYSTEM = Actor.system("residents")
_child = OneChild("residents")


def run(*, at: datetime) -> str:
    """Start the oldest that waits, unless one is at work; what was begun or has ended, in words for the log."""
    told = _child.ended()
    if told is None:
        return ""
    if told:
        _note(*_child.last, at)
        return told
    waiting = to_compare()
    if not waiting:
        return ""
    found = waiting[0]
    _child.start(str(found.public_id), "residents", "compare")
    return f"residents {found.public_id}: begun"


def _note(name: str, code: int, at: datetime) -> None:
    """One that broke off stands in the list's own history, so that its page can say it whoever works next."""
    if code:
        reason = tries.STOPPED if code < 0 else REASONS.get(code, tries.BROKEN)
        key = ids.key_of("residents failed", name, at.isoformat())
        tries.note_failed(actor=SYSTEM, at=at, key=key, residents=UUID(name), reason=reason)
