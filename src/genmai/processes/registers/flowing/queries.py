"""Reading: candidates to contact, both sides' work lists, the residents' lists; each a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from genmai.directory.roster import sealing as people
from genmai.directory.roster.linkage.explaining import Line, waterfall
from genmai.directory.roster.models import Membership, Organisation, OrganisationKind, Person
from genmai.directory.roster.policies import heads_of
from genmai.directory.territory.days import day_of
from genmai.kernel import secrets
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.kernel.walled import house
from genmai.processes.registers.flowing import policies, sealing
from genmai.processes.registers.flowing.attempts import with_failed
from genmai.processes.registers.flowing.commands.clocks import due_of
from genmai.processes.registers.models import (
    Candidate,
    FlowProposal,
    FlowRecord,
    ListEvent,
    ResidentList,
    Touch,
)

WHY = "both sides of a record, narrowed by the reader's own reach"
PAGE = 30
WAITING = ("found", "trying")
HOME_OPEN = Q(host__isnull=True, state__in=["planned", "out"])
HOST_OPEN = Q(state="declared")


@dataclass(frozen=True, slots=True)
class Who:
    """A name with stars and a masked number, as lists show somebody who hasn't declared themselves."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits in each tab."""

    contact: int = 0
    due: int = 0
    unmatched: int = 0
    open: int = 0


def _mine(viewer: Viewer) -> list[int]:
    return list(heads_of(viewer, policies.VIEW, Reach.VIEW))


def candidates(viewer: Viewer) -> QuerySet[Candidate]:
    """Those who live in the viewer's scope. Whose record they look like is not for this side."""
    mine = _mine(viewer)
    found = Candidate.objects.defer("member", "parts") if mine else Candidate.objects.none()
    return found.filter(reach__overlap=mine).select_related("host", "residents", "resident__sealing_key")


def records(viewer: Viewer) -> QuerySet[FlowRecord]:
    """Records of which either side lies in the viewer's scope."""
    mine = _mine(viewer)
    if not mine:
        return FlowRecord.objects.none()
    found = FlowRecord.objects.filter(Q(home_reach__overlap=mine) | Q(host_reach__overlap=mine))
    return found.select_related("home", "host", "member", "resident__sealing_key", "thought")


def at_home(viewer: Viewer) -> QuerySet[FlowRecord]:
    """Of the viewer's branches, living elsewhere."""
    return records(viewer).filter(home_reach__overlap=_mine(viewer) or [0])


def at_host(viewer: Viewer) -> QuerySet[FlowRecord]:
    """Of branches elsewhere, living here."""
    return records(viewer).filter(host_reach__overlap=_mine(viewer) or [0])


@house(WHY)
def waiting(
    viewer: Viewer, *, residents: UUID | None = None, offset: int = 0, limit: int = PAGE
) -> tuple[list[Candidate], int]:
    """Candidates to speak to, the one due first on top; of one list of residents, if it is named."""
    found = candidates(viewer).filter(state__in=WAITING)
    if residents is not None:
        found = found.filter(residents__public_id=residents)
    return list(found.order_by("next_on", "id")[offset : offset + limit]), found.count()


@house(WHY)
def work(viewer: Viewer, *, side: str, offset: int = 0, limit: int = PAGE) -> tuple[list[FlowRecord], int]:
    """One side's open records: those whose other side is missing first, then by the next contact."""
    found = (at_home(viewer) if side == "home" else at_host(viewer)).filter(ended_on__isnull=True)
    order = "host_id" if side == "home" else "confirmed_at"
    ordered = found.order_by(F(order).asc(nulls_first=True), "next_on", "id")
    return list(ordered[offset : offset + limit]), found.count()


@house(WHY)
def unmatched(viewer: Viewer, *, offset: int = 0, limit: int = PAGE) -> tuple[list[FlowRecord], int]:
    """Records of which one side isn't there yet or hasn't spoken: the work list of both."""
    found = records(viewer).filter(HOME_OPEN | HOST_OPEN, ended_on__isnull=True)
    return list(found.order_by("registered_at", "id")[offset : offset + limit]), found.count()


@house(WHY)
def counts(viewer: Viewer, *, at: datetime) -> Counts:
    """For the tabs, two queries."""
    today = day_of(at)
    people_here = candidates(viewer).filter(state__in=WAITING).aggregate(n=Count("id"))["n"]
    found = records(viewer).filter(ended_on__isnull=True)
    told = found.aggregate(
        open=Count("id"),
        due=Count("id", filter=Q(next_on__lte=today)),
        unmatched=Count("id", filter=HOME_OPEN | HOST_OPEN),
    )
    return Counts(people_here, told["due"], told["unmatched"], told["open"])


@house(WHY)
def candidate(viewer: Viewer, *, public_id: UUID) -> Candidate:
    """Raises NotFound outside the scope."""
    found = candidates(viewer).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


@house(WHY)
def explained(viewer: Viewer, *, of: Candidate) -> list[Line]:
    """Why a list's row looks like a member's record, line by line: for who may screen there, and without whose it is."""
    if not policies.holds(viewer, policies.SCREEN, of.reach) or of.weight is None:
        return []
    parts = Candidate.objects.values_list("parts", flat=True).get(pk=of.pk)
    return waterfall([(str(name), str(level), float(bits)) for name, level, bits in parts], of.weight)[1]


