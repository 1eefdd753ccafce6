"""The duty list is law for suggestions, too; habits need evidence; the distance of subjects behaves as one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.messages import labelled_messages

from genmai.directory.roster.models import Organisation, OrganisationKind
from genmai.interfaces import installed
from genmai.kernel.refusal import Refused
from genmai.processes.cases.suggestion import current, model_file, training
from genmai.processes.cases.suggestion.bodies import Around, whose
from genmai.processes.cases.suggestion.deciding import decide
from genmai.processes.cases.suggestion.drift import distance
from genmai.processes.cases.suggestion.guess import Guess, Matter
from genmai.processes.cases.suggestion.habits import Habit, habit_for, habits_of

LOOP = installed.library().get("default/case-loop")
ON = date(2026, 3, 2)
TOWN = Organisation(pk=2, code="town", kind=OrganisationKind.TOWN, short_name="北镇")
VILLAGE = Organisation(pk=3, code="village", kind=OrganisationKind.COMMUNITY, short_name="北一村")
DEPARTMENTS = [
    Organisation(pk=100 + at, code=body.code, kind=OrganisationKind.DEPARTMENT)
    for at, body in enumerate(LOOP.duties.bodies.values())
    if body.kind == "department"
]
AROUND = Around([TOWN, VILLAGE, *DEPARTMENTS])
PATH = "/1/2/3/"
BASE = (TOWN, VILLAGE)
subjects = st.sampled_from(sorted(LOOP.taxonomy.categories))


def guess_of(category: str) -> Guess:
    row = LOOP.duties.row_for(category, on=ON)
    return Guess(basis="model", category=category, decided=True, duty_row=row.no if row else "")


@given(subjects, st.sampled_from(["town", "village", "", "no-such-body"]))
def test_no_subject_is_offered_to_whom_the_duty_list_refuses_it(category: str, used_to: str) -> None:
    habits = [Habit(category, "town", used_to, 50, 50)] if used_to else []
    found = whose(
        guess_of(category), Matter("", on=ON), duties=LOOP.duties, around=AROUND, home_path=PATH, habits=habits
    )
    if found.body is not None:
        LOOP.duties.check_target(category, "base" if found.body in BASE else "department", on=ON)  # raises nothing


def test_there_are_subjects_that_would_be_refused() -> None:
    """Otherwise the property above would prove nothing."""
    with pytest.raises(Refused):
        LOOP.duties.check_target("010201", "base", on=ON)
    habit = Habit("010201", "town", "village", 50, 50)
    found = whose(
        guess_of("010201"), Matter("", on=ON), duties=LOOP.duties, around=AROUND, home_path=PATH, habits=[habit]
    )
    assert found.habit is None
    assert found.body is not None
    assert found.body.kind == OrganisationKind.DEPARTMENT


def test_a_habit_of_the_place_goes_before_the_list_where_the_list_allows_it() -> None:
    habit = Habit("010201", "town", "housing", 19, 20)
    asked: dict[str, Any] = {"duties": LOOP.duties, "around": AROUND, "home_path": PATH, "habits": [habit]}
    found = whose(guess_of("010201"), Matter("", on=ON), **asked)
    assert found.body is not None
    assert (found.body.code, found.habit) == ("housing", habit)
    assert found.duty_row == ""  # the row names another body, so it is not said
    elsewhere = whose(guess_of("010201"), Matter("", on=ON), **asked | {"home_path": "/1/9/"})
    assert elsewhere.habit is None


def test_an_undecided_guess_names_no_body() -> None:
    found = whose(
        Guess(basis="model", category="010201", doubt="unsure"), Matter("", on=ON), duties=LOOP.duties,
        around=AROUND, home_path=PATH,
    )  # fmt: skip
    assert (found.body, found.doubt) == (None, "unsure")


def test_habits_need_cases_and_agreement_and_hold_for_their_very_subject() -> None:
    settled = {
        ("010201", "town"): {"a": 18, "b": 2}, ("010202", "town"): {"a": 8, "b": 2}, ("010203", "town"): {"a": 9},
    }  # fmt: skip
    habits = habits_of(settled, least=10, share=0.9)
    assert habits == (Habit("010201", "town", "a", 18, 20),)
    assert habit_for(habits, "010201", "town") == habits[0]
    assert habit_for(habits, "01020101", "town") is None
    assert habit_for(habits, "010201", "elsewhere") is None


# -- drift ------------------------------------------------------------------------------------------------------------

counts = st.dictionaries(st.sampled_from(["01", "04", "06", "11", "15"]), st.integers(1, 500), min_size=1)


@given(counts, counts)
def test_the_distance_is_none_to_oneself_never_negative_and_the_same_both_ways(
    one: dict[str, int], other: dict[str, int]
) -> None:
    assert distance(one, one) == 0
    assert distance(one, other) >= 0
    assert distance(one, other) == pytest.approx(distance(other, one))


def test_a_subject_that_is_new_is_far_and_nothing_is_no_distance() -> None:
    assert distance({"01": 500, "04": 500}, {"01": 500, "04": 510}) < 0.01
    assert distance({"01": 500, "04": 500}, {"12": 400}) > 1
    assert distance({}, {"01": 3}) == 0


# -- the model in use -------------------------------------------------------------------------------------------------


def test_the_model_in_use_is_read_again_when_another_is_learned(settings: Any, tmp_path: Path) -> None:
    settings.GENMAI_DATA = tmp_path
    assert (current.model(), current.standing().trouble, current.standing().version) == (None, "none", "words")
    rows = [training.Labelled(text, code) for text, code in labelled_messages()]
    targets = training.Targets(least_rows=100, least_decided=20)
    for version in ("v1", "v2"):
        made = training.learn(rows, version=version, targets=targets, habits=(), facts={})
        path = model_file.save(current.folder(), made)
        assert current.standing().version == version
        assert current.model() is current.model()  # kept, not read at each question
    path.unlink()
    (current.folder() / model_file.POINTER).touch()
    model_file._write(current.folder() / model_file.POINTER, b'{"version": "v2"}')
    assert (current.model(), current.standing().trouble) == (None, "missing")
    model_file._write(current.folder() / model_file.POINTER, b"[]")
    assert current.standing().trouble == "damaged"


def test_a_few_words_are_left_to_the_taxonomy_unless_the_model_leans_elsewhere() -> None:
    rows = [training.Labelled(text, code) for text, code in labelled_messages()]
    model = training.learn(
        rows, version="v1", targets=training.Targets(least_rows=100, least_decided=20), habits=(), facts={}
    )

    def ask(text: str) -> Guess:
        return decide(LOOP.taxonomy, LOOP.duties, [Matter(text, on=ON)], model)[0]

    short = ask("路灯坏")
    assert (short.basis, short.decided, short.category, short.version) == ("words", True, "010204", "v1")
    assert short.confidence is None
    elsewhere = ask("地铁")  # a word of urban works; the model never learned anything like it
    assert elsewhere.decided == (elsewhere.category[:2] == "01")
