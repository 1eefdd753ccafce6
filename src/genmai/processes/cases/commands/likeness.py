"""What people decide about two matters: two after all, linked, or one and the same; and a resident who joins.

A decision is about the pair, whichever way round it is asked; it is remembered until it is taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Tree
from genmai.directory.roster.trees import open_paths
from genmai.kernel import ids
from genmai.kernel.refusal import NotFound, Refused
from genmai.kernel.viewer import Actor, ActorKind
from genmai.kernel.walled import house
from genmai.processes.cases import policies
from genmai.processes.cases.commands import intake, merging
from genmai.processes.cases.commands.step import SOURCE, done_before
from genmai.processes.cases.models import Case, CaseLink
from genmai.processes.cases.queries.similar_public import may_be_joined
from genmai.records.deeds.commands import NewDeed, record

Kind = CaseLink.Kind
_DEEDS = {Kind.NOT_SAME: "case.not_same", Kind.LINKED: "case.linked"}
JOINING = Actor.system("join")
BY_THEMSELF = "反映人自己选择加入"


def not_same(*, actor: Actor, at: datetime, key: UUID, case: UUID, other: UUID) -> CaseLink:
    """The two are not the same: never offered again as alike, until taken back. Raises NotFound, NotPermitted, Refused."""
    return _remember(actor, at, key, Kind.NOT_SAME, case, other)


def link(*, actor: Actor, at: datetime, key: UUID, case: UUID, other: UUID) -> CaseLink:
    """The two have to do with each other and stay two. Raises NotFound, NotPermitted, Refused."""
    return _remember(actor, at, key, Kind.LINKED, case, other)


def undo(*, actor: Actor, at: datetime, key: UUID, link: UUID) -> CaseLink:
    """Take such a decision back; taking it back twice is once. Raises NotFound, NotPermitted, Refused."""
    with transaction.atomic():
        found = CaseLink.objects.select_for_update().filter(public_id=link).first()
        if found is None:
            raise NotFound()
        pair = _both(actor, found.case.public_id, found.other.public_id)
        if found.kind == Kind.ATTACHED:
            raise Refused("attached", "先前的事项随根子问题一起办，不能在这里拆开")
        if found.ended_at is None:
            found.ended_at, found.ended_by_id = at, actor.person_id
            found.save(update_fields=["ended_at", "ended_by"])
            _record(actor, at, key, "case.unlinked", pair)
    return found


def join(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    mechanism: str,
    report: intake.Report,
    into: UUID,
    pictures: Sequence[intake.Picture] = (),
) -> Case:
    """A resident brings the same matter: taken in with a code of its own and merged at once; everybody is answered.

    What they wrote and sent stays theirs, and the desk can take it apart again. Raises Refused('cannot_join') when that
    matter is no longer open, lies in another town or may not be shown: nothing is taken in then.
    """
    with house("whom a resident joins lies in nobody's scope"), transaction.atomic():
        known = done_before(key)
        if known is not None:
            return known
        survivor = may_be_joined(actor.viewer, case=into, place_id=report.place_id or 0)
        if survivor is None:
            raise Refused(
                "cannot_join", "那一件现在不能加入了，可能刚刚办结。您写的都还在，照样可以交上来", field="join"
            )
        case = intake.receive(actor=actor, at=at, key=key, mechanism=mechanism, report=report, pictures=pictures)
        merge_key = ids.subkey(key, "join")
        return merging.merge(
            actor=JOINING, at=at, key=merge_key, case=case.public_id, into=survivor.public_id, text=BY_THEMSELF
        )


def _remember(actor: Actor, at: datetime, key: UUID, kind: Kind, case: UUID, other: UUID) -> CaseLink:
    with transaction.atomic():
        first, second = _both(actor, case, other)
        found = CaseLink.objects.filter(case__in=(first, second), other__in=(first, second), ended_at=None).first()
        if found is not None and found.kind == kind:
            return found
        if found is not None and found.kind == Kind.ATTACHED:
            raise Refused("attached", "这两件已经挂在同一个根子问题上")
        if found is not None:
            found.ended_at, found.ended_by_id = at, actor.person_id
            found.save(update_fields=["ended_at", "ended_by"])
        made = CaseLink.objects.create(
            public_id=ids.derive(at, key, "link"),
            kind=kind,
            case=first,
            other=second,
            made_at=at,
            made_by_id=actor.person_id,
            organisation_id=actor.organisation_id,
        )
        _record(actor, at, key, _DEEDS[kind], (first, second))
    return made


def _both(actor: Actor, *public_ids: UUID) -> tuple[Case, Case]:
    """The two matters, locked, the lower id first. Raises NotFound outside the view, NotPermitted without the right."""
    if len(set(public_ids)) == 1:
        raise Refused("same_case", "请选两件不同的事项", field="other")
    found = list(Case.objects.select_for_update().filter(public_id__in=public_ids).order_by("pk"))
    seen = actor.kind is not ActorKind.STAFF or all(policies.sees(actor.viewer, case) for case in found)
    if len(found) != len(public_ids) or not seen:
        raise NotFound()
    paths = open_paths(Tree.ADMINISTRATIVE, {case.desk_id for case in found})
    if not any(policies.may("cases:merge", actor, paths[case.desk_id]) for case in found):
        policies.check_may("cases:merge", actor, paths[found[0].desk_id])
    return found[0], found[1]


def _record(actor: Actor, at: datetime, key: UUID, kind: str, pair: tuple[Case, Case]) -> None:
    """A line in both histories, each naming the other; neither matter moves."""
    record(actor=actor, at=at, key=key, deeds=[about_link(kind, one, two) for one, two in (pair, pair[::-1])])


def about_link(kind: str, case: Case, other: Case) -> NewDeed:
    """The deed of one side of a pair."""
    body = case.lead_id or case.holder_id
    return NewDeed(
        kind=kind,
        source_kind=SOURCE,
        source_id=case.public_id,
        mechanism=case.mechanism,
        organisation_id=body,
        path=open_paths(Tree.ADMINISTRATIVE, {body}).get(body, ""),
        place_id=case.place_id,
        category=case.category,
        subject_id=other.public_id,
    )
