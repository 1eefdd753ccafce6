"""Reading rounds of inspection: who inspects sees all of a round, a body only what it must put right itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Q,
    QuerySet,
    Value,
    When,
)

from genmai.directory.roster.models import Link, Organisation, OrganisationKind, Tree
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.processes.cases.mechanism import definition_of, duties
from genmai.processes.cases.models import Attachment, Finding, Milestone, Round
from genmai.processes.cases.queries.lists import visible
from genmai.processes.cases.round_figures import ENTERED, KINDS, RESOLVE, Fact, Standing, fold
from genmai.processes.cases.round_flow import AT_WORK, WHO
from genmai.records.deeds.models import Deed

PAGE = 50


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One round in a list, counted within the viewer's scope. `ours`: the viewer's own organisation inspects."""

    round: Round
    findings: int
    open: int
    ours: bool


def rounds(viewer: Viewer, *, limit: int = 50) -> list[RoundLine]:
    """Rounds with a finding in the viewer's scope, and those the viewer's own line inspects, newest first (one query)."""
    seen = Q(findings__case__in=visible(viewer))
    right = Q(findings__case__state__in=("replied", "verified"), findings__case__promised_until__isnull=True)
    right |= Q(findings__case__state="closed", findings__case__fixed=True)
    out = Q(findings__case__excluded=True) | Q(findings__case__state__in=("merged", "declined"))
    counted = Count("findings", filter=seen & ~out, distinct=True)
    unfinished = Count("findings", filter=seen & ~out & ~right, distinct=True)
    rows = _reachable(viewer).annotate(n=counted, unfinished=unfinished).select_related("organisation")
    return [
        RoundLine(row, row.n, row.unfinished, inspects(viewer, row))
        for row in rows.order_by("-opened_at", "-id")[:limit]
    ]


def _reachable(viewer: Viewer) -> QuerySet[Round]:
    """Rounds the viewer may know of."""
    above = Q()
    for path in viewer.paths("cases:view", Reach.VIEW):
        above |= Q(path__startswith=path)
    links = (
        Link.objects.filter(above, tree=Tree.ADMINISTRATIVE, valid_to__isnull=True) if above else Link.objects.none()
    )
    found = Finding.objects.filter(case__in=visible(viewer)).values("round_id")
    return Round.objects.filter(Q(organisation_id__in=links.values("organisation_id")) | Q(pk__in=found))


def inspects(viewer: Viewer, round: Round) -> bool:
    """Whether the viewer works for the body that inspects, with the right to."""
    return viewer.organisation_id == round.organisation_id and viewer.may(WHO, viewer.path)


def sees_whole(viewer: Viewer, round: Round) -> bool:
    """Whether all of the round lies in the viewer's scope: who inspects, and who stands above."""
    link = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, organisation_id=round.organisation_id)
    path = link.values_list("path", flat=True).first()
    return path is not None and viewer.may("cases:view", path, Reach.VIEW)


def may_open(viewer: Viewer) -> bool:
    """Whether the viewer may begin a round of their own organisation."""
    return viewer.organisation_id is not None and viewer.may(WHO, viewer.path)


def one(viewer: Viewer, *, public_id: UUID) -> Round:
    """Raises NotFound: outside the scope is told like absence."""
    found = _reachable(viewer).select_related("organisation").filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def by_ids(viewer: Viewer, *, ids: Collection[UUID]) -> dict[UUID, Round]:
    """Rounds in the viewer's scope by public id."""
    return {row.public_id: row for row in _reachable(viewer).filter(public_id__in=list(ids))}


def of_case(viewer: Viewer, *, case: UUID) -> Finding:
    """The finding a case is, in the viewer's scope. Raises NotFound."""
    found = _findings(viewer).filter(case__public_id=case).first()
    if found is None:
        raise NotFound()
    return found


