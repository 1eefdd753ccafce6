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
    Organisation,
    Proposal,
    Term,
    Transfer,
    TransferState,
    Tree,
)
from genmai.directory.roster.queries.members import told_of
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


NOTHING = Waiting((), (), (), (), ())


def waiting(viewer: Viewer, *, at: datetime, but_below: Sequence[str] = (), limit: int = 8) -> Waiting:
    """For who keeps members of a part of the Party tree; five queries, none for anybody else.

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
    terms = Term.objects.filter(organisation__in=mine, valid_to=None, withdrawn_at=None, planned_end__lt=day)
    done = AssignmentEvent.objects.filter(assignment=OuterRef("pk")).exclude(kind=AssignmentEvent.Kind.REVIEWED)
    sent = Assignment.objects.filter(~Exists(done), host__in=mine, planned_end__lt=day)
    return Waiting(
        transfers,
        list(letters.select_related("person", "branch").order_by("expires_on", "id")[:limit]),
        list(proposals.order_by("since", "id")[:limit]),
        list(terms.select_related("organisation").order_by("planned_end", "id")[:limit]),
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
