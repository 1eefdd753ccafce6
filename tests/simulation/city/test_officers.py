"""Secretaries and heads: numerators and denominators of the seeds, counted from the sheet's own rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from genmai.simulation.city.members import Member
from genmai.simulation.city.sheets import City

CHANGE = date(2025, 12, 15)
COLLEGE = {"大学专科", "大学本科", "硕士研究生", "博士研究生"}
Rows = list[Mapping[str, Any]]


@pytest.fixture(scope="module")
def told(city: City, members: list[Member]) -> tuple[Rows, dict[str, Member]]:
    return list(city.post_rows()), {member.identity: member for member in members}


def _of(rows: Iterable[Mapping[str, Any]], post: str, *, present: bool) -> dict[str, str]:
    found = {}
    for row in rows:
        if row["post"] == post and (row["left_on"] is None) == present:
            found[row["organisation"].removeprefix("party-")] = row["identity"]
    return found


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def test_one_person_is_secretary_and_head_in_3012_of_3042(told: tuple[Rows, dict[str, Member]]) -> None:
    secretaries, heads = (_of(told[0], post, present=True) for post in ("书记", "村（居）民委员会主任"))
    assert len(secretaries) == len(heads) == 3042
    assert sum(secretaries[village] == heads[village] for village in secretaries) == 3012
    assert round(100 * 3012 / 3042, 1) == 99.0


def test_college_or_above_1843_of_3042(told: tuple[Rows, dict[str, Member]]) -> None:
    secretaries = _of(told[0], "书记", present=True)
    assert sum(told[1][number].education in COLLEGE for number in secretaries.values()) == 1843
    assert round(100 * 1843 / 3042, 1) == 60.6


def test_seven_and_a_half_years_younger_than_before_the_change(told: tuple[Rows, dict[str, Member]]) -> None:
    now, before = (_of(told[0], "书记", present=present).values() for present in (True, False))
    years = [sum(_age(told[1][number].born_on, CHANGE) for number in team) for team in (before, now)]
    assert (years[0] - years[1]) / 3042 == 7.5


def test_women_and_those_elected_again(told: tuple[Rows, dict[str, Member]]) -> None:
    now, before = (_of(told[0], "书记", present=present) for present in (True, False))
    assert sum(told[1][number].sex == "女" for number in now.values()) == 517
    assert sum(told[1][number].sex == "女" for number in before.values()) == 335
    assert sum(now[village] == before[village] for village in now) == 1065


def test_the_whole_team_has_the_secretaries_figures(told: tuple[Rows, dict[str, Member]]) -> None:
    """With the heads who are no secretaries counted in, as the statistics of a turn count: still 60.6 % and 7.5 years."""
    means = []
    for present, change in ((False, CHANGE - timedelta(days=1)), (True, CHANGE)):
        team = set()
        for post in ("书记", "村（居）民委员会主任"):
            team |= set(_of(told[0], post, present=present).values())
        means.append(sum(_age(told[1][number].born_on, change) for number in team) / len(team))
    college = sum(told[1][number].education in COLLEGE for number in team)
    assert len(team) == 3072
    assert round(100 * college / len(team), 1) == 60.6
    assert round(means[0] - means[1], 1) == 7.5
