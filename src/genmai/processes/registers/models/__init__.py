"""Tables of the estates register."""

from genmai.processes.registers.models.estate import Entry, EntryKind, Estate, Management
from genmai.processes.registers.models.procedures import Clearing, Matter, Progress, Vote

__all__ = ["Clearing", "Entry", "EntryKind", "Estate", "Management", "Matter", "Progress", "Vote"]
