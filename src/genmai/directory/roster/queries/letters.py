"""Letters of introduction of the viewer's branches."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When

from genmai.directory.roster.models import Letter, LetterState, Link, Tree
from genmai.directory.roster.queries.membership_sql import reached
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.refusal import NotFound
from genmai.kernel.viewer import Viewer


def letters(viewer: Viewer, *, at: datetime) -> QuerySet[Letter]:
    """Those that wait first, those past their time with them, then the latest."""
    mine = Q(pk__in=[])
    for path in reached(viewer):
        mine |= Q(path__startswith=path)
    branches = Link.objects.filter(mine, valid_on(day_of(at)), tree=Tree.PARTY).values("organisation_id")
    first = Case(When(state__in=(LetterState.ISSUED, LetterState.LAPSED), then=0), default=1)
    rows = Letter.objects.filter(branch__in=branches).select_related("person", "branch")
    return rows.order_by(first, "-issued_on", "-id")


def letter(viewer: Viewer, *, public_id: UUID, at: datetime) -> Letter:
    """One of the viewer's branches. Raises NotFound."""
    found = letters(viewer, at=at).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("没有找到这封介绍信，或者不在您能看的范围内")
    return found
