"""What may be the same matter, one line each: for a resident what may be public, for staff what they see anyway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from genmai.interfaces.web.follow.standing import STATES
from genmai.interfaces.web.handle_case.rows import rows
from genmai.interfaces.web.shell.view_models import MatterRow
from genmai.kernel.viewer import Actor, Viewer
from genmai.mechanisms.taxonomy import Category
from genmai.processes.cases import mechanism, policies
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.likeness.scoring import Score
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import extras, similar, similar_public
from genmai.processes.cases.queries.lists import visible

NEAR = {
    "same": _("同一个地方"),
    "inside": _("就在这一带"),
    "village": _("同一个村社"),
    "town": _("同一个镇街"),
    "border": _("隔壁村社，说的是同一条路或河"),
    "apart": _("不在一个镇街"),
    "unknown": _("地点不清楚"),
}


@dataclass(frozen=True)
class PublicOffer:
    """One line for a resident. `join`: the id to join, empty for what is closed."""

    subject: str
    place: str
    received_at: datetime
    shape: str
    word: str
    callers: int
    join: str


@dataclass(frozen=True)
class StaffOffer:
    """One line for staff: the matter, how alike in words, the id to add to where it is open and in view."""

    row: MatterRow
    percent: int
    why: str
    join: str
    public_id: UUID


def off(at: datetime) -> bool:
    """Whether looking for matters alike is switched off under load."""
    return extras.SIMILAR in extras.paused(at)


def for_resident(viewer: Viewer, typed: similar.Typed, at: datetime) -> list[PublicOffer]:
    """At most three, the most alike first."""
    found = similar_public.for_residents(viewer, typed=typed, at=at)
    subjects = mechanism.taxonomy().categories
    return [
        PublicOffer(
            subject=_leaf(subjects[one.subject]) if one.subject in subjects else "",
            place=one.place,
            received_at=one.received_at,
            shape=STATES[one.state][0],
            word=str(STATES[one.state][1]),
            callers=one.callers,
            join=str(one.public_id) if one.may_join else "",
        )
        for one in found
    ]


def _leaf(category: Category) -> str:
    """Its own name without the levels above: a resident needs no taxonomy."""
    return category.path_en[-1] if get_language() == "en" else category.name


def for_staff(
    viewer: Viewer, likes: Sequence[similar.Like], at: datetime, *, merging: bool = False
) -> list[StaffOffer]:
    """Three queries for any number. `merging`: only where the viewer may merge can a matter be added to."""
    cases = [like.case for like in likes]
    still = [case.pk for case in cases if case.state in OPEN]
    in_view = set(visible(viewer).filter(pk__in=still).values_list("pk", flat=True)) if still else set()
    actor = Actor.staff(viewer)
    found = []
    for like, row in zip(likes, rows(viewer, cases, at), strict=True):
        may = like.case.pk in in_view and (not merging or policies.may("cases:merge", actor, desk_path(like.case)))
        join = str(like.case.public_id) if may else ""
        found.append(StaffOffer(row, like.score.percent, why(like.score), join, like.case.public_id))
    return found


def why(score: Score) -> str:
    """The parts of a score in words: 说的事像 64%，同一个地方，前后差 3 天."""
    parts = [gettext("说的事像 {n}%").format(n=int(score.text * 100)), str(NEAR[score.near])]
    parts.append(gettext("前后差 {n} 天").format(n=score.days) if score.days else gettext("同一天"))
    return gettext("，").join(parts)


def desk_path(case: Case) -> str:
    """The desk stands on the line of the case's home, so its path is the beginning of the home's."""
    mark = f"/{case.desk_id}/"
    before, found, _rest = case.home_path.partition(mark)
    return before + found if found else case.home_path
