"""A share is never shown without what it is made of, and never printed from too little."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as some

from genmai.interfaces.web.shell.view_models import Figure, percent

NOW = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)


def drawn(figure: Figure) -> str:
    return Template("{% load genmai_components %}{% figure one now %}").render(Context({"one": figure, "now": NOW}))


def test_a_figure_prints_n_and_d_as_of_rule_and_the_way_to_its_deeds():
    text = drawn(Figure("按时办结率", 298, 331, NOW, "三率 1.0", "/deeds?x=1"))
    for part in ("90.0", "298 / 331", "今天 10:05", "三率 1.0", 'href="/deeds?x=1"'):
        assert part in text


def test_a_small_sample_has_no_percentage_but_keeps_its_parts():
    text = drawn(Figure("回访核实率", 5, 6, NOW, "三率 1.0", "/deeds"))
    assert "样本不足" in text
    assert "5 / 6" in text
    assert "83" not in text


def test_nothing_counted_is_not_zero_percent():
    text = drawn(Figure("重复反映率", 0, 0, NOW, "三率 1.0", "/deeds"))
    assert "0.0" not in text
    assert "0 / 0" not in text
    assert "/deeds" not in text


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [((90, 100), (873, 1000), "+2.7"), ((86, 100), (90, 100), "−4.0"), ((9, 10), (90, 100), "±0.0")],
)
def test_change_is_in_points_with_its_sign(now, before, change):
    assert Figure("", *now, NOW, "", previous=before).change == change


def test_no_change_is_told_from_a_small_past():
    assert Figure("", 90, 100, NOW, "", previous=(3, 4)).change == ""


@given(n=some.integers(0, 10**6), d=some.integers(1, 10**6))
def test_percent_is_rounded_half_up_exactly(n, d):
    whole, tenth = percent(n, d).split(".")
    shown = Fraction(int(whole) * 10 + int(tenth), 1000)
    assert Fraction(-1, 2000) < shown - Fraction(n, d) <= Fraction(1, 2000)
