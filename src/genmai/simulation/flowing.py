"""Flowing members of the demo: people met on rounds, one record in each state, a few members enrolled twice.

Everybody acts through commands, the same seed and end make the same deeds; nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from genmai.directory.roster import sealing
from genmai.directory.roster.commands.members import NewMember, enrol
from genmai.directory.roster.commands.merging import merge, say_different
from genmai.directory.roster.commands.pairing import find_pairs
from genmai.directory.roster.models import Membership, Organisation, Person
from genmai.directory.roster.models.linkage import Pair
from genmai.directory.territory.days import day_of
from genmai.kernel.viewer import Actor
from genmai.processes.registers.flowing.commands import candidates, clocks, records
from genmai.processes.registers.flowing.commands.judging import Known
from genmai.processes.registers.models import Candidate
from genmai.simulation.chapter import Chapter
from genmai.simulation.procedures import actors
from genmai.simulation.year import Ground

SYSTEM = Actor.system("simulation")
# Name, source, how many days ago.
MET = (
    ("竺海明", "visit", 1), ("邬晓芬", "registration", 3), ("买买提·艾力", "visit", 6), ("励建平", "registration", 9),
    ("应雪琴", "visit", 20), ("裘国良", "registration", 40), ("虞志远", "visit", 70), ("柴玉兰", "visit", 75),
)  # fmt: skip


@dataclass
class FlowingChapter(Chapter):
    """What is under way."""

    name = "flowing"
    ground: Ground

    def ago(self, days: float) -> datetime:
        return self.end - timedelta(days=days) + timedelta(hours=10)

    def worker(self, grid: Organisation) -> Actor:
        return self.ground.cast.actor(grid.pk, role="grid_worker")

    def secretary(self, village: Organisation) -> Actor:
        return self.ground.cast.actor(village.pk, role="village_secretary")


def tell(*, ground: Ground, seed: int, end: datetime) -> None:
    """Nine people met here, three members gone from here, four enrolled twice; what the clock proposes of them."""
    told = FlowingChapter(seed, end, ground)
    grid, village = ground.focus[0].grid, ground.focus[0].village
    met = [_met(told, grid, number) for number in range(len(MET))]
    worker = told.worker(grid)
    candidates.miss(
        actor=worker, at=told.ago(5), key=told.key(), candidate=met[2].public_id, way="phone", text="没人接"
    )
    candidates.deny(actor=worker, at=told.ago(8), key=told.key(), candidate=met[3].public_id, way="visit")
    declared = [
        candidates.declare(
            actor=worker, at=told.ago(days), key=told.key(), candidate=met[at].public_id, way="visit", home_said=home
        )
        for at, days, home in (
            (4, 18, "安徽省阜南县王店孜乡支部"), (5, 38, "贵州省思南县三道水乡支部"), (7, 74, "河南省固始县城关支部")
        )
    ]  # fmt: skip
    records.contact(
        actor=worker, at=told.ago(4), key=told.key(), record=declared[1].public_id, way="phone", reached=True,
        text="在工地上，月底回来参加活动",
    )  # fmt: skip
    records.care(actor=worker, at=told.ago(3), key=told.key(), record=declared[1].public_id, duty="service_card")
    _gone(told, village)
    _looked_through(told, _twice(told))
    clocks.propose(actor=SYSTEM, at=told.ago(1))
    _on_a_roll(told, grid, village)


def _met(told: FlowingChapter, grid: Organisation, number: int) -> Candidate:
    name, source, days = MET[number]
    return candidates.tell(
        actor=told.worker(grid), at=told.ago(days), key=told.key(), source=source, host_id=grid.pk, name=name,
        phone=f"1370588{number:04d}",
    )  # fmt: skip


def _on_a_roll(told: FlowingChapter, grid: Organisation, village: Organisation) -> None:
    """A new resident registers as a branch elsewhere knows them: the comparison says why it thinks so."""
    rows = Membership.objects.filter(valid_to__isnull=True, stage="full", person__phone_index__isnull=False)
    elsewhere = rows.exclude(branch__code__startswith=f"party-{village.code}-").select_related("person__profile")
    known = elsewhere.order_by("-id").first()
    if known is not None:
        candidates.tell(
            actor=told.worker(grid), at=told.ago(2), key=told.key(), source="registration", host_id=grid.pk,
            name=known.person.display_name, phone=sealing.open_person(known.person).phone,
            known=Known(born=known.person.profile.born_on, sex=known.person.profile.sex),
        )  # fmt: skip


def _roll(village: Organisation) -> list[Person]:
    """Members of the village's branches, in the order they were enrolled."""
    rows = Membership.objects.filter(branch__code__startswith=f"party-{village.code}-", valid_to__isnull=True)
    return [row.person for row in rows.select_related("person").order_by("id")[9:12]]


