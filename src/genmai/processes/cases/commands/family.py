"""One matter, several bodies: split into children, hang an existing matter under another, answer and end all in one step.

The callers are the parent's: they are answered once, by the parent. A child made by splitting has nobody from outside, so
no rate counts it twice; its limits count for the body that owes them. An attached matter keeps its own callers and counts
as it did alone, which is why detaching restores it exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.kernel import ids
from genmai.kernel.flow import START
from genmai.kernel.refusal import BadInput, NotFound, Refused
from genmai.kernel.rows import insert
from genmai.kernel.text import bigrams, clean
from genmai.kernel.viewer import Actor, ActorKind
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases import policies
from genmai.processes.cases.commands import dispatching, handling, verifying
from genmai.processes.cases.commands.asking import organisation_of
from genmai.processes.cases.commands.handling import words
from genmai.processes.cases.commands.handover import release_bodies
from genmai.processes.cases.commands.intake import LONGEST_TITLE
from genmai.processes.cases.commands.kinship import check_attach, children_of, home_of_parent
from genmai.processes.cases.commands.step import Step, act, done_before
from genmai.processes.cases.models import Case

MOST_PARTS = 12
CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True)
class Part:
    """One child to be: who has it and what it is about. `urgency` and `category` are the parent's where empty."""

    to: UUID
    text: str
    title: str = ""
    category: str = ""
    urgency: str = ""


# into children


def split(*, actor: Actor, at: datetime, key: UUID, case: UUID, parts: Sequence[Part], seen: int | None = None) -> Case:
    """Split a matter into children, each given at once to its body with its own text and limits. Returns the parent.

    The duty list holds for each child as for any dispatch. Raises Refused('too_deep') for a child.
    """

    def change(step: Step) -> None:
        if not 1 <= len(parts) <= MOST_PARTS:
            raise BadInput("parts", "请写明分给谁、办什么", field="parts", allowed=f"1–{MOST_PARTS}")
        if step.case.parent_id is not None:
            raise Refused("too_deep", "这一件已经是分出来的，不能再往下拆")
        for n, part in enumerate(parts):
            step.deed(
                credited=step.case.lead_id or step.case.desk_id, counterpart_id=organisation_of(part.to),
                subject_id=_child_id(at, key, n),
            )  # fmt: skip
        step.tell_callers(quantity=len(parts))

    with transaction.atomic():
        parent = act(verb="split", actor=actor, at=at, key=key, case=case, change=change, seen=seen)
        for n, part in enumerate(parts):
            _split_off(parent, part, actor, at, key, n)
    return parent


def _child_id(at: datetime, key: UUID, n: int) -> UUID:
    return ids.derive(at, key, "child", n)


def _split_off(parent: Case, part: Part, actor: Actor, at: datetime, key: UUID, n: int) -> None:
    born = ids.subkey(key, f"child {n}")
    if done_before(born) is not None:
        return
    child = _child(parent, part, at, _child_id(at, key, n))
    child.received_by_id = actor.person_id
    step = Step(case=child, verb="split_off", actor=actor, at=at, key=born, new=True)
    step.before = START
    child.state = step.row.target or ""
    insert([child])
    step.deed(credited=child.desk_id, subject_id=parent.public_id)
    step.finish()
    dispatching.dispatch(
        actor=actor, at=at, key=ids.subkey(key, f"dispatch {n}"), case=child.public_id, to=part.to, text=""
    )


def _child(parent: Case, part: Part, at: datetime, public_id: UUID) -> Case:
    """What belongs to the matter goes along; who brought it does not."""
    text, title = words(part.text), clean(part.title, max_length=LONGEST_TITLE, multiline=False, field="title")
    urgency = part.urgency or parent.urgency
    known = mechanisms.definition_of(parent.mechanism).urgencies
    if urgency not in known:
        raise BadInput("urgency", "请选择紧急程度", field="urgency", allowed="、".join(known))
    return Case(
        public_id=public_id, mechanism=parent.mechanism, channel=parent.channel, service=parent.service,
        text=text, title=title, category=mechanisms.taxonomy().lookup(part.category).code if part.category else parent.category,
        urgency=urgency, place_id=parent.place_id, place_text=parent.place_text, home_id=parent.home_id,
        home_path=parent.home_path, desk_id=parent.desk_id, holder_id=parent.desk_id, level=parent.level,
        reach=list(parent.reach), words=list(bigrams(f"{title} {text}")), received_at=at, parent=parent, split_off=True,
    )  # fmt: skip


def call_off(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str, seen: int | None = None) -> Case:
    """A child made by splitting is no longer needed: it ends here, unsolved. What it missed before stays missed."""

    def change(step: Step) -> None:
        if not step.case.split_off:
            raise Refused("not_split", "只有拆出来的才能收回；挂上来的请脱开")
        step.deed(reason=CALLED_OFF)
        step.words(words(text))
        step.drop_requests()
        release_bodies(step)
        step.void()
        step.case.prior_state = ""
        step.case.closed_at, step.case.closing_reason, step.case.fixed = step.at, CALLED_OFF, False
        step.tell(step.case.lead_id)

    return act(verb="call_off", actor=actor, at=at, key=key, case=case, change=change, seen=seen)


