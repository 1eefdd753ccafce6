"""The line told is the one a writer would look for."""

from __future__ import annotations

import pytest

from genmai.mechanisms.problems import Problem, Problems, line_of

TEXT = """\
small = 3
[kinds.a]
title = { zh = "甲" }
limits.normal = 1
[kinds."b"]
points = 2
[[basis]]
number = ""
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("small", 1),
        ("kinds", 2),  # the first table under it, not the last
        ("kinds.a", 2),
        ("kinds.a.title", 3),
        ("kinds.a.title.en", 3),  # missing inside: the line of what it is missing from
        ("kinds.a.missing", 2),
        ("kinds.a.limits.normal", 4),
        ("kinds.b.points", 6),
        ("basis.0.number", 7),
        ("nowhere", 0),
    ],
)
def test_the_deepest_part_that_stands_there_is_told(path: str, line: int) -> None:
    assert line_of(TEXT, path.split(".")) == line


def test_problems_are_sorted_and_told_once() -> None:
    one, two = Problem("b", 1, "k", "", "x"), Problem("a", 2, "", "3", "y")
    assert str(Problems([one, two, one])) == "a:2: (file) = 3: y\nb:1: k: x"
