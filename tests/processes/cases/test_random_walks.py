"""Random walks through every command and through time: whatever people do, a case stays whole."""

from __future__ import annotations

import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.factories.cases import VERBS, World, new_world, written

from genmai.interfaces.jobs.minutely import milestones, suspensions
from genmai.kernel.refusal import Refused
from genmai.processes.cases.flow import FLOW, OPEN
from genmai.processes.cases.models import BankEntry, Body, Case, Milestone, Request, Suspension
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
MANY = int(os.environ.get("GENMAI_WALKS", "0"))  # so many walks, new ones each time; else a dozen, the same each time
VARIANTS = {
    "judge": [{"fixed": False}, {"fixed": True}],
    "reply": [{"outcome": "explained"}, {"reached": False}, {}],
    "visit": [{"reached": False, "fixed": None, "satisfaction": None}, {"fixed": False}, {}],
    "close": [{"reason": "explained"}, {}],
    "respond": [{"wrong": "town_could", "text": "镇街能办"}, {}],
    "rate_call": [{"answers": {"in_time": "good", "stayed": "fair", "solved": "poor"}, "text": "来了就走"}, {}],
}


def verbs_from(state: str) -> list[str]:
    return [verb for verb in FLOW.verbs(state) if verb in VERBS]


class Walk(RuleBasedStateMachine):
    """One case, many hands. Each run is rolled back to the same small district."""

    world: World

    @initialize()
    def received(self) -> None:
        self.world.everyone()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world.at, self.world.last = self.world.at.replace(year=2026, month=3, day=2, hour=1, minute=0), None
        self.case = self.world.receive()
        self.deeds = 0

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @precondition(lambda self: verbs_from(self.case.state))
    @rule(data=st.data())
    def somebody_acts(self, data: st.DataObject) -> None:
        verb = data.draw(st.sampled_from(verbs_from(self.case.state)), "verb")
        self._try(verb, data.draw(st.sampled_from(VARIANTS.get(verb, [{}])), "how"))

    @rule(verb=st.sampled_from(sorted(VERBS)))
    def somebody_tries_anything(self, verb: str) -> None:
        self._try(verb, {})

    def _try(self, verb: str, over: dict[str, object]) -> None:
        before = written()
        self.world.later(minutes=1)
        if verb in ("merge", "attach"):
            over = {"into" if verb == "merge" else "to": self.world.receive(text="同一盏灯").public_id}
            before = written()
        try:
            with transaction.atomic():
                self.world.do(verb, self.case, **over)
        except Refused:
            assert written() == before, f"{verb} was refused and yet wrote something"
            self.world.last = None
        else:
            assert written()[0] > before[0], f"{verb} left no deed"
        self.case.refresh_from_db()

    @precondition(lambda self: self.world.last is not None)
    @rule()
    def the_same_is_sent_again(self) -> None:
        before = written()
        command, given = self.world.last
        command(**given)
        assert written() == before

    @rule(hours=st.integers(1, 24 * 12))
    def time_passes(self, hours: int) -> None:
        self.world.later(hours=hours)
        self.world.last = None

    @rule()
    def jobs_run(self) -> None:
        suspensions.run(at=self.world.at)
        milestones.run(at=self.world.at)
        before = written()
        assert (suspensions.run(at=self.world.at), milestones.run(at=self.world.at)) == ("", "")
        assert written() == before
        self.case.refresh_from_db()
        self.world.last = None

    # what holds at every moment

    @precondition(lambda self: hasattr(self, "case"))
    @invariant()
    def the_case_is_whole(self) -> None:
        self.limits = list(Milestone.objects.filter(case=self.case).order_by("id"))
        self.open = [one for one in self.limits if one.state in ("running", "paused")]
        self.told = list(Deed.objects.filter(source_id=self.case.public_id).order_by("id"))
        assert len(self.told) >= self.deeds, "a deed is gone"
        self.deeds = len(self.told)
        self._one_lead_and_it_can_see_the_case()
        self._limits_fit_the_state()
        for one in self.limits:
            self._moments_are_in_order(one)
            self._deeds_tell_the_whole_story_of(one)
        self._what_waits_for_a_decision_is_somebodys_duty()
        self._closed_fixed_and_reopened_agree()

    def _one_lead_and_it_can_see_the_case(self) -> None:
        case = self.case
        active = Body.objects.filter(case=case, part="lead", released_at=None)
        leads = set(active.values_list("organisation_id", flat=True))
        assert leads == ({case.lead_id} if case.lead_id else set())
        assert {case.holder_id, *leads} <= set(case.reach)
        assert case.lead_id or case.state in ("received", "declined", "merged")

    def _limits_fit_the_state(self) -> None:
        state, led = self.case.state, self.case.lead_id
        running = {one.key for one in self.open if one.state == "running"}
        if state not in OPEN and state != "merged":
            assert not self.open, f"{state} and yet due: {running}"
        if state in ("suspended", "merged", "banked"):
            still = [one.key for one in self.open if one.owner_id == led and one.state == "running"]
            assert still == (["review"] if state == "banked" else [])
        else:
            assert not [one.key for one in self.open if one.state == "paused"]
        if "resolve" in running:
            assert state in ("received", "dispatched", "objected", "in_hand")
        elif state in ("dispatched", "objected", "in_hand"):
            raise AssertionError(f"{state} and nothing says until when")
        assert state != "replied" or "verify" in running
        assert len(self.open) == len({(one.key, one.owner_id, one.request_id) for one in self.open}), "due twice"

    def _moments_are_in_order(self, one: Milestone) -> None:
        assert one.set_at <= one.warn_at <= one.due_at
        assert one.set_at < one.original_due_at <= one.due_at
        assert one.met_at is None or one.met_at >= one.set_at
        assert one.missed_at is None or one.missed_at <= self.world.at
        if one.key == "resolve" and one.state == "running":
            assert self.case.due_at == one.due_at

    def _deeds_tell_the_whole_story_of(self, one: Milestone) -> None:
        told = [deed for deed in self.told if deed.subject_id == one.public_id and deed.kind.startswith("milestone.")]
        kinds = [deed.kind.removeprefix("milestone.") for deed in told]
        assert kinds[0] == "set"
        assert kinds.count("set") == 1
        assert kinds.count("met") == (one.state == "met")
        assert kinds.count("void") == (one.state == "void")
        limits = [deed.due_at for deed in told if deed.kind != "milestone.missed"]
        assert limits[-1] == one.due_at, "the last deed has the limit as it now stands"
        late = one.met_at is not None and one.met_at > one.due_at
        assert late == any(deed.outcome == "late" for deed in told)
        assert one.missed_at is None or "missed" in kinds

    def _what_waits_for_a_decision_is_somebodys_duty(self) -> None:
        waiting = set(Request.objects.filter(case=self.case, decided_at=None).values_list("id", flat=True))
        assert {one.request_id for one in self.open if one.key == "decide"} == waiting
        paused = Suspension.objects.filter(case=self.case, ended_at=None).count()
        assert paused == (self.case.state in ("suspended", "banked"))
        banked = BankEntry.objects.filter(case=self.case, left_at=None).count()
        assert banked == (self.case.state == "banked")

    def _closed_fixed_and_reopened_agree(self) -> None:
        case = self.case
        if case.state == "closed":
            assert (case.fixed, case.solved_level is not None) in ((True, True), (False, False))
        else:
            assert (case.fixed, case.solved_level) == (None, None)
        kinds = [deed.kind for deed in self.told]
        assert kinds.count("case.reopened") == case.reopens
        assert kinds.count("case.rework_asked") == case.returns


def test_whatever_people_do_a_case_stays_whole() -> None:
    Walk.world = new_world()
    chosen = settings(
        max_examples=MANY or 12,
        stateful_step_count=30,
        phases=[Phase.generate],  # shrinking a walk through a database takes minutes; the walk itself is told
        deadline=None,
        derandomize=not MANY,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Walk, settings=chosen)
    assert Case.objects.count() == 0, "every walk was rolled back"
