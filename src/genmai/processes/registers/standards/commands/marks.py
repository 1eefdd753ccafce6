"""Showing an item, taking it back, and the body above that looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction

from genmai.directory.territory.days import SHANGHAI, day_of
from genmai.kernel import ids
from genmai.kernel.flow import START
from genmai.kernel.refusal import BadInput, NotFound, Refused, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.registers.models import Mark
from genmai.processes.registers.standards import policies
from genmai.processes.registers.standards.flow import LIVE, MARK
from genmai.processes.registers.standards.mechanism import item_of, named
from genmai.processes.registers.standards.owed import Owed, owed_of
from genmai.processes.registers.standards.writing import Writing, body_of, lock_mark
from genmai.records.deeds.models import Deed
from genmai.records.writing import done_before


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that an item is done: on which day, in words, by which document, how many."""

    on: date
    text: str
    document: str = ""
    quantity: int = 1


def show(
    *, actor: Actor, at: datetime, key: UUID, standard: str, item: str, organisation: UUID, proof: Proof
) -> Mark:  # fmt: skip
    """A body shows one item with its proof.

    Raises Refused('not_owed') for an item that is not for it, Refused('known') where it stands already for that period,
    BadInput for a day ahead or no words, NotFound and NotPermitted.
    """
    one = named(standard)
    rule = item_of(one, item)
    with transaction.atomic():
        body, path = body_of(organisation, one, day_of(at))
        policies.check_may(actor, one.standard, policies.MARK_IT, path)
        if (done := done_before(key)) is not None:
            return Mark.objects.get(public_id=done)
        _check_proof(proof, day_of(at), rule.target)
        owed = {row.item: row for row in owed_of(one, path=path, body_id=body.pk, day=proof.on)}
        if item not in owed:
            raise Refused("not_owed", "“{item}”在那一天不是{body}要亮的", item=rule.title, body=body.short_name)
        _check_room(owed[item], rule.target)
        mark = Mark(
            public_id=ids.derive(at, key, "mark"), mechanism=one.ref, standard=standard, item=item, organisation=body,
            state=MARK.step(START, "show"), happened_on=proof.on, quantity=proof.quantity,
            text=clean(proof.text, 300, field="text"), document=clean(proof.document, 120, field="document"),
            recorded_at=at, recorded_by_id=actor.person_id,
        )  # fmt: skip
        mark.save(force_insert=True)
        writing = Writing(actor=actor, at=at, key=key, of=mark, path=path, reason=item)
        noon = datetime.combine(proof.on, time(12), SHANGHAI)
        writing.deed(MARK.row("show").deed, quantity=proof.quantity, happened_at=min(noon, at))
        writing.finish()
        return mark


def _check_proof(proof: Proof, today: date, target: int) -> None:
    if proof.on > today:
        raise BadInput("ahead", "还没到的日子不能登记", field="on")
    if len(clean(proof.text, 300, field="text")) < 2:
        raise BadInput("no_proof", "请写一句凭什么看得出做到了", field="text", allowed="2–300 字")
    if proof.quantity < 1 or (target == 1 and proof.quantity != 1):
        raise BadInput("quantity", "这一条登记一次就是一次", field="quantity", allowed="1")


def _check_room(row: Owed, target: int) -> None:
    if target == 1 and row.shown:
        raise Refused("known", "这一条这一期已经亮出来了；要改，先撤回再登记", field="on")


def withdraw(*, actor: Actor, at: datetime, key: UUID, mark: UUID, seen: int | None = None) -> Mark:
    """The body takes it back: it counts no more, the record stays. Raises NotFound, NotPermitted, Refused, Changed."""
    return _act("withdraw", actor, at, key, mark, seen)


def confirm(*, actor: Actor, at: datetime, key: UUID, mark: UUID, seen: int | None = None) -> Mark:
    """The body above has looked and finds it so. Raises Refused('no_review') where nobody looks."""
    return _act("confirm", actor, at, key, mark, seen)


def send_back(*, actor: Actor, at: datetime, key: UUID, mark: UUID, why: str, seen: int | None = None) -> Mark:
    """The body above finds it isn't so, and says why; the body is told."""
    if len(clean(why, 200, field="why")) < 2:
        raise BadInput("why", "请写明哪里不对，好让人家照着改", field="why", allowed="2–200 字")
    return _act("send_back", actor, at, key, mark, seen, why)


def _act(
    verb: str, actor: Actor, at: datetime, key: UUID, public_id: UUID, seen: int | None, why: str = ""
) -> Mark:  # fmt: skip
    row = MARK.row(verb)
    with transaction.atomic():
        mark, one, path = lock_mark(actor, public_id, day_of(at))
        policies.check_may(actor, one.standard, row.who, path)
        if done_before(key) is not None:
            return mark
        if row.who == policies.REVIEW:
            _check_looks(actor, mark, one.standard.review)
        check_seen(seen, mark.version)
        mark.state = MARK.step(mark.state, verb)
        mark.version += 1
        if row.who == policies.REVIEW:
            mark.looked_at, mark.looked_by_id, mark.said = at, actor.person_id, clean(why, 200, field="why")
        mark.ended_at = None if mark.state in LIVE else at
        mark.save()
        writing = Writing(actor=actor, at=at, key=key, of=mark, path=path, reason=mark.item)
        writing.deed(row.deed, corrects_id=_shown(mark) if mark.ended_at else None)
        if row.notice:
            writing.tell(mark.organisation_id, row.notice)
        writing.finish()
        return mark


def _check_looks(actor: Actor, mark: Mark, review: bool) -> None:
    if not review:
        raise Refused("no_review", "这份清单由各单位自己登记，不用上级看")
    if actor.kind is ActorKind.STAFF and actor.person_id is not None and actor.person_id == mark.recorded_by_id:
        raise Refused("own_mark", "这一条是您登记的，要由别人来看")


def _shown(mark: Mark) -> int:
    """The deed that a taking back corrects."""
    found = Deed.objects.filter(source_id=mark.public_id, kind="standard.shown").values_list("id", flat=True).first()
    if found is None:
        raise NotFound
    return found


__all__ = ["Proof", "confirm", "send_back", "show", "withdraw"]
