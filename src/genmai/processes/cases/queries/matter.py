"""One matter: the whole of it in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from genmai.directory.roster.models import Organisation
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.kernel.walled import house
from genmai.processes.cases.flow import FLOW
from genmai.processes.cases.models import (
    Attachment,
    BankEntry,
    Body,
    Caller,
    Case,
    Entry,
    Milestone,
    Request,
    Suspension,
)
from genmai.processes.cases.queries.family import Kin, children, parent
from genmai.processes.cases.queries.lists import visible
from genmai.processes.cases.queries.parts import parts_of
from genmai.processes.cases.queries.problem_bank import entry
from genmai.processes.cases.queries.ratings import Reviewed, reviews
from genmai.records.deeds.models import Deed


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the history: the deed and the words that belong to it. `of`: the merged case it happened in."""

    deed: Deed
    entry: Entry | None
    of: Case


@dataclass(slots=True)
class Matter:
    """A case with everything a page shows."""

    case: Case
    callers: list[Caller]
    bodies: list[Body]
    milestones: list[Milestone]
    requests: list[Request]
    suspensions: list[Suspension]
    attachments: list[Attachment]
    history: list[Moment]
    merged: list[Case] = field(default_factory=list)
    parent: Kin | None = None
    children: list[Kin] = field(default_factory=list)
    reviews: list[Reviewed] = field(default_factory=list)
    bank: BankEntry | None = None  # the last stay in the problem bank

    @property
    def open_request(self) -> Request | None:
        return next((r for r in self.requests if r.decided_at is None), None)

    @property
    def running(self) -> list[Milestone]:
        return [m for m in self.milestones if m.state == Milestone.State.RUNNING]

    @property
    def verbs(self) -> tuple[str, ...]:
        """What the flow allows from here; whether this viewer may is the policies' answer."""
        return FLOW.verbs(self.case.state)


def find(viewer: Viewer, *, public_id: UUID) -> Case:
    """The case, or NotFound: outside the scope is told like absence."""
    found = (
        visible(viewer).select_related("home", "lead", "holder", "desk", "place").filter(public_id=public_id).first()
    )
    if found is None:
        raise NotFound()
    return found


def matter(viewer: Viewer, *, public_id: UUID) -> Matter:
    """A case with its whole history. Raises NotFound."""
    return assemble(viewer, case=find(viewer, public_id=public_id))


def assemble(viewer: Viewer, *, case: Case) -> Matter:
    """Everything around a case the viewer may already see, what was merged into it from elsewhere included."""
    with house("the case itself was given within the viewer's walls; this belongs to it"):
        return _assemble(viewer, case)


def _assemble(viewer: Viewer, case: Case) -> Matter:
    has = parts_of(viewer, case=case)
    merged = list(Case.objects.filter(merged_into=case).select_related("home")) if "merged" in has else []
    family = {case.id: case} | {other.id: other for other in merged}
    asked = Request.objects.select_related("asked_by", "reviewer", "proposed", "body__organisation")
    return Matter(
        case=case,
        callers=list(Caller.objects.filter(case_id__in=family).select_related("person", "case").order_by("id")),
        bodies=list(Body.objects.filter(case=case).select_related("organisation", "asked_by").order_by("id")),
        milestones=list(
            Milestone.objects.filter(case=case).select_related("owner", "body", "request").order_by("due_at", "id")
        ),
        requests=list(asked.filter(case=case).order_by("id")) if "requests" in has else [],
        suspensions=list(Suspension.objects.filter(case=case).order_by("id")) if "suspensions" in has else [],
        attachments=_attachments(family) if "attachments" in has else [],
        history=history(viewer, cases=family.values()),
        merged=merged,
        parent=parent(viewer, case=case) if case.parent_id else None,
        children=children(viewer, of=family.values()) if "children" in has else [],
        reviews=reviews(viewer, case=case) if "reviews" in has else [],
        bank=entry(viewer, case=case) if "bank" in has else None,
    )


def _attachments(family: Iterable[int]) -> list[Attachment]:
    return list(Attachment.objects.filter(case_id__in=list(family)).order_by("id"))


def history(viewer: Viewer, *, cases: Iterable[Case]) -> list[Moment]:
    """Deeds and words of these cases, newest first."""
    by_public = {case.public_id: case for case in cases}
    deeds = (
        Deed.objects.filter(source_id__in=by_public)
        .select_related("organisation", "counterpart", "actor", "actor_organisation")
        .order_by("-recorded_at", "-id")
    )
    words = {e.deed_id: e for e in Entry.objects.filter(case__in=[c.id for c in by_public.values()])}
    return [Moment(deed, words.get(deed.public_id), by_public[deed.source_id]) for deed in deeds]


def milestone(viewer: Viewer, *, public_id: UUID) -> tuple[Milestone, list[Suspension]]:
    """One milestone with the pauses of its case, for the day-by-day explanation. Raises NotFound."""
    found = Milestone.objects.select_related("case", "owner").filter(public_id=public_id).first()
    if found is None or not visible(viewer).filter(pk=found.case_id).exists():
        raise NotFound()
    return found, list(Suspension.objects.filter(case_id=found.case_id).order_by("id"))


def attachment(viewer: Viewer, *, case: UUID, sha256: str) -> Attachment:
    """A picture of a case in the viewer's scope. Raises NotFound."""
    found = Attachment.objects.filter(case__in=visible(viewer).filter(public_id=case), sha256=sha256).first()
    if found is None:
        raise NotFound()
    return found


def targets(viewer: Viewer, *, case: Case) -> list[Organisation]:
    """Bodies a case may be given to: its home, what stands above it, and the departments; open today."""
    departments = Q(kind="department")
    line = Q(pk__in=case.reach, level__gte=case.home.level)
    return list(Organisation.objects.filter(departments | line, closed_on__isnull=True).order_by("level", "code"))


def seen_before(viewer: Viewer, *, person_id: int, limit: int = 10) -> list[Case]:
    """Earlier matters of one caller within the viewer's search scope, newest first (the hotline's history)."""
    rows = visible(viewer, reach=Reach.SEARCH).filter(callers__person_id=person_id).distinct()
    rows = rows.select_related("home", "holder", "lead").defer("words", "reach", "answers")
    return list(rows.order_by("-received_at")[:limit])
