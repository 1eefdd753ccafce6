"""Tables of the registers: estates and what is under way about them, files of procedures, flowing members, standards."""

from genmai.processes.registers.models.dossier import Annex, Dossier, DossierEntry
from genmai.processes.registers.models.estate import Entry, EntryKind, Estate, Management
from genmai.processes.registers.models.flowing import (
    Candidate,
    FlowProposal,
    FlowRecord,
    ListEvent,
    ListPart,
    ResidentList,
    Source,
    Touch,
)
from genmai.processes.registers.models.procedures import Clearing, Matter, Progress, Vote
from genmai.processes.registers.models.standards import Mark, Unit

__all__ = [
    "Annex",
    "Candidate",
    "Clearing",
    "Dossier",
    "DossierEntry",
    "Entry",
    "EntryKind",
    "Estate",
    "FlowProposal",
    "FlowRecord",
    "ListEvent",
    "ListPart",
    "Management",
    "Mark",
    "Matter",
    "Progress",
    "ResidentList",
    "Source",
    "Touch",
    "Unit",
    "Vote",
]
