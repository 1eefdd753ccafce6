"""What children, banked matters and calls do to the figures, driven by the public commands alone and added up by hand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories.cases import World, new_world
from tests.measures.scores.lines import viewer_at

from genmai.directory.roster.models import Link
from genmai.kernel.refusal import BadInput, NotFound
from genmai.measures.scores.call_figures import call_figures, calls_behind
from genmai.measures.scores.case_figures import board
from genmai.measures.scores.rules import CALL_RULES, RULES, Terms
from genmai.processes.cases.commands import family, milestones
from genmai.processes.cases.models import Case

pytestmark = pytest.mark.django_db
MONTH = "2026-03"


@pytest.fixture
def world() -> World:
    return new_world()


def path_of(organisation_id: int) -> str:
    return Link.objects.get(organisation_id=organisation_id, tree="administrative", valid_to=None).path


def figures(world: World, organisation: Any) -> dict[str, tuple[int, int]]:
    path = path_of(organisation.pk)
    made = board(viewer_at(path), path=path, months=[MONTH], known_at=world.at)
    found = {key: made.figure(path, MONTH, key) for key in RULES}
    return {key: (f.numerator, f.denominator) for key, f in found.items() if f.denominator}


def of_calls(world: World, organisation: Any, **more: Any) -> dict[str, tuple[int, int]]:
    path = path_of(organisation.pk)
    found = call_figures(viewer_at(path), path=path, month=MONTH, known_at=world.at, **more)
    return {f.rule.key: (f.numerator, f.denominator) for f in found if f.denominator}


# children


def test_a_child_adds_nothing_to_the_three_rates_and_its_limits_count_for_who_owes_them(world: World) -> None:
    parent = world.do("contact", world.at_state("in_hand"))
    parts = [
        family.Part(to=world.district.dept.public_id, text="修灯"),
        family.Part(to=world.district.n1a.public_id, text="剪枝"),
    ]
    world.do("split", parent, parts=parts)
    in_time, late = parent.children.order_by("id")
    for verb in ("accept", "reply", "verify", "close"):
        world.do(verb, in_time)
    world.later(days=20)
    milestones.miss(actor=world.town, at=world.at)
    for verb in ("accept", "reply", "verify", "close"):
        world.do(verb, late)
    parent = world.do("verify", world.do("reply", parent))
    world.do("visit", parent, fixed=True, satisfaction=3)
    world.do("close", parent)
    solved = {f"solved_at_{level}": (int(level == 3), 1) for level in range(1, 7)}
    alone = {"response": (1, 1), "solution": (1, 1), "satisfaction": (1, 1), **solved}
    assert figures(world, world.district.dept) == {"overdue": (0, 1)}
    assert figures(world, world.district.n1a) == {"overdue": (1, 1)}
    whole = figures(world, world.district.district)
    assert whole.pop("overdue") == (2, 3)
    assert whole == alone


def test_an_attached_matter_counts_as_it_did_alone(world: World) -> None:
    parent, child = world.at_state("in_hand"), world.do("contact", world.at_state("in_hand"))
    world.do("attach", child, to=parent.public_id)
    before = figures(world, world.district.district)
    world.do("detach", child)
    assert figures(world, world.district.district) == before == {"response": (1, 1)}


# the problem bank


def test_a_banked_matter_counts_as_not_solved_until_it_goes_back_to_work(world: World) -> None:
    case = world.do("contact", world.at_state("in_hand"))
    world.do("ask_bank", case)
    assert "solution" not in figures(world, world.district.n1)
    case = world.do("bank", case)
    assert figures(world, world.district.n1)["solution"] == (0, 1)
    world.later(days=3)
    case = world.do("unbank", world.do("review_bank", case))
    assert "solution" not in figures(world, world.district.n1)
    case = world.do("bank", world.do("ask_bank", case))
    assert figures(world, world.district.n1)["solution"] == (0, 1)
    case = world.do("verify", world.do("reply", world.do("unbank", case)))
    world.do("visit", case, fixed=True, satisfaction=3)
    assert figures(world, world.district.n1)["solution"] == (1, 1)


def test_ended_with_a_promise_it_stays_not_solved_until_the_caller_says_otherwise(world: World) -> None:
    case = world.do("close_banked", world.at_state("banked"))
    found = figures(world, world.district.n1)
    assert found["solution"] == (0, 1)
    assert "solved_at_3" not in found
    world.later(days=2)
    world.do("judge", case, fixed=True, satisfaction=3)
    assert figures(world, world.district.n1)["solution"] == (1, 1)


def test_every_caller_of_a_banked_matter_counts_once(world: World) -> None:
    case, repeat = world.at_state("in_hand"), world.at_state("in_hand")
    world.do("merge", repeat, into=case.public_id)
    world.do("bank", world.do("ask_bank", case))
    assert figures(world, world.district.n1)["solution"] == (0, 2)


def test_while_it_is_banked_the_handling_limit_neither_keeps_nor_breaks(world: World) -> None:
    case = world.at_state("banked")
    world.later(days=20)
    milestones.miss(actor=world.town, at=world.at)
    assert "overdue" not in figures(world, world.district.n1)
    assert [d.milestone for d in world.deeds(case, "milestone.missed")] == []


# calls


def called(world: World) -> Case:
    return world.do("call_in", world.at_state("in_hand"))


def rated(world: World, **answers: str) -> None:
    case = world.do("conclude", world.do("arrive", called(world)))
    world.do("rate_call", case, answers={"in_time": "good", "stayed": "good", "solved": "good", **answers}, text="说明")
    world.do("rate_call", case, actor=world.dept, side="department", answers={"needed": "good", "prepared": "fair"})


def test_what_is_said_counts_for_who_it_is_said_of_and_only_once_open(world: World) -> None:
    case = world.do("conclude", world.do("arrive", called(world)))
    world.do("rate_call", case)
    assert of_calls(world, world.district.dept) == {}
    rated(world, solved="poor")
    assert of_calls(world, world.district.dept) == {"call_came": (2, 3)}
    assert of_calls(world, world.district.north) == {"call_made": (1, 2), "calls_wrong": (0, 2)}
    assert of_calls(world, world.district.district) == {"call_came": (2, 3), "call_made": (1, 2), "calls_wrong": (0, 2)}
    assert of_calls(world, world.district.south) == {}


def test_wrong_calls_of_a_town_and_flags_that_held_of_a_department(world: World) -> None:
    called(world)  # never flagged
    world.do("flag_call", called(world))  # not settled
    for way in (("withdraw_call",), ("insist_call", "uphold_flag"), ("insist_call", "reject_flag")):
        case = called(world)
        for verb in ("flag_call", *way):
            world.do(verb, case)
    assert of_calls(world, world.district.north) == {"calls_wrong": (2, 5)}
    assert of_calls(world, world.district.dept) == {"flags_upheld": (2, 3)}


def test_each_figure_of_calls_opens_to_its_deeds(world: World) -> None:
    rated(world, solved="poor")
    world.do("withdraw_call", world.do("flag_call", called(world)))
    for body in (world.district.district, world.district.north, world.district.dept):
        path = path_of(body.pk)
        for key, (n, d) in of_calls(world, body).items():
            ask = {"path": path, "month": MONTH, "key": key, "known_at": world.at}
            every = calls_behind(viewer_at(path), **ask)
            assert (every.total, sum(one.in_numerator for one in every.counted)) == (d, n)
            assert calls_behind(viewer_at(path), **ask, only_numerator=True).total == n
            assert len(calls_behind(viewer_at(path), **ask, limit=1).deeds) == 1


def test_small_samples_say_so_and_borrow_from_above(world: World) -> None:
    path = path_of(world.district.north.pk)
    rated(world)
    own = call_figures(viewer_at(path), path=path, month=MONTH, known_at=world.at)[1]
    assert (own.small, own.lender) == (True, None)
    enough = call_figures(viewer_at(path), path=path, month=MONTH, known_at=world.at, terms=Terms(small_sample=2))[1]
    assert not enough.small


def test_outside_the_scope_there_is_nothing(world: World, django_assert_num_queries: Any) -> None:
    south, north = (path_of(one.pk) for one in (world.district.south, world.district.north))
    rated(world)
    with pytest.raises(NotFound):
        call_figures(viewer_at(south), path=north, month=MONTH, known_at=world.at)
    with pytest.raises(NotFound):
        calls_behind(viewer_at(south), path=north, month=MONTH, key="call_made", known_at=world.at)
    with pytest.raises(BadInput):
        calls_behind(viewer_at(north), path=north, month=MONTH, key="response", known_at=world.at)
    with django_assert_num_queries(2):
        found = call_figures(viewer_at(north), path=north, month=MONTH, known_at=world.at)
    assert tuple(one.rule.key for one in found) == tuple(CALL_RULES)


def test_as_known_before_nothing_is_known(world: World) -> None:
    before = world.at
    world.later(days=1)
    rated(world)
    path = path_of(world.district.dept.pk)
    assert all(f.denominator == 0 for f in call_figures(viewer_at(path), path=path, month=MONTH, known_at=before))
