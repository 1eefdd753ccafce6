"""What one matter has to do with others, as far as the viewer sees them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from genmai.kernel.viewer import Viewer
from genmai.processes.cases.models import Case, CaseLink
from genmai.processes.cases.queries.lists import visible


@dataclass(slots=True)
class Links:
    """`roots`: the case that looks into the trouble this is an event of; `events`: the other way round; `others`: linked."""

    roots: list[Case] = field(default_factory=list)
    events: list[Case] = field(default_factory=list)
    others: list[Case] = field(default_factory=list)


def links_of(viewer: Viewer, *, case: Case) -> Links:
    """In two queries, oldest first; what lies out of sight is left out without a word."""
    kinds = (CaseLink.Kind.ATTACHED, CaseLink.Kind.LINKED)
    pairs = CaseLink.objects.filter(Q(case=case) | Q(other=case), ended_at=None, kind__in=kinds).order_by("pk")
    known = list(pairs.values_list("kind", "case_id", "other_id"))
    found = Links()
    if not known:
        return found
    ids = {pk for _, one, other in known for pk in (one, other)} - {case.pk}
    cases = {one.pk: one for one in visible(viewer).filter(pk__in=ids).defer("words", "reach", "answers")}
    for kind, one, other in known:
        there = cases.get(other if one == case.pk else one)
        if there is None:
            continue
        into = found.others if kind == CaseLink.Kind.LINKED else found.roots if one == case.pk else found.events
        into.append(there)
    found.events.sort(key=lambda one: (one.received_at, one.pk))
    return found


def between(viewer: Viewer, *, one: Case, other: Case) -> CaseLink | None:
    """What is remembered of two matters the viewer has found; None: nothing."""
    pair = (one.pk, other.pk)
    found = CaseLink.objects.filter(case__in=pair, other__in=pair, ended_at=None)
    return found.select_related("case", "other", "organisation").first()


__all__ = ["Links", "between", "links_of"]
