"""People's life in the demo: honours beside their quota, a discipline, assignments, corrections, mistakes, letters, a post that ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from genmai.directory.roster.commands import assignments, letters, posting
from genmai.directory.roster.commands.corrections import correct
from genmai.directory.roster.commands.members import NewMember, change
from genmai.directory.roster.commands.mistakes import withdraw_membership
from genmai.directory.roster.commands.standing import (
    end_standing,
    record_standing,
    resume_standing,
    withdraw_standing,
)
from genmai.directory.roster.commands.terms import begin_term
from genmai.directory.roster.models import Membership, Organisation, Person
from genmai.directory.territory.days import day_of
from genmai.kernel.identity_numbers import identity_check_character
from genmai.kernel.viewer import Actor
from genmai.simulation.chapter import Chapter
from genmai.simulation.members import BRANCHES, VILLAGES
from genmai.simulation.year import Ground

SYSTEM = Actor.system("simulation")
# Which honour, of how many years ago, to which member of the branch.
HONOURS = (
    ("province_good_secretary", 3, 0), ("province_daring_secretary", 2, 0), ("province_master", 1, 1),
    ("city_daring_secretary", 2, 2), ("city_daring_secretary", 0, 3), ("city_master", 0, 4), ("district_doer", 0, 5),
    ("district_doer", 1, 9), ("good_member", 0, 10), ("good_member", 1, 11), ("good_member", 0, 12), ("good_worker", 0, 13),
)  # fmt: skip


@dataclass
class LifeChapter(Chapter):
    """What is under way."""

    name = "life"

    def day(self, days: int) -> date:
        return day_of(self.ago(days))


def tell(*, ground: Ground, seed: int, end: datetime) -> None:
    """In the branches of the focus villages; the same seed and end make the same deeds."""
    told = LifeChapter(seed, end)
    villages = {spot.village.pk: spot.village for spot in ground.focus}
    codes = [f"party-{village.code}-{n}" for village in villages.values() for n in range(1, len(BRANCHES) + 1)]
    branches = list(Organisation.objects.filter(code__in=codes).order_by("code"))
    if len(branches) < 2:
        return
    rows = list(Membership.objects.filter(branch=branches[1], valid_to=None).select_related("person").order_by("id"))
    people = [row.person for row in rows]
    _honours(told, people)
    _discipline(told, people[6])
    _assignments(told, people, branches)
    _posts(told, people, branches[1])
    _corrections(told, people)
    _letters(told, people, branches[1])
    _overdue(told, ground, branches[2:4])


def _honours(told: LifeChapter, people: list[Person]) -> None:
    for code, years, number in HONOURS:
        days = 120 + years * 365
        made = record_standing(
            actor=SYSTEM, at=told.ago(100), key=told.key(), person_id=people[number].pk, kind="honour", code=code,
            body="省委组织部" if code.startswith("province") else "市委组织部" if code.startswith("city") else "区委组织部",
            decided_on=told.day(days), document="表彰决定（演示）",
        )  # fmt: skip
    end_standing(
        actor=SYSTEM, at=told.ago(20), key=told.key(), standing=made, on=told.day(21), body="区委组织部",
        document="撤销决定（演示）", reason="申报的材料有一处不属实",
    )  # fmt: skip
    kept = record_standing(
        actor=SYSTEM, at=told.ago(90), key=told.key(), person_id=people[16].pk, kind="honour", code="good_worker",
        body="镇党委", decided_on=told.day(150), document="表彰决定（演示）",
    )  # fmt: skip
    end_standing(
        actor=SYSTEM, at=told.ago(26), key=told.key(), standing=kept, on=told.day(27), body="镇党委",
        document="撤销决定（演示）", reason="申报的材料有一处不属实",
    )  # fmt: skip
    resume_standing(
        actor=SYSTEM,
        at=told.ago(24),
        key=told.key(),
        standing=kept,
        reason="撤错了人，该撤的是另一名",
        document="更正说明（演示）",
    )
    wrong = record_standing(
        actor=SYSTEM, at=told.ago(30), key=told.key(), person_id=people[14].pk, kind="honour", code="city_master",
        body="市委组织部", decided_on=told.day(120), document="表彰决定（演示）",
    )  # fmt: skip
    withdraw_standing(actor=SYSTEM, at=told.ago(29), key=told.key(), standing=wrong, reason="同名，登错了人")


def _discipline(told: LifeChapter, person: Person) -> None:
    """In effect; the body above has been asked to consider what becomes of the rest."""
    record_standing(
        actor=SYSTEM, at=told.ago(60), key=told.key(), person_id=person.pk, kind="discipline", code="warning",
        body="镇纪委", decided_on=told.day(62), until=told.day(62 - 365), document="处分决定（演示）", reason="违反工作纪律",
    )  # fmt: skip


def _assignments(told: LifeChapter, people: list[Person], branches: list[Organisation]) -> None:
    """One at work and reviewed, one past its end, one recalled."""
    made = [
        assignments.assign(
            actor=SYSTEM, at=told.ago(began - 2), key=told.key(), person=person, host=host, kind=kind, title=title,
            home=home, on=told.day(began), planned_end=told.day(planned), tasks=tasks, document="派出通知（演示）",
        )
        for person, host, kind, title, home, began, planned, tasks in (
            (people[15], branches[0], "first_secretary", "驻村第一书记", "区农业农村局", 300, -430,
             "带班子、理家底、办三件实事；每半年向党员大会说一次"),
            (people[16], branches[1], "secondment", "挂职副书记", "区住建局", 400, 35, "老旧小区改造攻坚"),
            (people[17], branches[-1], "young_cadre", "年轻干部一线锻炼", "镇政府", 200, -165, "网格走访，接手信访积案"),
        )
    ]  # fmt: skip
    assignments.review_assignment(
        actor=SYSTEM, at=told.ago(110), key=told.key(), assignment=made[0], grade="excellent", on=told.day(112),
        said="村里的三件实事办成两件", document="半年考核（演示）",
    )  # fmt: skip
    assignments.end_assignment(
        actor=SYSTEM, at=told.ago(40), key=told.key(), assignment=made[2], on=told.day(41), outcome="other_work",
        document="调动通知（演示）",
    )  # fmt: skip


def _posts(told: LifeChapter, people: list[Person], branch: Organisation) -> None:
    given = (("secretary", "书记", 0, 0), ("organisation_member", "组织委员", 1, 2), ("publicity_member", "宣传委员", 2, 3),
             ("discipline_member", "纪检委员", 3, 4))  # fmt: skip
    made = [
        posting.appoint(
            actor=SYSTEM, at=told.ago(330), key=told.key(), organisation=branch, person=people[number], post=post,
            title=title, rank=rank, on=told.day(335), document="支委会选举结果（演示）",
        )
        for post, title, number, rank in given
    ]  # fmt: skip
    posting.leave_post(
        actor=SYSTEM, at=told.ago(50), key=told.key(), post=made[3], on=told.day(52), document="辞去委员的报告（演示）"
    )


def _corrections(told: LifeChapter, people: list[Person]) -> None:
    """A name with a wrong character, an education that had moved on, a suspension entered for the wrong person."""
    name = people[8].display_name
    for given, reason, days in (
        ({"name": name[:1] + "示" + name[2:]}, "名字写错一个字", 90), ({"name": name}, "按身份证改回来", 45),
        ({"education": "31"}, "补登成人教育学历", 44),
    ):  # fmt: skip
        if given.get("name", name) != Person.objects.get(pk=people[8].pk).display_name or "education" in given:
            correct(actor=SYSTEM, at=told.ago(days), key=told.key(), person_id=people[8].pk, given=given, reason=reason)
    row = Membership.objects.get(person=people[11], valid_to=None)
    if row.joined_on is not None and row.full_on is not None:
        correct(
            actor=SYSTEM, at=told.ago(43), key=told.key(), person_id=people[11].pk, reason="志愿书上是上一年",
            document="入党志愿书（演示）", given={"joined_on": row.joined_on.replace(year=row.joined_on.year - 1)},
        )  # fmt: skip
    change(
        actor=SYSTEM, at=told.ago(35), key=told.key(), person_id=people[10].pk, on=told.day(36), status="suspended",
        document="支部大会决议（演示）",
    )  # fmt: skip
    withdraw_membership(actor=SYSTEM, at=told.ago(34), key=told.key(), person_id=people[10].pk, reason="同名，登错了人")


def _letters(told: LifeChapter, people: list[Person], branch: Organisation) -> None:
    """One that waits and is nearly over, one receipted, somebody who came."""
    made = [
        letters.issue_letter(
            actor=SYSTEM, at=told.ago(days), key=told.key(), person_id=people[number].pk, place=place, reach=reach,
            number=f"甬鄞组介〔演示〕{number} 号", issued_on=told.day(days), reason="work",
        )
        for number, days, place, reach in (
            (12, 80, "中共杭州市滨江区某公司支部", "within_province"),
            (13, 40, "中共上海市徐汇区某街道支部", "across_provinces"),
        )
    ]  # fmt: skip
    letters.receipt_letter(
        actor=SYSTEM, at=told.ago(15), key=told.key(), letter=made[1], receipt="沪徐组回〔演示〕5 号", on=told.day(18)
    )
    head = "33100219850612" + f"{told.seed % 400 * 2 + 1:03d}"
    letters.take_by_letter(
        actor=SYSTEM, at=told.ago(25), key=told.key(), branch=branch, stage="full", on=told.day(25),
        place="中共台州市椒江区某村支部", reach="within_province", number="台椒组介〔演示〕31 号", issued_on=told.day(55), valid_days=90,
        receipt="甬鄞组回〔演示〕2 号", joined_on=date(2009, 7, 1), full_on=date(2010, 7, 1),
        member=NewMember("周远归", head + identity_check_character(head), education="21"),
    )  # fmt: skip


def _overdue(told: LifeChapter, ground: Ground, branches: list[Organisation]) -> None:
    """Two branches and a village committee whose time was over some weeks ago; the next is not chosen yet."""
    town = ground.focus[0].town.pk
    villages = sorted({spot.village.code: spot.village for spot in ground.spots if spot.town.pk == town}.items())
    late = [village for _code, village in villages[VILLAGES : VILLAGES + 1]]
    for number, body in enumerate([*branches, *late]):
        end = told.day(20 + 15 * number)
        began = end.replace(year=end.year - 3 if body in branches else end.year - 5, day=min(end.day, 28))
        begin_term(
            actor=SYSTEM, at=told.ago(200), key=told.key(), organisation=body, number=3, on=began, planned_end=end,
            document="换届结果（演示）", chosen=[],
        )  # fmt: skip
