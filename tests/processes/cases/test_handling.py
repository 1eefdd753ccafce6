"""The leading body at work: who may, what it meets, what it can't leave undone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories.cases import PROMISES, World, new_world, written

from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.processes.cases.commands.handling import reply
from genmai.processes.cases.models import Body, Caller, Case, Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return new_world()


def test_only_people_of_the_lead_accept(world: World) -> None:
    case = world.at_state("dispatched")
    with pytest.raises(NotPermitted) as refused:
        world.do("accept", case, actor=world.town)
    assert refused.value.code == "not_ours"
    with pytest.raises(NotFound):
        world.do("accept", case, actor=world.south)
    accepted = world.do("accept", case)
    assert accepted.state == "in_hand"
    assert world.deeds(case, "case.accepted")[0].organisation_id == world.district.n1.pk


def test_accepting_meets_its_limit_on_time_and_late(world: World) -> None:
    case, late = world.at_state("dispatched"), world.at_state("dispatched")
    world.do("accept", case)
    met = next(d for d in world.deeds(case, "milestone.met") if d.milestone == "accept")
    assert met.outcome == "on_time"
    due = world.open(late, "accept").due_at
    world.at = due + timedelta(hours=1)
    world.do("accept", late)
    kinds = [(d.kind, d.outcome) for d in world.deeds(late) if d.milestone == "accept"]
    assert kinds[-2:] == [("milestone.missed", ""), ("milestone.met", "late")]
    missed = next(d for d in world.deeds(late, "milestone.missed") if d.milestone == "accept")
    assert missed.at == due, "a miss happened when the limit passed, not when somebody noticed"


def test_the_deadline_itself_is_in_time(world: World) -> None:
    case = world.at_state("dispatched")
    world.at = world.open(case, "accept").due_at
    world.do("accept", case)
    assert next(d for d in world.deeds(case, "milestone.met") if d.milestone == "accept").outcome == "on_time"


def test_contact_is_met_when_everybody_was_reached(world: World) -> None:
    case, repeat = world.at_state("in_hand"), world.at_state("received", text="同一盏灯")
    world.do("merge", repeat, into=case.public_id)
    first, second = world.caller(case), world.caller(repeat)
    world.do("contact", case, callers=[first])
    assert world.open(case, "contact"), "one of two is not everybody"
    world.do("contact", case, callers=[second])
    assert [d.outcome for d in world.deeds(case, "milestone.met") if d.milestone == "contact"] == ["on_time"]
    assert {d.subject_id for d in world.deeds(case, "case.contacted")} == {first, second}
    assert Caller.objects.filter(contacted_at__isnull=True).count() == 0


def test_contacting_an_unknown_caller_is_refused(world: World) -> None:
    case, other = world.at_state("in_hand"), world.at_state("in_hand")
    with pytest.raises(NotFound):
        world.do("contact", case, callers=[world.caller(other)])


def test_a_note_is_written_by_any_body_taking_part_and_read_by_callers_only_if_open(world: World) -> None:
    case = world.at_state("in_hand")
    with pytest.raises(NotFound):
        world.do("note", case, actor=world.dept)
    world.do("assist", case)
    world.do("note", case, actor=world.dept, text="已到现场看过", open_to_callers=True)
    assert world.deeds(case, "case.noted")[0].organisation_id == world.district.dept.pk
    entry = Entry.objects.get(case=case, kind="case.noted")
    assert (entry.text, entry.open_to_callers) == ("已到现场看过", True)
    with pytest.raises(BadInput):
        world.do("note", case, text="  ")


def test_sent_back_the_desk_has_it_with_a_new_limit_and_the_reporters_clock_runs_on(world: World) -> None:
    case = world.at_state("in_hand")
    due = world.open(case, "resolve").due_at
    with pytest.raises(BadInput):
        world.do("send_back", case, reason="tired")
    back = world.do("send_back", case)
    assert (back.state, back.lead_id, back.holder_id) == ("received", None, back.desk_id)
    assert world.open(case, "dispatch").owner_id == case.desk_id
    resolve = world.open(case, "resolve")
    assert (resolve.owner_id, resolve.due_at) == (case.desk_id, due)
    assert not Body.objects.filter(case=case, released_at__isnull=True).exists()
    again = world.do("dispatch", case)
    assert world.open(again, "resolve").due_at == due, "passing a matter on never restarts the reporter's clock"


def test_escalation_climbs_the_tree_and_stops_at_the_top(world: World) -> None:
    case = world.at_state("in_hand")
    levels = [case.level]
    for _ in range(2):
        case = world.do("escalate", case)
        levels.append(case.level)
        case = world.do("accept", case)
    assert levels == [3, 4, 5]
    deeds = world.deeds(case, "case.escalated")
    assert [(d.level, d.payload["level_before"]) for d in deeds] == [(4, 3), (5, 4)]
    assert [d.counterpart_id for d in deeds] == [world.district.n1.pk, world.district.north.pk]
    assert Body.objects.filter(case=case, part="lead", released_at__isnull=True).count() == 1
    with pytest.raises(Refused) as refused:
        world.do("escalate", case)
    assert refused.value.code == "top"


def test_escalation_does_not_wash_off_what_was_overdue(world: World) -> None:
    case = world.at_state("in_hand")
    world.at = world.open(case, "resolve").due_at + timedelta(hours=1)
    world.do("escalate", case)
    missed = next(d for d in world.deeds(case, "milestone.missed") if d.milestone == "resolve")
    assert missed.organisation_id == world.district.n1.pk


def test_a_limit_that_was_over_when_the_matter_went_on_was_missed(world: World) -> None:
    case, in_time = world.at_state("dispatched"), world.at_state("dispatched")
    world.do("reassign", in_time)
    world.at = world.open(case, "accept").due_at + timedelta(minutes=1)
    world.do("reassign", case)
    missed = [(d.milestone, d.organisation_id) for d in world.deeds(case, "milestone.missed")]
    assert missed == [("accept", world.district.n1.pk)]
    assert not world.deeds(in_time, "milestone.missed")


def test_a_new_lead_need_not_ring_callers_who_were_reached(world: World) -> None:
    reached, not_reached = world.do("contact", world.at_state("in_hand")), world.at_state("in_hand")
    world.do("escalate", reached)
    world.do("escalate", not_reached)
    assert not reached.milestones.filter(key="contact", state="running").exists()
    assert world.open(not_reached, "contact").owner_id == world.district.north.pk


def test_a_reply_goes_to_somebody_else_to_verify(world: World) -> None:
    case = world.do("reply", world.at_state("in_hand"))
    assert (case.state, case.holder_id, case.replied_at) == ("replied", world.district.north.pk, world.at)
    assert world.open(case, "verify").owner_id == world.district.north.pk
    assert not [m for m in case.milestones.all() if m.state == "running" and m.key in ("resolve", "contact", "accept")]
    assert Caller.objects.get(case=case).contacted_at == world.at


def test_the_desks_own_work_is_verified_by_its_parent_and_the_tops_by_itself(world: World) -> None:
    town = world.at_state("received")
    town = world.do("take_on", town)
    assert world.do("reply", town).holder_id == world.district.district.pk
    top = world.receive(place_id=None, organisation_id=world.district.district.pk)
    top = world.do("reply", world.do("take_on", top))
    assert top.holder_id == world.district.district.pk
    with pytest.raises(NotPermitted) as refused:
        world.do("verify", top, actor=world.office)
    assert refused.value.code == "own_work"
    assert world.do("verify", top, actor=world.office_too).state == "verified"


def test_a_reply_that_did_not_reach_the_callers_leaves_contact_due(world: World) -> None:
    case = world.do("reply", world.at_state("in_hand"), reached=False)
    assert world.open(case, "contact").owner_id == world.district.n1.pk


def test_a_reply_names_a_known_outcome_and_says_something(world: World) -> None:
    case = world.at_state("in_hand")
    for over in ({"outcome": "whatever"}, {"text": ""}, {"text": "\u200b"}):
        with pytest.raises(BadInput):
            world.do("reply", case, **over)
    assert world.do("reply", case, outcome="explained").state == "replied"


def test_a_promise_names_its_day_and_is_not_fixed() -> None:
    world = new_world(mechanism=PROMISES)
    case = world.at_state("in_hand", service="estate")
    for until in (None, date(2026, 3, 1)):
        with pytest.raises(BadInput) as refused:
            world.do("reply", case, outcome="promised", promised_until=until)
        assert refused.value.field == "promised_until"
    case = world.do("reply", case, outcome="promised", promised_until=date(2026, 6, 1))
    assert (case.promised_until, case.fixed) == (date(2026, 6, 1), None)
    case = world.do("verify", case)
    with pytest.raises(Refused) as refused_close:
        world.do("close", case)
    assert refused_close.value.code == "only_promised"
    closed = world.do("close", case, actor=world.town, reason="promised", text="年内立项施工")
    assert (closed.fixed, closed.solved_level) == (False, None)
    assert world.deeds(case, "case.closed")[0].outcome == "promised"


def test_the_same_key_again_changes_nothing(world: World) -> None:
    case = world.at_state("in_hand")
    key = world.key()
    given = {
        "actor": world.village,
        "at": world.at,
        "key": key,
        "case": case.public_id,
        "outcome": "solved",
        "text": "好",
    }
    first = reply(**given)
    before = written()
    again = reply(**given)
    assert (again.pk, again.state, again.version) == (first.pk, "replied", first.version)
    assert written() == before


def test_who_looked_at_an_older_version_is_told(world: World) -> None:
    case = world.at_state("in_hand")
    seen = case.version
    world.do("note", case)
    before = written()
    with pytest.raises(Refused) as refused:
        world.do("reply", case, seen=seen)
    assert refused.value.code == "changed"
    assert written() == before
    assert Case.objects.get(pk=case.pk).state == "in_hand"
