"""How one body asks and another decides: who reviews, the request itself, its one answer."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from genmai.directory.roster.models import Level, Link, Organisation, Post, Tree
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.cases import clocks, policies
from genmai.processes.cases.commands.handling import words
from genmai.processes.cases.commands.step import Change, Step, act
from genmai.processes.cases.deeds import Decided
from genmai.processes.cases.definition_calls import PARENT
from genmai.processes.cases.mechanism import mechanism_of
from genmai.processes.cases.models import Body, Case, Request

LONGEST_REASON = 500  # the words of the refusal name it, too


def reviewer_of(step: Step, approver: str, below: int) -> int:
    """Who decides: the organisation above `below`, or the nearest body where a role of the mechanism holds a post."""
    if approver == PARENT:
        return step.parent(below)
    line = policies.line(step.path(below))
    today = clocks.calendar().local_date(step.at)
    valid = Q(valid_to__isnull=True) | Q(valid_to__gt=today)
    posts = mechanism_of(step.case.mechanism).info.roles[approver].posts
    holding = Post.objects.filter(valid, key__in=posts, valid_from__lte=today)
    near = Link.objects.filter(
        Q(organisation__in=line[:-1]) | Q(parent__in=line[:-1]),
        tree=Tree.ADMINISTRATIVE,
        valid_to__isnull=True,
        organisation__in=holding.values("organisation"),
    ).exclude(organisation=below)
    rungs = {
        path.count("/"): one for one, path in near.order_by("-organisation_id").values_list("organisation_id", "path")
    }
    if rungs:
        return rungs[max(rungs)]
    district = Organisation.objects.filter(pk__in=line, level=Level.DISTRICT).values_list("pk", flat=True).first()
    return district or line[0]


def organisation_of(public_id: UUID) -> int:
    found = (
        Organisation.objects.filter(public_id=public_id, closed_on__isnull=True).values_list("id", flat=True).first()
    )
    if found is None:
        raise NotFound("没有找到这个单位，请重新选择")
    return found


def ask(
    step: Step,
    kind: str,
    reviewer_id: int,
    reason: str,
    text: str,
    *,
    proposed: int | None = None,
    by: int | None = None,
    body: Body | None = None,
    **fields: Any,
) -> Request:
    """A new request; `by`: the organisation that asks, where it isn't the lead; `body`: the called body it is about."""
    if Request.objects.filter(case=step.case, kind=kind, body=body, decided_at__isnull=True).exists():
        raise Refused("already_asked", "已经申请过了，正等着批")
    if len(text) > LONGEST_REASON:
        raise BadInput("text_too_long", "请写得短一些", field="text", allowed="1–500 字")
    step.extend_reach(reviewer_id)
    return Request.objects.create(
        public_id=ids.derive(step.at, step.key, "request", kind),
        case=step.case,
        kind=kind,
        body=body,
        asked_by_id=by or step.case.lead_id or step.case.holder_id,
        asked_by_person_id=step.actor.person_id,
        reviewer_id=reviewer_id,
        asked_at=step.at,
        reason=reason,
        text=text,
        proposed_id=proposed,
        **fields,
    )


def open_request(case: Case, kind: str, *, body: UUID | None = None) -> Request:
    """What waits for a decision; of a certain called body where `body` names it."""
    which = {"body__public_id": body} if body else {}
    found = Request.objects.filter(case=case, kind=kind, decided_at__isnull=True, **which).first()
    if found is None:
        raise Refused("nothing_asked", "没有等着批的申请")
    return found


def start_deciding(step: Step, request: Request) -> None:
    """The reviewer owes an answer, within the limit of what was asked."""
    limit = clocks.answer_limit(step.definition, request.kind, step.case.urgency, request.reason)
    step.start(clocks.DECIDE, request.reviewer_id, request=request, limit=limit)


def decide(step: Step, kind: str, *, granted: bool, body: UUID | None = None) -> Request:
    """Close the open request; its `decide` limit is met. Raises NotPermitted('own_request') for those who asked."""
    request = open_request(step.case, kind, body=body)
    actor = step.actor
    if actor.kind is ActorKind.STAFF:
        same_person = actor.person_id == request.asked_by_person_id
        same_body = actor.organisation_id == request.asked_by_id and request.reviewer_id != request.asked_by_id
        if same_person or same_body:
            raise NotPermitted("own_request", "自己申请的事要由别人来批")
    request.decided_at, request.decided_by_id, request.granted = step.at, actor.person_id, granted
    request.save(update_fields=["decided_at", "decided_by", "granted"])
    return request


def deciding(
    verb: str,
    kind: str,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    change: Change,
    seen: int | None,
    *,
    body: UUID | None = None,
) -> Case:
    def decided(step: Step) -> None:
        request = open_request(step.case, kind, body=body)
        change(step)
        step.meet(clocks.DECIDE, request=request)

    return act(
        verb=verb,
        actor=actor,
        at=at,
        key=key,
        case=case,
        change=decided,
        seen=seen,
        by=lambda found: open_request(found, kind, body=body).reviewer_id,
    )


def refuse(
    verb: str, kind: str, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None
) -> Case:
    def change(step: Step) -> None:
        request = decide(step, kind, granted=False)
        asked: dict[str, Any] = {}
        if request.amount is not None:
            asked["payload"] = Decided(asked=plain(request.amount))
        step.deed(
            credited=request.asked_by_id,
            counterpart_id=request.reviewer_id,
            reason=request.reason,
            subject_id=request.public_id,
            **asked,
        )
        step.words(words(text))
        step.tell(request.asked_by_id)

    return deciding(verb, kind, actor, at, key, case, change, seen)


def plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
