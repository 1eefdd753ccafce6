"""From the first day: the taxonomy's words offer a subject and the duty list its body, or the reason why not."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories.cases import MONDAY, World, new_world
from tests.factories.organisations import AT, OPENED, SETUP

from genmai.directory.roster.commands import NewOrganisation, open_organisations
from genmai.directory.roster.models import Level, Organisation, OrganisationKind
from genmai.kernel import ids
from genmai.processes.cases.models import Case, PausedExtra, Suggestion
from genmai.processes.cases.queries import extras, lists, suggestions

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return new_world()


def department(code: str, name: str) -> Organisation:
    row = NewOrganisation(code, name, OrganisationKind.DEPARTMENT, Level.DISTRICT, "330299")
    return open_organisations(actor=SETUP, at=AT, key=ids.key_of("dept", code), rows=[row], opened_on=OPENED)[code]


def shown(world: World, case: Case) -> suggestions.Shown:
    return suggestions.for_cases(world.town.viewer, [case])[case.pk]


def test_a_word_of_the_taxonomy_names_subject_body_and_row(world: World) -> None:
    enforcement = department("enforcement", "区综合行政执法局")
    case = world.receive(text="楼上邻居在楼顶搭了一间违章建筑，请来看看")
    found = shown(world, case)
    assert found.decided
    assert found.category is not None
    assert found.body == enforcement
    assert found.duty_row
    assert found.percent is None  # nothing was measured, so nothing is claimed
    assert "违章建筑" in found.why()
    assert found.duty_row in found.why()


def test_without_a_telling_word_it_says_so_instead_of_guessing(world: World) -> None:
    found = shown(world, world.receive(text="请问你们那里几点上班"))
    assert not found.decided
    assert found.category is None
    assert found.body is None
    assert found.why() == "没有认出说明是哪一类的词"


def test_work_of_the_base_goes_to_the_body_of_its_own_place(world: World) -> None:
    case = world.receive(text="门前的路灯坏了三天", category="010203")
    found = shown(world, case)
    assert found.code.startswith("010203")
    assert found.body == world.district.north  # the town on the matter's own line


def test_many_cases_cost_as_few_queries_as_one(world: World, django_assert_num_queries: Any) -> None:
    cases = [world.receive(text=f"小区里垃圾没人清运 {n}") for n in range(12)]
    viewer = world.town.viewer
    suggestions.for_cases(viewer, cases[:1])
    with django_assert_num_queries(2):
        suggestions.for_cases(viewer, cases[:1])
    with django_assert_num_queries(2):
        assert len(suggestions.for_cases(viewer, cases)) == 12


def test_while_paused_nothing_is_worked_out_and_what_is_stored_still_shows(world: World) -> None:
    old, new = world.receive(text="路灯坏了"), world.receive(text="路灯又坏了")
    made = suggestions.worked_out(world.town.viewer, [old], at=MONDAY)
    Suggestion.objects.bulk_create(made)
    PausedExtra.objects.create(extra=extras.SUGGESTIONS, since=MONDAY)
    assert suggestions.paused(world.at)
    assert set(suggestions.for_cases(world.town.viewer, [old, new], at=world.at)) == {old.pk}


def test_a_list_gives_only_what_its_viewer_may_see(world: World) -> None:
    world.receive(text="路灯坏了")
    cases, _more = lists.desk(world.south.viewer)
    assert suggestions.for_cases(world.south.viewer, cases) == {}
