"""Was it done: nobody judges their own work; closed, fixed, promised are three facts; the last word is the caller's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories.cases import World, new_world, written

from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands.verifying import judge
from genmai.processes.cases.models import Body, Caller, Case
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return new_world()


def test_neither_the_handler_nor_its_organisation_verifies_visits_or_closes(world: World) -> None:
    colleague = world.actor("村里另一人", "village_secretary", world.district.n1)
    replied, verified = world.at_state("replied"), world.at_state("verified")
    for actor in (world.village, colleague):
        for verb, case in (("verify", replied), ("rework", replied), ("visit", verified), ("close", verified)):
            with pytest.raises(NotPermitted):
                world.do(verb, case, actor=actor)
    assert world.do("verify", replied).state == "verified"


def test_a_person_who_moved_to_the_desk_still_does_not_verify_their_own_answer(world: World) -> None:
    case = world.at_state("in_hand")
    mover = world.actor("书记兼指挥室", "town_desk", world.district.north)
    case = world.do("reply", case)
    Case.objects.filter(pk=case.pk).update(replied_by_id=mover.person_id)
    with pytest.raises(NotPermitted) as refused:
        world.do("verify", case, actor=mover)
    assert refused.value.code == "own_work"


def test_a_higher_office_that_led_the_matter_is_verified_by_the_desk_not_by_a_colleague(world: World) -> None:
    case = world.at_state("in_hand")
    for _ in range(2):
        case = world.do("accept", world.do("escalate", case))
    case = world.do("reply", case)
    assert (case.lead_id, case.holder_id) == (world.district.district.pk, world.district.north.pk)
    with pytest.raises(NotPermitted) as refused:
        world.do("verify", case, actor=world.office_too)
    assert refused.value.code == "own_unit_work"
    assert world.do("verify", case, actor=world.town).state == "verified"


def test_verifying_starts_the_return_visit(world: World) -> None:
    case = world.at_state("verified")
    assert world.open(case, "visit").owner_id == case.holder_id
    assert "verify" in {d.milestone for d in world.deeds(case, "milestone.met")}


def test_rework_goes_back_with_what_was_left_of_the_limit(world: World) -> None:
    case = world.at_state("in_hand")
    world.later(days=2)
    case = world.do("reply", case)
    world.later(days=1)
    case = world.do("rework", case)
    resolve = world.open(case, "resolve")
    assert (case.state, case.returns, case.holder_id) == ("in_hand", 1, world.district.n1.pk)
    assert 1 <= resolve.amount < 5, "five days less the two that were used"
    assert resolve.set_at == world.at
    assert world.do("reply", case).state == "replied"
    with pytest.raises(BadInput):
        world.do("rework", case, text="")


def test_a_visit_asks_each_caller_and_is_met_when_all_were_reached(world: World) -> None:
    case, repeat = world.at_state("in_hand"), world.receive(text="同一盏灯")
    world.do("merge", repeat, into=case.public_id)
    case = world.do("verify", world.do("reply", case))
    world.do("visit", case, fixed=True, satisfaction=2, contacted=True)
    assert world.open(case, "visit")
    world.do("visit", case, caller=world.caller(repeat), fixed=False, satisfaction=1)
    assert "visit" in {d.milestone for d in world.deeds(case, "milestone.met")}
    said = [(d.subject_id, d.outcome, d.quantity) for d in world.deeds(case, "case.visited")]
    assert said == [(world.caller(case), "fixed", 2), (world.caller(repeat), "not_fixed", 1)]
    assert Caller.objects.get(case=repeat).fixed is False


def test_nobody_reached_after_the_tries_the_definition_asks_for(world: World) -> None:
    case = world.at_state("verified")
    for attempt in range(3):
        assert world.open(case, "visit"), attempt
        world.do("visit", case, reached=False, fixed=None, satisfaction=None)
    assert not case.milestones.filter(key="visit", state="running").exists()
    assert {d.outcome for d in world.deeds(case, "case.visited")} == {"no_answer"}
    assert Caller.objects.get(case=case).fixed is None


def test_satisfaction_has_three_steps(world: World) -> None:
    case = world.at_state("verified")
    for wrong in (0, 4):
        with pytest.raises(BadInput):
            world.do("visit", case, satisfaction=wrong)
        with pytest.raises(BadInput):
            world.do("judge", case, satisfaction=wrong)


def test_closed_and_fixed_are_different_facts(world: World) -> None:
    solved = world.do("close", world.at_state("verified"))
    told = world.do("close", world.at_state("verified"), reason="explained")
    assert (solved.fixed, solved.solved_level) == (True, 3)
    assert (told.fixed, told.solved_level, told.excluded) == (False, None, False)
    assert [d.outcome for d in world.deeds(solved, "case.closed")] == ["fixed"]
    assert [(d.outcome, d.level) for d in world.deeds(told, "case.closed")] == [("not_fixed", 3)]
    assert not [m for m in solved.milestones.all() if m.state in ("running", "paused")]


def test_solved_is_refused_while_a_caller_says_not_fixed(world: World) -> None:
    case = world.at_state("verified")
    world.do("visit", case, fixed=False, satisfaction=1)
    with pytest.raises(Refused) as refused:
        world.do("close", case)
    assert refused.value.code == "caller_says_not_fixed"
    world.do("visit", case, fixed=True)
    assert world.do("close", case).fixed is True, "the latest word counts"


def test_leaving_the_count_needs_words_and_the_approver(world: World) -> None:
    case = world.at_state("verified")
    with pytest.raises(BadInput):
        world.do("close", case, reason="unreasonable")
    with pytest.raises(NotPermitted):
        world.do("close", case, reason="unreasonable", text="超出政策")
    closed = world.do("close", case, actor=world.office, reason="unreasonable", text="超出政策")
    assert closed.excluded
    assert [d.reason for d in world.deeds(case, "case.excluded")] == ["unreasonable"]
    with pytest.raises(BadInput):
        world.do("close", world.at_state("verified"), reason="because")


def test_banked_is_approved_by_the_parent(world: World) -> None:
    closed = world.do("close", world.at_state("verified"), reason="promised", text="缺资金")
    assert (closed.fixed, closed.closing_reason) == (False, "promised")


def test_the_caller_says_fixed(world: World) -> None:
    case = world.do("judge", world.at_state("replied"), text="谢谢")
    caller = Caller.objects.get(case=case)
    assert (case.state, caller.fixed, caller.satisfaction, caller.said) == ("replied", True, 3, "谢谢")


@pytest.mark.parametrize("state", ["replied", "verified", "closed"])
def test_not_fixed_reopens_at_once(world: World, state: str) -> None:
    case = world.do("judge", world.at_state(state), fixed=False, satisfaction=1, text="还是不亮")
    assert (case.state, case.holder_id, case.reopens) == ("in_hand", world.district.n1.pk, 1)
    assert (case.closed_at, case.closing_reason, case.fixed, case.solved_level) == (None, "", None, None)
    kinds = [d.kind for d in world.deeds(case) if d.kind in ("case.judged", "case.reopened")]
    assert kinds == ["case.judged", "case.reopened"]
    resolve = world.open(case, "resolve")
    assert (resolve.owner_id, resolve.amount) == (world.district.n1.pk, 5)
    assert not case.milestones.filter(key__in=["verify", "visit"], state="running").exists()
    assert Body.objects.filter(case=case, part="lead", released_at__isnull=True).count() == 1


def test_a_judgement_sent_twice_reopens_once(world: World) -> None:
    case = world.at_state("closed")
    given = {
        "actor": Actor.reporter(),
        "at": world.at,
        "key": world.key(),
        "caller": world.caller(case),
        "fixed": False,
    }
    judge(**given)
    before = written()
    assert judge(**given).reopens == 1
    assert written() == before


def test_after_the_last_reopening_it_is_told_plainly_and_goes_to_the_parent(world: World) -> None:
    case = world.at_state("replied")
    for _ in range(2):
        case = world.do("reply", world.do("judge", case, fixed=False))
    case = world.do("judge", case, fixed=False)
    assert (case.state, case.reopens, case.holder_id) == ("replied", 2, world.district.north.pk)
    assert [d.reason for d in world.deeds(case, "case.noted")] == ["still_not_fixed"]
    assert Notice.objects.filter(kind="case.still_not_fixed", organisation=world.district.north).count() == 1
    assert Notice.objects.filter(kind="case.with_parent", caller_id=world.caller(case)).count() == 1
    with pytest.raises(Refused):
        world.do("close", world.do("verify", case))


def test_past_the_window_a_judgement_is_recorded_and_nothing_reopens(world: World) -> None:
    case = world.at_state("closed")
    world.later(days=20)
    case = world.do("judge", case, fixed=False)
    assert (case.state, case.reopens) == ("closed", 0)
    assert [d.outcome for d in world.deeds(case, "case.judged")] == ["not_fixed"]
    assert Notice.objects.filter(kind="case.still_not_fixed").exists()


def test_a_caller_of_a_merged_case_judges_the_one_it_went_into(world: World) -> None:
    case, repeat = world.at_state("in_hand"), world.receive(text="同一盏灯")
    repeat = world.do("merge", repeat, into=case.public_id)
    world.do("reply", case)
    judged = world.do("judge", repeat, fixed=False)
    assert (judged.pk, judged.state) == (case.pk, "in_hand")


def test_an_unknown_caller_judges_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        judge(actor=Actor.reporter(), at=world.at, key=world.key(), caller=world.key(), fixed=True)
    case, cadre = world.at_state("replied"), world.actor("村干部", "village_cadre", world.district.n1)
    with pytest.raises(NotPermitted):
        world.do("judge", case, actor=cadre)


def test_staff_reopen_saying_why(world: World) -> None:
    case = world.at_state("closed")
    with pytest.raises(BadInput):
        world.do("reopen", case, text="")
    with pytest.raises(NotPermitted):
        world.do("reopen", case, actor=world.village)
    case = world.do("reopen", case)
    assert (case.state, case.reopens, case.returns) == ("in_hand", 1, 0)
    assert world.deeds(case, "case.reopened")[0].reason == "staff"


def test_a_second_round_is_visited_again(world: World) -> None:
    case = world.do("visit", world.at_state("verified"))
    case = world.do("judge", case, fixed=False)
    world.later(minutes=1)
    case = world.do("verify", world.do("reply", case))
    assert Caller.objects.get(case=case).visited_at is None
    world.do("visit", case, reached=False, fixed=None, satisfaction=None)
    assert world.open(case, "visit"), "the tries of the first round don't count for the second"


def test_every_deed_of_a_closed_case_stands_under_one_source(world: World) -> None:
    case = world.at_state("closed")
    assert Deed.objects.exclude(source_id=case.public_id).count() == 0
    assert world.at - case.received_at == timedelta(minutes=25)
