"""What the case commands write is what the figures count: the loop driven by its public commands alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories.cases import World, new_world
from tests.measures.scores.lines import viewer_at

from genmai.directory.roster.models import Link
from genmai.kernel.viewer import Actor
from genmai.measures.scores.case_figures import board, deeds_behind
from genmai.measures.scores.rules import RULES
from genmai.processes.cases.commands import milestones

pytestmark = pytest.mark.django_db
MONTH = "2026-03"


@pytest.fixture
def world() -> World:
    return new_world()


def path_of(organisation_id: int) -> str:
    return Link.objects.get(organisation_id=organisation_id, tree="administrative", valid_to=None).path


def village(world: World) -> dict[str, tuple[int, int]]:
    """Figures of the village now, those with anything in them."""
    path = path_of(world.district.n1.pk)
    made = board(viewer_at(path), path=path, months=[MONTH], known_at=world.at)
    found = {key: made.figure(path, MONTH, key) for key in RULES}
    return {key: (f.numerator, f.denominator) for key, f in found.items() if f.denominator}


def test_a_matter_solved_in_the_village_stands_in_its_figures(world: World) -> None:
    case = world.at_state("in_hand")
    assert village(world) == {}
    case = world.do("contact", case)
    assert village(world) == {"response": (1, 1)}
    case = world.do("verify", world.do("reply", case))
    assert village(world)["overdue"] == (0, 1)
    world.do("visit", case, fixed=True, satisfaction=1)
    case = world.do("close", case)
    assert case.state == "closed"
    solved = {f"solved_at_{level}": (int(level == 3), 1) for level in range(1, 7)}
    expected = {"response": (1, 1), "overdue": (0, 1), "solution": (1, 1), "satisfaction": (0, 1), **solved}
    assert village(world) == expected


def test_the_callers_last_word_takes_the_solution_back(world: World) -> None:
    case = world.at_state("verified")
    world.do("visit", case, fixed=True, satisfaction=3)
    case = world.do("close", case)
    assert village(world)["solution"] == (1, 1)
    world.later(days=1)
    world.do("judge", case, fixed=False, satisfaction=1)
    found = village(world)
    assert (found["solution"], found["satisfaction"]) == ((0, 1), (0, 1))
    assert "solved_at_3" not in found, "reopened: nothing stands solved"


def test_what_nobody_touches_is_missed_by_the_job_and_opens_to_that_deed(world: World) -> None:
    case = world.at_state("dispatched")
    world.later(days=20)
    miss_all(world)
    found = village(world)
    assert (found["response"], found["overdue"]) == ((0, 1), (1, 1))
    path = path_of(world.district.n1.pk)
    behind = deeds_behind(
        viewer_at(path), path=path, month=MONTH, key="overdue", known_at=world.at, only_numerator=True
    )
    assert [(d.kind, d.milestone, d.source_id) for d in behind.deeds] == [
        ("milestone.missed", "resolve", case.public_id)
    ]


def miss_all(world: World) -> None:
    while milestones.miss(actor=Actor.system("milestones"), at=world.at):
        pass


@pytest.mark.parametrize("verbs", [(), ("contact",), ("contact", "reply")])
def test_merging_and_taking_apart_by_command_restores_every_figure(world: World, verbs: tuple[str, ...]) -> None:
    survivor, repeat = world.at_state("in_hand"), world.at_state("in_hand", text="同一盏路灯")
    for verb in verbs:
        world.later(minutes=1)
        survivor = world.do(verb, survivor)
        if verb == "contact":
            repeat = world.do(verb, repeat)
    before = village(world)
    world.later(hours=1)
    repeat = world.do("merge", repeat, into=survivor.public_id)
    world.later(hours=1)
    world.do("unmerge", repeat)
    assert village(world) == before
    world.later(days=20)
    miss_all(world)
    assert village(world)["overdue"][1] == 2, "both limits ran on"


def test_the_contact_of_a_merged_pair_is_two_persons(world: World) -> None:
    survivor, repeat = world.at_state("in_hand"), world.receive(text="同一盏路灯")
    world.do("merge", repeat, into=survivor.public_id)
    world.later(minutes=5)
    world.do("contact", survivor)
    assert village(world)["response"] == (2, 2)


def test_a_case_that_is_not_counted_leaves_every_figure(world: World) -> None:
    case = world.at_state("in_hand")
    world.later(days=20)
    miss_all(world)
    assert village(world)
    case = world.do("verify", world.do("reply", case))
    world.do("visit", case, fixed=False, satisfaction=1)
    world.do("close", case, reason="withdrawn", text="本人撤回")
    world.at += timedelta(minutes=1)
    assert village(world) == {}
