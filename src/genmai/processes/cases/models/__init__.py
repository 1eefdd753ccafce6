"""Tables of the case process; one file per group, all names public here."""

from genmai.processes.cases.models.case import Attachment, Caller, Case, Entry
from genmai.processes.cases.models.desk import BulkRow, BulkRun, ReplyTemplate, SavedView
from genmai.processes.cases.models.emergency import Bulletin, Emergency, PausedExtra
from genmai.processes.cases.models.handling import Body, Milestone, Request, Suspension
from genmai.processes.cases.models.sheet import SheetImport

__all__ = [
    "Attachment",
    "Body",
    "BulkRow",
    "BulkRun",
    "Bulletin",
    "Caller",
    "Case",
    "Emergency",
    "Entry",
    "Milestone",
    "PausedExtra",
    "ReplyTemplate",
    "Request",
    "SavedView",
    "SheetImport",
    "Suspension",
]
