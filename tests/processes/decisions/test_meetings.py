"""A joint meeting: called, held, attendance once, decisions; corrected by later records only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.factories import estates
from tests.factories import meetings as make
from tests.factories.cases import World, new_world

from genmai.kernel.refusal import BadInput, Changed, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.decisions.commands import calling, holding
from genmai.processes.decisions.commands.calling import Asked
from genmai.processes.decisions.flow import FLOW
from genmai.processes.decisions.models import Attendance, Decision, Invitee, Meeting
from genmai.processes.decisions.queries import meetings
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(db: None) -> World:
    return new_world()


def do(w: World, verb: str, meeting: Meeting, actor: Actor | None = None, **over: Any) -> Meeting:
    """A verb with arguments that fit."""
    marks = {one.public_id: "present" for one in Invitee.objects.filter(meeting=meeting)}
    decision = holding.NewDecision("移位", w.district.dept.public_id, make.DUE)
    given: dict[str, tuple[Any, dict[str, Any]]] = {
        "move": (calling.move, {"starts_at": w.at + timedelta(days=1), "room": "一楼"}),
        "cancel": (calling.cancel, {"why": "人到不齐"}),
        "hold": (holding.hold, {"marks": marks}),
        "mark": (holding.mark, {"invitee": next(iter(marks)), "to": "excused"}),
        "decide": (holding.decide, {"decision": decision}),
    }
    if verb == "correct":
        made = Decision.objects.filter(meeting=meeting).order_by("-id").first()
        return holding.correct(
            actor=actor or estates.secretary(w),
            at=w.at,
            key=w.key(),
            decision=made.public_id,
            **{"by": decision, **over},  # type: ignore[union-attr]
        )
    command, arguments = given[verb]
    done: Meeting = command(
        actor=actor or estates.secretary(w), at=w.at, key=w.key(), meeting=meeting.public_id, **{**arguments, **over}
    )
    return done


def at_state(w: World, state: str) -> Meeting:
    meeting = make.call(w)
    w.later(hours=6)
    for verb in {"called": (), "held": ("hold",), "cancelled": ("cancel",)}[state]:
        meeting = do(w, verb, meeting)
    return meeting


@pytest.mark.parametrize("state", FLOW.states)
@pytest.mark.parametrize("verb", [row.verb for row in FLOW.table if row.verb not in ("call", "correct")])
def test_every_step_leads_where_the_table_says_or_writes_nothing(w: World, state: str, verb: str) -> None:
    meeting, row = at_state(w, state), FLOW.row(verb)
    before = Deed.objects.count()
    if state in row.sources:
        assert do(w, verb, meeting).state == (row.target or state)
        assert row.deed in Deed.objects.order_by("id")[before:].values_list("kind", flat=True)
    else:
        with pytest.raises(Refused):
            do(w, verb, meeting)
        assert Deed.objects.count() == before


def test_everybody_asked_is_told_and_sees_it_and_nobody_else(w: World) -> None:
    meeting = make.call(w)
    assert Notice.objects.filter(kind="meeting.called", organisation=w.district.dept).count() == 1
    for who in (w.dept, w.town, w.office, estates.cadre(w)):
        assert meetings.one(who.viewer, public_id=meeting.public_id).meeting == meeting
    for who in (w.south, w.village, w.grid):
        with pytest.raises(NotFound):
            meetings.one(who.viewer, public_id=meeting.public_id)
        assert meetings.page(who.viewer) == ([], 0)
        assert meetings.counts(who.viewer) == {}


def test_only_who_may_hold_holds(w: World) -> None:
    meeting = make.call(w)
    w.later(hours=6)
    for who, refused in ((w.dept, NotPermitted), (estates.cadre(w), NotPermitted), (w.south, NotFound)):
        with pytest.raises(refused):
            do(w, "hold", meeting, who)
    with pytest.raises(NotPermitted):
        make.call(w, actor=estates.cadre(w))
    assert do(w, "hold", meeting, w.town).state == "held"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"title": " "}, "title"),
        ({"items": (calling.Item(" "),)}, "items"),
        ({"asked": []}, "bodies"),
        ({"asked": [Asked(seat="emperor")]}, "seats"),
    ],
)
def test_a_call_that_says_too_little_is_refused(w: World, over: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        make.call(w, **over)
    assert refused.value.field == field
    assert not Meeting.objects.exists()


def test_attendance_is_recorded_once_for_everybody_by_the_organiser(w: World) -> None:
    meeting = make.call(w, w.district.dept, w.district.north)
    with pytest.raises(BadInput):
        do(w, "hold", Meeting.objects.get(), marks={})
    make.hold(w, meeting, "present", "excused")
    held = Deed.objects.get(kind="meeting.held")
    assert (held.quantity, Deed.objects.filter(kind="meeting.attended").count()) == (2, 3)
    assert held.at == meeting.starts_at
    assert [one.mark for one in meetings.one(w.town.viewer, public_id=meeting.public_id).attendance] == [
        "present", "excused", "present",
    ]  # fmt: skip


def test_not_before_it_was(w: World) -> None:
    meeting = make.call(w, starts_at=w.at + timedelta(days=3))
    with pytest.raises(BadInput):
        do(w, "hold", meeting)


def test_wrong_attendance_is_corrected_and_both_stay(w: World) -> None:
    meeting = make.held(w)
    do(w, "mark", meeting, to="absent")
    with pytest.raises(BadInput):
        do(w, "mark", meeting, to="absent")
    first = meetings.one(w.town.viewer, public_id=meeting.public_id).attendance[0]
    assert (first.mark, first.corrected, Attendance.objects.count()) == ("absent", True, 3)
    for statement in (lambda: Attendance.objects.update(mark="present"), lambda: Decision.objects.all().delete()):
        make.decide(w, meeting)
        with pytest.raises(DatabaseError), transaction.atomic():
            statement()


def test_a_decision_names_a_body_and_a_day_that_can_be(w: World) -> None:
    meeting = make.held(w)
    for over in ({"due_on": date(2026, 3, 2)}, {"due_on": date(2028, 1, 1)}, {"text": " "}):
        with pytest.raises(BadInput):
            make.decide(w, meeting, **over)
    make.decide(w, meeting, helping=(w.district.north.public_id, w.district.dept.public_id))
    one = meetings.one(w.town.viewer, public_id=meeting.public_id).decisions[0]
    assert (one.decision.order, one.helping) == (1, ("北镇",))
    assert Deed.objects.get(kind="meeting.decided").counterpart_id == w.district.dept.pk


def test_who_is_charged_later_sees_the_meeting_from_then_on(w: World) -> None:
    meeting = make.held(w, w.district.north)
    with pytest.raises(NotFound):
        meetings.one(w.dept.viewer, public_id=meeting.public_id)
    make.decide(w, meeting)
    assert meetings.one(w.dept.viewer, public_id=meeting.public_id)


def test_a_decision_is_corrected_once_and_the_first_stays_readable(w: World) -> None:
    meeting = make.held(w)
    make.decide(w, meeting)
    wrong = Decision.objects.get()
    do(w, "correct", meeting)
    one = meetings.one(w.town.viewer, public_id=meeting.public_id).decisions
    assert [(r.decision.text, [f.text for f in r.former]) for r in one] == [("移位", ["电线杆移到花坛外"])]
    with pytest.raises(Changed):
        holding.correct(actor=estates.secretary(w), at=w.at, key=w.key(), decision=wrong.public_id, by=None)
    do(w, "correct", meeting, by=None)
    assert meetings.one(w.town.viewer, public_id=meeting.public_id).decisions[0].decision.withdrawn
    assert [d.outcome for d in Deed.objects.filter(kind="meeting.decision_corrected").order_by("id")] == [
        "changed", "withdrawn",
    ]  # fmt: skip


def test_a_replayed_call_is_one_meeting_and_a_stale_page_is_told(w: World) -> None:
    meeting = make.call(w)
    w.later(hours=6)
    with pytest.raises(Changed):
        do(w, "move", meeting, seen=0)
    given = {"actor": estates.secretary(w), "at": w.at, "key": w.key(), "meeting": meeting.public_id, "why": "不开"}
    calling.cancel(**given)
    calling.cancel(**given)
    assert Deed.objects.filter(kind="meeting.cancelled").count() == 1
