"""Whether so many at once is unusual: by hand, and by what must hold for all counts."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genmai.processes.cases.likeness.unusual import chance_of, expected

counts = st.integers(0, 60)
spans = st.floats(0.5, 700)


def test_with_whole_numbers_it_is_the_negative_binomial() -> None:
    # before = 1 gives r = 1.5; r = 1.5 has no binomial, so the sum is checked by the recursion p(k+1) = p(k)·q·(k+r)/(k+1).
    p, q, r = 4 / 5, 1 / 5, 1.5
    term, below = p**r, 0.0
    for k in range(3):
        below += term
        term *= q * (k + r) / (k + 1)
    assert chance_of(3, before=1, spans=4) == pytest.approx(1 - below)
    assert comb(4, 2) == 6  # the recursion above is the binomial series


def test_three_after_none_in_four_weeks_is_rare_but_not_impossible() -> None:
    assert 0.001 < chance_of(3, before=0, spans=4) < 0.01
    assert chance_of(2, before=0, spans=4) > 0.01


def test_so_many_as_always_is_not_unusual() -> None:
    assert chance_of(10, before=40, spans=4) > 0.3
    assert expected(before=40, spans=4) == 10


@given(n=counts, before=counts, spans=spans)
def test_it_is_a_probability_that_falls_with_the_count_and_rises_with_what_came_before(
    n: int, before: int, spans: float
) -> None:
    here = chance_of(n, before=before, spans=spans)
    assert 0 <= here <= 1
    assert chance_of(n + 1, before=before, spans=spans) <= here + 1e-12
    assert chance_of(n, before=before + 1, spans=spans) >= here - 1e-12
