"""A change of term (换届): the last term ends with its posts, the next begins with those chosen, on one document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster.commands.writing import Writing, named_document
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.mechanism import STATISTICS, ref_of
from genmai.directory.roster.models import Organisation, Post, Term
from genmai.directory.roster.policies import may_manage
from genmai.kernel.refusal import BadInput
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
    document: str, chosen: Sequence[Chosen],
) -> Term:  # fmt: skip
    """The next term from a day on. Posts of the term before end that day; posts outside any term stay as they are.

    Raises NotFound, NotPermitted, BadInput.
    """
    writing = Writing(actor, at, key)
    path = writing.path(organisation.pk)
    if not may_manage(actor):
        path = writing.allowed(organisation.pk)
    known = Term.objects.filter(key=key).first()
    if known:
        return known
    last = Term.objects.select_for_update().filter(organisation=organisation).order_by("-number").first()
    _check(last, number, on, planned_end)
    if last is not None and last.valid_to is None:
        Post.objects.filter(term=last, valid_to=None).update(valid_to=on)
        last.valid_to = on
        last.save(update_fields=["valid_to"])
    term = Term.objects.create(
        key=key, organisation=organisation, number=number, valid_from=on, planned_end=planned_end,
        document=named_document(document), recorded_at=at,
    )  # fmt: skip
    Post.objects.bulk_create(
        Post(person_id=one.person_id, organisation=organisation, key=one.post, title=one.title, rank=one.rank,
             valid_from=on, document=term.document, term=term)
        for one in chosen
    )  # fmt: skip
    writing.take(
        Fact(
            kind="term.begun", source_kind="organisation", source_id=organisation.public_id,
            mechanism=ref_of(STATISTICS), organisation_id=organisation.pk, path=path, quantity=len(chosen),
        )
    )  # fmt: skip
    return term


def _check(last: Term | None, number: int, on: date, planned_end: date) -> None:
    if last is not None and number <= last.number:
        raise BadInput("term_number", "届次要比上一届大", field="number", allowed=f"> {last.number}")
    if last is not None and on <= last.valid_from:
        raise BadInput("term_before_last", "换届日期要晚于上一届开始的日期", field="on", allowed=f"> {last.valid_from}")
    if planned_end <= on:
        raise BadInput("ends_before_begin", "结束日期要晚于开始日期", field="planned_end")