def _findings(viewer: Viewer) -> QuerySet[Finding]:
    rows = Finding.objects.filter(case__in=visible(viewer))
    return rows.select_related("round__organisation", "body", "case__lead", "case__holder", "case__place").defer(
        "case__words", "case__reach", "case__answers"
    )


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list of findings is narrowed to; every field comes from the address."""

    service: str = ""
    body_id: int | None = None
    states: tuple[str, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding with the last limit set on it (of putting right, or of the second look) and its pictures' count."""

    finding: Finding
    due: Milestone | None
    pictures: int


def findings(
    viewer: Viewer, *, round: Round, narrowed: Narrowed = Narrowed(), offset: int = 0, limit: int = PAGE
) -> tuple[list[FindingLine], bool]:
    """One page in the order of entry and whether there is more: three queries, however many."""
    rows = _narrowed(viewer, round, narrowed)
    found = list(rows.order_by("no")[offset : offset + limit + 1])
    return _lines(found[:limit]), len(found) > limit


def _narrowed(viewer: Viewer, round: Round, narrowed: Narrowed) -> QuerySet[Finding]:
    rows = _findings(viewer).filter(round=round)
    if narrowed.service:
        rows = rows.filter(case__service=narrowed.service)
    if narrowed.body_id is not None:
        rows = rows.filter(Q(case__lead_id=narrowed.body_id) | Q(case__lead__isnull=True, body_id=narrowed.body_id))
    if narrowed.states:
        rows = rows.filter(case__state__in=narrowed.states)
    if narrowed.late:
        late = Milestone.objects.filter(key="resolve", state=Milestone.State.RUNNING, missed_at__isnull=False)
        rows = rows.filter(case__in=late.values("case_id"))
    return rows


def count(viewer: Viewer, *, round: Round, narrowed: Narrowed = Narrowed()) -> int:
    """How many findings there are."""
    return _narrowed(viewer, round, narrowed).count()


def _lines(found: list[Finding]) -> list[FindingLine]:
    cases = [finding.case_id for finding in found]
    limits = Milestone.objects.filter(case_id__in=cases, key__in=("resolve", "verify")).order_by("id")
    last = {milestone.case_id: milestone for milestone in limits.exclude(state=Milestone.State.VOID)}
    shown = Attachment.objects.filter(case_id__in=cases).order_by().values_list("case_id").annotate(n=Count("id"))
    pictures: Mapping[int, int] = dict(shown)
    return [FindingLine(one, last.get(one.case_id), pictures.get(one.case_id, 0)) for one in found]


@dataclass(frozen=True, slots=True)
class DueLine:
    """A finding whose limit is nearly over. `ours`: the viewer's own organisation inspects and may chase."""

    finding: Finding
    due_at: datetime
    ours: bool


def due_soon(viewer: Viewer, *, at: datetime, limit: int = PAGE) -> list[DueLine]:
    """What is still to be put right and has used up the share of its limit that its mechanism names; the first to end on top.

    Three queries. What is over already stands among the late ones; what stands still counts no time.
    """
    mechanisms = Round.objects.filter(state__in=AT_WORK).order_by().values_list("mechanism", flat=True).distinct()
    rules = {ref: definition_of(ref).inspection for ref in mechanisms}
    left = {ref: float(1 - one.due_soon) for ref, one in rules.items() if one is not None}
    if not left:
        return []
    share = Case(
        *(When(case__finding__round__mechanism=ref, then=Value(rest)) for ref, rest in left.items()),
        default=Value(0.0),
        output_field=FloatField(),
    )
    whole = ExpressionWrapper(F("due_at") - F("set_at"), DurationField())
    rest = ExpressionWrapper(whole * share, DurationField())
    running = Milestone.objects.filter(
        key=RESOLVE, state=Milestone.State.RUNNING, missed_at__isnull=True, due_at__gt=at,
        case__finding__round__state__in=AT_WORK, case__state__in=("dispatched", "in_hand"), case__in=visible(viewer),
    )  # fmt: skip
    soon = running.annotate(begins=ExpressionWrapper(F("due_at") - rest, DateTimeField())).filter(begins__lte=at)
    due = dict(soon.order_by("due_at", "case_id").values_list("case_id", "due_at")[:limit])
    found = {finding.case_id: finding for finding in _findings(viewer).filter(case_id__in=due)}
    return [DueLine(found[pk], when, inspects(viewer, found[pk].round)) for pk, when in due.items() if pk in found]


