"""Tables of the case process; one file per group, all names public here."""

from genmai.processes.cases.models.bank import BankEntry
from genmai.processes.cases.models.calls import CallReview, CallScore
from genmai.processes.cases.models.case import Attachment, Caller, Case, Entry
from genmai.processes.cases.models.handling import Body, Milestone, Request, Suspension
from genmai.processes.cases.models.sheet import SheetImport

__all__ = [
    "Attachment",
    "BankEntry",
    "Body",
    "CallReview",
    "CallScore",
    "Caller",
    "Case",
    "Entry",
    "Milestone",
    "Request",
    "SheetImport",
    "Suspension",
]
