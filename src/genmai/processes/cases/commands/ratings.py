"""Mutual scores of a call: the town says how the department was, the department how the call was. Of bodies, not persons.

Each side speaks for itself and may change what it said, blind, until both have spoken or the time is over. Then the
review opens: what was said last becomes deeds (`case.call_rated`), is read by both, and never changes again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.models import Link, OrganisationKind, Tree
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks, policies
from genmai.processes.cases.commands.handling import check_key, words
from genmai.processes.cases.commands.step import SOURCE, Step, act
from genmai.processes.cases.commands.wrong_calls import town_of
from genmai.processes.cases.deeds import GOOD, NOT_GOOD, Called
from genmai.processes.cases.definition_calls import Rating
from genmai.processes.cases.mechanism import definition_of
from genmai.processes.cases.models import Body, CallReview, CallScore, Case
from genmai.records.deeds.commands import NewDeed, record
from genmai.records.notices.commands import NewNotice, send

Side = CallScore.Side
BATCH = 200
LONGEST = 500
ABOUT = {Side.TOWN: "department", Side.DEPARTMENT: "call"}  # who speaks → what of
SYSTEM = Actor.system("call_reviews")


def begin_review(step: Step, body: Body) -> None:
    """A called department is done: both sides may now say how it was. Nothing where the mechanism doesn't ask."""
    rating = step.definition.calls.rated
    if rating is None or step.organisation(body.organisation_id).kind != OrganisationKind.DEPARTMENT:
        return
    town = town_of(step, body)
    CallReview.objects.create(
        body=body, town_id=town, department_id=body.organisation_id, due_at=clocks.due_after(rating.within, step.at)
    )
    for organisation_id in (town, body.organisation_id):
        step.tell(organisation_id, "case.call_to_score")


def rate_call(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    body: UUID,
    side: str,
    answers: Mapping[str, str],
    text: str = "",
    seen: int | None = None,
) -> Case:
    """One side's word: a grade for each criterion asked of it, and why where the grade needs words.

    Raises Refused('opened') once both have spoken or the time is over.
    """

    def speaker(found: Case) -> int:
        review = _review(found, body)
        return review.town_id if side == Side.TOWN else review.department_id

    def change(step: Step) -> None:
        review = _review(step.case, body)
        policies.check_ours(actor, step.path(speaker(step.case)))
        if review.opened_at is not None or step.at > review.due_at:
            raise Refused("opened", "互评已经公开，不能再改")
        rating = step.definition.calls.rated
        if rating is None:
            raise NotFound()
        said = _checked(rating, side, answers, words(text, required=False)[:LONGEST])
        other = review.department_id if side == Side.TOWN else review.town_id
        step.deed(
            credited=speaker(step.case), counterpart_id=other, subject_id=review.body.public_id,
            payload=Called(call_kind=review.body.call_kind),
        )  # fmt: skip
        CallScore.objects.create(review=review, side=side, given_at=step.at, answers=dict(answers), text=said)

    check_key(side, dict(Side.choices), "side", "请选择替哪一方评")
    with transaction.atomic():
        done = act(verb="rate_call", actor=actor, at=at, key=key, case=case, change=change, seen=seen, by=speaker)
        review = _review(done, body)
        if review.opened_at is None and set(_last(review)) == set(Side.values):
            _open(review, at)
    return done


def _checked(rating: Rating, side: str, answers: Mapping[str, str], text: str) -> str:
    asked = rating.asked_of(ABOUT[Side(side)])
    if set(answers) != set(asked):
        raise BadInput("answers", "请每一项都选", field="answers", allowed="、".join(asked))
    for grade in answers.values():
        check_key(grade, rating.grades, "answers", "请每一项都选")
    if not text and any(rating.grades[grade].needs_words for grade in answers.values()):
        raise BadInput("empty", "评得低的，请写明为什么", field="text", allowed="1–500 字")
    return text


def open_reviews(*, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """Open what the time is over for, with whatever was said. How many."""
    waiting = CallReview.objects.filter(opened_at__isnull=True, due_at__lte=at).order_by("due_at", "id")
    with transaction.atomic():
        found = list(waiting.select_for_update(skip_locked=True, of=("self",)).select_related("body__case")[:limit])
        for review in found:
            _open(review, at)
    return len(found)


def _open(review: CallReview, at: datetime) -> None:
    """What each side said last becomes deeds, told in the name of the bodies, not of whoever happened to come last."""
    case, body = review.body.case, review.body
    rating = definition_of(case.mechanism).calls.rated
    review.opened_at = at
    review.save(update_fields=["opened_at"])
    last = _last(review)
    if rating is None or not last:
        return
    key = ids.key_of("call_review", str(body.public_id))
    deeds = [deed for side, score in sorted(last.items()) for deed in _deeds(review, rating, side, score)]
    record(actor=SYSTEM, at=at, key=key, deeds=deeds)
    told = (review.town_id, review.department_id)
    notices = [
        NewNotice(kind="case.call_rated", source_kind=SOURCE, source_id=case.public_id, organisation_id=one)
        for one in told
    ]
    send(at=at, key=key, notices=notices)


def _deeds(review: CallReview, rating: Rating, side: str, score: CallScore) -> list[NewDeed]:
    case, body = review.body.case, review.body
    judged, judging = (
        (review.department_id, review.town_id) if side == Side.TOWN else (review.town_id, review.department_id)
    )
    link = Link.objects.get(organisation_id=judged, tree=Tree.ADMINISTRATIVE, valid_to__isnull=True)
    return [
        NewDeed(
            kind="case.call_rated" if side == Side.TOWN else "case.caller_rated", source_kind=SOURCE, source_id=case.public_id, mechanism=case.mechanism,
            organisation_id=judged, path=link.path, place_id=case.place_id, category=case.category,
            counterpart_id=judging, subject_id=body.public_id, reason=criterion,
            outcome=GOOD if score.answers[criterion] in rating.good else NOT_GOOD,
            quantity=rating.grades[score.answers[criterion]].order, payload=Called(call_kind=body.call_kind),
        )
        for criterion in rating.asked_of(ABOUT[Side(side)])
    ]  # fmt: skip


def _last(review: CallReview) -> dict[str, CallScore]:
    """What each side said last."""
    return {score.side: score for score in CallScore.objects.filter(review=review).order_by("id")}


def _review(case: Case, body: UUID) -> CallReview:
    found = CallReview.objects.select_related("body__case").filter(body__case=case, body__public_id=body).first()
    if found is None:
        raise NotFound()
    return found
