"""The city's Party tree: city and districts, their own bodies, towns, villages, units; every one with code and parent.

City and district committees are ground, not counted among the grassroots organisations of the figures. A town's own
committee counts as "other". Codes follow the divisions': `party-330212101201`, its second branch `…-02`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from genmai.simulation.city.figures import Figures, apportion
from genmai.simulation.city.ground import Ground
from genmai.simulation.city.units import Unit, UnitNames, fill
from genmai.simulation.city.villages import village_branches

COMMITTEE, WORK_COMMITTEE, GENERAL, BRANCH, JOINT = (
    "committee", "work_committee", "general_branch", "branch", "joint_branch",
)  # fmt: skip
_NUMERALS = "一二三四五六七八九十"
# A city's or district's own bodies above the units of a sector: sector, code's tail, name, category. Units hang under
# them in turn.
_HEADS = (
    ("organ", "jg", "{area}直属机关工作委员会", "{area}直属机关工委", WORK_COMMITTEE),
    ("organ", "jy", "{area}教育局委员会", "{area}教育局党委", COMMITTEE),
    ("organ", "wj", "{area}卫生健康局委员会", "{area}卫健局党委", COMMITTEE),
    ("enterprise", "lx", "{area}委两新组织工作委员会", "{area}委两新工委", WORK_COMMITTEE),
    ("social", "sh", "{area}社会组织综合委员会", "{area}社会组织综合党委", COMMITTEE),
    ("other", "lg", "{area}委老干部局离退休干部工作委员会", "{area}离退休干部工委", WORK_COMMITTEE),
)
_LETTERS = {"organ": "j", "enterprise": "q", "social": "s", "other": "t"}


@dataclass(frozen=True, slots=True)
class Body:
    """One organisation; `members` only of branches. `unit` is the body it stands in, `division` its ground's code."""

    code: str
    name: str
    short: str
    category: str
    sector: str
    parent: str
    division: str
    unit: str
    members: int = 0

    @property
    def is_branch(self) -> bool:
        return self.category in (BRANCH, JOINT)


def party_code(division: str) -> str:
    """The code of a division's own Party organisation."""
    return f"party-{division}"


def organisations(figures: Figures, ground: Ground, seed: int) -> list[Body]:
    """All of them, parents first: towns, heads, units of each sector, villages. Adds up to the figures exactly."""
    names = UnitNames(seed)
    found = [*_towns(figures, ground), *_heads(ground)]
    members = 0
    for sector in ("organ", "enterprise", "social", "other"):
        standing = sum(body.sector == sector for body in found)
        bodies = list(_units(figures, ground, sector, figures.organisations[sector] - standing, names, seed))
        members += sum(body.members for body in bodies)
        found += bodies
    found += _villages(figures, ground, figures.members - members, seed)
    return found


def _towns(figures: Figures, ground: Ground) -> Iterator[Body]:
    names = ground.names
    for town in ground.towns:
        street = town.name.endswith("街道")
        full = f"中共{figures.name}{names[town.code[:6]]}{town.name}{'工作委员会' if street else '委员会'}"
        yield Body(
            party_code(town.code), full, town.name + ("党工委" if street else "党委"),
            WORK_COMMITTEE if street else COMMITTEE, "other", party_code(town.code[:6]), town.code, town.name,
        )  # fmt: skip


def _heads(ground: Ground) -> Iterator[Body]:
    for area in (ground.city, *ground.districts):
        for sector, tail, full, short, category in _HEADS:
            if area is ground.city and sector == "social":
                continue
            where = area.name if area is ground.city else ground.city.name + area.name
            yield Body(
                f"{party_code(area.code)}-{tail}", "中共" + full.format(area=where), short.format(area=area.name),
                category, sector, party_code(area.code), area.code, short.format(area=area.name),
            )  # fmt: skip