def standings(viewer: Viewer, *, round: Round, known_at: datetime) -> list[Standing]:
    """How every finding in the viewer's scope stood as known at a moment: three queries, from the deeds alone."""
    within = set(visible(viewer).filter(finding__round=round).values_list("public_id", flat=True))
    known = Deed.objects.filter(recorded_at__lte=known_at)
    corrected = known.filter(corrects__isnull=False).values("corrects_id")
    entered = known.filter(source_id=round.public_id, kind=ENTERED).exclude(pk__in=corrected).order_by("id")
    history = known.filter(source_id__in=within, kind__in=KINDS).exclude(pk__in=corrected).order_by("id")
    columns = ("organisation_id", "at", "outcome", "reason", "milestone", "due_at")
    begun = [
        Fact(pk, kind, case, *rest)
        for pk, kind, case, *rest in entered.values_list("id", "kind", "subject_id", *columns)
    ]
    then = (Fact(*row) for row in history.values_list("id", "kind", "source_id", *columns))
    return fold([fact for fact in begun if fact.case in within], then)


def findings_by_case(viewer: Viewer, *, round: Round, cases: Collection[UUID]) -> dict[UUID, Finding]:
    """Findings of these cases within the scope, for the deeds a figure opens to."""
    rows = _findings(viewer).filter(round=round, case__public_id__in=list(cases))
    return {finding.case.public_id: finding for finding in rows}


def deeds_by_id(viewer: Viewer, *, ids: Collection[int]) -> dict[int, Deed]:
    """Deeds with the names they show; the caller has asked for the findings they belong to."""
    return Deed.objects.select_related("organisation", "actor", "actor_organisation", "counterpart").in_bulk(list(ids))


def in_list_order(viewer: Viewer, *, ids: Collection[int]) -> list[Organisation]:
    """Bodies in the order of the duty list, towns after the departments by their code: an order, no ranking."""
    place = {code: number for number, code in enumerate(duties().bodies)}
    bodies = Organisation.objects.filter(pk__in=ids)
    return sorted(bodies, key=lambda body: (body.kind == OrganisationKind.TOWN, place.get(body.code, 9999), body.code))


def bodies(viewer: Viewer, *, round: Round) -> list[Organisation]:
    """Whom a finding of this round may be given to: who stands directly below the inspecting body, in list order."""
    below = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, parent_id=round.organisation_id)
    ids = below.filter(organisation__closed_on__isnull=True).values_list("organisation_id", flat=True)
    return in_list_order(viewer, ids=list(ids))


def body(viewer: Viewer, *, public_id: UUID) -> Organisation:
    """One of them. Raises NotFound."""
    found = Organisation.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def waiting(viewer: Viewer, *, round: Round) -> dict[int, int]:
    """How many findings wait to be sent, by body named."""
    rows = Finding.objects.filter(round=round, case__in=visible(viewer), case__state="received").order_by()
    return dict(rows.values_list("body_id").annotate(n=Count("id")))


def notified(viewer: Viewer, *, round: Round) -> dict[int, int]:
    """How many findings were sent, by the body that now answers for them (or was named)."""
    rows = Finding.objects.filter(round=round, case__in=visible(viewer), notified_at__isnull=False).order_by()
    counted: dict[int, int] = {}
    for lead, named in rows.values_list("case__lead_id", "body_id"):
        body_id = lead or named
        counted[body_id] = counted.get(body_id, 0) + 1
    return counted
