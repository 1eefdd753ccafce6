"""网格呼叫、镇街响应、部门报到, and assisting bodies."""

from __future__ import annotations

import pytest
from tests.factories.cases import CALLS_BEFORE, World, new_world

from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.processes.cases.models import Body

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return new_world()


def the_body(world: World, case: object, who: str) -> Body:
    return Body.objects.get(case=case, organisation=getattr(world.district, who), released_at__isnull=True)


def test_each_called_body_has_its_own_limit(world: World) -> None:
    case = world.at_state("in_hand")
    case = world.do("call_in", case, bodies=[world.district.north.public_id, world.district.dept.public_id])
    town, dept = the_body(world, case, "north"), the_body(world, case, "dept")
    assert world.open(case, "respond_call").body == town
    assert world.open(case, "department_arrive").body == dept
    assert [d.counterpart_id for d in world.deeds(case, "case.called")] == [town.organisation_id, dept.organisation_id]
    world.do("respond", case, actor=world.town, body=town.public_id)
    world.do("arrive", case, actor=world.dept, body=dept.public_id)
    met = {(d.milestone, d.organisation_id) for d in world.deeds(case, "milestone.met")}
    assert {("respond_call", town.organisation_id), ("department_arrive", dept.organisation_id)} <= met


def test_an_emergency_call_runs_on_the_emergencys_clock(world: World) -> None:
    case = world.do("call_in", world.at_state("in_hand"), call_kind="emergency")
    due = world.open(case, "department_arrive")
    assert (due.clock, float(due.amount)) == ("urgent_hours", 0.5)


def test_calling_a_department_past_the_town_needs_the_reason(world: World) -> None:
    case = world.at_state("in_hand")
    with pytest.raises(BadInput) as refused:
        world.do("call_in", case, why_town_cannot=" ")
    assert refused.value.field == "why_town_cannot"
    world.do("call_in", case, why_town_cannot="", bodies=[world.district.north.public_id])


def test_only_the_own_town_and_departments_are_called_and_only_by_the_base(world: World) -> None:
    case = world.at_state("in_hand")
    for wrong in (world.district.south, world.district.n2, world.district.district):
        with pytest.raises(Refused) as refused:
            world.do("call_in", case, bodies=[wrong.public_id])
        assert refused.value.code == "wrong_body"
    with pytest.raises(BadInput):
        world.do("call_in", case, call_kind="whim")
    with pytest.raises(BadInput):
        world.do("call_in", case, bodies=[])
    for_district = world.at_state("in_hand")
    for _ in range(2):
        for_district = world.do("accept", world.do("escalate", for_district))
    with pytest.raises(Refused) as not_base:
        world.do("call_in", for_district)
    assert not_base.value.code == "not_base"


def test_a_body_is_not_called_twice(world: World) -> None:
    case = world.do("call_in", world.at_state("in_hand"))
    with pytest.raises(Refused) as refused:
        world.do("call_in", case)
    assert refused.value.code == "already_in"


def test_no_reply_before_the_called_have_done_their_part(world: World) -> None:
    case = world.do("call_in", world.at_state("in_hand"))
    with pytest.raises(Refused) as refused:
        world.do("reply", case)
    assert refused.value.code == "not_all_done"
    assert world.district.dept.short_name in str(refused.value)
    with pytest.raises(Refused) as early:
        world.do("conclude", case)
    assert early.value.code == "not_answered"
    world.do("arrive", case)
    with pytest.raises(BadInput):
        world.do("conclude", case, text="")
    world.do("conclude", case)
    assert world.do("reply", case).state == "replied"


def test_only_the_bodys_own_people_speak_for_it(world: World) -> None:
    case = world.do("call_in", world.at_state("in_hand"))
    for verb in ("respond", "arrive", "conclude"):
        with pytest.raises(NotPermitted):
            world.do(verb, case, actor=world.village)
        with pytest.raises(NotPermitted):
            world.do(verb, case, actor=world.office)


def test_wrongly_called_is_said_with_a_reason_and_frees_the_body() -> None:
    """As the first version of the mechanism has it; since the second the town answers (test_wrong_calls)."""
    world = new_world(mechanism=CALLS_BEFORE)
    case = world.do("call_in", world.at_state("in_hand"))
    with pytest.raises(BadInput):
        world.do("respond", case, wrong="lazy", text="不是我们的事")
    with pytest.raises(BadInput):
        world.do("respond", case, wrong="town_could", text="")
    world.do("respond", case, wrong="town_could", text="镇街自己就能办")
    deed = world.deeds(case, "case.responded")[0]
    assert (deed.outcome, deed.reason, deed.organisation_id) == ("wrong", "town_could", world.district.dept.pk)
    assert world.do("reply", case).state == "replied"


def test_the_lead_lets_a_called_body_go_saying_why(world: World) -> None:
    case = world.do("call_in", world.at_state("in_hand"))
    with pytest.raises(NotPermitted):
        world.do("release", case, actor=world.town)
    with pytest.raises(BadInput):
        world.do("release", case, text="")
    world.do("release", case)
    assert [d.reason for d in world.deeds(case, "milestone.void")] == ["release"]
    assert world.do("reply", case).state == "replied"


def test_answering_twice_is_refused(world: World) -> None:
    case = world.do("call_in", world.at_state("in_hand"))
    for verb in ("respond", "arrive", "conclude"):
        world.do(verb, case)
        with pytest.raises(Refused) as refused:
            world.do(verb, case)
        assert refused.value.code == "already"


def test_the_lead_cannot_be_released_or_concluded_as_a_guest(world: World) -> None:
    case = world.at_state("in_hand")
    lead = the_body(world, case, "n1").public_id
    for verb in ("release", "conclude", "respond"):
        with pytest.raises(NotFound):
            world.do(verb, case, body=lead, actor=world.village)


def test_an_assisting_body_sees_the_case_and_does_not_hold_up_the_reply(world: World) -> None:
    case = world.at_state("in_hand")
    with pytest.raises(NotFound):
        world.do("note", case, actor=world.dept)
    case = world.do("assist", case)
    world.do("conclude", case)
    assert world.do("reply", world.do("note", case)).state == "replied"


def test_who_was_called_in_and_then_leads_is_a_guest_no_more(world: World) -> None:
    case = world.do("call_in", world.at_state("in_hand"), bodies=[world.district.north.public_id])
    case = world.do("escalate", case)
    assert [b.part for b in Body.objects.filter(case=case, released_at__isnull=True)] == ["lead"]
    assert world.do("reply", world.do("accept", case)).state == "replied"


def test_the_lead_arrives_by_its_own_word(world: World) -> None:
    case = world.at_state("in_hand", urgency="urgent")
    assert world.open(case, "arrive").owner_id == case.lead_id
    world.do("arrive", case, body=None, actor=world.village)
    assert "arrive" in {d.milestone for d in world.deeds(case, "milestone.met")}