@house(WHY)
def record(viewer: Viewer, *, public_id: UUID) -> FlowRecord:
    """Raises NotFound outside the scope of both sides."""
    found = records(viewer).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


@house(WHY)
def masked(viewer: Viewer, *, of: list[Candidate]) -> Mapping[int, Who]:
    """Candidate → who they are, with stars; one query for all.

    The caller has read the candidates through `candidates`, within the viewer's scope.
    """
    listed = [
        (one.residents, one.row // sealing.IN_PART) for one in of if one.residents is not None and one.row is not None
    ]
    opened = sealing.parts_of(listed)
    found: dict[int, Who] = {}
    for one in of:
        if one.resident is not None:
            shown = people.masked(one.resident)
            found[one.pk] = Who(secrets.mask_name(shown.name) if shown.name else "", shown.phone)
        elif one.row is not None:
            rows = opened.get((one.residents_id or 0, one.row // sealing.IN_PART))
            row = rows[one.row % sealing.IN_PART] if rows else None
            found[one.pk] = Who(secrets.mask_name(row.name), secrets.mask_phone(row.phone)) if row else Who("", "")
    return found


@house(WHY)
def touches(viewer: Viewer, *, of: Candidate | FlowRecord) -> list[Touch]:
    """The contact log, newest first; of a record with what led to it."""
    if isinstance(of, Candidate):
        wanted = Q(candidate=of)
    else:
        wanted = Q(record=of) | Q(candidate_id=of.candidate_id, candidate__isnull=False)
    return list(Touch.objects.filter(wanted).select_related("by", "organisation").order_by("-at", "-id"))


@house(WHY)
def proposals(viewer: Viewer, *, of: FlowRecord) -> list[FlowProposal]:
    """What the clock asked the home body to look at, newest first."""
    return list(FlowProposal.objects.filter(record=of).order_by("-at", "-id"))


def clocks(viewer: Viewer, *, of: FlowRecord, today: date) -> list[tuple[str, date]]:
    """What the clocks say of it today: kind, and since when."""
    return due_of(of, today)


@house(WHY)
def roll(viewer: Viewer, *, words: str, limit: int = 20) -> list[Membership]:
    """Members of the viewer's own branches by name, to register that one goes or to say who has declared themselves."""
    mine = list(heads_of(viewer, policies.KEEP, Reach.CAPTURE))
    words = words.strip()
    if not mine or not words:
        return []
    below = Q()
    for one in mine:
        below |= Q(branch__links__path__contains=f"/{one}/")
    found = Membership.objects.filter(
        below, valid_to__isnull=True, branch__links__valid_to__isnull=True, person__merged_into__isnull=True
    )
    named = found.filter(Q(person__display_name__startswith=words) | Q(person__profile__initials=words.lower()))
    rows = named.select_related("person", "branch", "person__profile").order_by("person__display_name", "id").distinct()
    return list(rows[:limit])


def party_body(viewer: Viewer, *, words: str) -> Organisation | None:
    """The one Party body of a code or a whole name, wherever it is: names of bodies are public. None unless it is one."""
    words = words.strip()
    named = Q(code=words) | Q(name=words) | Q(short_name=words)
    rows = Organisation.objects.filter(named, kind=OrganisationKind.PARTY, closed_on__isnull=True)[:2]
    found = list(rows) if words else []
    return found[0] if len(found) == 1 else None


@house(WHY)
def place_of(viewer: Viewer, *, person: Person) -> Membership | None:
    """The current branch of a person of the viewer's own roll, else None."""
    found = Membership.objects.filter(person=person, valid_to__isnull=True).select_related("branch", "person__profile")
    return found.first()


@house(WHY)
def lists(viewer: Viewer, *, limit: int = 50) -> list[ResidentList]:
    """Residents' lists of the viewer's scope, those that are still there first; `failed`: how often it broke off."""
    mine = list(heads_of(viewer, policies.SCREEN, Reach.VIEW))
    found = ResidentList.objects.filter(reach__overlap=mine) if mine else ResidentList.objects.none()
    found = with_failed(found.select_related("organisation", "uploaded_by")).annotate(found=Count("candidates"))
    return list(found.order_by(F("destroyed_at").desc(nulls_first=True), "-uploaded_at")[:limit])


@house(WHY)
def resident_list(viewer: Viewer, *, public_id: UUID) -> ResidentList:
    """Raises NotFound outside the scope."""
    mine = list(heads_of(viewer, policies.SCREEN, Reach.VIEW))
    found = ResidentList.objects.filter(reach__overlap=mine or [0], public_id=public_id)
    one: ResidentList | None = with_failed(found.select_related("organisation", "uploaded_by")).first()
    if one is None:
        raise NotFound()
    return one


@house(WHY)
def events(viewer: Viewer, *, of: ResidentList) -> list[ListEvent]:
    """What happened to a list, oldest first: the record that stays when the list is gone."""
    return list(ListEvent.objects.filter(residents=of).select_related("by").order_by("at", "id")[:200])
