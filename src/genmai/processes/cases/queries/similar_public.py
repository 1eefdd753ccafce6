"""What a resident may know of a matter like theirs: its subject, its place, how long ago, how far it is. Nothing else.

Never the text or a word of it, never who, never the spot a reporter wrote; nothing from another town than the one chosen;
no matter of a private kind or subject, and none whose subject is not known yet: it might be one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from genmai.directory.territory.models import Place
from genmai.directory.territory.queries import places_by_code
from genmai.kernel.viewer import Viewer
from genmai.kernel.walled import house
from genmai.processes.cases import mechanism
from genmai.processes.cases.flow import OPEN
from genmai.processes.cases.models import Case
from genmai.processes.cases.queries import similar
from genmai.processes.cases.queries.hot_spots import ROOT_CAUSE
from genmai.processes.cases.queries.marks import marks

VILLAGE = 2  # rungs of a place's line that are named: town, village


@dataclass(frozen=True, slots=True)
class PublicLike:
    """One matter as anybody may see it. `subject` is a taxonomy code; `may_join`: it is still open."""

    public_id: UUID
    subject: str
    place: str
    received_at: datetime
    state: str
    callers: int
    percent: int
    may_join: bool


def for_residents(viewer: Viewer, *, typed: similar.Typed, at: datetime) -> list[PublicLike]:
    """What may be the same trouble, the most alike first; none before a place is chosen. Constant queries."""
    if typed.place_id is None or len(typed.text.strip()) < similar.SHORTEST:
        return []
    rules = mechanism.definition_of(mechanism.loop()).likeness
    with house("what a resident is told of others' matters is made of whole rows, and says less than one"):
        found = [like for like in similar.in_town(viewer, typed=typed, at=at) if subject_of(like.case)]
    shown = found[: rules.shown_residents]
    counted = marks(viewer, cases=[like.case for like in shown])
    named = places_by_code(viewer, codes=[code for like in shown for code in similar.line_of_case(like.case)[:VILLAGE]])
    return [
        PublicLike(
            public_id=like.case.public_id,
            subject=subject_of(like.case),
            place=_place(like.case, named),
            received_at=like.case.received_at,
            state=like.case.state,
            callers=counted[like.case.id].callers,
            percent=like.score.percent,
            may_join=like.case.state in OPEN,
        )
        for like in shown
    ]


def may_be_joined(viewer: Viewer, *, case: UUID, place_id: int) -> Case | None:
    """The open matter a resident may join from a place: in the same town and public. None: as if it were not there."""
    found = Case.objects.filter(public_id=case, state__in=OPEN, excluded=False).exclude(channel=ROOT_CAUSE)
    one = found.select_related("place", "home__place").first()
    place = Place.objects.filter(pk=place_id).first()
    if one is None or place is None or not subject_of(one):
        return None
    return one if similar.same_town(one, place) else None


def subject_of(case: Case) -> str:
    """The code of a public subject: given by the desk, or told by the taxonomy's own words. Empty: not to be shown."""
    rules = mechanism.definition_of(mechanism.loop())
    kinds = [definition.kinds.get(case.service) for definition in (rules, mechanism.definition_of(case.mechanism))]
    if any(kind is not None and kind.private for kind in kinds):
        return ""
    found = mechanism.taxonomy().find(f"{case.title} {case.text}").category if not case.category else None
    code = case.category or (found.code if found else "")
    return "" if code.startswith(rules.likeness.private_subjects) else code


def _place(case: Case, named: Mapping[str, Place]) -> str:
    names = [named[code].name for code in similar.line_of_case(case)[:VILLAGE] if code in named]
    return names[-1] if names else case.home.short_name


__all__ = ["PublicLike", "for_residents", "may_be_joined", "subject_of"]
