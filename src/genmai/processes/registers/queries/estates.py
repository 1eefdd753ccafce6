"""Reading the register: the viewer's scope becomes part of the SQL; each list is a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from genmai.directory.territory.models import Place
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.registers.as_at import effective, with_today
from genmai.processes.registers.models import Clearing, Entry, EntryKind, Estate, Management, Progress

PAGE = 30
NONE = Management.NONE.value


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; every field comes from the address."""

    words: str = ""
    management: str = ""
    organisation_id: int | None = None


@dataclass(slots=True)
class Facts:
    """What holds of one estate on a day."""

    profile: Entry | None = None
    committee: Entry | None = None
    management: Entry | None = None
    commissioner: Entry | None = None
    assets: list[Entry] = field(default_factory=list)

    @property
    def is_managed(self) -> bool:
        return self.management is not None and self.management.management != NONE

    @property
    def parties(self) -> list[Entry]:
        """The owners' committee and the manager, where there are any."""
        return [one for one in (self.committee, self.management) if one is not None and one.organisation_id]


def visible(viewer: Viewer) -> QuerySet[Estate]:
    """Every estate in the viewer's scope. Deny by default: no grant, no row."""
    mine = list(viewer.organisation_ids("estates:view", Reach.VIEW))
    return Estate.objects.filter(reach__overlap=mine) if mine else Estate.objects.none()


def narrowed(viewer: Viewer, *, filters: Filters, day: date) -> QuerySet[Estate]:
    """The visible estates that match, with how each is managed today."""
    rows = with_today(visible(viewer), day)
    if filters.words.strip():
        words = filters.words.strip()
        rows = rows.filter(Q(place__name__icontains=words) | Q(place__initials__startswith=words.lower()))
    if filters.organisation_id:
        rows = rows.filter(reach__contains=[filters.organisation_id])
    return rows.filter(Q(managed=filters.management)) if filters.management else rows


def page(
    viewer: Viewer, *, filters: Filters, day: date, offset: int = 0, limit: int = PAGE
) -> tuple[list[tuple[Estate, Facts]], int]:
    """One page, those without management first, and how many match in all."""
    rows = narrowed(viewer, filters=filters, day=day)
    total = rows.count()
    first = Case(When(managed=NONE, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = list(rows.select_related("place", "home").order_by(first, "home_path", "id")[offset : offset + limit])
    facts = facts_of(viewer, estates=found, day=day)
    return [(estate, facts[estate.pk]) for estate in found], total


def counts(viewer: Viewer, *, filters: Filters, day: date) -> dict[str, int]:
    """How many of the matching estates are managed in each way, whatever way is chosen."""
    whole = Filters(words=filters.words, organisation_id=filters.organisation_id)
    rows = narrowed(viewer, filters=whole, day=day).order_by().values("managed").annotate(n=Count("id"))  # type: ignore[misc]
    return {row["managed"]: row["n"] for row in rows}


def one(viewer: Viewer, *, public_id: UUID) -> Estate:
    """Raises NotFound outside the viewer's scope."""
    found = visible(viewer).select_related("place", "home").filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def facts_of(
    viewer: Viewer, *, estates: Iterable[Estate], day: date, known_at: datetime | None = None
) -> Mapping[int, Facts]:
    """Estate id → what holds on a day, as known now or as known then; one query for any number.

    The caller has asked whether the viewer may see the estates.
    """
    wanted = list(estates)
    found = {estate.pk: Facts() for estate in wanted}
    rows = effective(day, known_at).filter(estate__in=wanted).select_related("organisation", "person")
    for entry in rows.order_by("valid_from", "id"):
        facts = found[entry.estate_id]
        if entry.kind == EntryKind.ASSET:
            facts.assets.append(entry)
        else:
            setattr(facts, entry.kind, entry)  # the later one stands
    return found


def history(viewer: Viewer, *, estate: Estate) -> list[Entry]:
    """Every entry ever, newest first, corrected ones too, each with what corrected it."""
    rows = Entry.objects.filter(estate=estate).select_related("organisation", "person", "recorded_by", "corrected_by")
    return list(rows.order_by("-valid_from", "-id"))


def entry_of(viewer: Viewer, *, estate: Estate, public_id: UUID) -> Entry:
    """One entry of an estate the viewer sees. Raises NotFound."""
    found = Entry.objects.select_related("organisation").filter(estate=estate, public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def of_place(viewer: Viewer, *, place: Place | None) -> Estate | None:
    """The estate that a place is or lies in, if the viewer may see it."""
    if place is None:
        return None
    codes = [code for code in place.path.split("/") if "x" in code]  # an estate's own code, see commands.estates
    if not codes:
        return None
    return visible(viewer).select_related("place", "home").filter(place__code__in=codes).first()


def stay_of(viewer: Viewer, *, estate: Estate) -> tuple[Clearing | None, list[Progress]]:
    """The estate's latest stay on the list and its steps, newest first."""
    stay = Clearing.objects.select_related("owner").filter(estate=estate).order_by("-id").first()
    if stay is None:
        return None, []
    return stay, list(stay.steps.select_related("by", "organisation").order_by("-at", "-id"))


def open_stays(viewer: Viewer) -> list[Clearing]:
    """The list itself: every estate without management in scope, those planned first to end on top."""
    rows = Clearing.objects.filter(ended_at__isnull=True, estate__in=visible(viewer))
    rows = rows.select_related("estate__place", "estate__home", "owner").prefetch_related("steps")
    return sorted(rows, key=lambda stay: (stay.planned_by is not None, stay.planned_by or date.max, stay.listed_at))
