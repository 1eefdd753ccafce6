"""Tables of the case process; one file per group, all names public here."""

from genmai.processes.cases.models.bank import BankEntry
from genmai.processes.cases.models.calls import CallReview, CallScore
from genmai.processes.cases.models.case import Attachment, Caller, Case, Entry
from genmai.processes.cases.models.desk import BulkRow, BulkRun, ReplyTemplate, SavedView
from genmai.processes.cases.models.emergency import Bulletin, Emergency, PausedExtra
from genmai.processes.cases.models.following import Followed
from genmai.processes.cases.models.handling import Body, Milestone, Request, Suspension
from genmai.processes.cases.models.likeness import CaseLink, CommonSigns
from genmai.processes.cases.models.round import Finding, Round
from genmai.processes.cases.models.sheet import SheetImport
from genmai.processes.cases.models.suggestion import Learning, Suggestion

__all__ = [
    "Attachment",
    "BankEntry",
    "Body",
    "BulkRow",
    "BulkRun",
    "Bulletin",
    "CallReview",
    "CallScore",
    "Caller",
    "Case",
    "CaseLink",
    "CommonSigns",
    "Emergency",
    "Entry",
    "Finding",
    "Followed",
    "Learning",
    "Milestone",
    "PausedExtra",
    "ReplyTemplate",
    "Request",
    "Round",
    "SavedView",
    "SheetImport",
    "Suggestion",
    "Suspension",
]
