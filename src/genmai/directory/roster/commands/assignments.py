"""Sent to work elsewhere for a time (第一书记、挂职、下派): begun, reviewed, ended, and back. Rows are only added."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from genmai.directory.roster import mechanism
from genmai.directory.roster.commands.writing import Writing, named_document, reason_given
from genmai.directory.roster.facts import Fact
from genmai.directory.roster.models import Assignment, AssignmentEvent, Organisation, Person
from genmai.kernel.ids import derive
from genmai.kernel.refusal import BadInput, Refused
from genmai.kernel.text import clean
from genmai.kernel.viewer import Actor

Kind = AssignmentEvent.Kind


@transaction.atomic
def assign(
    *, actor: Actor, at: datetime, key: UUID, person: Person, host: Organisation, kind: str, title: str, on: date,
    planned_end: date, document: str, home: str = "", tasks: str = "",
) -> Assignment:  # fmt: skip
    """Somebody is sent to a body from a day on. Raises NotFound, BadInput."""
    writing = Writing(actor, at, key)
    path = writing.allowed_body(host)
    if known := writing.made(Assignment):
        return known
    kinds = mechanism.assignments().kinds
    if kind not in kinds:
        raise BadInput(
            "unknown_kind",
            "请从列表里选是哪一种",
            field="kind",
            allowed="、".join(str(one.title) for one in kinds.values()),
        )
    if on > writing.today:
        raise BadInput("in_future", "日期不能晚于今天", field="on", allowed=f"≤ {writing.today}")
    if planned_end <= on:
        raise BadInput("ends_before_begin", "结束日期要晚于开始日期", field="planned_end", allowed=f"> {on}")
    made = Assignment.objects.create(
        public_id=derive(at, key, "assignment"), key=key, person=person, host=host, kind=kind,
        title=clean(title, 40, field="title") or kinds[kind].title.zh, home=clean(home, 80, field="home"),
        tasks=clean(tasks, 300, field="tasks"), valid_from=on, planned_end=planned_end,
        document=named_document(document), mechanism=mechanism.ref_of(mechanism.ASSIGNMENTS), recorded_at=at,
        recorded_by_id=actor.person_id,
    )  # fmt: skip
    writing.take(_fact("assignment.begun", made, path))
    return made


@transaction.atomic
def review_assignment(
    *, actor: Actor, at: datetime, key: UUID, assignment: Assignment, grade: str, on: date, said: str, document: str
) -> AssignmentEvent:
    """How a body judged it, by its document. Raises NotFound, BadInput, Refused."""
    grades = mechanism.assignments().grades
    if grade not in grades:
        raise BadInput(
            "unknown_grade", "请从列表里选考核等次", field="grade", allowed="、".join(map(str, grades.values()))
        )
    writing = Writing(actor, at, key)
    return _event(writing, assignment, Kind.REVIEWED, "assignment.reviewed", on, grade, said, document)


@transaction.atomic
def end_assignment(
    *, actor: Actor, at: datetime, key: UUID, assignment: Assignment, on: date, outcome: str, document: str,
    said: str = "",
) -> AssignmentEvent:  # fmt: skip
    """It ended on a day: completed, recalled … Raises NotFound, BadInput, Refused('assignment_ended')."""
    endings = mechanism.assignments().endings
    if outcome not in endings:
        raise BadInput(
            "unknown_ending", "请从列表里选为什么结束", field="outcome", allowed="、".join(map(str, endings.values()))
        )
    writing = Writing(actor, at, key)
    return _event(writing, assignment, Kind.ENDED, "assignment.ended", on, outcome, said, document)


@transaction.atomic
def resume_assignment(*, actor: Actor, at: datetime, key: UUID, assignment: Assignment) -> AssignmentEvent:
    """The end is taken back. Raises NotFound, Refused('not_ended')."""
    writing = Writing(actor, at, key)
    return _event(writing, assignment, Kind.RESUMED, "assignment.resumed", writing.today)


@transaction.atomic
def withdraw_assignment(
    *, actor: Actor, at: datetime, key: UUID, assignment: Assignment, reason: str
) -> AssignmentEvent:
    """Entered by mistake; it stays, and says so. Raises NotFound, BadInput, Refused."""
    writing, why = Writing(actor, at, key), reason_given(reason)
    return _event(writing, assignment, Kind.MISTAKEN, "assignment.withdrawn", assignment.valid_from, said=why)


def _event(
    writing: Writing, assignment: Assignment, kind: Kind, deed: str, on: date, outcome: str = "", said: str = "",
    document: str = "",
) -> AssignmentEvent:  # fmt: skip
    path = writing.allowed_body(assignment.host)
    Person.objects.select_for_update().only("id").get(pk=assignment.person_id)  # two at once wait for one another
    if known := writing.made(AssignmentEvent):
        return known
    standing = assignment.events.exclude(kind=Kind.REVIEWED).order_by("recorded_at", "id").last()
    state = standing.kind if standing else ""
    if state == Kind.MISTAKEN:
        raise Refused("assignment_mistaken", "这一条已经作为登记错误撤回，请看最新的")
    if kind == Kind.ENDED and state == Kind.ENDED:
        raise Refused("assignment_ended", "这次下派已经结束了，请看最新的")
    if kind == Kind.RESUMED and state != Kind.ENDED:
        raise Refused("not_ended", "这次下派还没有结束，不用撤回")
    if kind in (Kind.ENDED, Kind.REVIEWED) and not assignment.valid_from <= on <= writing.today:
        raise BadInput(
            "day_out_of_span", "日期要在 {first} 和今天之间", field="on", first=assignment.valid_from,
            allowed=f"{assignment.valid_from} – {writing.today}",
        )  # fmt: skip
    made = AssignmentEvent.objects.create(
        assignment=assignment, key=writing.key, kind=kind, on=on, outcome=outcome,
        said=clean(said, 200, field="said"),
        document=named_document(document) if kind in (Kind.ENDED, Kind.REVIEWED) else "",
        recorded_at=writing.at, recorded_by_id=writing.actor.person_id,
    )  # fmt: skip
    writing.take(_fact(deed, assignment, path, outcome))
    return made


def _fact(kind: str, row: Assignment, path: str, outcome: str = "") -> Fact:
    return Fact(
        kind=kind, source_kind="assignment", source_id=row.public_id, mechanism=row.mechanism,
        organisation_id=row.host_id, path=path, person_id=row.person_id, category=row.kind[:20], outcome=outcome,
    )  # fmt: skip
