"""Files of procedures at many steps: applicants, a stopped one, one begun again, members, and secretaries on file."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from genmai.coordination import walking
from genmai.directory.access.commands import create_account, grant
from genmai.directory.access.models import Account
from genmai.directory.access.roles import permissions_of
from genmai.directory.roster.commands.members import NewMember, enrol
from genmai.directory.roster.commands.people import NewPerson, add_people
from genmai.directory.roster.models import Link, Organisation, Person, Post, Tree
from genmai.directory.territory.days import SHANGHAI, day_of
from genmai.kernel import ids
from genmai.kernel.viewer import Actor, Granted, Reach, Viewer
from genmai.processes.registers.models import Dossier
from genmai.processes.registers.procedures.commands import closing, opening, pausing, reviewing
from genmai.processes.registers.procedures.commands.closing import Fact
from genmai.processes.registers.procedures.course import ANSWERED, CLOSED, Happening
from genmai.processes.registers.procedures.definition import walk_through
from genmai.processes.registers.procedures.mechanism import ref_of, rules_of
from genmai.records.deeds.models import Deed
from genmai.simulation.cast import invented_name
from genmai.simulation.chapter import Chapter
from genmai.simulation.year import Ground

SYSTEM = Actor.system("simulation")
# Log-in, role, rung.
LOGINS = (
    ("zhibu", "branch_secretary", "branch"),
    ("dangjian", "party_office", "committee"),
    ("zuzhibu", "party_organiser", "county"),
)
# How long ago the application came in (days), and the last step closed since.
APPLICANTS = (
    (12, "application"), (35, "talk"), (130, "talk"), (200, "contacts"), (600, "file_candidate"), (640, "form"),
    (900, "oath"),
)  # fmt: skip
SECRETARIES = ((20, "nominate"), (60, "opinion"), (150, "archive"))
SAID = {
    "received_by": "支部书记", "talked_by": "支部组织委员", "gist": "入党动机端正，愿意从身边的事做起。",
    "first": "党小组长", "second": "支部委员", "result": "表现稳定，群众评价好。", "heard": "党小组、培养联系人和群众代表",
    "basis": "本人档案、函调回信、走访记录", "opinion": "同意，形成决议。", "number": "演示〔2026〕1 号", "group": "第一党小组",
    "shelf": "镇党建办档案柜", "reason": "群众基础好，熟悉村务。", "task": "牵头小区清零", "finding": "称职",
    "place": "党群服务中心",
}  # fmt: skip


@dataclass
class ProceduresChapter(Chapter):
    """What is under way."""

    name = "procedures"
    actors: dict[str, Actor]
    branch: Organisation

    def noon(self, day: date) -> datetime:
        """Midday there, never after the end."""
        return min(datetime.combine(day, time(12), SHANGHAI).astimezone(UTC), self.end)

    def day(self, days: int) -> date:
        return day_of(self.end) - timedelta(days=days)


def tell(*, ground: Ground, seed: int, end: datetime) -> None:
    """Twelve files of the focus village; the same seed and end make the same deeds."""
    told = ProceduresChapter(seed, end, actors(ground, seed, end), _branch(ground))
    dice = random.Random(f"{seed} procedures")
    first = Deed.objects.order_by("-id").values_list("id", flat=True).first() or 0
    for days, through in APPLICANTS:
        _walk(told, _applicant(told, dice, told.day(days)), told.day(days), through)
    stopped = _applicant(told, dice, told.day(90))
    _walk(told, stopped, told.day(90), "talk")
    pausing.stop(actor=told.actors["branch"], at=told.noon(told.day(30)), key=told.key(), dossier=stopped.public_id,
                 reason="本人外出务工，一时联系不上。")  # fmt: skip
    _begun_again(told, _applicant(told, dice, told.day(860)))
    _secretaries(told, ground)
    walking.react(actor=SYSTEM, at=end, deeds=Deed.objects.filter(id__gt=first, milestone__gt="").order_by("id"))


def _branch(ground: Ground) -> Organisation:
    return Organisation.objects.get(code=f"party-{ground.focus[0].village.code}")


def actors(ground: Ground, seed: int, at: datetime) -> dict[str, Actor]:
    """Somebody on each rung of the Party's tree, in the focus village's line."""
    line = [
        Organisation.objects.get(code=f"party-{body.code}")
        for body in (ground.focus[0].village, ground.focus[0].town, ground.district)
    ]
    people = _people(seed, at)
    return {
        rung: Actor.staff(_viewer(person, role, body))
        for (_, role, rung), person, body in zip(LOGINS, people, line, strict=True)
    }


def _people(seed: int, at: datetime) -> list[Person]:
    names = ("竺支书", "邬党建", "俞组织")
    rows = [NewPerson(name, "", login) for name, (login, *_) in zip(names, LOGINS, strict=True)]
    return add_people(actor=SYSTEM, at=at, key=ids.key_of("simulation", seed, "party people"), rows=rows)


def _viewer(person: Person, role: str, body: Organisation) -> Viewer:
    path = Link.objects.get(organisation=body, tree=Tree.PARTY, valid_to__isnull=True).path
    granted = Granted(role, permissions_of(role), path, frozenset(Reach), Tree.PARTY)
    return Viewer(
        account_id=None, person_id=person.pk, person_public_id=person.public_id, name=person.display_name,
        organisation_id=body.pk, organisation_name=body.short_name, path=path, level=body.level, role=role,
        grants=(granted,),
    )  # fmt: skip


def _applicant(told: ProceduresChapter, dice: random.Random, day: date) -> Dossier:
    """Somebody enrolled on the day they apply, with a file."""
    born = date(day.year - dice.randint(22, 45), dice.randint(1, 12), dice.randint(1, 28))
    member = NewMember(invented_name(dice), born_on=born, sex=dice.choice("12"), education="21", ethnicity="01")
    at = told.noon(day)
    row = enrol(actor=SYSTEM, at=at, key=told.key(), branch=told.branch, member=member, stage="applicant", on=day)
    return opening.open_file(
        actor=told.actors["branch"], at=at, key=told.key(), procedure="join", subject=row.person, branch=told.branch
    )


def _walk(told: ProceduresChapter, dossier: Dossier, begin: date, through: str, *, since: str = "") -> None:
    """Do what the pure walk foresees, on its days; those before step `since` were done already."""
    rules = rules_of(dossier.mechanism, dossier.procedure)
    order = rules.in_order()
    asked = False
    records = 0
    for one in walk_through(rules, begin, through, date(1980, 1, 1)):
        if since and order.index(one.step) < order.index(since):
            continue
        actor = told.actors[rules.steps[one.step].by]
        if one.kind == ANSWERED and not asked:
            reviewing.ask(actor=actor, at=told.noon(one.on), key=told.key(), dossier=dossier.public_id)
            asked = True
        _do(told, dossier, actor, one, records)
        records += 1


def _do(told: ProceduresChapter, dossier: Dossier, actor: Actor, one: Happening, number: int) -> None:
    common: dict[str, Any] = {"actor": actor, "at": told.noon(one.on), "key": told.key(), "dossier": dossier.public_id}
    if one.kind == CLOSED:
        answers = {key: SAID.get(key, value) if value == "例" else value for key, value in one.answers.items()}
        closing.close_step(step=one.step, fact=Fact(one.on, answers, one.tally), **common)
    elif one.kind == ANSWERED:
        reviewing.answer(body=one.what, agrees=True, on=one.on, document="回函", **common)
    else:
        closing.write_record(step=one.step, what=one.what, on=one.on, text="谈了学习和近期表现。", **common)


def _begun_again(told: ProceduresChapter, dossier: Dossier) -> None:
    """A branch meeting whose approval did not come within three months: it is held again."""
    begin = told.day(860)
    _walk(told, dossier, begin, "upper_talk")
    dossier.refresh_from_db()
    until = dossier.next_until or told.day(1)
    day = min(until + timedelta(days=20), told.day(1))
    closing.send_back(
        actor=told.actors["committee"], at=told.noon(day), key=told.key(), dossier=dossier.public_id, to="meeting",
        reason="三个月没有审批，按规定重新讨论。",
    )  # fmt: skip


def _secretaries(told: ProceduresChapter, ground: Ground) -> None:
    """Files of secretaries in office: nominated, filed, archived; the joint review of the first is under way."""
    towns = {spot.village.pk: spot.village for spot in ground.spots if spot.town.pk == ground.focus[0].town.pk}
    villages = sorted(towns.values(), key=lambda village: village.code)[: len(SECRETARIES)]
    ref_of("secretary")
    for village, (days, through) in zip(villages, SECRETARIES, strict=True):
        post = Post.objects.select_related("person").filter(organisation=village, key="village_secretary").first()
        body = Organisation.objects.get(code=f"party-{village.code}")
        if post is None:
            continue
        dossier = opening.open_file(
            actor=told.actors["committee"], at=told.noon(told.day(days)), key=told.key(), procedure="secretary",
            subject=post.person, branch=body,
        )  # fmt: skip
        _walk(told, dossier, told.day(days), through)
        if through == "nominate":
            reviewing.ask(actor=told.actors["county"], at=told.noon(told.day(days - 2)), key=told.key(),
                          dossier=dossier.public_id)  # fmt: skip


@transaction.atomic  # killed in it, nobody is left without a grant
def ensure_accounts(
    *, ground: Ground, seed: int, at: datetime, opened_on: date, password_of: Callable[[str], str]
) -> None:
    """A log-in on each rung of the Party's tree, unless it is there."""
    if Account.objects.filter(login=LOGINS[-1][0]).exists():
        return
    line = (ground.focus[0].village, ground.focus[0].town, ground.district)
    for (login, role, _), person, body in zip(LOGINS, _people(seed, at), line, strict=True):
        made = create_account(
            actor=SYSTEM, at=at, key=ids.key_of("procedures", login), login=login, person_id=person.pk,
            password=password_of(login),
        )  # fmt: skip
        party = Organisation.objects.get(code=f"party-{body.code}")
        grant(
            actor=SYSTEM, at=at, key=ids.key_of("procedures", login, "grant"), account_id=made.pk, role=role,
            organisation_id=party.pk, valid_from=opened_on, document="演示", tree=Tree.PARTY,
        )  # fmt: skip