def _units(figures: Figures, ground: Ground, sector: str, count: int, names: UnitNames, seed: int) -> Iterator[Body]:
    """`count` organisations of a sector, under the city's and districts' heads and under the towns."""
    city_share, district_share = figures.assumed["pools"][sector]
    villages = [sum(v.code.startswith(t.code) for v in ground.villages) for t in ground.towns]
    in_city, in_districts, in_towns = apportion(
        count, [city_share, district_share, max(0.0, 1 - city_share - district_share)]
    )
    of_district = [
        sum(n for t, n in zip(ground.towns, villages, strict=True) if t.code.startswith(d.code))
        for d in ground.districts
    ]
    places = [
        (ground.city.code, in_city),
        *zip((d.code for d in ground.districts), apportion(in_districts, of_district), strict=True),
        *zip((t.code for t in ground.towns), apportion(in_towns, villages), strict=True),
    ]
    for place, number in places:
        rng = random.Random(f"{seed} {sector} {place}")
        parents = [party_code(place)] if len(place) == 9 else _heads_of(place, sector)
        units = fill(rng, number, sector, figures.assumed)
        yield from _bodies(units, place, parents, sector, ground, names, rng)


def _heads_of(place: str, sector: str) -> list[str]:
    found = [f"{party_code(place)}-{tail}" for of, tail, *_ in _HEADS if of == sector]
    return found or [party_code(place)]


def _bodies(
    units: Sequence[Unit], place: str, parents: Sequence[str], sector: str, ground: Ground, names: UnitNames,
    rng: random.Random,
) -> Iterator[Body]:  # fmt: skip
    area = ground.names[place]
    for number, unit in enumerate(units, 1):
        head = number % len(parents)
        tail = parents[head].rsplit("-", 1)[-1] if len(place) < 9 else ""
        called = names.next(sector, area, tail, rng)
        base = Body(
            f"{party_code(place)}-{_LETTERS[sector]}{number:04d}", "", "", "", sector, parents[head], place, called
        )
        yield from with_branches(base, unit.branches, joint=unit.joint)


def with_branches(base: Body, sizes: Sequence[int], *, joint: bool = False) -> Iterator[Body]:
    """A unit's organisation and, where it has several, its branches: category by the members there are (DOMAIN 7.2)."""
    unit = base.unit
    if len(sizes) == 1:
        category, full, short = (JOINT, "联合支部", "联合党支部") if joint else (BRANCH, "支部", "党支部")
        yield replace(base, name=f"中共{unit}{full}委员会", short=unit + short, category=category, members=sizes[0])
        return
    large = sum(sizes) > 100
    category, full, short = (COMMITTEE, "委员会", "党委") if large else (GENERAL, "总支部委员会", "党总支")
    yield replace(base, name=f"中共{unit}{full}", short=unit + short, category=category)
    for number, size in enumerate(sizes, 1):
        yield replace(
            base, code=f"{base.code}-{number:02d}", name=f"中共{unit}第{ordinal(number)}支部委员会",
            short=f"{unit}第{ordinal(number)}党支部", category=BRANCH, parent=base.code, members=size,
        )  # fmt: skip


def ordinal(number: int) -> str:
    """1 → 一, 12 → 十二, 20 → 二十; up to 99."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _NUMERALS[tens - 1] + "十"
    return head + (_NUMERALS[ones - 1] if ones else "")


def _villages(figures: Figures, ground: Ground, members: int, seed: int) -> Iterator[Body]:
    names = ground.names
    branches = village_branches(
        random.Random(f"{seed} villages"), villages=len(ground.villages), members=members,
        organisations=figures.organisations["village"], spread=figures.assumed["village"]["spread"],
    )  # fmt: skip
    for village, sizes in zip(ground.villages, branches, strict=True):
        town = village.code[:9]
        long = f"{figures.name}{names[village.code[:6]]}{names[town]}"
        base = Body(
            party_code(village.code), "", "", "", "village", party_code(town), village.code, village.name
        )  # fmt: skip
        for body in with_branches(base, sizes):
            yield replace(body, name=body.name.replace("中共", f"中共{long}", 1))


def counts(bodies: Sequence[Body]) -> Mapping[str, int]:
    """Organisations by sector."""
    found: dict[str, int] = {}
    for body in bodies:
        found[body.sector] = found.get(body.sector, 0) + 1
    return found
