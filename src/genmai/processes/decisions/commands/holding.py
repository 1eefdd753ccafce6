"""Who was there, and what was decided; later records correct earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from genmai.directory.roster.models import Organisation
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotFound
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor
from genmai.kernel.worktime import built_in_calendar
from genmai.processes.decisions.deeds import CHANGED, WITHDRAWN
from genmai.processes.decisions.mechanism import kind_of
from genmai.processes.decisions.models import AgendaItem, Attendance, Decision, Invitee, Mark, Meeting
from genmai.processes.decisions.writing import Writing, act

LONGEST_MINUTES = 8000


@dataclass(frozen=True, slots=True)
class NewDecision:
    """Who does what by when, on which line of the agenda."""

    text: str
    responsible: UUID
    due_on: date
    helping: Sequence[UUID] = ()
    item: UUID | None = None


def hold(
    *, actor: Actor, at: datetime, key: UUID, meeting: UUID, marks: Mapping[UUID, str], minutes: str = "",
    seen: int | None = None,
) -> Meeting:  # fmt: skip
    """The meeting took place: attendance of everybody asked, once, by the organiser; `marks` by invitee."""

    def change(writing: Writing) -> None:
        found = writing.meeting
        if at < found.starts_at - timedelta(hours=12):
            raise BadInput("not_yet", "会还没有开，开完再登记出席", field="marks")
        invitees = list(Invitee.objects.filter(meeting=found).order_by("id"))
        missing = [one for one in invitees if marks.get(one.public_id) not in Mark.values]
        if missing:
            raise BadInput("marks", "请给每一位登记到会、请假或没到", field="marks", allowed="到会、请假、没到")
        found.held_at = max(found.starts_at, found.called_at) if at >= found.starts_at else at
        found.minutes = clean(minutes, LONGEST_MINUTES, multiline=True, field="minutes")
        came = sum(1 for one in invitees if marks[one.public_id] == Mark.PRESENT)
        writing.deed(quantity=came, happened_at=found.held_at)
        for number, one in enumerate(invitees):
            _attend(writing, one, marks[one.public_id], number)

    return act(verb="hold", actor=actor, at=at, key=key, meeting=meeting, seen=seen, change=change)


def _attend(writing: Writing, invitee: Invitee, mark: str, number: int, corrects: Attendance | None = None) -> None:
    Attendance.objects.create(
        public_id=ids.derive(writing.at, writing.key, "attendance", number),
        invitee=invitee,
        mark=mark,
        at=writing.at,
        by_id=writing.actor.person_id,
        corrects=corrects,
    )
    kind = "meeting.attendance_corrected" if corrects else "meeting.attended"
    writing.deed(
        kind, subject_id=invitee.public_id, counterpart_id=invitee.organisation_id, outcome=mark, reason=invitee.seat
    )


def mark(
    *, actor: Actor, at: datetime, key: UUID, meeting: UUID, invitee: UUID, to: str, seen: int | None = None
) -> Meeting:
    """Attendance recorded wrongly: a later record takes its place, the first stays readable."""

    def change(writing: Writing) -> None:
        found = Invitee.objects.filter(meeting=writing.meeting, public_id=invitee).first()
        if found is None:
            raise NotFound()
        if to not in Mark.values:
            raise BadInput("mark", "请选择到会、请假或没到", field="to", allowed="到会、请假、没到")
        last = Attendance.objects.filter(invitee=found).order_by("-id")[0]
        if last.mark == to:
            raise BadInput("same", "已经登记的就是这样", field="to")
        _attend(writing, found, to, 0, corrects=last)

    return act(verb="mark", actor=actor, at=at, key=key, meeting=meeting, seen=seen, change=change)


def decide(
    *, actor: Actor, at: datetime, key: UUID, meeting: UUID, decision: NewDecision, seen: int | None = None
) -> Meeting:
    """One decision; it becomes a task of the body responsible (coordination sees to that)."""

    def change(writing: Writing) -> None:
        made = _decision(writing, decision)
        writing.deed(subject_id=made.public_id, counterpart_id=made.responsible_id, due_at=_end_of(made.due_on))

    return act(verb="decide", actor=actor, at=at, key=key, meeting=meeting, seen=seen, change=change)


def _decision(writing: Writing, new: NewDecision, corrects: Decision | None = None) -> Decision:
    meeting = writing.meeting
    text = clean(new.text, 500, multiline=True, field="text")
    if not text:
        raise BadInput("empty", "请写下决定了什么", field="text", allowed="1–500 字")
    _check_due(writing, new.due_on)
    bodies = {o.public_id: o for o in Organisation.objects.filter(
        public_id__in=[new.responsible, *new.helping], closed_on__isnull=True
    )}  # fmt: skip
    if {new.responsible, *new.helping} - bodies.keys():
        raise NotFound("没有找到这个单位，请重新选择")
    item = AgendaItem.objects.filter(meeting=meeting, public_id=new.item).first() if new.item else None
    if new.item and item is None:
        raise NotFound("没有找到这个议题")
    helping = [bodies[one].pk for one in dict.fromkeys(new.helping) if one != new.responsible]
    writing.extend_reach(bodies[new.responsible].pk, *helping)
    order = corrects.order if corrects else Decision.objects.filter(meeting=meeting, corrects=None).count() + 1
    return Decision.objects.create(
        public_id=ids.derive(writing.at, writing.key, "decision"),
        meeting=meeting,
        item=item,
        order=order,
        text=text,
        responsible=bodies[new.responsible],
        helping=helping,
        due_on=new.due_on,
        at=writing.at,
        by_id=writing.actor.person_id,
        corrects=corrects,
    )


def _check_due(writing: Writing, due_on: date) -> None:
    today = day_of(writing.at)
    most = kind_of(writing.meeting.mechanism, writing.meeting.kind).most_days
    if not today < due_on <= today + timedelta(days=most):
        raise BadInput("due", "期限要在明天以后、{most} 天以内", field="due_on", most=most)


def correct(
    *, actor: Actor, at: datetime, key: UUID, decision: UUID, by: NewDecision | None, seen: int | None = None
) -> Meeting:
    """A later decision takes the place of a wrong one; None takes it back. The first stays readable."""
    wrong = Decision.objects.select_related("meeting").filter(public_id=decision).first()
    if wrong is None:
        raise NotFound()

    def change(writing: Writing) -> None:
        if Decision.objects.filter(corrects=wrong).exists() or wrong.withdrawn:
            raise Changed("already_corrected", "这项决定已经更正过；要再改，请更正那条更正")
        made = _decision(writing, by, corrects=wrong) if by else _taken_back(writing, wrong)
        writing.deed(
            subject_id=made.public_id, counterpart_id=made.responsible_id, due_at=_end_of(made.due_on),
            outcome=CHANGED if by else WITHDRAWN,
        )  # fmt: skip

    return act(verb="correct", actor=actor, at=at, key=key, meeting=wrong.meeting.public_id, seen=seen, change=change)


def _taken_back(writing: Writing, wrong: Decision) -> Decision:
    return Decision.objects.create(
        public_id=ids.derive(writing.at, writing.key, "decision"), meeting=wrong.meeting, item=wrong.item,
        order=wrong.order, text=wrong.text, responsible=wrong.responsible, helping=wrong.helping, due_on=wrong.due_on,
        at=writing.at, by_id=writing.actor.person_id, corrects=wrong, withdrawn=True,
    )  # fmt: skip


def _end_of(day: date) -> datetime:
    return built_in_calendar().local_midnight(day + timedelta(days=1))
