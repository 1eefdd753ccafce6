"""The engine alone: no order of actions passes a guard, and every correction keeps what was there."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genmai.interfaces import installed
from genmai.kernel.refusal import BadInput, Refused
from genmai.processes.registers.procedures import course
from genmai.processes.registers.procedures.course import CLOSED, EXTENDED, RECORDED, SENT_BACK, Happening
from genmai.processes.registers.procedures.definition import ProceduresSection, closing, walk_through
from genmai.processes.registers.procedures.rules import Procedure, VoteRule
from genmai.processes.registers.procedures.spans import add_months
from genmai.processes.registers.procedures.votes import Tally, count

BORN = date(2000, 1, 1)
BEGIN = date(2024, 3, 1)
HALF = VoteRule(present_over="1/2", for_over="1/2", written=True)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def join() -> Procedure:
    section = installed.library().get("national/fazhan-dangyuan").section(ProceduresSection)
    return section.procedures["join"]


def tried(rules: Procedure, walked: list[Happening], step: str, on: date) -> list[Happening]:
    """The file after trying: longer by the closing where nothing stands against it, else as it was."""
    fact = closing(rules, step, on, len(walked) + 1)
    against = course.hindrances(rules, course.standing(rules, walked), step, on, BORN, fact)
    return walked if against else [*walked, fact]


# An action: which step (by order), how many days later, what kind.
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(("close", "close", "close", "close", "record", "extend", "back")),
        st.integers(0, 3),
        st.integers(0, 120),
    ),
    min_size=20,
    max_size=120,
)


def act(rules: Procedure, walked: list[Happening], kind: str, skip: int, on: date) -> list[Happening]:
    order = rules.in_order()
    now = course.standing(rules, walked)
    turn = now.next_step(rules)
    if turn is None:
        return walked
    number = len(walked) + 1
    index = order.index(turn)
    if kind == "close":  # the step whose turn it is, or one further on
        return tried(rules, walked, order[min(index + skip, len(order) - 1)], on)
    if kind == "record":
        return [
            *walked,
            *(Happening(number + n, RECORDED, turn, on, what=k) for n, k in enumerate(rules.steps[turn].records)),
        ]
    if kind == "extend" and rules.steps[turn].extension and not now.extensions.get(turn):
        return [*walked, Happening(number, EXTENDED, turn, on, months=rules.steps[turn].extension.least)]
    if kind == "back" and index > skip:
        return [*walked, Happening(number, SENT_BACK, order[index - skip - 1], on)]
    return walked


@settings(max_examples=60, deadline=None)
@given(ACTIONS, st.integers(0, 24))
def test_no_order_of_actions_passes_a_guard(join: Procedure, actions: list[tuple[str, int, int]], far: int) -> None:
    walked = walk_through(join, BEGIN, join.in_order()[far - 1] if far else "", BORN)
    today = walked[-1].on if walked else BEGIN
    for kind, skip, days in actions:
        today += timedelta(days=days)
        before = list(walked)
        walked = act(join, walked, kind, skip, today)
        assert walked[: len(before)] == before, "a file only grows"
        holds(join, walked)


def holds(rules: Procedure, walked: list[Happening]) -> None:
    """The promises, told without the engine: plain loops over what is closed."""
    now = course.standing(rules, walked)
    order = rules.in_order()
    closed = [key for key in order if key in now.closed]
    assert closed == order[: len(closed)], "no gap"
    days = [now.closed[key].on for key in closed]
    assert days == sorted(days), "in the order of days"
    day = {key: now.closed[key].on for key in closed}
    if "recommend" in day:
        assert day["recommend"] >= add_months(day["application"], 3)
    if "cultivate" in day:
        assert day["cultivate"] >= add_months(day["recommend"], 12)
        assert len([one for one in now.records["cultivate"] if one.what == "report"]) >= 4
        assert len([one for one in now.records["cultivate"] if one.what == "check"]) >= 2
    for step in ("pre_review", "meeting"):
        if step in day:
            assert day[step] <= add_months(day["political_review"], 12)
    if "approval" in day:
        assert day["approval"] <= add_months(day["meeting"], 3 + now.months.get("approval", 0))
        assert day["approval"] <= add_months(day["meeting"], 6)
    if "full_meeting" in day:
        assert day["full_meeting"] >= add_months(day["meeting"], 12 + now.months.get("full_meeting", 0))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_correction_keeps_history_and_never_leaves_a_broken_course(join: Procedure, data: st.DataObject) -> None:
    walked = walk_through(join, BEGIN, data.draw(st.sampled_from(join.in_order())), BORN)
    wrong = data.draw(st.sampled_from([one for one in walked if one.kind == CLOSED]))
    moved = wrong.on + timedelta(days=data.draw(st.integers(-200, 200)))
    new = Happening(len(walked) + 1, CLOSED, wrong.step, moved, wrong.answers, wrong.tally, corrects=wrong.number)
    with contextlib.suppress(Refused):
        now = course.replayed(join, [*walked, new], BORN)
        assert now.closed[wrong.step].on == moved
        holds(join, [*walked, new])


def test_a_correction_may_be_corrected_and_the_last_one_stands(join: Procedure) -> None:
    walked = walk_through(join, BEGIN, "talk", BORN)
    first, second = BEGIN + timedelta(days=3), BEGIN + timedelta(days=5)
    walked.append(Happening(3, CLOSED, "talk", first, walked[1].answers, corrects=2))
    walked.append(Happening(4, CLOSED, "talk", second, walked[1].answers, corrects=3))
    assert course.replayed(join, walked, BORN).closed["talk"].on == second


def test_beginning_again_takes_out_of_force_what_came_after(join: Procedure) -> None:
    walked = walk_through(join, BEGIN, "upper_talk", BORN)
    late = add_months(walked[-1].on, 4)
    assert course.redo_from(join, course.standing(join, walked), "approval", late) == "meeting"
    assert course.redo_from(join, course.standing(join, walked), "approval", add_months(late, 3)) == "committee_check"
    again = [*walked, Happening(len(walked) + 1, SENT_BACK, "meeting", late)]
    now = course.standing(join, again)
    assert (now.next_step(join), now.round) == ("meeting", 2)
    assert "form" in now.closed
    assert "meeting" not in now.closed


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_a_vote_is_counted_exactly(entitled: int, present: int, agree: int, written: int) -> None:
    tally = Tally(entitled, present, agree, written)
    if present > entitled or agree > present or written > entitled - present:
        with pytest.raises(BadInput):
            count(tally, HALF)
        return
    outcome = count(tally, HALF)
    assert outcome.quorate == (2 * present > entitled)
    assert outcome.carried == (2 * present > entitled and 2 * (agree + written) > entitled)


def test_a_month_ends_where_the_calendar_ends_it() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2024, 11, 15), 3) == date(2025, 2, 15)
