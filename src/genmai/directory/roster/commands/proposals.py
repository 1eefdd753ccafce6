"""Timers that ran out become proposals to a named body; what the body decides is a row of its own. Nothing else changes.

No function here writes to a member's place, stage or status: only `members.change`, on a body's document, does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from genmai.directory.roster import facts, mechanism
from genmai.directory.roster.commands.writing import Writing
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.models import (
    Link,
    Membership,
    Proposal,
    ProposalDecision,
    ProposalOutcome,
    Status,
    Tree,
)
from genmai.directory.roster.queries.timers import ran_out
from genmai.directory.territory.days import day_of, valid_on
from genmai.kernel.ids import derive, key_of
from genmai.kernel.refusal import BadInput, NotPermitted, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import NOBODY, Actor, ActorKind

_MANY = 1000  # one insert, one list of deeds


def propose_due(*, actor: Actor, at: datetime, limit: int = _MANY) -> int:
    """Every timer whose own figures the registry holds: one proposal for each member and time, never a second one."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotPermitted("system_only", "提请由系统按期限提出，不能由个人代提")
    made = 0
    for name in mechanism.members().timers:
        found = ran_out(NOBODY, timer=name, day=day_of(at), limit=limit)
        made += propose(
            actor=actor, at=at, key=key_of("proposals", name, str(day_of(at)), str(found)), timer=name, since=found
        )
    return made


@transaction.atomic
def propose(*, actor: Actor, at: datetime, key: UUID, timer: str, since: Mapping[int, date]) -> int:
    """Person → since when: those not proposed for that time yet are, to the branch or the body above it. How many."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotPermitted("system_only", "提请由系统按期限提出，不能由个人代提")
    rule = mechanism.members().timers[timer]
    known = set(Proposal.objects.filter(timer=timer, person_id__in=since).values_list("person_id", "since"))
    wanted = [person for person, day in since.items() if (person, day) not in known]
    places = _places(wanted, day_of(at), above=rule.body == "above")
    ref = mechanism.ref_of(mechanism.MEMBERS)
    rows = [
        Proposal(
            public_id=derive(at, key, "proposal", timer, person), person_id=person, timer=timer,
            body_id=places[person][0], since=since[person], mechanism=ref, raised_at=at,
        )
        for person in wanted if person in places
    ]  # fmt: skip
    Proposal.objects.bulk_create(rows, batch_size=1000)
    stated = [
        Fact(kind="proposal.raised", source_kind="proposal", source_id=row.public_id, mechanism=ref,
             organisation_id=row.body_id, path=places[row.person_id][1], person_id=row.person_id, category=timer[:20])
        for row in rows
    ]  # fmt: skip
    facts.take(actor=actor, at=at, key=key, facts=stated)
    return len(rows)


@transaction.atomic
def decide(
    *, actor: Actor, at: datetime, key: UUID, proposal: Proposal, outcome: str, reason: str, document: str = ""
) -> ProposalDecision:
    """What the body made of it, in its own words. Raises NotFound, NotPermitted, BadInput, Refused('decided')."""
    writing = Writing(actor, at, key)
    path = writing.allowed(proposal.body_id, "members:decide")
    if actor.person_id is not None and actor.person_id == proposal.person_id:
        raise NotPermitted("own_matter", "和自己有关的提请，要由别人来研究")
    if known := writing.made(ProposalDecision):
        return known
    if outcome not in ProposalOutcome.values:
        allowed = "、".join(ProposalOutcome.labels)
        raise BadInput("unknown_outcome", "请选研究的结果", field="outcome", allowed=allowed)
    reason = clean(reason, 200, field="reason")
    if not reason:
        raise BadInput("reason_missing", "请写几句了解到的情况", field="reason")
    try:
        with transaction.atomic():
            made = ProposalDecision.objects.create(
                proposal=proposal, key=key, outcome=outcome, reason=reason,
                document=clean(document, 120, field="document"), decided_on=writing.today, recorded_at=at,
                recorded_by_id=actor.person_id,
            )  # fmt: skip
    except IntegrityError as decided:
        raise Refused("decided", "这条提请已经研究过了，请看最新的") from decided
    writing.take(
        Fact(kind="proposal.decided", source_kind="proposal", source_id=proposal.public_id,
             mechanism=proposal.mechanism, organisation_id=proposal.body_id, path=path, person_id=proposal.person_id,
             category=proposal.timer[:20], outcome=outcome)
    )  # fmt: skip
    return made


def _places(people: Sequence[int], day: date, *, above: bool) -> dict[int, tuple[int, str]]:
    """Person → (body, its path): the branch, or the body above it; two queries."""
    held = Membership.objects.filter(valid_to=None, person_id__in=people).exclude(
        status__in=(Status.LEFT, Status.DECEASED)
    )
    branches = dict(held.values_list("person_id", "branch_id"))
    links = Link.objects.filter(valid_on(day), tree=Tree.PARTY, organisation_id__in=set(branches.values()))
    found = {}
    for branch, parent, path in links.values_list("organisation_id", "parent_id", "path"):
        found[branch] = (parent, path[: path.rstrip("/").rindex("/") + 1]) if above and parent else (branch, path)
    return {person: found[branch] for person, branch in branches.items() if branch in found}
