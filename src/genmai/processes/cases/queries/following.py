"""What the person who brought a matter sees with the follow-up code: where it stands, in their own terms."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from genmai.directory.roster.models import Person, PersonKind
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.kernel.walled import house, let_in
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.models import Attachment, BankEntry, Caller, Case, Entry, Milestone
from genmai.processes.cases.queries.matter import Moment, history

# What a reporter is shown of the history: what happened to their matter, not the office's inner traffic.
SHOWN = frozenset(
    {
        "case.received", "case.dispatched", "case.reassigned", "case.escalated", "case.taken_on", "case.accepted",
        "case.contacted", "case.arrived", "case.suspended", "case.resumed", "case.extended", "case.replied", "case.rework_asked",
        "case.verified", "case.visited", "case.judged", "case.closed", "case.reopened", "case.merged", "case.unmerged",
        "case.declined", "milestone.missed", "case.split", "case.banked", "case.bank_reviewed", "case.unbanked",
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
    bank: BankEntry | None = None  # while it stands in the problem bank
    parts: tuple[int, int] = (0, 0)  # split among how many bodies, and how many have not ended yet


def digest(code: str) -> bytes:
    """What is stored of a follow-up code: SHA-256 of its letters and digits, case and dashes aside."""
    plain = "".join(ch for ch in code.upper() if ch.isalnum())
    return hashlib.sha256(plain.encode()).digest()


def follow(viewer: Viewer, *, code: str) -> Followed:
    """The matter behind a follow-up code. Raises NotFound; the code is the right, so any viewer may hold it."""
    with house("whoever has the code may see the matter"):
        followed = _follow(viewer, code)
    let_in(cases={followed.case.pk, followed.live.pk})
    return followed


def _follow(viewer: Viewer, code: str) -> Followed:
    caller = (
        Caller.objects.filter(follow_digest=digest(code))
        .select_related(
            "case__merged_into__lead", "case__merged_into__holder", "case__home", "case__lead", "case__holder"
        )
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
    banked = live.state == "banked"
    bank = BankEntry.objects.filter(case=live, left_at__isnull=True).first() if banked else None
    children = Case.objects.filter(parent=live).aggregate(
        all=Count("id"), open=Count("id", filter=Q(state__in=OPEN) | Q(merged_into__state__in=OPEN))
    )
    return Followed(
        caller, case, live, due, moments, answers, pictures, bank, parts=(children["all"], children["open"])
    )


def promises(viewer: Viewer, *, followed: Followed) -> list[Milestone]:
    """What is or was promised for this matter where it now lives, in order; what is no longer needed left out."""
    found = Milestone.objects.filter(case=followed.live).exclude(state=Milestone.State.VOID)
    return list(found.select_related("owner").order_by("id"))


def is_of_one_caller(viewer: Viewer, *, caller: Caller) -> bool:
    """Whether the caller's person, a resident, stands with no other matter: what is kept came from this caller alone.

    A number is typed, never proven; a code for one matter must not open or delete what another brought in.
    """
    if caller.person_id is None:
        return False
    with house("other matters of this number lie anywhere; only whether there are any is told"):
        alone = not Caller.objects.filter(person_id=caller.person_id).exclude(pk=caller.pk).exists()
    return alone and Person.objects.filter(pk=caller.person_id, kind=PersonKind.RESIDENT).exists()


def picture(viewer: Viewer, *, code: str, case: UUID, sha256: str) -> Attachment:
    """A picture the holder of this code sent with their own matter. Raises NotFound."""
    mine = Caller.objects.filter(follow_digest=digest(code)).values("case_id")
    with house("whoever has the code may see the pictures they sent"):
        found = Attachment.objects.filter(case__in=mine, case__public_id=case, sha256=sha256, stage="before").first()
    if found is None:
        raise NotFound()
    return found
