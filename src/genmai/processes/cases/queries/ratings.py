"""What was said of calls: one's own word at once, the other side's only once the review is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q

from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import CallReview, CallScore, Case

Side = CallScore.Side


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One review. `side`: for whom the viewer speaks ("" for neither). `said`: what may be read, by side.

    `spoken`: who has spoken, whether it may be read or not.
    """

    review: CallReview
    side: str
    said: Mapping[str, CallScore]
    spoken: frozenset[str]

    @property
    def open(self) -> bool:
        return self.review.opened_at is not None

    def may_speak(self, now: datetime) -> bool:
        return bool(self.side) and not self.open and now <= self.review.due_at


def reviews(viewer: Viewer, *, case: Case) -> list[Reviewed]:
    """Of one matter the viewer may see; two queries."""
    scores = Prefetch("scores", CallScore.objects.order_by("id"))
    rows = CallReview.objects.filter(body__case=case).select_related("body", "town", "department")
    return [_reviewed(viewer, one) for one in rows.prefetch_related(scores).order_by("id")]


def _reviewed(viewer: Viewer, review: CallReview) -> Reviewed:
    last = {score.side: score for score in review.scores.all()}
    side = side_of(viewer, review)
    said = last if review.opened_at is not None else {k: v for k, v in last.items() if k == side}
    return Reviewed(review, side, said, frozenset(last))


def side_of(viewer: Viewer, review: CallReview) -> str:
    """For whom this viewer speaks: the body they work in, if it is one of the two."""
    if viewer.organisation_id == review.department_id:
        return Side.DEPARTMENT
    return Side.TOWN if viewer.organisation_id == review.town_id else ""


def waiting_for_word(viewer: Viewer, *, at: datetime, limit: int = 5) -> list[CallReview]:
    """Calls the viewer's own organisation may still say something of, and has not yet; the nearest end first."""
    own = viewer.organisation_id
    if own is None:
        return []
    open_now = CallReview.objects.filter(opened_at__isnull=True, due_at__gt=at)
    said = CallScore.objects.filter(review=OuterRef("pk"))
    by_town, by_department = (Q(Exists(said.filter(side=side))) for side in (Side.TOWN, Side.DEPARTMENT))
    rows = open_now.filter(Q(town_id=own) & ~by_town | Q(department_id=own) & ~by_department).select_related(
        "body__case", "town", "department"
    )
    return list(rows.order_by("due_at", "id")[:limit])


__all__ = ["Reviewed", "reviews", "side_of", "waiting_for_word"]
