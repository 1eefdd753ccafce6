"""The city at its full figures, without a database: the seeds' totals to the last one, numbers and names in order."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from genmai.directory.roster.models import Category, Sector
from genmai.directory.roster.registry.definition import code_of
from genmai.kernel.identity_numbers import normalise_identity, normalise_phone
from genmai.simulation.city import organisations, villages
from genmai.simulation.city.centres import centres
from genmai.simulation.city.members import FULL, Member
from genmai.simulation.city.sheets import City


def test_organisations_are_the_seeds_figures(city: City) -> None:
    assert organisations.counts(city.bodies) == {
        "enterprise": 10335, "organ": 10460, "social": 1014, "village": 9442, "other": 786,
    }  # fmt: skip
    assert len(city.bodies) == 32037
    assert {body.sector for body in city.bodies} == set(Sector.values)
    assert {body.category for body in city.bodies} == set(Category.values)


def test_the_tree_hangs_together_over_the_real_ground(city: City) -> None:
    ground = city.ground
    assert (len(ground.districts), len(ground.towns), len(ground.villages)) == (10, 162, 3042)
    seen = {organisations.party_code(area.code) for area in (ground.city, *ground.districts)}
    for body in city.bodies:
        assert body.parent in seen, f"{body.code} stands before {body.parent}"
        assert body.code not in seen
        seen.add(body.code)
    assert {organisations.party_code(area.code) for area in (*ground.towns, *ground.villages)} <= seen


def test_names_fit_and_none_comes_twice(city: City) -> None:
    assert max(Counter(body.name for body in city.bodies).values()) == 1
    assert max(len(body.name) for body in city.bodies) <= 120
    assert max(len(body.short) for body in city.bodies) <= 40
    assert max(len(body.code) for body in city.bodies) <= 40


def test_sizes_keep_to_the_rule(city: City) -> None:
    """A branch has at most fifty members; general branches stand over 51 to 100, committees over more (DOMAIN 7.2)."""
    below: defaultdict[str, int] = defaultdict(int)
    for body in city.bodies:
        assert body.members <= villages.LARGEST
        assert (body.members >= 4) == body.is_branch
    for body in reversed(city.bodies):  # parents stand first
        below[body.code] += body.members
        below[body.parent] += below[body.code]
    for body in city.bodies:
        if body.category == organisations.GENERAL:
            assert 51 <= below[body.code] <= 100
        if body.category == organisations.COMMITTEE and not _by_rank(body):
            assert below[body.code] > 100


def _by_rank(body: organisations.Body) -> bool:
    """A committee because of what it is over, not of how many there are: a town's, a district's own body."""
    return (body.code == organisations.party_code(body.division) and body.sector == "other") or body.unit == body.short


def test_members_are_as_many_and_every_branch_has_three_full_ones(city: City, members: list[Member]) -> None:
    assert len(members) == 561_000
    whole, full = Counter(member.branch for member in members), Counter(m.branch for m in members if m.stage == FULL)
    for body in city.bodies:
        assert whole[body.code] == body.members
        assert full[body.code] >= 3 or not body.is_branch


def test_every_number_passes_its_standard_and_belongs_to_nobody(members: list[Member]) -> None:
    seen = set()
    for member in members:
        assert normalise_identity(member.identity) == member.identity
        assert member.identity.startswith("3399"), "no county of Zhejiang begins 3399"
        assert member.identity[6:14] == f"{member.born_on:%Y%m%d}"
        assert (int(member.identity[16]) % 2 == 0) == (member.sex == "女")
        seen.add(member.identity)
    assert len(seen) == len(members)
    phones = [member.phone for member in members if member.phone]
    assert len(set(phones)) == len(phones)
    assert all(normalise_phone(phone) == phone and phone.startswith("164") for phone in phones)


def test_lives_are_possible(city: City, members: list[Member]) -> None:
    today = city.figures.as_at
    for member in members:
        assert (member.joined_on - member.born_on).days >= 18 * 365.25
        assert member.joined_on <= member.arrived_on <= today
        assert member.full_on is None or member.full_on <= today
        assert (member.full_on is None) == (member.stage != FULL)
        assert member.worked_on is None or member.born_on < member.worked_on <= today


def test_words_are_those_of_the_definitions(members: list[Member]) -> None:
    for key in ("sex", "ethnicity", "education", "occupation", "stage", "status", "arrival"):
        field = "arrived" if key == "arrival" else key
        assert {getattr(member, field) for member in members} <= set(code_of(key)), key
    assert {member.degree for member in members} <= {*code_of("degree"), ""}


def test_names_are_as_frequent_as_they_are(members: list[Member]) -> None:
    firsts = Counter(member.name[0] for member in members)
    assert [sign for sign, _ in firsts.most_common(3)] == ["王", "陈", "张"]
    with_dot = [member.name for member in members if "·" in member.name]
    assert 200 < len(with_dot) < 800
    assert all(re.fullmatch(r"[一-鿿]+(·[一-鿿]+)?", member.name) for member in members)


def test_centres(city: City) -> None:
    found = list(centres(city.figures, city.ground))
    assert len(found) == 3372
    assert len({centre.code for centre in found}) == 3372
    assert len({(centre.name, centre.division) for centre in found}) == 3372
    keepers = {body.code for body in city.bodies} | {organisations.party_code(d.code) for d in city.ground.districts}
    assert {centre.keeper for centre in found} <= keepers
