"""What the person who brought a matter sees with the follow-up code: where it stands, in their own terms."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import Attachment, Caller, Case, Entry, Milestone
from genmai.processes.cases.queries.matter import Moment, history

# What a reporter is shown of the history: what happened to their matter, not the office's inner traffic.
SHOWN = frozenset(
    {
        "case.received", "case.dispatched", "case.reassigned", "case.escalated", "case.accepted", "case.contacted",
        "case.arrived", "case.suspended", "case.resumed", "case.extended", "case.replied", "case.rework_asked",
        "case.verified", "case.visited", "case.judged", "case.closed", "case.reopened", "case.merged", "case.unmerged",
        "case.declined", "milestone.missed",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Followed:
    """A caller's own matter; `live` is the case it now lives in (the survivor, when it was merged)."""

    caller: Caller
    case: Case
    live: Case
    due: Milestone | None
    history: list[Moment]
    answers: list[Entry]
    attachments: list[Attachment]


def digest(code: str) -> bytes:
    """What is stored of a follow-up code: SHA-256 of its letters and digits, case and dashes aside."""
    plain = "".join(ch for ch in code.upper() if ch.isalnum())
    return hashlib.sha256(plain.encode()).digest()


def follow(viewer: Viewer, *, code: str) -> Followed:
    """The matter behind a follow-up code. Raises NotFound; the code is the right, so any viewer may hold it."""
    caller = (
        Caller.objects.filter(follow_digest=digest(code))
        .select_related("case__merged_into__lead", "case__merged_into__holder", "case__home", "case__lead", "case__holder")
        .first()
    )
    if caller is None:
        raise NotFound("没有这个查询码，请核对后再输一遍")
    case = caller.case
    live = case.merged_into or case
    cases = [case] if live == case else [case, live]
    moments = [m for m in history(viewer, cases=cases) if m.deed.kind in SHOWN]
    due = Milestone.objects.filter(case=live, key="resolve").order_by("-id").first()
    answers = list(
        Entry.objects.filter(case__in=[c.id for c in cases], open_to_callers=True)
        .select_related("organisation")
        .order_by("-at", "-id")
    )
    pictures = list(Attachment.objects.filter(case=case, stage="before").order_by("id"))
    return Followed(caller, case, live, due, moments, answers, pictures)
