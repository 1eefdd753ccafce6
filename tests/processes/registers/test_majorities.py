"""The double majority of the Civil Code, exact at its edges."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genmai.kernel.refusal import BadInput
from genmai.mechanisms.schema import Text
from genmai.processes.registers.estate_rules import Majority
from genmai.processes.registers.majorities import Ballot, count

WORDS = Text(zh="事项", en="Matter")
ORDINARY = Majority(title=WORDS, take_part="2/3", agree="1/2", agree_over=True, source="第二百七十八条")
SPECIAL = Majority(title=WORDS, take_part="2/3", agree="3/4", agree_over=False, source="第二百七十八条")


def ballot(all_: int, voting: int, for_: int, *, area: tuple[int, int, int] | None = None) -> Ballot:
    a, v, f = area or (all_ * 100, voting * 100, for_ * 100)
    return Ballot(all_, voting, for_, Decimal(a), Decimal(v), Decimal(f))


@pytest.mark.parametrize(
    ("votes", "majority", "carried"),
    [
        (ballot(666, 444, 223), ORDINARY, True),
        (ballot(666, 443, 443), ORDINARY, False),  # two thirds of 666 are 444
        (ballot(666, 444, 222), ORDINARY, False),  # exactly half is not more than half
        (ballot(666, 444, 333), SPECIAL, True),  # three quarters include the number
        (ballot(666, 444, 332), SPECIAL, False),
        (ballot(666, 600, 500, area=(66600, 44399, 44399)), ORDINARY, False),  # area alone falls short
        (ballot(666, 600, 500, area=(66600, 60000, 30000)), ORDINARY, False),
        (ballot(9, 0, 0), ORDINARY, False),
    ],
)
def test_each_edge(votes: Ballot, majority: Majority, carried: bool) -> None:
    assert count(votes, majority).carried is carried


def test_it_explains_itself_by_n_and_d() -> None:
    found = count(ballot(666, 444, 222), ORDINARY)
    assert [(t.key, int(t.n), int(t.d), t.holds) for t in found.tests] == [
        ("owners_voting", 444, 666, True),
        ("area_voting", 44400, 66600, True),
        ("owners_for", 222, 444, False),
        ("area_for", 22200, 44400, False),
    ]


@pytest.mark.parametrize("wrong", [ballot(0, 0, 0), ballot(9, 10, 1), ballot(9, 5, 6), ballot(9, -1, -1)])
def test_numbers_that_cannot_be_are_refused(wrong: Ballot) -> None:
    with pytest.raises(BadInput):
        count(wrong, ORDINARY)


@given(st.integers(1, 3000), st.data())
def test_it_agrees_with_the_fractions_and_special_is_harder(all_: int, data: st.DataObject) -> None:
    voting = data.draw(st.integers(0, all_))
    for_ = data.draw(st.integers(0, voting))
    votes = ballot(all_, voting, for_)
    enough = voting > 0 and Fraction(voting, all_) >= Fraction(2, 3)
    assert count(votes, ORDINARY).carried == (enough and for_ * 2 > voting)
    assert count(votes, SPECIAL).carried == (enough and for_ * 4 >= voting * 3)
    assert count(votes, ORDINARY).carried or not count(votes, SPECIAL).carried
