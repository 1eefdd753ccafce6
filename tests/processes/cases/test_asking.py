"""Objections, suspensions, extensions: windows, times, amounts, who decides, what the clock does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.factories.cases import World, new_world, written

from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import clocks
from genmai.processes.cases.models import Request, Suspension

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return new_world()


# objections


def test_an_upheld_objection_returns_to_the_desk_with_a_new_dispatch_limit(world: World) -> None:
    case = world.do("uphold_objection", world.at_state("objected"))
    assert (case.state, case.lead_id, case.holder_id) == ("received", None, case.desk_id)
    assert world.open(case, "dispatch").owner_id == case.desk_id
    assert not case.milestones.filter(key="accept", state="running").exists()
    void = next(d for d in world.deeds(case, "milestone.void") if d.milestone == "accept")
    assert void.reason == "uphold_objection"


def test_a_rejected_objection_leaves_the_clock_as_it_was(world: World) -> None:
    case = world.at_state("objected")
    due = world.open(case, "accept").due_at
    world.later(minutes=30)
    case = world.do("reject_objection", case)
    assert (case.state, case.holder_id) == ("dispatched", world.district.n1.pk)
    assert world.open(case, "accept").due_at == due
    assert [d.outcome for d in world.deeds(case, "milestone.met") if d.milestone == "decide"] == ["on_time"]


def test_objecting_ends_with_the_window_and_the_second_time(world: World) -> None:
    case = world.at_state("dispatched")
    late = world.at_state("dispatched")
    for _ in range(2):
        case = world.do("reject_objection", world.do("object", case))
    with pytest.raises(Refused) as often:
        world.do("object", case)
    assert often.value.code == "too_often"
    world.later(days=3)
    with pytest.raises(Refused) as too_late:
        world.do("object", late)
    assert too_late.value.code == "too_late"


def test_an_objection_gives_a_known_reason_and_words(world: World) -> None:
    case = world.at_state("dispatched")
    for over in ({"reason": "busy"}, {"text": ""}, {"text": "长" * 501}):
        with pytest.raises(BadInput):
            world.do("object", case, **over)
    world.do("object", case, proposed=world.district.dept.public_id)
    assert Request.objects.get(case=case).proposed == world.district.dept


def test_the_objector_does_not_decide(world: World) -> None:
    case = world.at_state("objected")
    for actor in (world.village, world.town):
        with pytest.raises(NotPermitted):
            world.do("uphold_objection", case, actor=actor)


# suspensions


def test_a_suspension_moves_the_limit_by_the_days_it_lasted(world: World) -> None:
    case = world.at_state("in_hand")
    due = world.open(case, "resolve").due_at
    case = world.do("ask_suspension", case)
    assert world.open(case, "resolve").due_at == due, "asking stops nothing"
    case = world.do("suspend", case)
    assert {m.state for m in case.milestones.filter(owner_id=case.lead_id, met_at__isnull=True)} == {"paused"}
    world.later(days=7)
    case = world.do("resume", case)
    resolve = world.open(case, "resolve")
    assert (resolve.state, resolve.original_due_at) == ("running", due)
    assert resolve.due_at == due + 7 * DAY == case.due_at
    assert Suspension.objects.get(case=case).ended_at == world.at
    assert clocks.explain(resolve, Suspension.objects.filter(case=case)).deadline.due_at == resolve.due_at
    assert [d.due_at for d in world.deeds(case, "milestone.resumed") if d.milestone == "resolve"] == [resolve.due_at]


def test_two_suspensions_are_not_counted_twice(world: World) -> None:
    case = world.at_state("in_hand")
    due = world.open(case, "resolve").due_at
    for _ in range(2):
        case = world.do("suspend", world.do("ask_suspension", case))
        world.later(days=7)
        case = world.do("resume", case)
    assert world.open(case, "resolve").due_at == due + 14 * DAY


def test_a_suspension_has_a_known_reason_and_an_end_within_its_most(world: World) -> None:
    case = world.at_state("in_hand")
    for over in (
        {"reason": "tired"},
        {"until": world.at},
        {"until": world.at + 92 * DAY},
        {"text": ""},
        {"reason": "waiting_caller", "until": world.at + 20 * DAY},
    ):
        with pytest.raises(BadInput):
            world.do("ask_suspension", case, **over)
    world.do("ask_suspension", case, until=world.at + 80 * DAY)
    with pytest.raises(Refused) as twice:
        world.do("ask_suspension", case)
    assert twice.value.code == "already_asked"


def test_the_asking_body_does_not_approve_and_a_refusal_stops_nothing(world: World) -> None:
    case = world.do("ask_suspension", world.at_state("in_hand"))
    with pytest.raises(NotPermitted):
        world.do("suspend", case, actor=world.village)
    with pytest.raises(NotFound):
        world.do("suspend", case, actor=world.grid)
    case = world.do("refuse_suspension", case)
    assert (case.state, world.open(case, "resolve").state) == ("in_hand", "running")


def test_a_grids_request_is_decided_by_its_village(world: World) -> None:
    case = world.do("reassign", world.at_state("dispatched"))
    case = world.do("ask_suspension", world.do("accept", case))
    assert Request.objects.get(case=case).reviewer == world.district.n1
    assert world.do("suspend", case, actor=world.village).state == "suspended"


def test_what_else_was_asked_is_overtaken_by_the_suspension(world: World) -> None:
    case = world.do("ask_suspension", world.do("ask_extension", world.at_state("in_hand")))
    case = world.do("suspend", case)
    extension = Request.objects.get(case=case, kind="extension")
    assert (extension.granted, extension.decided_by_id) == (False, None)
    assert not case.milestones.filter(key="decide", state__in=("running", "paused")).exists()


def test_a_called_bodys_clock_does_not_stop_with_the_leads(world: World) -> None:
    case = world.do("call_in", world.at_state("in_hand"))
    case = world.do("suspend", world.do("ask_suspension", case))
    assert world.open(case, "department_arrive").state == "running"
    assert world.open(case, "resolve").state == "paused"


def test_its_explanation_does_not_stop_either(world: World) -> None:
    case = world.do("call_in", world.at_state("in_hand"))
    case = world.do("suspend", world.do("ask_suspension", case))
    world.later(days=7)
    case = world.do("resume", case)
    called = world.open(case, "department_arrive")
    assert clocks.explain(called, Suspension.objects.filter(case=case)).deadline.due_at == called.due_at


def test_taken_up_after_the_expiry_the_clock_stood_still_only_until_then(world: World) -> None:
    case = world.at_state("in_hand")
    due = world.open(case, "resolve").due_at
    until = world.at + 7 * DAY
    case = world.do("suspend", world.do("ask_suspension", case, until=until))
    world.at = until + 2 * DAY
    case = world.do("resume", case)
    assert case.suspensions.get().ended_at == until
    assert world.open(case, "resolve").due_at == due + 7 * DAY


def test_at_the_top_another_person_of_the_same_body_decides(world: World) -> None:
    case = world.receive(place_id=None, organisation_id=world.district.district.pk)
    case = world.do("ask_extension", world.do("take_on", case))
    with pytest.raises(NotPermitted) as refused:
        world.do("extend", case, actor=world.office)
    assert refused.value.code == "own_request"
    assert world.open(world.do("extend", case, actor=world.office_too), "resolve").extended_by == 2


def test_who_also_holds_a_higher_grant_does_not_decide_for_their_own_body(world: World) -> None:
    case = world.do("ask_extension", world.at_state("in_hand"))
    colleague = world.actor("村里兼镇里", "village_secretary", world.district.n1)
    both = Actor.staff(replace(colleague.viewer, grants=world.town.viewer.grants))
    with pytest.raises(NotPermitted) as refused:
        world.do("extend", case, actor=both)
    assert refused.value.code == "own_request"


def test_what_was_over_when_it_paused_was_missed(world: World) -> None:
    case = world.do("ask_suspension", world.at_state("in_hand"))
    world.at = world.open(case, "resolve").due_at + timedelta(hours=1)
    world.do("suspend", case)
    assert "resolve" in {d.milestone for d in world.deeds(case, "milestone.missed")}


# extensions


def test_an_extension_moves_the_limit_once_and_keeps_the_original(world: World) -> None:
    case = world.at_state("in_hand")
    due = world.open(case, "resolve").due_at
    case = world.do("extend", world.do("ask_extension", case))
    resolve = world.open(case, "resolve")
    assert (resolve.original_due_at, resolve.extended_by) == (due, Decimal(2))
    assert resolve.due_at > due
    assert case.due_at == resolve.due_at
    moved = world.deeds(case, "milestone.moved")[-1]
    assert (moved.due_at, moved.quantity) == (resolve.due_at, Decimal(2))
    with pytest.raises(Refused) as again:
        world.do("ask_extension", case)
    assert again.value.code == "too_often"


@pytest.mark.parametrize("amount", ["0", "-1", "6", "1.5"])
def test_an_extension_is_whole_days_and_no_longer_than_the_limit(world: World, amount: str) -> None:
    case = world.at_state("in_hand")
    with pytest.raises(BadInput) as refused:
        world.do("ask_extension", case, amount=Decimal(amount))
    assert refused.value.field == "amount"


def test_the_longest_extension_is_the_limit_itself(world: World) -> None:
    case = world.do("extend", world.do("ask_extension", world.at_state("in_hand"), amount=Decimal(5)))
    assert world.open(case, "resolve").extended_by == 5


def test_an_extension_is_asked_before_the_limit_ends(world: World) -> None:
    case = world.at_state("in_hand")
    world.at = world.open(case, "resolve").due_at + timedelta(seconds=1)
    with pytest.raises(Refused) as refused:
        world.do("ask_extension", case)
    assert refused.value.code == "too_late"


def test_granted_after_the_limit_it_lifts_the_miss(world: World) -> None:
    case = world.do("ask_extension", world.at_state("in_hand"))
    world.at = world.open(case, "resolve").due_at + timedelta(minutes=5)
    case.milestones.filter(key="resolve").update(missed_at=world.at, raised=1)
    case = world.do("extend", case)
    resolve = world.open(case, "resolve")
    assert (resolve.missed_at, resolve.raised) == (None, 0)


def test_a_refused_extension_may_be_asked_again_and_the_asker_does_not_grant(world: World) -> None:
    case = world.do("ask_extension", world.at_state("in_hand"))
    before = written()
    with pytest.raises(NotPermitted):
        world.do("extend", case, actor=world.village)
    assert written() == before
    case = world.do("refuse_extension", case)
    assert world.do("ask_extension", case).state == "in_hand"


def test_a_request_overtaken_by_the_reply_needs_no_decision(world: World) -> None:
    case = world.do("reply", world.do("ask_extension", world.at_state("in_hand")))
    asked = Request.objects.get(case=case)
    assert (asked.granted, asked.decided_by_id) == (False, None)
    assert [d.milestone for d in world.deeds(case, "milestone.void")] == ["decide"]
    case = world.do("rework", case)
    assert world.do("ask_extension", case).state == "in_hand"


def test_deciding_without_a_request_is_refused(world: World) -> None:
    case = world.at_state("in_hand")
    for verb in ("extend", "suspend", "refuse_extension", "refuse_suspension"):
        with pytest.raises(Refused) as refused:
            world.do(verb, case)
        assert refused.value.code == "nothing_asked"
