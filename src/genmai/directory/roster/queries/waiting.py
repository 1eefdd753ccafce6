"""What of the membership waits for somebody: transfers to take, letters without receipt, proposals, terms and assignments past their time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from genmai.directory.roster.models import (
    Assignment,
    AssignmentEvent,
    Letter,
    LetterState,
    Link,
    Organisation,
    OrganisationKind,
    Proposal,
    Term,
    Transfer,
    TransferState,
    Tree,
)
from genmai.directory.roster.queries.as_at import GROUND
from genmai.directory.roster.queries.members import told_of
from genmai.directory.roster.queries.paths import head_of
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.viewer import Reach, Viewer
from genmai.kernel.walled import house


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything that waits, each list the nearest limit first."""

    transfers: Sequence[Transfer]
    letters: Sequence[Letter]
    proposals: Sequence[Proposal]
    terms: Sequence[Term]
    assignments: Sequence[Assignment]


LIMIT = 8
TERMS = 40  # a change of term comes to all villages of a town at once
NOTHING = Waiting((), (), (), (), ())


def waiting(viewer: Viewer, *, at: datetime, but_below: Sequence[str] = (), limit: int = LIMIT) -> Waiting:
    """For who keeps members of a part of the Party tree; seven queries, none for anybody else.

    `but_below`: subtrees that somebody nearer keeps; what waits there is theirs.
    """
    keeps = viewer.paths("members:keep", Reach.CAPTURE, tree=Tree.PARTY)
    if not keeps:
        return NOTHING
    day = day_of(at)
    mine = _bodies(keeps, day, but_below)
    with house("whoever is to take a member sees who it is; the branches are the viewer's own"):
        coming = Transfer.objects.filter(state=TransferState.ASKED, to_branch__in=mine)
        coming = coming.select_related("person", "from_branch", "to_branch").order_by("expires_on", "id")
        transfers = list(coming[:limit])
    letters = Letter.objects.filter(branch__in=mine, state__in=(LetterState.ISSUED, LetterState.LAPSED))
    decides = _bodies(viewer.paths("members:decide", Reach.CAPTURE, tree=Tree.PARTY), day, but_below)
    proposals = Proposal.objects.filter(told_of(viewer, day), body__in=decides, decision=None).select_related(
        "person", "body"
    )
    bodies = Q(organisation__in=mine) | Q(organisation__in=_committees(keeps, day, but_below))
    terms = Term.objects.filter(bodies, valid_to=None, withdrawn_at=None, planned_end__lt=day)
    done = AssignmentEvent.objects.filter(assignment=OuterRef("pk")).exclude(kind=AssignmentEvent.Kind.REVIEWED)
    sent = Assignment.objects.filter(~Exists(done), host__in=mine, planned_end__lt=day)
    return Waiting(
        transfers,
        list(letters.select_related("person", "branch").order_by("expires_on", "id")[:limit]),
        list(proposals.order_by("since", "id")[:limit]),
        list(terms.select_related("organisation").order_by("planned_end", "id")[: max(limit, TERMS)]),
        list(sent.select_related("person", "host").order_by("planned_end", "id")[:limit]),
    )


def _bodies(paths: Sequence[str], day: date, but_below: Sequence[str]) -> QuerySet[Organisation]:
    """Party bodies below these paths today, without those below the others."""
    mine = Q(pk__in=[])
    for path in paths:
        mine |= Q(links__path__startswith=path)
    theirs = Q(pk__in=[])
    for path in but_below:
        theirs |= Q(links__path__startswith=path)
    held = Q(links__tree=Tree.PARTY) & valid_on(day, "links__") & ~theirs
    return Organisation.objects.filter(mine & held).values("pk")  # type: ignore[return-value]


def _committees(keeps: Sequence[str], day: date, but_below: Sequence[str]) -> QuerySet[Organisation]:
    """Village and community committees on the ground of these Party subtrees, without those of the others. Two queries."""
    ground = _ground([*keeps, *but_below], day)
    mine = Q(pk__in=[])
    for path in keeps:
        for own in ground.get(head_of(path), ()):
            mine |= Q(links__path__startswith=own)
    theirs = Q(pk__in=[])
    for path in but_below:
        for other in ground.get(head_of(path), ()):
            theirs |= Q(links__path__startswith=other)
    held = Q(links__tree=Tree.ADMINISTRATIVE) & valid_on(day, "links__") & ~theirs
    found = Organisation.objects.filter(mine & held, kind=OrganisationKind.COMMUNITY)
    return found.values("pk")  # type: ignore[return-value]


def _ground(paths: Sequence[str], day: date) -> dict[int, list[str]]:
    """Party body → where what it leads stands in the administrative tree: of the same ground and level, or of its code."""
    heads = Organisation.objects.filter(pk__in=[head_of(path) for path in paths])
    twins = Q(pk__in=[])
    whose: dict[object, set[int]] = {}
    for pk, code, place, level in heads.values_list("pk", "code", "place_id", "level"):
        twins |= Q(organisation__code=code.removeprefix("party-"))
        whose.setdefault(code.removeprefix("party-"), set()).add(pk)
        if place is not None:
            twins |= Q(organisation__place_id=place, organisation__level=level, organisation__kind__in=GROUND)
            whose.setdefault((place, level), set()).add(pk)
    found: dict[int, list[str]] = {}
    rows = Link.objects.filter(twins, valid_on(day), tree=Tree.ADMINISTRATIVE).exclude(organisation__in=heads)
    columns = ("path", "organisation__code", "organisation__place_id", "organisation__level")
    for path, code, place, level in rows.values_list(*columns):
        for body in whose.get(code, set()) | whose.get((place, level), set()):
            found.setdefault(body, []).append(path)
    return found
