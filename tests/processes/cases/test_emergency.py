"""Emergency mode of a place: who may, how long, one at a time, told to everybody, over at its time."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.cases import MONDAY, World, new_world

from genmai.kernel import ids
from genmai.kernel.refusal import BadInput, Changed, NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.commands import emergency, pressure
from genmai.processes.cases.models import Bulletin, Emergency, PausedExtra
from genmai.processes.cases.queries import extras
from genmai.records.deeds.models import Deed
from genmai.records.notices.models import Notice

JOB = Actor.system("emergency")
HOURS = timedelta(hours=1)


@pytest.fixture
def w(db: None) -> World:
    return new_world(at=MONDAY)


def leader(w: World, place: str = "north") -> Actor:
    return w.actor(f"{place}镇长", "town_leader", w.district.bodies[place])


def declared(w: World, place: str = "north", **more: Any) -> Emergency:
    given: dict[str, Any] = {
        "actor": leader(w), "at": w.at, "key": w.key(), "organisation_id": w.district.bodies[place].pk,
        "kind": "typhoon", "level": "three", "until": w.at + 24 * HOURS, "text": "台风今晚登陆，低处的人请转移。",
    }  # fmt: skip
    return emergency.declare(**{**given, **more})


def deeds(found: Emergency) -> list[str]:
    rows = Deed.objects.filter(source_id=found.public_id).order_by("id")
    return list(rows.values_list("kind", flat=True))


def test_a_leader_declares_and_everybody_of_the_place_is_told(w: World) -> None:
    found = declared(w, extras=["suggestions"])
    assert (found.level, found.kind, found.until) == ("three", "typhoon", w.at + 24 * HOURS)
    deed = Deed.objects.get(source_id=found.public_id)
    assert (deed.kind, deed.reason, deed.outcome, deed.due_at) == (
        "emergency.declared",
        "typhoon",
        "three",
        found.until,
    )
    assert "台风" not in str(deed.payload), "words stay out of deeds"
    told = set(Notice.objects.filter(source_id=found.public_id).values_list("organisation__code", flat=True))
    d = w.district
    assert told == {d.north.code, d.n1.code, d.n2.code, d.district.code}
    assert [b.text for b in Bulletin.objects.all()] == ["台风今晚登陆，低处的人请转移。"]
    [active] = extras.standing(w.at).emergencies
    assert (active.code, active.place, active.path) == (d.north.code, "北镇", found.path)
    assert extras.paused(w.at) == {"suggestions"}


def test_the_same_key_is_the_same_emergency(w: World) -> None:
    key = w.key()
    assert declared(w, key=key).pk == declared(w, key=key).pk
    assert Emergency.objects.count() == Bulletin.objects.count() == 1


def test_only_a_leader_of_the_place(w: World) -> None:
    south = w.district.bodies["south"]
    for who in (w.town, w.village, w.dept, w.grid):
        with pytest.raises(NotPermitted):
            declared(w, actor=who)
    with pytest.raises(NotPermitted):
        declared(w, organisation_id=south.pk)
    with pytest.raises(NotPermitted):
        declared(w, organisation_id=w.district.district.pk)
    whole = w.actor("区长", "district_leader", w.district.district)
    assert declared(w, actor=whole, organisation_id=w.district.district.pk).pk
    assert declared(w, "n1").pk, "a town's leader for one village of it"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"kind": "party"}, "unknown"),
        ({"level": "five"}, "unknown"),
        ({"extras": ["intake"]}, "unknown"),
        ({"text": "  \n "}, "empty"),
        ({"until": MONDAY}, "in_the_past"),
        ({"until": MONDAY + 72 * HOURS + timedelta(minutes=1)}, "too_long"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(w: World, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        declared(w, **wrong)
    assert refused.value.code == code
    assert not Emergency.objects.exists()
    assert not Deed.objects.filter(source_kind="emergency").exists()


def test_neither_a_grid_nor_a_department_can_be_one(w: World) -> None:
    whole = w.actor("区长", "district_leader", w.district.district)
    for body in (w.district.n1a, w.district.dept):
        with pytest.raises(BadInput):
            declared(w, actor=whole, organisation_id=body.pk)


def test_one_at_a_time_in_one_place(w: World) -> None:
    declared(w)
    with pytest.raises(Refused) as refused:
        declared(w)
    assert refused.value.code == "already_on"
    assert declared(w, "n1").pk, "a village inside it is a place of its own"


def test_a_person_ends_it_and_the_extras_come_back(w: World) -> None:
    found = declared(w, extras=["similar", "live_counts"])
    w.later(hours=5)
    over = emergency.end(actor=leader(w), at=w.at, key=w.key(), emergency=found.public_id, seen=found.version)
    assert over.ended_at == w.at
    assert deeds(found) == ["emergency.declared", "emergency.ended"]
    assert Deed.objects.get(kind="emergency.ended").outcome == "ended"
    assert extras.standing(w.at) == extras.Standing()
    with pytest.raises(Refused) as refused:
        emergency.inform(actor=leader(w), at=w.at, key=w.key(), emergency=found.public_id, text="还有一句")
    assert refused.value.code == "wrong_state"


def test_at_its_time_it_is_over_even_before_a_job_notes_it(w: World) -> None:
    found = declared(w, extras=["similar"])
    assert emergency.expire(actor=JOB, at=found.until - timedelta(seconds=1)) == 0
    assert extras.standing(found.until) == extras.Standing()
    w.later(hours=30)
    with pytest.raises(Refused):
        emergency.prolong(actor=leader(w), at=w.at, key=w.key(), emergency=found.public_id, until=w.at + HOURS)
    assert emergency.expire(actor=JOB, at=w.at) == 1
    assert emergency.expire(actor=JOB, at=w.at) == 0
    found.refresh_from_db()
    assert found.ended_at == found.until, "over when it was said, not when the job came by"
    deed = Deed.objects.get(kind="emergency.ended")
    assert (deed.outcome, deed.at) == ("expired", found.until)
    assert not PausedExtra.objects.filter(ended_at__isnull=True).exists()


def test_what_ran_out_does_not_stand_in_the_way_of_a_new_one(w: World) -> None:
    first = declared(w)
    w.later(hours=25)
    second = declared(w)
    first.refresh_from_db()
    assert first.ended_at == first.until
    assert [e.id for e in extras.standing(w.at).emergencies] == [second.pk]


def test_the_declarer_is_asked_once_before_it_runs_out(w: World) -> None:
    found = declared(w)
    assert emergency.propose_end(actor=JOB, at=found.until - 4 * HOURS) == 0
    assert emergency.propose_end(actor=JOB, at=found.until - 3 * HOURS) == 1
    assert emergency.propose_end(actor=JOB, at=found.until - 2 * HOURS) == 0
    assert Notice.objects.filter(kind="emergency.ending", organisation=w.district.north).count() == 1
    w.at = found.until - HOURS
    later = emergency.prolong(actor=leader(w), at=w.at, key=w.key(), emergency=found.public_id, until=w.at + 48 * HOURS)
    assert later.until == w.at + 48 * HOURS
    assert emergency.propose_end(actor=JOB, at=later.until - HOURS) == 1, "asked anew for the new end"


def test_somebody_was_faster(w: World) -> None:
    found = declared(w)
    emergency.inform(actor=w.town, at=w.later(hours=1), key=w.key(), emergency=found.public_id, text="桥已封。")
    with pytest.raises(Changed):
        emergency.end(actor=leader(w), at=w.at, key=w.key(), emergency=found.public_id, seen=found.version)
    with pytest.raises(BadInput):
        emergency.prolong(actor=leader(w), at=w.at, key=w.key(), emergency=found.public_id, until=found.until - HOURS)


def test_matters_come_in_on_the_emergency_clocks(w: World) -> None:
    found = declared(w)
    w.mechanism = found.mechanism
    case = w.receive(service="trapped", urgency="urgent")
    due = case.milestones.get(key="dispatch").due_at
    assert due - w.at == timedelta(minutes=15)
    assert mechanisms.emergency() is not None


@pytest.mark.django_db(transaction=True)
def test_two_leaders_at_once_declare_one() -> None:
    w = new_world(at=MONDAY)
    who, gate, outcomes = [leader(w), w.actor("副镇长", "town_leader", w.district.north)], Barrier(2), []

    def work(number: int) -> None:
        try:
            gate.wait()
            outcomes.append(declared(w, actor=who[number], key=ids.key_of("at once", number)).pk)
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Emergency.objects.count() == 1
    assert "already_on" in outcomes


# -- the load guard ----------------------------------------------------------------------------------------------------


def _flood(w: World, count: int, at: datetime) -> None:
    w.at = at
    for _ in range(count):
        w.receive()


def test_extras_give_way_under_pressure_and_come_back_when_it_is_calm(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    low = mechanisms.emergency_mode(mechanisms.emergency().ref)[1].pressure.model_copy(  # type: ignore[union-attr]
        update={"contacts": 5, "calm_contacts": 2}
    )
    mode = mechanisms.emergency_mode(mechanisms.emergency().ref)[1].model_copy(update={"pressure": low})  # type: ignore[union-attr]
    monkeypatch.setattr(mechanisms, "emergency_mode", lambda ref: (None, mode))
    _flood(w, 4, MONDAY)
    assert pressure.watch(actor=JOB, at=MONDAY) == ""
    _flood(w, 1, MONDAY + timedelta(seconds=30))
    assert pressure.watch(actor=JOB, at=w.at) == "paused"
    assert extras.paused(w.at) == {"suggestions", "similar", "live_counts"}
    assert not any(pause.by_hand for pause in extras.standing(w.at).pauses)
    deed = Deed.objects.get(kind="extras.paused")
    assert (deed.reason, deed.quantity) == ("contacts", 5)
    assert pressure.watch(actor=JOB, at=w.later(minutes=2)) == "", "not before the calm minutes"
    _flood(w, 7, MONDAY + timedelta(minutes=3))
    assert pressure.watch(actor=JOB, at=w.later(minutes=1)) == "", "still more than calm"
    assert pressure.watch(actor=JOB, at=w.later(minutes=4)) == "resumed"
    assert extras.paused(w.at) == frozenset()
    assert pressure.watch(actor=JOB, at=w.later(minutes=1)) == ""


@pytest.mark.django_db
@settings(max_examples=25, deadline=None)
@given(spans=st.lists(st.integers(1, 40), min_size=1, max_size=6), end_early=st.booleans())
def test_whatever_is_done_the_flag_and_the_record_agree(spans: list[int], end_early: bool) -> None:
    """After any course of prolonging, running out and ending, what pages are told follows from `ended_at` and `until`."""
    from django.db import transaction

    with transaction.atomic():
        w = new_world(at=MONDAY)
        found = declared(w)
        for span in spans:
            w.later(hours=span)
            try:
                found = emergency.prolong(
                    actor=leader(w), at=w.at, key=w.key(), emergency=found.public_id, until=w.at + 30 * HOURS
                )
            except Refused:
                emergency.expire(actor=JOB, at=w.at)
        if end_early and found.until > w.at:
            found = emergency.end(actor=leader(w), at=w.at, key=w.key(), emergency=found.public_id)
        found.refresh_from_db()
        on = found.ended_at is None and found.until > w.at
        assert bool(extras.standing(w.at).emergencies) == on
        assert ("emergency.ended" in deeds(found)) == (found.ended_at is not None)
        transaction.set_rollback(True)
