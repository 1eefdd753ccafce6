"""Too long on one rung: proposed to the body above, which decides; and every asked-for decision has its own limit."""

from __future__ import annotations

import pytest
from tests.factories.cases import CALLS_BEFORE, LADDER, World, new_world, written

from genmai.interfaces.jobs.hourly import climbing
from genmai.kernel.refusal import BadInput, NotPermitted
from genmai.processes.cases.models import Body, Case, Request
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return new_world(mechanism=LADDER)


def stayed(world: World) -> Case:
    case = world.at_state("in_hand")
    world.later(days=3)
    assert climbing.run(at=world.at) == "", "five working days are not over"
    world.later(days=6)
    assert climbing.run(at=world.at) == "proposed 1"
    case.refresh_from_db()
    return case


def test_the_body_above_is_asked_and_nothing_moves_by_itself(world: World) -> None:
    case = stayed(world)
    request = Request.objects.get(case=case, kind="climb")
    assert (request.asked_by_id, request.reviewer_id) == (world.district.n1.pk, world.district.north.pk)
    assert (case.state, case.lead_id) == ("in_hand", world.district.n1.pk)
    assert world.open(case, "decide").owner_id == world.district.north.pk
    assert Notice.objects.filter(kind="case.climb_proposed").count() == 2
    before = written()
    assert climbing.run(at=world.at) == ""
    assert written() == before


def test_a_proposal_takes_nothing_from_under_whoever_is_typing(world: World) -> None:
    case = world.at_state("in_hand")
    seen = Case.objects.get(pk=case.pk).version
    world.later(days=9)
    climbing.run(at=world.at)
    assert Case.objects.get(pk=case.pk).version == seen


def test_it_climbs_when_the_body_above_says_so(world: World) -> None:
    case = stayed(world)
    with pytest.raises(NotPermitted):
        world.do("climb", case, actor=world.village)
    due = world.open(case, "resolve").due_at
    case = world.do("climb", case)
    assert (case.state, case.lead_id, case.level) == ("dispatched", world.district.north.pk, 4)
    assert world.open(case, "resolve").due_at == due
    assert world.deeds(case, "case.escalated")[0].organisation_id == world.district.north.pk


def test_it_stays_when_the_body_above_says_why_and_is_proposed_anew_after_another_stay(world: World) -> None:
    case = stayed(world)
    with pytest.raises(BadInput):
        world.do("stay", case, text="")
    world.do("stay", case)
    assert climbing.run(at=world.at) == ""
    world.later(days=9)
    assert climbing.run(at=world.at) == "proposed 1"


def test_a_matter_that_moved_on_is_not_proposed(world: World) -> None:
    for verb in ("reply", "escalate", "send_back"):
        case = world.at_state("in_hand")
        world.do(verb, case)
    world.later(days=15)
    assert climbing.run(at=world.at) == ""
    overtaken = world.at_state("in_hand")
    world.later(days=9)
    climbing.run(at=world.at)
    world.do("escalate", overtaken)
    assert not Request.objects.filter(case=overtaken, decided_at=None).exists()


def test_a_mechanism_without_a_stay_proposes_nothing() -> None:
    world = new_world()
    world.at_state("in_hand")
    assert not Body.objects.filter(climb_at__isnull=False).exists()


def test_a_decision_has_the_limit_of_what_was_asked_and_else_that_of_an_objection() -> None:
    world = new_world()
    for verb, new in (
        ("ask_extension", ("working_hours", 6)),
        ("ask_suspension", ("working_days", 1)),
        ("ask_bank", ("working_days", 2)),
    ):
        due = world.open(world.do(verb, world.at_state("in_hand")), "decide")
        assert (due.clock, float(due.amount)) == new
    world.mechanism = CALLS_BEFORE
    old = world.open(world.do("ask_extension", world.at_state("in_hand")), "decide")
    assert (old.clock, float(old.amount)) == ("working_days", 1)
