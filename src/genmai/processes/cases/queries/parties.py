"""What a party of an estate sees of a matter it was asked to join in: its place and text, its own part. Never who brought it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.cases.models import Body, Case, Entry
from genmai.processes.cases.queries.lists import visible
from genmai.records.deeds.models import Deed

PAGE = 50


@dataclass(frozen=True, slots=True)
class Said:
    """A step of one body: what was done, when, the words with it, the day promised."""

    kind: str
    at: datetime
    text: str
    due_at: datetime | None


@dataclass(slots=True)
class Part:
    """One body's part in a matter."""

    body: Body
    said: list[Said] = field(default_factory=list)

    @property
    def promised(self) -> Said | None:
        """The last day it named."""
        return next((one for one in reversed(self.said) if one.kind == "case.part_promised"), None)


def mine(viewer: Viewer, *, limit: int = PAGE) -> list[Body]:
    """The parts of the viewer's own parties, those still open first, newest first."""
    own = viewer.organisation_ids("cases:party", Reach.VIEW)
    if not own:
        return []
    rows = Body.objects.filter(organisation_id__in=own, released_at__isnull=True).exclude(part=Body.Part.LEAD)
    rows = rows.select_related("case__place", "case__lead", "organisation")
    rows = rows.defer("case__words", "case__reach", "case__answers")
    return sorted(rows.order_by("-asked_at", "-id")[:limit], key=lambda body: body.concluded_at is not None)


def one(viewer: Viewer, *, case: UUID) -> Part:
    """The viewer's own part in a matter. Raises NotFound for a matter it does not take part in."""
    own = viewer.organisation_ids("cases:party", Reach.VIEW)
    rows = Body.objects.filter(case__public_id=case, organisation_id__in=own, released_at__isnull=True)
    rows = rows.select_related("case__place", "case__lead", "organisation")
    body = rows.exclude(part=Body.Part.LEAD).order_by("-id").first()
    if body is None:
        raise NotFound()
    return _with_words(body.case, [body])[0]


def parts_of(viewer: Viewer, *, case: Case, organisation_ids: Collection[int]) -> list[Part]:
    """The parts of these bodies in a matter the viewer sees, in the order they were asked."""
    rows = Body.objects.filter(case=case, organisation_id__in=organisation_ids, released_at__isnull=True)
    return _with_words(case, list(rows.select_related("organisation").exclude(part=Body.Part.LEAD).order_by("id")))


def _with_words(case: Case, bodies: list[Body]) -> list[Part]:
    """Each body with what it did itself, and the words that stand with it; two queries."""
    parts = {body.public_id: Part(body) for body in bodies}
    deeds = list(Deed.objects.filter(source_id=case.public_id, subject_id__in=parts).order_by("id"))
    texts = dict(Entry.objects.filter(deed_id__in=[d.public_id for d in deeds]).values_list("deed_id", "text"))
    for deed in deeds:
        if deed.subject_id in parts:
            said = Said(deed.kind, deed.at, texts.get(deed.public_id, ""), deed.due_at)
            parts[deed.subject_id].said.append(said)
    return list(parts.values())


def by_reference(viewer: Viewer, *, source: str, refs: Collection[str]) -> Mapping[str, Case]:
    """Matters in the viewer's scope that came from elsewhere, by their number there; one query."""
    rows = visible(viewer).filter(external_source=source, external_ref__in=list(refs))
    rows = rows.select_related("lead", "holder").defer("words", "reach", "answers")
    return {case.external_ref: case for case in rows}


def at_places(viewer: Viewer, *, place_path: str, limit: int = 20) -> list[Case]:
    """The latest matters in the viewer's scope on a piece of ground and all that lies in it."""
    rows = visible(viewer).filter(place__path__startswith=place_path).select_related("lead", "holder", "home")
    return list(rows.defer("words", "reach", "answers").order_by("-received_at", "-id")[:limit])
