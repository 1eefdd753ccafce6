"""Deeds suffice: figures from the deed table alone equal those worked out by hand, as known at two dates.

The case tables stay empty here: whatever the figures say, they can only have it from deeds.
"""

from __future__ import annotations

from collections import Counter

import pytest
from tests.factories.organisations import small_district
from tests.measures.scores.by_hand import BY_HAND
from tests.measures.scores.lines import END, Bodies, HandCase, thirty, viewer_at, write

from genmai.measures.scores.case_figures import board, deeds_behind
from genmai.measures.scores.rules import RULES

CASES = thirty()
MONTHS = ("2026-03", "2026-04")


@pytest.fixture
def bodies(db: None) -> Bodies:
    return Bodies.of(small_district())


def test_there_are_thirty_and_no_case_row_is_read(bodies: Bodies) -> None:
    from genmai.processes.cases.models import Case

    write(CASES, bodies)
    assert len(CASES) == len({each.number for each in CASES}) == 30
    assert not Case.objects.exists()


@pytest.mark.parametrize("known", ["march", "april"])
def test_figures_equal_those_worked_out_by_hand(bodies: Bodies, known: str) -> None:
    write(CASES, bodies)
    top = bodies.paths["D"]
    made = board(viewer_at(top), path=top, months=MONTHS, known_at=END[known])
    for (when, month, letter), expected in BY_HAND.items():
        if when == known:
            got = {key: made.figure(bodies.paths[letter], month, key) for key in RULES}
            assert {key: (f.numerator, f.denominator) for key, f in got.items()} == expected, (known, month, letter)


# 12 and 29 count with the cases they are merged into.
GROUPS = [[each] for each in CASES if each.number not in (11, 12, 13, 14, 29, 30)]
GROUPS += [[each for each in CASES if each.number in pair] for pair in ((11, 12), (13, 14), (29, 30))]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: "+".join(str(each.number) for each in group))
def test_each_case_contributes_what_its_story_says(bodies: Bodies, group: list[HandCase]) -> None:
    write(group, bodies)
    for known in ("march", "april"):
        expected: Counter[tuple[str, str, str]] = Counter()
        for each in group:
            for line in each.known[known]:
                month, letter, key, fraction = line.split()
                numerator, denominator = map(int, fraction.split("/"))
                expected[f"2026-{month}", letter, key + " n"] += numerator
                expected[f"2026-{month}", letter, key + " d"] += denominator
        assert _contributions(bodies, known) == +expected, known


def _contributions(bodies: Bodies, known: str) -> Counter[tuple[str, str, str]]:
    """What counts for each body itself, its subordinates taken off."""
    top = bodies.paths["D"]
    made = board(viewer_at(top), path=top, months=MONTHS, known_at=END[known])
    below = {"D": ("N", "S", "P"), "N": ("N1", "N2"), "S": ("S1",)}
    found: Counter[tuple[str, str, str]] = Counter()
    for month in MONTHS:
        for key in RULES:
            sums = {letter: made.figure(path, month, key) for letter, path in bodies.paths.items()}
            for letter, figure in sums.items():
                parts = [sums[other] for other in below.get(letter, ())]
                numerator = figure.numerator - sum(part.numerator for part in parts)
                denominator = figure.denominator - sum(part.denominator for part in parts)
                if key.startswith("solved_at"):  # each level's denominator is all solved: count it once
                    found[month, letter, f"level{key[-1]} n"] += numerator
                    found[month, letter, f"level{key[-1]} d"] += numerator
                else:
                    found[month, letter, f"{key} n"] += numerator
                    found[month, letter, f"{key} d"] += denominator
    return +found


@pytest.mark.parametrize("known", ["march", "april"])
def test_a_figure_opens_to_exactly_the_deeds_it_counts(bodies: Bodies, known: str) -> None:
    """Each deed weighs one, except the contact of case 11: two persons."""
    write(CASES, bodies)
    for (when, month, letter), expected in BY_HAND.items():
        for key, (numerator, denominator) in expected.items():
            if when != known or letter not in ("D", "N1"):
                continue
            path = bodies.paths[letter]
            who = viewer_at(path)
            whole = deeds_behind(who, path=path, month=month, key=key, known_at=END[known], limit=200)
            above = deeds_behind(
                who, path=path, month=month, key=key, known_at=END[known], limit=200, only_numerator=True
            )
            heavy = key == "response" and month == "2026-03" and letter in ("D", "N1")
            assert (above.total + heavy, whole.total + heavy) == (numerator, denominator), (month, letter, key)
            assert len(whole.deeds) == whole.total
            assert set(above.deeds) <= set(whole.deeds)


def _edge(number: int, *deeds: str) -> HandCase:
    return HandCase(number, deeds, {})


def test_a_caller_who_joins_after_the_contact_was_not_contacted_by_it(bodies: Bodies) -> None:
    contacted = _edge(
        1, "03-03 09:00 case.received N1 a", "03-03 16:00 milestone.met N1 contact on_time due=03-04 09:30"
    )
    joined = _edge(2, "03-03 17:00 case.received N1 b", "03-04 09:00 case.merged N1 into=1")
    write([contacted, joined], bodies)
    path = bodies.paths["N1"]
    figure = board(viewer_at(path), path=path, months=["2026-03"], known_at=END["march"]).figure(
        path, "2026-03", "response"
    )
    assert (figure.numerator, figure.denominator) == (1, 1)


def test_a_closed_case_that_is_merged_afterwards_is_solved_once(bodies: Bodies) -> None:
    both = [
        _edge(n, f"03-03 09:0{n} case.received N1 a", f"03-05 09:0{n} case.closed N1 fixed level={n}") for n in (2, 3)
    ]
    both.append(_edge(3, "03-06 09:00 case.merged N1 into=2"))
    write(both, bodies)
    path = bodies.paths["N1"]
    made = board(viewer_at(path), path=path, months=["2026-03"], known_at=END["march"])
    shares = [made.figure(path, "2026-03", f"solved_at_{n}") for n in (2, 3)]
    assert [(f.numerator, f.denominator) for f in shares] == [(1, 1), (0, 1)]
