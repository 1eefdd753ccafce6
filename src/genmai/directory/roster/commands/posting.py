"""Posts one by one: somebody takes an office in a body, leaves it, or it was entered by mistake. Dated, with document."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster import mechanism
from genmai.directory.roster.changing import again
from genmai.directory.roster.commands.terms import take_back
from genmai.directory.roster.commands.writing import Writing, named_document, reason_given
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.models import Organisation, Person, Post, Term
from genmai.kernel.refusal import BadInput, Refused
from genmai.kernel.viewer import Actor


@transaction.atomic
def appoint(
    *, actor: Actor, at: datetime, key: UUID, organisation: Organisation, person: Person, post: str, title: str,
    on: date, document: str, rank: int = 0,
) -> Post:  # fmt: skip
    """Somebody holds an office of a body from a day on, within its current term. Raises NotFound, BadInput, Refused('held')."""
    writing = Writing(actor, at, key)
    path = writing.allowed_body(organisation)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    now = Post.objects.filter(person=person, organisation=organisation, key=post, valid_to=None).first()
    if writing.done and now is not None:
        return now
    if now is not None:
        raise Refused("held", "{name}已经在任这个职务了，从 {day} 起", field="person", name=person.display_name,
                      day=now.valid_from)  # fmt: skip
    if on > writing.today:
        raise BadInput("in_future", "日期不能晚于今天", field="on", allowed=f"≤ {writing.today}")
    if on < organisation.opened_on:
        raise BadInput(
            "before_opening", "生效日期早于“{name}”成立的日期", field="on", allowed=f"≥ {organisation.opened_on}",
            name=organisation.name,
        )  # fmt: skip
    term = Term.objects.filter(organisation=organisation, valid_to=None, withdrawn_at=None, valid_from__lte=on).first()
    made = Post.objects.create(
        person=person, organisation=organisation, key=post, title=title, rank=rank, valid_from=on,
        document=named_document(document), term=term, recorded_at=at,
    )  # fmt: skip
    writing.take(_fact("post.begun", made, path))
    return made


@transaction.atomic
def leave_post(*, actor: Actor, at: datetime, key: UUID, post: Post, on: date, document: str) -> Post:
    """The holder leaves on a day. Raises NotFound, BadInput, Refused('post_ended')."""
    writing = Writing(actor, at, key)
    held = _held(post)
    path = writing.allowed_body(held.organisation)
    if writing.done:
        return held
    if held.valid_to is not None:
        raise Refused("post_ended", "这个职务已经结束了，请看最新的")
    if not held.valid_from < on <= writing.today:
        raise BadInput(
            "day_out_of_span", "日期要在 {first} 和今天之间", field="on", first=held.valid_from,
            allowed=f"{held.valid_from} – {writing.today}",
        )  # fmt: skip
    held.valid_to, held.ended_recorded_at, held.ended_document = on, at, named_document(document)
    held.save(update_fields=["valid_to", "ended_recorded_at", "ended_document"])
    writing.take(_fact("post.ended", held, path))
    return held


@transaction.atomic
def stay_in_post(*, actor: Actor, at: datetime, key: UUID, post: Post) -> Post:
    """The end is taken back: the holder never left. Only an end entered by itself. Raises NotFound, Refused."""
    writing = Writing(actor, at, key)
    held = _held(post)
    path = writing.allowed_body(held.organisation)
    if writing.done:
        return held
    if held.valid_to is None or held.withdrawn_at is not None or held.ended_term_id or held.ended_by_id:
        raise Refused("not_ended_alone", "这个职务不是单独结束的：换届或机构变动结束的，要撤回那一次")
    now = Post.objects.filter(
        person_id=held.person_id, organisation_id=held.organisation_id, key=held.key, valid_to=None
    )
    if now.exists():
        raise Refused("held", "{name}已经在任这个职务了，从 {day} 起", field="person", name=held.person.display_name,
                      day=now[0].valid_from)  # fmt: skip
    made: Post = again(Post, held, at)
    made.ended_document = ""
    take_back([held], at)
    made.save()
    writing.take(_fact("post.resumed", made, path))
    return made


@transaction.atomic
def withdraw_post(*, actor: Actor, at: datetime, key: UUID, post: Post, reason: str) -> Post:
    """Entered by mistake: never held. The row stays, out of sight of today. Raises NotFound, BadInput, Refused."""
    writing = Writing(actor, at, key)
    held = _held(post)
    path = writing.allowed_body(held.organisation)
    if writing.done:
        return held
    why = reason_given(reason)
    if held.withdrawn_at is not None:
        raise Refused("post_taken_back", "这一条已经撤回过了，请看最新的")
    take_back([held], at)
    writing.take(_fact("post.withdrawn", held, path, why))
    return held


def _held(post: Post) -> Post:
    rows = Post.objects.select_for_update(of=("self",)).select_related("person", "organisation")
    return rows.get(pk=post.pk)


def _fact(kind: str, post: Post, path: str, reason: str = "") -> Fact:
    return Fact(
        kind=kind, source_kind="person", source_id=post.person.public_id,
        mechanism=mechanism.ref_of(mechanism.STATISTICS), organisation_id=post.organisation_id, path=path,
        person_id=post.person_id, category=post.key[:20], reason=reason[:40],
    )  # fmt: skip
