"""Closing a step, writing a record of it, putting an entry right, beginning again from an earlier step, more time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from genmai.kernel.refusal import BadInput, Changed, NotFound, Refused, check_seen
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.processes.registers.deeds import LATE, ON_TIME
from genmai.processes.registers.flow import DOSSIER
from genmai.processes.registers.models import Dossier, DossierEntry
from genmai.processes.registers.procedures import course
from genmai.processes.registers.procedures.answers import typed
from genmai.processes.registers.procedures.commands.watching import lift_miss
from genmai.processes.registers.procedures.course import CLOSED, EXTENDED, RECORDED, SENT_BACK, Happening
from genmai.processes.registers.procedures.policies import check_may
from genmai.processes.registers.procedures.rules import Step
from genmai.processes.registers.procedures.votes import Tally
from genmai.processes.registers.procedures.writing import LONGEST, OF_COURSE, Writing, happening, lock, opened_words
from genmai.records.writing import done_before


@dataclass(frozen=True, slots=True)
class Fact:
    """What is told of a step: the day, what it asks, the vote where it is one, the document."""

    on: date
    answers: Mapping[str, object] = field(default_factory=dict)
    tally: Tally | None = None
    document: str = ""


def close_step(
    *, actor: Actor, at: datetime, key: UUID, dossier: UUID, step: str, fact: Fact, seen: int | None = None
) -> Dossier:
    """Close the step that is next. Raises Refused with the first thing that stands against it; nothing is written then."""
    with transaction.atomic():
        writing = _begin(actor, at, key, dossier)
        rule = _step(writing, step)
        check_may(actor, writing.dossier, rule.by)
        if done_before(key):
            return writing.dossier
        _at_work(writing, seen, "close")
        on, answers, now = writing.day(fact.on), typed(rule, fact.answers), writing.standing
        wanted = Happening(0, CLOSED, step, on, answers=answers, tally=fact.tally)
        for hindrance in course.hindrances(writing.rules, now, step, on, writing.born_on, wanted):
            raise hindrance.refusal()
        late = course.is_late(writing.rules, now, step, on)
        writing.enter(
            CLOSED, on, words=answers, deed="dossier.step_closed", outcome=LATE if late else ON_TIME,
            milestone=rule.gives or "", step=step, late=late, document=fact.document, **_vote(fact.tally),
        )  # fmt: skip
        if not late:
            lift_miss(writing, step, on)
        return writing.step("close")


def write_record(
    *, actor: Actor, at: datetime, key: UUID, dossier: UUID, step: str, what: str, on: date, text: str,
    document: str = "", seen: int | None = None,
) -> Dossier:  # fmt: skip
    """One more record of the step under way: a thought report, a check, a visit."""
    with transaction.atomic():
        writing = _begin(actor, at, key, dossier)
        rule = _step(writing, step)
        check_may(actor, writing.dossier, rule.by)
        if done_before(key):
            return writing.dossier
        _at_work(writing, seen, "record")
        if what not in rule.records:
            raise NotFound()
        _is_next(writing, step)
        before = max((one.on for one in writing.standing.closed.values()), default=None)
        if before is not None and on < before:
            raise BadInput("before_earlier", "日期不能早于前面已办的步骤（{day}）", field="on", day=before)
        told = clean(text, LONGEST, multiline=True, field="text")
        if not told:
            raise BadInput("empty", "请写一写内容", field="text")
        writing.enter(RECORDED, writing.day(on), words={"text": told}, deed="dossier.recorded", step=step, what=what,
                      document=document)  # fmt: skip
        return writing.step("record")


def correct(
    *, actor: Actor, at: datetime, key: UUID, entry: UUID, fact: Fact, reason: str, seen: int | None = None
) -> Dossier:
    """A later entry takes the place of a wrong one. The whole course is walked anew: what came later must still hold.

    Raises Refused('correction_breaks') naming the step that would not, Changed for an entry corrected before.
    """
    with transaction.atomic():
        wrong = DossierEntry.objects.select_related("dossier").filter(public_id=entry).first()
        if wrong is None:
            raise NotFound()
        writing = _begin(actor, at, key, wrong.dossier.public_id)
        if wrong.kind not in (CLOSED, RECORDED):
            raise Refused("not_corrected", "这一条不能更正；联审的答复由那个部门重新答复")
        rule = _step(writing, wrong.step)
        check_may(actor, writing.dossier, rule.by)
        if done_before(key):
            return writing.dossier
        DOSSIER.step(writing.dossier.state, "correct")
        check_seen(seen, writing.dossier.version)
        if any(one.corrects_id == wrong.pk for one in writing.entries):
            raise Changed("already_corrected", "这一条已经更正过；要再改，请更正那条更正")
        why = _reason(reason)
        given = typed(rule, fact.answers) if wrong.kind == CLOSED else {"text": str(fact.answers.get("text", ""))}
        given = given if given != {"text": ""} else opened_words(writing.dossier, wrong)
        new = replace(
            happening(wrong), number=len(writing.entries) + 1, on=writing.day(fact.on), answers=given,
            tally=fact.tally or happening(wrong).tally, corrects=wrong.number,
        )  # fmt: skip
        course.replayed(writing.rules, [*_with_words(writing), new], writing.born_on)
        writing.enter(
            wrong.kind, fact.on, words={**given, "_reason": why}, deed="dossier.corrected", step=wrong.step,
            what=wrong.what, document=fact.document, late=wrong.late, corrects=wrong, **_vote(new.tally),
        )  # fmt: skip
        return writing.step("correct")


def send_back(
    *, actor: Actor, at: datetime, key: UUID, dossier: UUID, to: str, reason: str, seen: int | None = None
) -> Dossier:
    """Begin again from an earlier step; what was done stays in the file. Whoever's turn it is sends back.

    Raises Refused('not_far_enough') where a limit that has passed asks for an even earlier step.
    """
    with transaction.atomic():
        writing = _begin(actor, at, key, dossier)
        now = writing.standing
        turn = now.next_step(writing.rules)
        _step(writing, to)
        if turn is None:
            raise Refused("nothing_open", "每一步都办完了，没有要退回的")
        check_may(actor, writing.dossier, writing.rules.steps[turn].by)
        if done_before(key):
            return writing.dossier
        _at_work(writing, seen, "send_back")
        if to not in now.closed:
            raise BadInput("not_closed", "只能退回到已经办过的步骤", field="to")
        asked = course.redo_from(writing.rules, now, turn, writing.today)
        if asked is not None and writing.rules.steps[to].order > writing.rules.steps[asked].order:
            step = writing.rules.steps[asked]
            raise Refused("not_far_enough", "期限已过，要退到第 {order} 步“{title}”", field="to",
                          order=step.order, title=step.title)  # fmt: skip
        writing.enter(SENT_BACK, writing.today, words={"text": _reason(reason)}, deed="dossier.sent_back", step=to)
        return writing.step("send_back")


def extend(
    *, actor: Actor, at: datetime, key: UUID, dossier: UUID, months: int, reason: str, document: str = "",
    seen: int | None = None,
) -> Dossier:  # fmt: skip
    """More months for the step that is next, within what the rules allow, and before its limit has passed."""
    with transaction.atomic():
        writing = _begin(actor, at, key, dossier)
        now = writing.standing
        step = now.next_step(writing.rules)
        rule = writing.rules.steps[step].extension if step else None
        if step is None or rule is None:
            raise Refused("no_extension", "现在这一步没有延长的规定")
        check_may(actor, writing.dossier, rule.by)
        if done_before(key):
            return writing.dossier
        _at_work(writing, seen, "extend")
        if now.extensions.get(step, 0) >= rule.times:
            raise Refused("extended_before", "已经延长过，不能再延长")
        if not rule.least <= months <= rule.most:
            raise BadInput(
                "months", "延长要在 {least} 到 {most} 个月之间", field="months", least=rule.least, most=rule.most
            )
        until = course.latest(writing.rules, now, step)
        if rule.moves != "wait" and until is not None and writing.today > until:
            raise Refused("too_late", "已过 {day} 的期限，来不及延长，要退回重办", day=until)
        writing.enter(EXTENDED, writing.today, words={"text": _reason(reason)}, deed="dossier.extended",
                      quantity=months, step=step, months=months, document=document)  # fmt: skip
        return writing.step("extend")


def _begin(actor: Actor, at: datetime, key: UUID, dossier: UUID) -> Writing:
    return Writing(actor=actor, at=at, key=key, dossier=lock(actor, dossier))


def _at_work(writing: Writing, seen: int | None, verb: str) -> None:
    DOSSIER.step(writing.dossier.state, verb)
    check_seen(seen, writing.dossier.version)


def _step(writing: Writing, step: str) -> Step:
    try:
        return writing.rules.steps[step]
    except KeyError:
        raise NotFound() from None


def _is_next(writing: Writing, step: str) -> None:
    turn = writing.standing.next_step(writing.rules)
    if turn != step:
        raise Refused("not_next", "还没有轮到这一步，或者已经办过了")


def _reason(text: str) -> str:
    told = clean(text, LONGEST, multiline=True, field="reason")
    if not told:
        raise BadInput("empty", "请写明理由", field="reason")
    return told


def _vote(tally: Tally | None) -> dict[str, Any]:
    if tally is None:
        return {}
    return {
        "entitled": tally.entitled,
        "present": tally.present,
        "in_favour": tally.in_favour,
        "written": tally.written,
    }


def _with_words(writing: Writing) -> list[Happening]:
    """The course with every answer opened: a correction is checked against all of it."""
    return [
        happening(one, opened_words(writing.dossier, one) if one.kind == CLOSED else None)
        for one in writing.entries
        if one.kind in OF_COURSE
    ]