def _gone(told: FlowingChapter, village: Organisation) -> None:
    """One plans to go, one has gone, one is long silent."""
    secretary = told.secretary(village)
    for person, days, planned, reason, where in zip(
        _roll(village), (4, 60, 220), (True, False, False), ("study", "work", "business"),
        ("上海市松江区", "杭州市上城区", "义乌国际商贸城"), strict=False,
    ):  # fmt: skip
        left = day_of(told.ago(days)) + (timedelta(days=20) if planned else timedelta())
        records.leave(
            actor=secretary, at=told.ago(days), key=told.key(), member=person.public_id, reason=reason, left_on=left,
            host_said=where, planned=planned,
        )  # fmt: skip


def _twice(told: FlowingChapter) -> list[tuple[Person, Person]]:
    """Members enrolled a second time without their number, by a branch that didn't ask; and two who only look alike."""
    rows = list(Membership.objects.filter(valid_to__isnull=True, branch__category="branch").order_by("id")[:40])
    if len(rows) < 30:
        return []
    branches = [row.branch for row in reversed(rows)]
    twin = next((row for row in rows[26:] if len(row.person.display_name) == 3), rows[26])
    return [
        (row.person, _again(told, row, next(one for one in branches if one.pk != row.branch_id), ending))
        for row, ending in ((rows[20], ""), (rows[22], ""), (rows[24], ""), (twin, "华"))
    ]


def _again(told: FlowingChapter, known: Membership, branch: Organisation, ending: str) -> Person:
    """The same person, or with another ending of the name a twin who gave the family's number too."""
    profile, name = known.person.profile, known.person.display_name
    about = NewMember(
        name=name[:-1] + ending if ending else name,
        phone=sealing.open_person(known.person).phone, sex=profile.sex, born_on=profile.born_on,
    )  # fmt: skip
    return enrol(
        actor=SYSTEM, at=told.ago(30), key=told.key(), branch=branch, member=about, arrived="first_entry", stage="full",
        on=day_of(told.ago(30)), joined_on=known.joined_on, full_on=known.full_on, document="补登（演示）",
    ).person  # fmt: skip


def _looked_through(told: FlowingChapter, twice: Sequence[tuple[Person, Person]]) -> None:
    """The look of every night; of what it found two wait, one was merged, one are two people after all."""
    find_pairs(actor=SYSTEM, at=told.ago(2), key=told.key())
    office = actors(told.ground, told.seed, told.end)["committee"]
    for (known, other), same in zip(twice[2:], (True, False), strict=False):
        pair = Pair.objects.filter(first__in=(known, other), second__in=(known, other)).first()
        if pair is None:
            continue
        common: dict[str, Any] = {"actor": office, "at": told.ago(1), "key": told.key(), "pair": pair.public_id}
        if same:
            merge(**common, keep=known.public_id, reason="两个支部都问过，是同一位")
        else:
            say_different(**common, reason="都见过：是双胞胎，留的是家里的电话")
