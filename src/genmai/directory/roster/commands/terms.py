"""A change of term (换届): the last term ends with its posts, the next begins with those chosen, on one document; and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from genmai.directory.roster import mechanism
from genmai.directory.roster.changing import again
from genmai.directory.roster.commands.writing import Writing, named_document, reason_given
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.models import Organisation, Post, Term
from genmai.directory.roster.policies import may_manage
from genmai.kernel.refusal import BadInput, Refused
from genmai.kernel.viewer import Actor


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who was chosen for which post of the body; `rank` is the order of call."""

    person_id: int
    post: str
    title: str
    rank: int = 0


@transaction.atomic
def begin_term(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, number: int, on: date, planned_end: date,
    document: str, chosen: Sequence[Chosen], whole_team: bool = False,
) -> Term:  # fmt: skip
    """The next term from a day on. Posts of the term before end that day; `whole_team`: those of the team outside a term, too.

    Raises NotFound, NotPermitted, BadInput.
    """
    writing = Writing(actor, at, key)
    path = writing.path(organisation.pk) if may_manage(actor) else writing.allowed_body(organisation)
    if known := writing.made(Term):
        return known
    last = _last(organisation)
    _check(last, number, on, planned_end, writing.today)
    term = Term(
        key=key, organisation=organisation, number=number, valid_from=on, planned_end=planned_end,
        document=named_document(document), recorded_at=at,
    )  # fmt: skip
    if last is not None and last.valid_to is None:
        last.valid_to = on
        last.save(update_fields=["valid_to"])
    term.save()
    leaving(organisation, last, on, whole_team=whole_team).update(
        valid_to=on, ended_term=term, ended_recorded_at=at, ended_document=term.document
    )
    _begin_posts(term, chosen)
    writing.take(_fact("term.begun", organisation, path, len(chosen)))
    return term


@transaction.atomic
def withdraw_term(*, actor: Actor, at: datetime, key: UUID, term: Term, reason: str) -> Term:
    """Entered by mistake: its posts were never held, the term before and its posts go on. What was known stays known.

    Only the body's last term can be taken back. Raises NotFound, BadInput, Refused('later_term' | 'term_taken_back').
    """
    writing = Writing(actor, at, key)
    organisation = term.organisation
    path = writing.path(organisation.pk) if may_manage(actor) else writing.allowed_body(organisation)
    if writing.done:
        return term
    why = reason_given(reason)
    held = Term.objects.select_for_update().get(pk=term.pk)
    if held.withdrawn_at is not None:
        raise Refused("term_taken_back", "这一届已经撤回过了，请看最新的")
    last = _last(organisation)
    if last is None or last.pk != held.pk:
        raise Refused("later_term", "后面还有一届，先撤回后面的那一届")
    mine = Post.objects.select_for_update().filter(term=held, withdrawn_at=None)
    begun = list(mine.filter(recorded_at=held.recorded_at))
    # Those of a sheet before it, and those appointed since, stay.
    mine.exclude(pk__in=[post.pk for post in begun]).update(term=None)
    ended = list(Post.objects.select_for_update().filter(ended_term=held, withdrawn_at=None))
    take_back([*begun, *ended], at)
    Post.objects.bulk_create([_open(row, at) for row in ended])
    held.withdrawn_at, held.withdrawn_why, held.valid_to = at, why, None
    held.save(update_fields=["withdrawn_at", "withdrawn_why", "valid_to"])
    before = _last(organisation)
    if before is not None and before.valid_to == held.valid_from:
        before.valid_to = None
        before.save(update_fields=["valid_to"])
    writing.take(_fact("term.withdrawn", organisation, path, len(begun)))
    return held


def _begin_posts(term: Term, chosen: Sequence[Chosen]) -> None:
    """Posts a sheet brought in for that very day become the term's; the others are new."""
    loose = Post.objects.select_for_update().filter(
        organisation=term.organisation, term=None, valid_from=term.valid_from, valid_to=None
    )
    there = {(post.person_id, post.key): post for post in loose}
    wanted = [one for one in chosen if (one.person_id, one.post) not in there]
    adopted = [there[one.person_id, one.post].pk for one in chosen if (one.person_id, one.post) in there]
    Post.objects.filter(pk__in=adopted).update(term=term)
    Post.objects.bulk_create(
        Post(person_id=one.person_id, organisation=term.organisation, key=one.post, title=one.title, rank=one.rank,
             valid_from=term.valid_from, document=term.document, term=term, recorded_at=term.recorded_at)
        for one in wanted
    )  # fmt: skip


def leaving(organisation: Organisation, last: Term | None, on: date, *, whole_team: bool) -> QuerySet[Post]:
    """Who would leave when the next term begins: the posts of the last, and the team's posts outside any."""
    whose = Q(term=last) if last is not None else Q(pk__in=[])
    if whole_team:
        whose |= Q(term=None, key__in=mechanism.statistics().turn.team_posts)
    return Post.objects.filter(whose, organisation=organisation, valid_to=None, valid_from__lt=on)


def take_back(rows: Sequence[Post], at: datetime) -> None:
    """These were never held: their spans become empty, and what had been known of them stands beside."""
    for row in rows:
        row.known_to, row.valid_to, row.withdrawn_at = row.valid_to, row.valid_from, at
    Post.objects.bulk_update(rows, ["known_to", "valid_to", "withdrawn_at"])


def _open(row: Post, at: datetime) -> Post:
    made: Post = again(Post, row, at)
    made.ended_term, made.ended_document = None, ""
    return made


def _last(organisation: Organisation) -> Term | None:
    rows = Term.objects.select_for_update().filter(organisation=organisation, withdrawn_at=None)
    return rows.order_by("-number").first()


def _fact(kind: str, organisation: Organisation, path: str, number: int) -> Fact:
    return Fact(
        kind=kind, source_kind="organisation", source_id=organisation.public_id,
        mechanism=mechanism.ref_of(mechanism.STATISTICS), organisation_id=organisation.pk, path=path, quantity=number,
    )  # fmt: skip


def _check(last: Term | None, number: int, on: date, planned_end: date, today: date) -> None:
    if last is not None and number <= last.number:
        raise BadInput("term_number", "届次要比上一届大", field="number", allowed=f"> {last.number}")
    if last is not None and on <= last.valid_from:
        raise BadInput("term_before_last", "换届日期要晚于上一届开始的日期", field="on", allowed=f"> {last.valid_from}")
    if on > today:
        raise BadInput("in_future", "日期不能晚于今天", field="on", allowed=f"≤ {today}")
    if planned_end <= on:
        raise BadInput("ends_before_begin", "结束日期要晚于开始日期", field="planned_end", allowed=f"> {on}")
