"""挂账: approved in writing, clocks still, looked at on dates, never out of the count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.factories.cases import CALLS_BEFORE, World, new_world, written

from genmai.interfaces.jobs.minutely import milestones, suspensions
from genmai.kernel.refusal import BadInput, NotPermitted, Refused
from genmai.processes.cases import clocks
from genmai.processes.cases.flow import FLOW, STATES
from genmai.processes.cases.models import BankEntry, Case, Entry, Milestone, Suspension
from genmai.processes.cases.queries import lists, problem_bank
from genmai.processes.cases.queries.problem_bank import Filters
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db
BANK_VERBS = {"ask_bank", "bank", "refuse_bank", "review_bank", "unbank", "raise_bank", "close_banked"}


@pytest.fixture
def world() -> World:
    return new_world()


def told(case: Case, kind: str) -> int:
    return Notice.objects.filter(source_id=case.public_id, kind=kind, caller_id__isnull=False).count()


def test_banked_with_reason_what_is_missing_and_an_approval_in_writing(world: World) -> None:
    case = world.at_state("in_hand")
    for wrong in ({"reason": "whim"}, {"text": " "}, {"until": world.at}, {"until": world.at + timedelta(days=400)}):
        with pytest.raises(BadInput):
            world.do("ask_bank", case, **wrong)
    world.do("ask_bank", case, text="二期资金没到", until=world.at + timedelta(days=20))
    with pytest.raises(BadInput):
        world.do("bank", case, text="")
    for other in (world.village, world.grid, world.dept):
        with pytest.raises((NotPermitted, Refused)):
            world.do("bank", case, actor=other)
    case = world.do("bank", case, text="同意挂账")
    entry = BankEntry.objects.get(case=case)
    assert (case.state, entry.reason, entry.missing) == ("banked", "funds", "二期资金没到")
    assert (entry.owner_id, entry.approver_id) == (case.lead_id, world.district.north.pk)
    assert entry.approved_by_id == world.town.person_id
    due = world.open(case, "review")
    assert (due.owner_id, due.due_at) == (case.lead_id, entry.review_due_at)
    last = due.due_at - timedelta(seconds=1)  # to the end of that day
    assert clocks.calendar().local_date(last) == clocks.calendar().local_date(world.at + timedelta(days=20))
    assert told(case, "case.banked") == 1
    assert case.id in {one.id for one in lists.visible(world.village.viewer).filter(state="banked")}


def test_the_clocks_of_handling_stand_still_and_the_reviews_runs(world: World) -> None:
    case = world.at_state("in_hand")
    before = world.open(case, "resolve").due_at
    left = world.open(case, "resolve")
    case = world.do("bank", world.do("ask_bank", case))
    assert world.open(case, "resolve").state == "paused"
    assert clocks.explain(world.open(case, "review"), Suspension.objects.filter(case=case)).rows
    world.later(days=14)
    case = world.do("unbank", case)
    resumed = world.open(case, "resolve")
    assert resumed.state == "running"
    assert resumed.due_at >= before + timedelta(days=13)
    assert resumed.original_due_at == left.original_due_at
    assert case.due_at == resumed.due_at
    assert not Milestone.objects.filter(case=case, key="review", state="running").exists()
    assert BankEntry.objects.get(case=case).outcome == "back"


def test_a_missed_review_is_a_deed_and_goes_up_the_line(world: World) -> None:
    case = world.at_state("banked")
    world.later(days=45)
    suspensions.run(at=world.at)
    milestones.run(at=world.at)
    missed = world.deeds(case, "milestone.missed")
    assert [(d.milestone, d.organisation_id) for d in missed] == [("review", case.lead_id)]
    raised = Notice.objects.filter(source_id=case.public_id, kind__in=("milestone.missed", "milestone.raised"))
    assert {world.district.north.pk, world.district.district.pk} <= set(
        raised.values_list("organisation_id", flat=True)
    )
    case.refresh_from_db()
    assert case.state == "banked"


def test_each_look_is_told_and_past_the_number_it_must_go_up(world: World) -> None:
    case = world.at_state("banked")
    most = 3
    for n in range(1, most + 1):
        world.later(days=10)
        case = world.do("review_bank", case, text=f"第 {n} 次看过，还没到")
        assert BankEntry.objects.get(case=case).reviews == n
        assert told(case, "case.bank_reviewed") == n
    shown = Entry.objects.filter(case=case, kind="case.bank_reviewed", open_to_callers=True)
    assert shown.count() == most
    assert [int(d.quantity or 0) for d in world.deeds(case, "case.bank_reviewed")] == [1, 2, 3]
    before = written()
    with pytest.raises(Refused) as refused:
        world.do("review_bank", case)
    assert refused.value.code == "must_go_up"
    assert written() == before
    paused = world.open(case, "resolve")
    case = world.do("raise_bank", case)
    assert (case.state, case.lead_id) == ("dispatched", world.district.north.pk)
    assert [d.reason for d in world.deeds(case, "case.unbanked")] == ["raised"]
    running = world.open(case, "resolve")
    assert (running.pk, running.state, running.owner_id) == (paused.pk, "running", case.lead_id)
    again = world.do("bank", world.do("ask_bank", world.do("accept", case)))
    assert BankEntry.objects.get(case=again, left_at=None).reviews == 0


def test_at_the_top_it_may_wait_on(world: World) -> None:
    case = world.at_state("in_hand")
    case = world.do("accept", world.do("escalate", case))
    case = world.do("accept", world.do("escalate", case))
    world.do("ask_bank", case)
    case = world.do("bank", case, actor=world.office_too)
    for _ in range(4):
        world.later(days=5)
        case = world.do("review_bank", case)
    with pytest.raises(Refused) as top:
        world.do("raise_bank", case)
    assert top.value.code == "top"


def test_ended_with_a_promise_by_the_approver_promised_is_not_fixed(world: World) -> None:
    case = world.at_state("banked")
    with pytest.raises(NotPermitted):
        world.do("close_banked", case, actor=world.village)
    for wrong in (
        {"reason": "solved"},
        {"text": ""},
        {"promised_until": None},
        {"promised_until": world.at.date() - timedelta(days=1)},
    ):
        with pytest.raises(BadInput):
            world.do("close_banked", case, **wrong)
    case = world.do("close_banked", case)
    assert (case.state, case.fixed, case.closing_reason, case.solved_level) == ("closed", False, "promised", None)
    assert case.promised_until is not None
    assert {d.outcome for d in world.deeds(case, "case.closed")} == {"promised"}
    assert not Milestone.objects.filter(case=case, state__in=("running", "paused")).exists()
    assert BankEntry.objects.get(case=case).outcome == "promised"
    assert not Suspension.objects.filter(case=case, ended_at=None).exists()
    assert world.do("reopen", case).state == "in_hand"


def test_what_was_asked_and_refused_goes_on(world: World) -> None:
    case = world.do("ask_bank", world.at_state("in_hand"))
    with pytest.raises(Refused) as twice:
        world.do("ask_bank", case)
    assert twice.value.code == "already_asked"
    case = world.do("refuse_bank", case)
    assert case.state == "in_hand"
    assert world.open(case, "resolve").state == "running"
    assert not BankEntry.objects.exists()
    late = world.do("ask_bank", case, until=world.at + timedelta(days=3))
    world.later(days=4)
    with pytest.raises(Refused) as over:
        world.do("bank", late)
    assert over.value.code == "too_late"


@pytest.mark.parametrize("state", [one for one in STATES if one != "banked"])
def test_each_bank_verb_is_refused_wherever_the_table_has_no_way(world: World, state: str) -> None:
    case = world.at_state(state)
    for verb in sorted(verb for verb in BANK_VERBS if not FLOW.allows(state, verb)):
        before = written()
        with pytest.raises(Refused) as refused:
            world.do(verb, case)
        assert refused.value.code == "wrong_state", verb
        assert written() == before


def test_an_older_mechanism_has_no_bank() -> None:
    world = new_world(mechanism=CALLS_BEFORE)
    with pytest.raises(Refused) as refused:
        world.do("ask_bank", world.at_state("in_hand"))
    assert refused.value.code == "no_bank"


def test_the_list_has_late_ones_first_and_only_what_one_may_see(world: World, django_assert_num_queries: Any) -> None:
    late = world.at_state("banked")
    world.later(days=40)
    fresh = world.at_state("banked")
    south = world.receive(place_id=world.district.places["s1"].pk)
    world.do("accept", world.do("dispatch", south, actor=world.south, to=world.district.south.public_id))
    world.do("ask_bank", south)
    world.do("bank", south, actor=world.office)
    every = problem_bank.page(world.office.viewer, filters=Filters(), at=world.at)
    assert [one.case_id for one in every[:1]] == [late.id]
    assert {one.case_id for one in every} == {late.id, fresh.id, south.id}
    mine = problem_bank.page(world.town.viewer, filters=Filters(), at=world.at)
    assert {one.case_id for one in mine} == {late.id, fresh.id}
    sums = problem_bank.sums(world.town.viewer, filters=Filters(), at=world.at)
    assert (sums.all, sums.late, sums.old) == (2, 1, 0)
    only = problem_bank.page(world.town.viewer, filters=Filters(late=True), at=world.at)
    assert [one.case_id for one in only] == [late.id]
    assert not problem_bank.page(world.town.viewer, filters=Filters(old=True), at=world.at)
    assert [(o.organisation.pk, o.n, o.late) for o in problem_bank.owners(world.town.viewer, at=world.at)] == [
        (world.district.n1.pk, 2, 1)
    ]
    with django_assert_num_queries(1):
        problem_bank.page(world.office.viewer, filters=Filters(reason="funds"), at=world.at)
