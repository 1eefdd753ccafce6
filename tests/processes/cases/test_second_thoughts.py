"""Taking a dispatch back and asking after a matter: when, by whom, and what stands afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.cases import World, new_world, written

from genmai.kernel.refusal import NotPermitted, Refused
from genmai.processes.cases.commands import desk, dispatching
from genmai.processes.cases.models import Body, Case, Milestone
from genmai.records.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(db: None) -> World:
    return new_world()


def standing(case: Case) -> dict[str, object]:
    fresh = Case.objects.get(pk=case.pk)
    names = ("state", "holder_id", "desk_id", "lead_id", "level", "duty_row", "home_id")
    return {name: getattr(fresh, name) for name in names}


def test_taken_back_it_stands_at_the_desk_as_before_and_the_reporters_clock_runs_on(w: World) -> None:
    case = w.receive()
    before, desk_limit = standing(case), w.open(case, "dispatch").due_at
    w.later(minutes=5)
    w.do("dispatch", case)
    resolve = w.open(case, "resolve").due_at
    w.later(minutes=5)
    w.do("take_back", case)
    assert standing(case) == before
    assert w.open(case, "dispatch").due_at == desk_limit
    assert w.open(case, "resolve").due_at == resolve
    assert {m.key for m in Milestone.objects.filter(case=case, state="running")} == {"dispatch", "resolve"}
    assert not Body.objects.filter(case=case, released_at__isnull=True).exists()
    told = Notice.objects.filter(source_id=case.public_id, kind="case.taken_back").get()
    assert told.organisation_id == w.district.n1.pk


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.tuples(st.integers(1, 200), st.integers(0, 29)), min_size=1, max_size=4))
def test_giving_and_taking_back_any_number_of_times_gains_nobody_time(w: World, rounds: list[tuple[int, int]]) -> None:
    w.everyone()
    with transaction.atomic():
        w.at = w.at.replace(hour=1, minute=0)
        case = w.receive()
        before, limit = standing(case), w.open(case, "dispatch").due_at
        for wait, think in rounds:
            w.later(minutes=wait)
            w.do("dispatch", case)
            w.later(minutes=think)
            w.do("take_back", case)
        assert standing(case) == before
        assert w.open(case, "dispatch").due_at == limit
        assert Milestone.objects.filter(case=case, key="resolve", state="running").count() == 1
        transaction.set_rollback(True)


def test_a_miss_meanwhile_stays_missed(w: World) -> None:
    case = w.receive(urgency="urgent")
    w.do("dispatch", case)
    due = w.open(case, "accept").due_at
    w.at = due + timedelta(seconds=1)  # the limit of an urgent matter is as long as the time to take back
    with pytest.raises(Refused) as late:
        w.do("take_back", case)
    assert late.value.code == "too_late"
    w.at = due - timedelta(minutes=1)
    Milestone.objects.filter(case=case, key="accept").update(due_at=due - timedelta(minutes=2))
    w.do("take_back", case)
    assert [d.milestone for d in w.deeds(case, "milestone.missed")] == ["accept"]
    assert [d.reason for d in w.deeds(case, "milestone.void") if d.milestone == "accept"] == ["take_back"]


def test_only_who_dispatched_only_for_a_while_only_before_it_is_taken_up(w: World) -> None:
    case = w.receive()
    w.do("dispatch", case)
    with pytest.raises(NotPermitted):
        w.do("take_back", case, actor=w.office)
    w.do("contact", case)
    with pytest.raises(Refused) as taken:
        w.do("take_back", case)
    assert taken.value.code == "taken_up"
    other = w.receive()
    w.do("dispatch", other)
    w.do("reassign", other)
    with pytest.raises(Refused) as passed:
        w.do("take_back", other)
    assert passed.value.code == "not_a_dispatch"
    third = w.at_state("in_hand")
    with pytest.raises(Refused) as accepted:
        w.do("take_back", third)
    assert accepted.value.code == "wrong_state"


def test_taking_back_twice_with_one_key_is_once(w: World) -> None:
    case = w.receive()
    w.do("dispatch", case)
    w.do("take_back", case)
    before = written()
    assert w.last is not None
    command, given = w.last
    assert command(**given).state == "received"
    assert written() == before


def test_chasing_tells_the_holder_and_above_it_only_when_late(w: World) -> None:
    case = w.at_state("in_hand")
    w.do("chase", case, text="请今天回复")
    told = Notice.objects.filter(source_id=case.public_id, kind__startswith="case.chased")
    assert [(n.kind, n.organisation_id) for n in told] == [("case.chased", w.district.n1.pk)]
    w.later(days=20)
    w.do("chase", case)
    above = told.get(kind="case.chased_below")
    assert above.organisation_id == w.district.north.pk
    assert [d.outcome for d in w.deeds(case, "case.chased")] == ["", "late"]
    assert Case.objects.get(pk=case.pk).state == "in_hand"


def test_once_a_half_day_and_never_oneself(w: World) -> None:
    case = w.at_state("dispatched")
    w.do("chase", case)
    w.later(hours=1)
    with pytest.raises(Refused) as soon:
        w.do("chase", case, actor=w.town)
    assert soon.value.code == "too_soon"
    assert "03-02" in str(soon.value)
    w.later(hours=6)
    w.do("chase", case)
    mine = w.at_state("replied")  # the town verifies what the village answered
    with pytest.raises(Refused) as ours:
        desk.chase(actor=w.town, at=w.at, key=w.key(), case=mine.public_id)
    assert ours.value.code == "ours"


def test_outside_the_scope_there_is_nothing_to_take_back_or_chase(w: World) -> None:
    case = w.at_state("dispatched")
    for verb in ("take_back", "chase"):
        with pytest.raises(Refused) as hidden:
            w.do(verb, case, actor=w.south)
        assert hidden.value.code == "not_found"


def test_a_dispatch_by_nobody_is_not_anybodys_to_take_back(w: World) -> None:
    from genmai.kernel.viewer import Actor

    case = w.receive()
    dispatching.dispatch(
        actor=Actor.system("import"), at=w.at, key=w.key(), case=case.public_id, to=w.district.n1.public_id
    )
    with pytest.raises(NotPermitted):
        w.do("take_back", case)