# an existing matter under another


def attach(
    *, actor: Actor, at: datetime, key: UUID, case: UUID, to: UUID, text: str = "", seen: int | None = None
) -> Case:
    """Hang `case` under the matter `to`. Its callers, limits and reach stay as they are. NotFound outside the scope."""

    def change(step: Step) -> None:
        parent = Case.objects.filter(public_id=to).first()
        if parent is None or (actor.kind is ActorKind.STAFF and not policies.sees(actor.viewer, parent)):
            raise NotFound()
        check_attach(step.case, parent)
        step.case.parent = parent
        step.deed(subject_id=parent.public_id)
        step.words(clean(text, max_length=500, multiline=True))
        step.tell(step.case.lead_id, number=parent.number)

    with transaction.atomic():
        _lock(case, to)
        done = act(verb="attach", actor=actor, at=at, key=key, case=case, change=change, seen=seen)
        _other_side("adopt", to, done, actor, at, key)
    return done


def detach(*, actor: Actor, at: datetime, key: UUID, case: UUID, text: str = "", seen: int | None = None) -> Case:
    """Take a matter out from under another; it stands alone as before. One made by splitting is called off instead."""
    parent_id = Case.objects.filter(public_id=case).values_list("parent__public_id", flat=True).first()
    left: list[UUID] = []

    def change(step: Step) -> None:
        parent = step.case.parent
        if parent is None:
            raise Refused("no_parent", "这一件没有挂在别的事项下面")
        if step.case.split_off:
            raise Refused("born_here", "这一件是从上一件拆出来的，不能脱开；不用办了，请收回")
        if Case.objects.filter(merged_into=step.case, parent__isnull=False).exists():
            raise Refused("carries_repeats", "这一件带有并进来的，请先把它们分出来")
        left.append(parent.public_id)
        step.case.parent = None
        step.deed(subject_id=parent.public_id)
        step.words(clean(text, max_length=500, multiline=True))

    with transaction.atomic():
        _lock(case, *([parent_id] if parent_id else []))
        done = act(verb="detach", actor=actor, at=at, key=key, case=case, change=change, seen=seen)
        for public_id in left:
            _other_side("let_go", public_id, done, actor, at, key)
    return done


def _lock(*public_ids: UUID) -> None:
    """Both, always in the same order."""
    list(Case.objects.select_for_update().filter(public_id__in=public_ids).order_by("pk").values_list("pk", flat=True))


def _other_side(verb: str, parent: UUID, child: Case, actor: Actor, at: datetime, key: UUID) -> None:
    """The parent's line in its history. A parent merged meanwhile keeps still: what it lives in shows the child."""
    if verb == "let_go" and Case.objects.filter(public_id=parent, state="merged").exists():
        return

    def change(step: Step) -> None:
        step.deed(subject_id=child.public_id)
        step.tell(step.case.holder_id, number=child.number)

    act(verb=verb, actor=actor, at=at, key=ids.subkey(key, verb), case=parent, change=change)


# all in one step


def reply_together(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    outcome: str,
    text: str,
    children: Mapping[UUID, str],
    reached: bool = True,
    promised_until: date | None = None,
    seen: int | None = None,
) -> Case:
    """Reply to the children named (each with its own outcome) and then to the parent: all, or nothing.

    Each is a reply of its own with its own deed and check: only of what the actor's own body leads.
    """
    with transaction.atomic():
        _lock(case, *children)
        for child in _named(case, children):
            handling.reply(
                actor=actor, at=at, key=ids.subkey(key, str(child.public_id)), case=child.public_id,
                outcome=children[child.public_id], text=text, reached=False,
            )  # fmt: skip
        return handling.reply(
            actor=actor, at=at, key=key, case=case, outcome=outcome, text=text, reached=reached,
            promised_until=promised_until, seen=seen,
        )  # fmt: skip


def close_together(
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    case: UUID,
    reason: str,
    children: Mapping[UUID, str],
    text: str = "",
    seen: int | None = None,
) -> Case:
    """Verify and close the children named (each with its own reason), then close the parent: all, or nothing."""
    with transaction.atomic():
        _lock(case, *children)
        for child in _named(case, children):
            subkey = ids.subkey(key, str(child.public_id))
            if child.state == "replied":
                verifying.verify(actor=actor, at=at, key=ids.subkey(subkey, "verify"), case=child.public_id)
            verifying.close(
                actor=actor, at=at, key=subkey, case=child.public_id, reason=children[child.public_id], text=text
            )
        return verifying.close(actor=actor, at=at, key=key, case=case, reason=reason, text=text, seen=seen)


def _named(case: UUID, children: Mapping[UUID, str]) -> list[Case]:
    """The children named, in their order. Raises NotFound for one that is none of this matter's."""
    parent = Case.objects.filter(public_id=case).first()
    own = {child.public_id: child for child in children_of(parent)} if parent else {}
    if set(children) - own.keys():
        raise NotFound()
    return [child for public_id, child in own.items() if public_id in children]


__all__ = ["Part", "attach", "call_off", "close_together", "detach", "home_of_parent", "reply_together", "split"]
