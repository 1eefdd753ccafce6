"""Drawings start at zero, carry their words, mark small samples, and hold no style the policy would refuse."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as some

from genmai.interfaces.web.shell.charts import Bar, Column, Segment, bars, columns, share_bar

NAMES = some.text(some.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


def widths(svg: str, css: str) -> list[float]:
    tree = ElementTree.fromstring(svg)
    return [float(rect.get("width", "0").rstrip("%")) for rect in tree.iter("rect") if rect.get("class") == css]


def test_bars_are_in_proportion_from_zero():
    svg = bars("件数", [Bar("甲", 50, "50 件"), Bar("乙", 25, "25 件"), Bar("丙", 0, "0 件")])
    assert widths(svg, "now") == [100, 50, 0]


def test_a_share_is_measured_against_the_whole_not_the_largest():
    assert widths(bars("率", [Bar("甲", 0.5, "50%")], full=1.0), "now") == [50]


def test_small_samples_are_hatched_and_absent_months_are_gaps():
    svg = columns("率", [Column("1", 80, "80", small=True), Column("2", None), Column("3", 90, "90")], full=100)
    assert svg.count('class="hatched"') == 1
    assert svg.count("<rect") == 3  # hatch ground, month 1, month 3; none for the empty month
    assert ">无<" in svg


def test_parts_of_a_whole_fill_it_and_narrow_parts_are_named_below():
    svg = share_bar("级别", [Segment("网格", 90, "90%"), Segment("区", 10, "10%")])
    assert sum(widths(svg, "tone-1") + widths(svg, "tone-2")) == pytest.approx(100)
    assert "区 10%" in svg


@given(label=NAMES, shown=NAMES, value=some.integers(0, 10**9), name=NAMES)
def test_any_words_give_well_formed_svg_without_style_or_script(label, shown, value, name):
    drawings = [
        bars(name, [Bar(label, value, shown, small=True, mark=1, url=f"/?{label}")]),
        columns(name, [Column(label, value, shown)] * 4),
        share_bar(name, [Segment(label, value, shown)] * 7),
    ]
    for svg in drawings:
        tree = ElementTree.fromstring(svg)
        assert not any("style" in node.attrib or node.tag in ("style", "script") for node in tree.iter())
        assert not any(re.match("on", key) for node in tree.iter() for key in node.attrib)
        linked = any(child.tag.endswith("}a") or child.tag == "a" for child in tree)
        assert tree.get("role") == ("group" if linked else "img"), "links are not parts of a picture"
        assert tree.get("aria-label") == name


def test_nothing_to_draw_is_still_a_drawing():
    for svg in (bars("无", []), columns("无", []), share_bar("无", []), share_bar("无", [Segment("甲", 0, "0")])):
        ElementTree.fromstring(svg)
