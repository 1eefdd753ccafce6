"""Suggestions are stored by the worker in batches; each dispatch says whether its suggestion was taken or changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.factories.cases import MONDAY, World, new_world
from tests.factories.organisations import AT, OPENED, SETUP

from genmai.directory.roster.commands import NewOrganisation, open_organisations
from genmai.directory.roster.models import Level, Organisation, OrganisationKind
from genmai.kernel import ids
from genmai.kernel.refusal import NotPermitted, Refused
from genmai.kernel.viewer import Actor
from genmai.processes.cases.commands import suggesting
from genmai.processes.cases.models import Case, Learning, PausedExtra, Suggestion
from genmai.processes.cases.queries import extras, suggestion_drift, suggestions

pytestmark = pytest.mark.django_db
WORKER = Actor.system("suggestions")


@pytest.fixture(autouse=True)
def _no_model(settings: Any, tmp_path: Path) -> None:
    settings.GENMAI_DATA = tmp_path


@pytest.fixture
def world() -> World:
    return new_world()


@pytest.fixture
def enforcement(world: World) -> Organisation:
    row = NewOrganisation("enforcement", "区综合行政执法局", OrganisationKind.DEPARTMENT, Level.DISTRICT, "330299")
    return open_organisations(actor=SETUP, at=AT, key=ids.key_of("dept"), rows=[row], opened_on=OPENED)["enforcement"]


def make(world: World) -> int:
    return suggesting.make(actor=WORKER, at=world.at, limit=100)


def illegal_building(world: World) -> Case:
    return world.receive(text="楼上邻居在楼顶搭了一间违章建筑，请来看看")


def test_each_waiting_matter_gets_one_once(world: World, enforcement: Organisation) -> None:
    case, vague = illegal_building(world), world.receive(text="请问你们那里几点上班")
    assert make(world) == 2
    stored = Suggestion.objects.get(case=case)
    assert (stored.decided, stored.body, stored.version) == (True, enforcement, "words")
    assert stored.duty_row
    assert not Suggestion.objects.get(case=vague).decided
    assert make(world) == 0
    assert Suggestion.objects.count() == 2


def test_what_no_longer_waits_gets_none(world: World) -> None:
    world.at_state("in_hand")
    assert make(world) == 0


def test_a_batch_costs_as_many_queries_as_one(world: World, django_assert_num_queries: Any) -> None:
    illegal_building(world)
    with django_assert_num_queries(4):  # what is off, what waits, the organisations, the rows
        make(world)
    for _ in range(20):
        illegal_building(world)
    with django_assert_num_queries(4):
        assert make(world) == 20


def test_nothing_is_made_while_suggestions_are_off(world: World) -> None:
    illegal_building(world)
    PausedExtra.objects.create(extra=extras.SUGGESTIONS, since=MONDAY)
    assert make(world) == 0
    assert not Suggestion.objects.exists()


def test_making_one_never_dispatches(world: World, enforcement: Organisation) -> None:
    case = illegal_building(world)
    before = len(world.deeds(case))
    make(world)
    case.refresh_from_db()
    assert (case.state, case.lead, case.category) == ("received", None, "")
    assert len(world.deeds(case)) == before


def test_taken_is_said_beside_the_dispatch(world: World, enforcement: Organisation) -> None:
    case = illegal_building(world)
    make(world)
    offered = Suggestion.objects.get(case=case)
    world.do("dispatch", case, to=enforcement.public_id, category=offered.category)
    (deed,) = world.deeds(case, "case.suggestion_taken")
    assert (deed.category, deed.reason, deed.counterpart_id) == (offered.category, "words", enforcement.pk)
    assert deed.payload == {"suggested": offered.category}
    assert deed.organisation_id == case.desk_id


def test_a_broader_subject_of_the_same_line_is_taken(world: World, enforcement: Organisation) -> None:
    case = illegal_building(world)
    make(world)
    offered = Suggestion.objects.get(case=case).category
    world.do("dispatch", case, to=enforcement.public_id, category=offered[:4])
    assert world.deeds(case, "case.suggestion_taken")


def test_a_finer_subject_is_still_taken_another_body_is_changed(world: World, enforcement: Organisation) -> None:
    case = illegal_building(world)
    make(world)
    Suggestion.objects.filter(case=case).update(category="01")
    world.do("dispatch", case, to=world.district.dept.public_id, category="010502")
    (deed,) = world.deeds(case, "case.suggestion_changed")
    assert deed.outcome == "body"


def test_another_subject_is_changed_and_an_undecided_one_is_not_judged(world: World, enforcement: Organisation) -> None:
    case, vague = illegal_building(world), world.receive(text="请问你们那里几点上班")
    make(world)
    world.do("dispatch", case, to=enforcement.public_id, category="0601")
    world.do("dispatch", vague, to=world.district.dept.public_id, category="0601")
    assert world.deeds(case, "case.suggestion_changed")[0].outcome == "category"
    assert not [deed for deed in world.deeds(vague) if "suggestion" in deed.kind]


def test_the_base_is_never_offered_department_work(world: World, enforcement: Organisation) -> None:
    for text in ("违章建筑", "施工噪音扰民", "拖欠工资", "幼儿园收费", "食品变质"):
        world.receive(text=f"反映{text}的事")
    make(world)
    bodies = [one.body for one in Suggestion.objects.select_related("body") if one.body]
    assert bodies
    assert not [one for one in bodies if one.kind != OrganisationKind.DEPARTMENT]


def test_weeks_count_taken_and_changed_of_ones_own_desks_only(world: World, enforcement: Organisation) -> None:
    taken, changed = illegal_building(world), illegal_building(world)
    make(world)
    world.do("dispatch", taken, to=enforcement.public_id, category=Suggestion.objects.get(case=taken).category)
    world.do("dispatch", changed, to=world.district.dept.public_id, category="0601")
    (week,) = suggestion_drift.weeks(world.town.viewer, at=world.later(hours=1))
    assert (week.taken, week.changed, week.confidence) == (1, 1, None)
    assert suggestion_drift.weeks(world.south.viewer, at=world.at) == []
    assert suggestion_drift.weeks(world.office.viewer, at=world.at)[0].all == 2


def test_moved_compares_with_what_was_learned_and_says_nothing_of_few(world: World) -> None:
    for _ in range(6):
        world.receive(text="路灯坏了", category="010204")
    span = timedelta(weeks=4)
    asked: dict[str, Any] = {"at": world.later(hours=1), "learned": {"01": 50, "06": 50}, "span": span}
    few = suggestion_drift.moved(world.town.viewer, **asked, least=100)
    assert (few.cases, few.distance) == (6, None)
    enough = suggestion_drift.moved(world.town.viewer, **asked, least=5)
    assert enough.distance is not None
    assert enough.distance > 0.25
    assert suggestion_drift.moved(world.south.viewer, **asked, least=5).cases == 0


def test_learning_is_asked_once_by_the_district_alone(world: World) -> None:
    with pytest.raises(NotPermitted):
        suggesting.ask_learning(actor=world.town, at=world.at, key=world.key())
    first = suggesting.ask_learning(actor=world.office, at=world.at, key=world.key())
    again = suggesting.ask_learning(actor=world.office_too, at=world.at, key=world.key())
    assert first == again
    assert Learning.objects.count() == 1


def test_one_run_at_a_time_and_a_dead_one_gives_way(world: World) -> None:
    suggesting.ask_learning(actor=world.office, at=world.at, key=world.key())
    began = suggesting.start_learning(actor=WORKER, at=world.at, key=world.key())
    assert began.state == Learning.State.RUNNING
    with pytest.raises(Refused):
        suggesting.start_learning(actor=WORKER, at=world.at, key=world.key())
    later = world.later(hours=3)
    assert suggesting.give_up_learning(actor=WORKER, at=later, key=world.key(), since=later) == 1
    assert suggesting.start_learning(actor=WORKER, at=later, key=world.key()).pk != began.pk


def test_what_is_stored_is_shown_without_working_it_out_again(world: World, django_assert_num_queries: Any) -> None:
    case = illegal_building(world)
    make(world)
    viewer = world.town.viewer
    with django_assert_num_queries(1):
        shown = suggestions.for_cases(viewer, [case])[case.pk]
    assert shown.decided
