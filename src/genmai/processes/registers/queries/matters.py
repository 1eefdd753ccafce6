"""Reading matters of the pre-review."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer
from genmai.processes.registers.models import Estate, Matter, Vote
from genmai.processes.registers.queries.estates import visible

PAGE = 30
Which = Literal["", "submitted", "returned", "passed", "voted", "withdrawn"]


def matters(viewer: Viewer) -> QuerySet[Matter]:
    """Matters of the estates in scope."""
    rows = Matter.objects.filter(estate__in=visible(viewer))
    return rows.select_related("estate__place", "estate__home", "submitter")


def page(viewer: Viewer, *, state: str = "", offset: int = 0, limit: int = PAGE) -> tuple[list[Matter], int]:
    """One page; what waits for review first by its limit, else the newest first. And how many in all."""
    rows = matters(viewer)
    rows = rows.filter(state=state) if state else rows
    order = ("due_at", "id") if state == "submitted" else ("-submitted_at", "-id")
    return list(rows.order_by(*order)[offset : offset + limit]), rows.count()


def counts(viewer: Viewer) -> dict[str, int]:
    """How many stand in each state."""
    rows = Matter.objects.filter(estate__in=visible(viewer)).order_by().values("state").annotate(n=Count("id"))
    return {row["state"]: row["n"] for row in rows}


def of_estate(viewer: Viewer, *, estate: Estate, limit: int = 20) -> list[Matter]:
    """An estate's matters, newest first; the caller has asked whether the viewer may see the estate."""
    rows = Matter.objects.filter(estate=estate).select_related("submitter").order_by("-submitted_at", "-id")
    return list(rows[:limit])


def one(viewer: Viewer, *, public_id: UUID) -> Matter:
    """One matter with its votes, the last first. Raises NotFound outside the scope."""
    votes = Prefetch("votes", Vote.objects.order_by("-id"))
    rows = matters(viewer).select_related("submitted_by", "reviewed_by")
    found = rows.prefetch_related(votes).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found
