"""The members, branch by branch, in the order of the branches: as many as each has, at least three of them full."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import Any, NamedTuple

from genmai.simulation.city.figures import Figures
from genmai.simulation.city.names import Names
from genmai.simulation.city.numbers import Numbers
from genmai.simulation.city.officers import Planned
from genmai.simulation.city.organisations import Body

FULL_AT_LEAST = 3
FULL, PROBATIONARY, NORMAL = "正式党员", "预备党员", "正常"
# The age groups of the bulletin, first and last year of age; the last one thins out.
_AGES = ((19, 30), (31, 35), (36, 40), (41, 45), (46, 50), (51, 55), (56, 60), (61, 96))
_YEAR = 365.25
_STUDYING = 22  # the few who are younger are still at college
_COLLEGE = ("大学本科", "大学专科", "硕士研究生")
_DEGREES = {"博士研究生": "博士", "硕士研究生": "硕士", "大学本科": "学士"}
_EDUCATED = {"小学": 16, "初中": 17, "普通高中": 19, "中等专科": 19, "大学专科": 22, "大学本科": 23}


class Member(NamedTuple):
    """One row of the members' sheet, by the keys of its definition. Dates are None where there is nothing to say."""

    branch: str
    name: str
    sex: str
    identity: str
    born_on: date
    ethnicity: str
    education: str
    degree: str
    worked_on: date | None
    occupation: str
    stage: str
    status: str
    joined_on: date
    full_on: date | None
    phone: str
    arrived_on: date
    arrived: str


class Members:
    """Makes the members of one branch after another; call in the order of the branches, for numbers are handed out."""

    def __init__(self, figures: Figures, seed: int, ordinals: Mapping[str, int]) -> None:
        self._seed, self._ordinals = seed, ordinals
        self._assumed: Mapping[str, Any] = figures.assumed
        self._today, self._year = figures.as_at.toordinal(), figures.as_at.year
        self._change = figures.officers.began
        self._names, self._numbers = Names(), Numbers()
        self._ages = {sector: list(accumulate(weights)) for sector, weights in self._assumed["ages"].items()}
        education, occupations = self._assumed["education"], self._assumed["occupations"]
        self._educations: Sequence[str] = education["names"]
        self._occupations: Sequence[str] = occupations["names"]
        sectors = list(self._ages)
        self._education = {name: [list(accumulate(row)) for row in education[name]] for name in sectors}
        self._occupation = {name: list(accumulate(occupations[name])) for name in sectors}

    def of(self, branch: Body, planned: Sequence[Planned] = ()) -> Iterator[Member]:
        """As many as the branch has; the first ones are those planned, and three at least are full members."""
        rng = random.Random(f"{self._seed} members {branch.code}")
        code = branch.division
        district = self._ordinals[code[:6] if len(code) >= 6 else code]
        for number in range(branch.members):
            plan = planned[number] if number < len(planned) else None
            yield self._member(rng, branch, district, plan, sure=number < FULL_AT_LEAST or plan is not None)

    def _member(self, rng: random.Random, branch: Body, district: int, plan: Planned | None, *, sure: bool) -> Member:
        sector = branch.sector
        woman = plan.woman if plan else rng.random() < self._assumed["women"][sector]
        born = plan.born(rng, self._change) if plan else date.fromordinal(self._birthday(rng, sector, sure))
        name, people = self._names.draw(rng, born=born.year, woman=woman)
        education = self._education_of(rng, sector, born.year, plan)
        joined = self._joined(rng, born.toordinal(), sure=sure)
        full = _year_later(joined)
        is_full = full.toordinal() <= self._today
        age = (self._today - born.toordinal()) / _YEAR
        occupation = self._occupation_of(rng, sector, age, woman, plan)
        arrived_on, arrived = self._arrival(rng, joined)
        return Member(
            branch.code, name, "女" if woman else "男",
            self._numbers.identity(district=district, born=born, woman=woman), born, people, education,
            _DEGREES.get(education, ""), self._worked(rng, born, age, education, occupation), occupation,
            FULL if is_full else PROBATIONARY, NORMAL, joined, full if is_full else None,
            self._phone(rng, born.year), arrived_on, arrived,
        )  # fmt: skip

    def _birthday(self, rng: random.Random, sector: str, sure: bool) -> int:
        sums = self._ages[sector]
        low, high = _AGES[bisect(sums, rng.random() * sums[-1])]
        years = min(high, low + int(rng.expovariate(0.11))) if low > 60 else low + int(rng.random() * (high - low + 1))
        if sure and years < 24:
            years = 24 + int(rng.random() * 10)
        return self._today - int((years + rng.random()) * _YEAR)

    def _joined(self, rng: random.Random, born: int, *, sure: bool) -> date:
        mean, spread = self._assumed["joining"]["age"]
        latest = self._today - (400 if sure else 12)
        adult = born + int(18 * _YEAR) + 30
        day = born + int(max(18.1, rng.gauss(mean, spread)) * _YEAR)
        if day > latest:
            day = adult + int(rng.random() * (latest - adult))
        return date.fromordinal(day)

    def _education_of(self, rng: random.Random, sector: str, born: int, plan: Planned | None) -> str:
        if plan is not None:
            return _COLLEGE[int(rng.random() * 2)] if plan.college else ("普通高中", "中等专科")[rng.random() < 0.3]
        if born > self._year - _STUDYING:
            return "普通高中"  # at college
        sums = self._education[sector][(born >= 1955) + (born >= 1970) + (born >= 1985)]
        found = self._educations[bisect(sums, rng.random() * sums[-1])]
        doctor = found == "硕士研究生" and rng.random() < self._assumed["education"]["doctors"]
        return "博士研究生" if doctor else found

    def _occupation_of(self, rng: random.Random, sector: str, age: float, woman: bool, plan: Planned | None) -> str:
        if plan is not None:
            return "农牧渔民"
        if age < _STUDYING:
            return "学生"
        if age >= (55 if woman else 60):
            if sector == "village":
                return "离退休人员" if rng.random() < self._assumed["occupations"]["retired_in_village"] else "农牧渔民"
            return "离退休人员"
        sums = self._occupation[sector]
        found = self._occupations[bisect(sums, rng.random() * sums[-1])]
        return "其他职业人员" if found == "学生" and age > 28 else found

    def _worked(self, rng: random.Random, born: date, age: float, education: str, occupation: str) -> date | None:
        begins = _EDUCATED.get(education, 26)
        if occupation in ("学生", "农牧渔民") or age < begins + 1:
            return None
        return date(born.year + begins, 8, 1 + int(rng.random() * 20))

    def _phone(self, rng: random.Random, born: int) -> str:
        if born < 1945 and rng.random() < self._assumed["joining"]["no_phone"]:
            return ""
        return self._numbers.phone()

    def _arrival(self, rng: random.Random, joined: date) -> tuple[date, str]:
        latest = self._today - 400
        first = joined.toordinal()
        if rng.random() < self._assumed["joining"]["moved"] and first + 400 < latest:
            word = ("县内转入", "县内转入", "省内转入", "跨省转入")[int(rng.random() * 4)]
            return date.fromordinal(first + 365 + int(rng.random() * (latest - first - 365))), word
        return joined, "新发展"


def _year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
