"""Gates before a matter is handed down. Another process keeps them, so a flow above both hands its own in when it starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Entering:
    """A matter about to be handed to a body: its subject, the kind of body and on which ground, and when."""

    category: str
    kind: str
    place_code: str
    on: date


Gate = Callable[[Entering], None]
_gates: dict[str, Gate] = {}


def hand_in(name: str, gate: Gate) -> None:
    """From now on this gate is asked, too; it raises Refused where the matter may not enter."""
    _gates[name] = gate


def check(entering: Entering) -> None:
    """Raises whatever a gate raises."""
    for gate in _gates.values():
        gate(entering)
