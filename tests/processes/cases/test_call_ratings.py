"""Mutual scores of a call: blind until both have spoken or the time is over, of bodies and never of persons."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories.cases import World, new_world, written

from genmai.interfaces.jobs.hourly import call_reviews
from genmai.kernel.refusal import BadInput, NotFound, NotPermitted, Refused
from genmai.processes.cases.models import CallReview, CallScore, Case
from genmai.processes.cases.queries.ratings import reviews, waiting_for_word
from genmai.records.deeds.models import Deed

pytestmark = pytest.mark.django_db
OF_DEPARTMENT = {"in_time": "good", "stayed": "good", "solved": "fair"}
OF_CALL = {"needed": "good", "prepared": "poor"}


@pytest.fixture
def world() -> World:
    return new_world()


def done(world: World) -> Case:
    case = world.do("call_in", world.at_state("in_hand"))
    return world.do("conclude", world.do("arrive", case))


def town_says(world: World, case: Case, **over: Any) -> Case:
    return world.do("rate_call", case, **{"actor": world.town, "side": "town", "answers": OF_DEPARTMENT, **over})


def dept_says(world: World, case: Case, **over: Any) -> Case:
    given = {"answers": OF_CALL, "text": "现场没有人", **over}
    return world.do("rate_call", case, actor=world.dept, side="department", **given)


def test_both_are_asked_once_the_department_is_done(world: World) -> None:
    case = done(world)
    review = CallReview.objects.get()
    assert (review.town, review.department) == (world.district.north, world.district.dept)
    assert [one.pk for one in waiting_for_word(world.town.viewer, at=world.at)] == [review.pk]
    assert [one.pk for one in waiting_for_word(world.dept.viewer, at=world.at)] == [review.pk]
    assert waiting_for_word(world.south.viewer, at=world.at) == []
    town_says(world, case)
    assert waiting_for_word(world.town.viewer, at=world.at) == []


def test_blind_until_both_have_spoken(world: World) -> None:
    case = town_says(world, done(world))
    (seen,) = reviews(world.dept.viewer, case=case)
    assert (seen.said, seen.spoken) == ({}, {"town"})
    (own,) = reviews(world.town.viewer, case=case)
    assert own.said["town"].answers == OF_DEPARTMENT
    (office,) = reviews(world.office.viewer, case=case)
    assert office.said == {}
    assert not Deed.objects.filter(kind="case.call_rated").exists()
    told = Deed.objects.get(kind="case.call_scored")
    assert (told.outcome, told.reason, told.quantity) == ("", "", None), "what was said stands in no deed yet"
    dept_says(world, case)
    for viewer in (world.dept.viewer, world.town.viewer, world.office.viewer):
        (opened,) = reviews(viewer, case=case)
        assert {side: score.answers for side, score in opened.said.items()} == {
            "town": OF_DEPARTMENT,
            "department": OF_CALL,
        }


def test_opened_each_answer_is_a_deed_of_a_body_and_of_no_person(world: World) -> None:
    dept_says(world, town_says(world, done(world)))
    rated = Deed.objects.filter(kind__in=("case.call_rated", "case.caller_rated")).order_by("id")
    assert {d.kind for d in rated if d.organisation == world.district.north} == {"case.caller_rated"}
    told = {(d.organisation_id, d.counterpart_id, d.reason, d.outcome, int(d.quantity or 0)) for d in rated}
    north, dept = world.district.north.pk, world.district.dept.pk
    assert told == {
        (dept, north, "in_time", "good", 3),
        (dept, north, "stayed", "good", 3),
        (dept, north, "solved", "not_good", 2),
        (north, dept, "needed", "good", 3),
        (north, dept, "prepared", "not_good", 1),
    }
    assert {d.actor_id for d in rated} == {None}
    assert not {field.name for field in CallScore._meta.fields} & {"person", "author", "by", "account"}


def test_until_then_a_later_word_stands_in_place_of_the_earlier(world: World) -> None:
    case = town_says(world, done(world))
    town_says(world, case, answers=OF_DEPARTMENT | {"solved": "good"})
    dept_says(world, case)
    assert Deed.objects.filter(kind="case.call_scored").count() == 3
    assert Deed.objects.get(kind="case.call_rated", reason="solved").quantity == 3
    before = written()
    with pytest.raises(Refused) as refused:
        town_says(world, case)
    assert refused.value.code == "opened"
    assert written() == before


def test_the_time_over_it_opens_with_what_there_is(world: World) -> None:
    case = town_says(world, done(world))
    silent = done(world)
    world.later(days=20)
    assert call_reviews.run(at=world.at) == "opened 2"
    assert call_reviews.run(at=world.at) == ""
    assert {d.organisation_id for d in Deed.objects.filter(kind="case.call_rated")} == {world.district.dept.pk}
    assert not world.deeds(silent, "case.call_rated")
    with pytest.raises(Refused):
        dept_says(world, case)


def test_past_the_time_nothing_is_added_even_before_the_job_ran(world: World) -> None:
    case = done(world)
    world.later(days=20)
    with pytest.raises(Refused) as refused:
        town_says(world, case)
    assert refused.value.code == "opened"


def test_also_after_the_end_of_the_matter(world: World) -> None:
    case = done(world)
    for verb in ("reply", "verify", "close"):
        case = world.do(verb, case)
    assert town_says(world, case).state == "closed"


def test_every_criterion_of_ones_own_side_and_words_for_a_poor_grade(world: World) -> None:
    case = done(world)
    for answers in ({}, {"in_time": "good"}, OF_DEPARTMENT | {"needed": "good"}, OF_DEPARTMENT | {"solved": "best"}):
        with pytest.raises(BadInput):
            town_says(world, case, answers=answers)
    with pytest.raises(BadInput):
        dept_says(world, case, text="")
    with pytest.raises(BadInput):
        town_says(world, case, side="village")
    with pytest.raises(NotFound):
        town_says(world, case, body=world.key())


def test_nobody_speaks_for_another(world: World) -> None:
    case = done(world)
    for other in (world.dept, world.village, world.office):
        with pytest.raises(NotPermitted):
            world.do("rate_call", case, actor=other, side="town", answers=OF_DEPARTMENT)
    with pytest.raises(NotPermitted):
        world.do("rate_call", case, actor=world.town, side="department", answers=OF_CALL, text="x")


def test_a_called_town_is_not_scored(world: World) -> None:
    case = world.do("call_in", world.at_state("in_hand"), bodies=[world.district.north.public_id])
    world.do("conclude", world.do("respond", case))
    assert not CallReview.objects.exists()
