"""Reading meetings: the viewer's scope becomes part of the SQL; a page is a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from genmai.directory.roster.models import Organisation
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.decisions.models import AgendaItem, Attendance, Decision, Invitee, Meeting

PAGE = 30


@dataclass(frozen=True, slots=True)
class Present:
    """An invitee with how attendance stands, and whether it was corrected."""

    invitee: Invitee
    mark: str
    corrected: bool


@dataclass(frozen=True, slots=True)
class Resolution:
    """A decision as it stands, what it was before, who helps."""

    decision: Decision
    former: tuple[Decision, ...]
    helping: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """A meeting with everything a page shows."""

    meeting: Meeting
    items: list[AgendaItem]
    attendance: list[Present]
    decisions: list[Resolution]


def visible(viewer: Viewer) -> QuerySet[Meeting]:
    """Every meeting in the viewer's scope. Deny by default."""
    mine = list(viewer.organisation_ids("meetings:view", Reach.VIEW))
    return Meeting.objects.filter(reach__overlap=mine) if mine else Meeting.objects.none()


def page(viewer: Viewer, *, state: str = "", offset: int = 0, limit: int = PAGE) -> tuple[list[Meeting], int]:
    """One page, the newest first, with how many decisions each has; and how many in all."""
    rows = visible(viewer)
    rows = rows.filter(state=state) if state else rows
    total = rows.count()
    decided = Count("decisions", filter=Q(decisions__corrects__isnull=True))
    found = rows.select_related("organiser").annotate(decided=decided).order_by("-starts_at", "-id")
    return list(found[offset : offset + limit]), total


def counts(viewer: Viewer) -> dict[str, int]:
    """How many stand in each state."""
    rows = visible(viewer).order_by().values("state").annotate(n=Count("id"))
    return {row["state"]: row["n"] for row in rows}


def one(viewer: Viewer, *, public_id: UUID) -> Whole:
    """Raises NotFound outside the viewer's scope."""
    meeting = visible(viewer).select_related("organiser", "called_by").filter(public_id=public_id).first()
    if meeting is None:
        raise NotFound()
    marks = Prefetch("attendances", Attendance.objects.order_by("id"))
    invitees = Invitee.objects.filter(meeting=meeting).select_related("organisation").prefetch_related(marks)
    attendance = []
    for invitee in invitees.order_by("id"):
        said = list(invitee.attendances.all())
        attendance.append(Present(invitee, said[-1].mark if said else "", len(said) > 1))
    return Whole(meeting, list(meeting.items.order_by("order")), attendance, _resolutions(meeting))


def _resolutions(meeting: Meeting) -> list[Resolution]:
    rows = list(Decision.objects.filter(meeting=meeting).select_related("responsible", "item").order_by("id"))
    by_id = {row.pk: row for row in rows}
    names = dict(
        Organisation.objects.filter(pk__in={one for row in rows for one in row.helping}).values_list("pk", "short_name")
    )
    replaced = {row.corrects_id for row in rows if row.corrects_id}
    found = []
    for row in rows:
        if row.pk in replaced:
            continue
        former, before = [], row.corrects_id
        while before is not None:
            former.append(by_id[before])
            before = by_id[before].corrects_id
        found.append(Resolution(row, tuple(former), tuple(names[one] for one in row.helping if one in names)))
    return sorted(found, key=lambda one: one.decision.order)


def decision(viewer: Viewer, *, public_id: UUID) -> Decision:
    """One decision of a meeting in scope. Raises NotFound."""
    rows = Decision.objects.filter(meeting__in=visible(viewer)).select_related("meeting", "responsible", "item")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found
