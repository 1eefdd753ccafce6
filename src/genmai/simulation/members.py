"""The membership of the demo: branches in the focus villages, their members, transfers in every state, two terms, dues."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from genmai.directory.roster.commands.dues import NewDues, record_dues
from genmai.directory.roster.commands.members import NewMember, change, enrol
from genmai.directory.roster.commands.organisations import NewOrganisation, open_organisations
from genmai.directory.roster.commands.proposals import decide, propose_due
from genmai.directory.roster.commands.standing import end_standing, record_standing
from genmai.directory.roster.commands.terms import Chosen, begin_term
from genmai.directory.roster.commands.transfers import accept, ask, expire_due, refuse, withdraw
from genmai.directory.roster.models import (
    Category,
    Level,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    Post,
    Proposal,
    Sector,
    Transfer,
    Tree,
)
from genmai.directory.roster.queries.timers import months_before
from genmai.directory.territory.days import day_of
from genmai.kernel.identity_numbers import identity_check_character
from genmai.kernel.viewer import Actor
from genmai.simulation.cast import invented_name
from genmai.simulation.chapter import Chapter
from genmai.simulation.year import Ground

SYSTEM = Actor.system("simulation")
BRANCHES = ("第一党支部", "第二党支部", "乡贤党支部")
EACH = 18  # members of a branch
VILLAGES = 10  # with two terms, in the focus town
EDUCATION = ("81", "71", "71", "61", "41", "31", "31", "21", "21", "14")
OCCUPATIONS = ("farmer", "farmer", "worker", "technical", "manager", "retired", "retired", "other", "")
PAYERS = (("farmer", "0.5"), ("salaried", "4200"), ("retired", "3600"), ("low", "0"))


@dataclass
class MembersChapter(Chapter):
    """What is under way."""

    name = "members"
    dice: random.Random
    members: dict[int, list[Membership]] = field(default_factory=dict)


def tell(*, ground: Ground, seed: int, end: datetime) -> None:
    """Some two hundred members; the same seed and end make the same deeds."""
    told = MembersChapter(seed, end, random.Random(f"{seed} members"))
    villages = list({spot.village.pk: spot.village for spot in ground.focus}.values())
    branches = _branches(told, villages)
    for branch in branches:
        told.members[branch.pk] = [_member(told, branch) for _ in range(EACH)]
    _terms(told, ground)
    _transfers(told, branches)
    _standings(told, branches[0])
    _dues(told, branches)


def _branches(told: MembersChapter, villages: Sequence[Organisation]) -> list[Organisation]:
    """Branches below the Party committee of each village."""
    rows = [
        NewOrganisation(
            f"party-{village.code}-{number}", f"{village.short_name}{name}", OrganisationKind.PARTY, Level.GRID,
            f"party-{village.code}", place_id=village.place_id, tree=Tree.PARTY, category=Category.BRANCH,
            sector=Sector.VILLAGE,
        )
        for village in villages for number, name in enumerate(BRANCHES, start=1)
    ]  # fmt: skip
    made = open_organisations(
        actor=SYSTEM, at=told.ago(360), key=told.key(), rows=rows, opened_on=date(2020, 1, 1), document="演示"
    )
    return [made[row.code] for row in rows]


def _identity(told: MembersChapter, born: date, sex: str) -> str:
    """Of the place's own prefix, with a right check character: nobody's."""
    head = f"330212{born:%Y%m%d}{told.step % 400 * 2 + (1 if sex == '1' else 2):03d}"
    return head + identity_check_character(head)


def _member(
    told: MembersChapter, branch: Organisation, *, born: date | None = None, sex: str = "", education: str = "",
    person: Person | None = None,
) -> Membership:  # fmt: skip
    dice = told.dice
    key, at = told.key(), told.ago(350)
    born = born or date(dice.randint(1942, 2002), dice.randint(1, 12), dice.randint(1, 28))
    sex = sex or dice.choice("1112")
    joined = date(min(born.year + dice.randint(19, 42), 2023), dice.choice((6, 7, 12)), 1)
    probation = joined.year >= 2025
    about = NewMember(
        name=person.display_name if person else invented_name(dice),
        identity="" if person else _identity(told, born, sex),
        phone="" if person else f"139{dice.randint(0, 99_999_999):08d}",
        sex=sex, born_on=born, ethnicity="01" if dice.random() < 0.97 else "22",
        education=education or dice.choice(EDUCATION), occupation=dice.choice(OCCUPATIONS),
    )  # fmt: skip
    return enrol(
        actor=SYSTEM, at=at, key=key, branch=branch, member=about, person=person, arrived="first_entry",
        stage="probationary" if probation else "full", on=max(joined, date(2020, 1, 1)), joined_on=joined,
        full_on=None if probation else joined.replace(year=joined.year + 1), document="建库名册（演示）",
    )  # fmt: skip


def _terms(told: MembersChapter, ground: Ground) -> None:
    """Before: secretary and head mostly two, older; after: nearly always one and the same, with a college degree."""
    first, second = date(2021, 1, 20), day_of(told.ago(150))
    town = ground.focus[0].town.pk
    villages = {spot.village.pk: spot.village for spot in ground.spots if spot.town.pk == town}
    for number, village in enumerate(sorted(villages.values(), key=lambda one: one.code)[:VILLAGES]):
        body = Organisation.objects.get(code=f"party-{village.code}")
        old = _member(told, body, born=date(1958 + number, 3, 1), sex="1", education="71")
        chief = _member(told, body, born=date(1961 + number, 8, 1), sex="1", education="61")
        post = Post.objects.select_related("person").filter(organisation=village, key="village_secretary").first()
        new = _member(
            told, body, born=date(1974 + number, 5, 1), sex="2" if number % 4 == 1 else "1",
            education="31" if number % 3 else "21", person=post.person if post else None,
        )  # fmt: skip
        both = number % 4 == 0  # one person held both before already
        _term(told, body, 11, first, ((old, "secretary", "书记"),))
        _term(told, village, 11, first, ((old if both else chief, "director", "主任"),))
        _term(told, body, 12, second, ((new, "secretary", "书记"),))
        _term(told, village, 12, second, ((chief if number == VILLAGES - 1 else new, "director", "主任"),))


def _term(
    told: MembersChapter, body: Organisation, number: int, on: date, chosen: Sequence[tuple[Membership, str, str]]
) -> None:
    begin_term(
        actor=SYSTEM, at=told.ago(140), key=told.key(), organisation=body, number=number, on=on,
        planned_end=on.replace(year=on.year + 5), document=f"第{number}届换届结果（演示）",
        chosen=[Chosen(row.person_id, post, title) for row, post, title in chosen],
    )  # fmt: skip


def _transfers(told: MembersChapter, branches: Sequence[Organisation]) -> None:
    """One in each state, and a second that waits."""
    here, there = branches[0], branches[-1]
    going = told.members[here.pk]

    def asked(row: Membership, days: int, to: Organisation = there) -> Transfer:
        return ask(
            actor=SYSTEM, at=told.ago(days), key=told.key(), person_id=row.person_id, to=to, reason="home",
            document=f"介绍信〔演示〕{told.step} 号",
        )  # fmt: skip

    accept(actor=SYSTEM, at=told.ago(20), key=told.key(), transfer=asked(going[0], 26), arrived="within_county")
    refuse(actor=SYSTEM, at=told.ago(9), key=told.key(), transfer=asked(going[1], 15), answer="人户都不在本村")
    withdraw(actor=SYSTEM, at=told.ago(11), key=told.key(), transfer=asked(going[2], 12))
    asked(going[3], 140)
    expire_due(actor=SYSTEM, at=told.ago(30))
    asked(going[4], 6)
    asked(told.members[there.pk][0], 3, here)


def _standings(told: MembersChapter, branch: Organisation) -> None:
    """Honours of two members, a discipline withdrawn, one whose membership is suspended."""
    rows = told.members[branch.pk]
    for row, name, level, body in (
        (rows[5], "优秀共产党员", "town", "镇党委"), (rows[6], "最美乡贤", "district", "区委组织部"),
    ):  # fmt: skip
        record_standing(
            actor=SYSTEM, at=told.ago(130), key=told.key(), person_id=row.person_id, kind="honour", name=name,
            level=level, body=body, decided_on=day_of(told.ago(140)), document="表彰决定（演示）",
        )  # fmt: skip
    warned = record_standing(
        actor=SYSTEM, at=told.ago(300), key=told.key(), person_id=rows[7].person_id, kind="discipline", name="警告",
        body="镇纪委", decided_on=day_of(told.ago(310)), document="处分决定（演示）", reason="违反工作纪律",
    )  # fmt: skip
    end_standing(
        actor=SYSTEM, at=told.ago(40), key=told.key(), standing=warned, on=day_of(told.ago(41)), body="镇纪委",
        document="复查决定（演示）",
    )  # fmt: skip
    change(
        actor=SYSTEM, at=told.ago(60), key=told.key(), person_id=rows[8].person_id, on=day_of(told.ago(61)),
        document="支部大会决议（演示）", status="suspended",
    )  # fmt: skip


def _dues(told: MembersChapter, branches: Sequence[Organisation]) -> None:
    """Eight months of every branch; two have not paid, and what comes of that is put before a body."""
    this = day_of(told.end).replace(day=1)
    for back in range(8, 0, -1):
        month = months_before(this, back)
        for branch in branches:
            held = Membership.objects.filter(branch=branch, valid_to=None).order_by("id")
            rows = [_month(number, person) for number, person in enumerate(held.values_list("person_id", flat=True))]
            record_dues(actor=SYSTEM, at=told.end, key=told.key(), branch=branch, month=month, rows=rows)
    propose_due(actor=SYSTEM, at=told.end)
    first = Proposal.objects.filter(timer="dues_3").order_by("person_id").first()
    if first is not None:
        decide(
            actor=SYSTEM, at=told.end, key=told.key(), proposal=first, outcome="help",
            reason="上门看了：住院三个月，家属不知道要交。已说明，下月补交。",
        )  # fmt: skip


def _month(number: int, person: int) -> NewDues:
    payer, base = PAYERS[number % len(PAYERS)]
    if number == 11:
        return NewDues(person, "excused", payer, document="镇党委批复（演示）")
    return NewDues(person, "due" if number in (9, 14) else "paid", payer, Decimal(base))
