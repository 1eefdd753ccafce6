"""Estates of the focus town in every state, their pre-reviews, and joint meetings whose decisions became tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from genmai.coordination import walking
from genmai.directory.access.commands import NewAccount, create_accounts
from genmai.directory.access.models import Account
from genmai.directory.access.roles import permissions_of
from genmai.directory.roster.commands.people import NewPerson, add_people
from genmai.directory.roster.models import Link, Organisation, OrganisationKind, Person, Post, Tree
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.viewer import Actor, Granted, Reach, Viewer
from genmai.processes.cases.commands import bodies, dispatching, handling, intake, parties, verifying
from genmai.processes.cases.models import Body, Case
from genmai.processes.decisions.commands import calling, holding
from genmai.processes.decisions.commands.calling import Asked, Item
from genmai.processes.decisions.models import AgendaItem, Invitee, Meeting
from genmai.processes.registers.commands import estates, facts, listing, prereview, watching
from genmai.processes.registers.commands.facts import Fact
from genmai.processes.registers.majorities import Ballot
from genmai.processes.registers.mechanism import current
from genmai.processes.registers.models import Estate, Matter
from genmai.records.deeds.models import Deed
from genmai.simulation.chapter import Chapter
from genmai.simulation.year import Ground

SYSTEM = Actor.system("simulation")
PARTY_LOGIN = ("yeweihui", "estate_party")
MAIN = "春江花城"
# Name, community (0: where the log-ins work), type, households, management, manager, contract ends so many days off.
ROWS = (
    (MAIN, 0, "commodity", 666, "professional", "安居物业", 400),
    ("文化北区", 0, "old", 320, "none", "", None),
    ("桥头小区", 0, "old", 96, "none", "", None),
    ("阳光苑", 0, "resettlement", 412, "none", "", None),
    ("三桥新村", 0, "resettlement", 540, "professional", "新城物业", 300),
    ("老粮站宿舍", 1, "old", 48, "none", "", None),
    ("明辉府", 1, "commodity", 880, "professional", "万家物业", 40),
    ("甬江花园", 1, "commodity", 724, "professional", "安居物业", 500),
    ("和顺家园", 2, "resettlement", 610, "community", "", None),
    ("景江苑", 2, "mixed", 268, "owners", "", None),
    ("翠柏里", 3, "old", 188, "community", "", None),
    ("东方丽都", 3, "commodity", 935, "professional", "新城物业", 220),
)
# Estate, members, Party members, term ends so many days off.
COMMITTEES = (
    (MAIN, 7, 5, 700),
    ("三桥新村", 5, 3, -20),
    ("明辉府", 9, 6, 60),
    ("甬江花园", 7, 6, 900),
    ("东方丽都", 7, 4, 500),
)


@dataclass
class EstatesChapter(Chapter):
    """What is under way."""

    name = "estates"
    ground: Ground
    estates: dict[str, Estate] = field(default_factory=dict)

    def ago(self, days: float, hours: float = 10) -> datetime:
        """A moment so many days before the end, at ten in the morning unless told otherwise (the end is midnight)."""
        return self.end - timedelta(days=days) + timedelta(hours=hours)

    def day(self, days: int) -> date:
        return day_of(self.end) + timedelta(days=days)

    def cadre(self, village: Organisation) -> Actor:
        return self.ground.cast.actor(village.pk, role="village_cadre")

    def secretary(self, village: Organisation) -> Actor:
        return self.ground.cast.actor(village.pk, role="village_secretary")


def tell(*, ground: Ground, seed: int, end: datetime) -> None:
    """Twelve estates, seven pre-reviews, three meetings; nothing is drawn, so the same end makes the same deeds."""
    told = EstatesChapter(seed, end, ground)
    villages = _villages(ground)
    _register(told, villages)
    _clear(told, villages[0])
    people = _party_people(told)
    _reviews(told, villages[0], people)
    case = _request(told, villages[0], people)
    _meetings(told, villages[0], case)
    watching.propose_follow_up(actor=SYSTEM, at=end)


def _villages(ground: Ground) -> list[Organisation]:
    """The focus village and three more of its town."""
    town = ground.focus[0].town
    own = ground.focus[0].village
    others = {spot.village.pk: spot.village for spot in ground.spots if spot.town.pk == town.pk}
    rest = sorted((v for v in others.values() if v.pk != own.pk), key=lambda v: v.code)
    return [own, *rest[:3]]


def _register(told: EstatesChapter, villages: list[Organisation]) -> None:
    since = told.day(-400)
    for number, (name, where, kind, households, management, manager, ends) in enumerate(ROWS):
        village = villages[where % len(villages)]
        told.estates[name] = estates.register(
            actor=told.cadre(village), at=told.ago(150 - number), key=told.key(),
            estate=estates.NewEstate(
                name=name, home_id=village.pk, estate_type=kind, households=households, management=management,
                since=since, manager=manager, manager_until=told.day(ends) if ends is not None else None,
            ),
        )  # fmt: skip
    for name, members, party, ends in COMMITTEES:
        _fact(told, name, 130, "committee", since, valid_to=told.day(ends), members=members, party_members=party)
    for name, title, amount, unit, asset in (
        (MAIN, "社区用房和业委会办公室", "126.5", "平方米", "room"),
        (MAIN, "三季度地面停车收入", "48200", "元", "parking"),
        (MAIN, "维修资金结余", "1863000", "元", "fund"),
    ):
        _fact(told, name, 40, "asset", told.day(-40), asset=asset, title=title, quantity=Decimal(amount), unit=unit)


def _fact(told: EstatesChapter, name: str, ago: float, kind: str, since: date, **more: Any) -> None:
    estate = told.estates[name]
    facts.record(
        actor=told.cadre(estate.home), at=told.ago(ago), key=told.key(), estate=estate.public_id,
        fact=Fact(kind, since, **more),
    )  # fmt: skip


def _clear(told: EstatesChapter, village: Organisation) -> None:
    """One cleared, one on its way, two left as they are."""
    for name in (MAIN, "文化北区"):
        holder = Post.objects.filter(organisation=village, key="village_cadre").order_by("rank", "id")[0]
        _fact(told, name, 120, "commissioner", told.day(-120), person_id=holder.person_id)
    _fact(told, "阳光苑", 70, "management", told.day(-70), management="owners")
    given: dict[str, Any] = {"estate": told.estates["文化北区"].public_id, "actor": told.cadre(village)}
    listing.plan(
        **given, at=told.ago(60), key=told.key(), owner=village.public_id, way="hire", by=told.day(30),
        left="业主大会表决、签合同", text="上门问过业主，七成愿意请物业。",
    )  # fmt: skip
    for ago, text, left in (
        (35, "请三家物业来看过，报了价。", "业主大会表决、签合同"),
        (12, "业主大会已通过选聘方案。", "签合同、交接"),
    ):
        listing.progress(**given, at=told.ago(ago), key=told.key(), text=text, left=left)


def _party_people(told: EstatesChapter) -> dict[str, Actor]:
    """Somebody of the committee and of the manager of the main estate."""
    estate = told.estates[MAIN]
    found = {}
    for kind, name in ((OrganisationKind.OWNERS, "业委会主任"), (OrganisationKind.PROPERTY, "物业项目经理")):
        body = Organisation.objects.get(code__startswith=f"{estate.place.code}-", kind=kind)
        person = add_people(
            actor=SYSTEM, at=told.ago(110), key=told.key(), rows=[NewPerson(name, "", f"{body.code} {kind}")]
        )[0]
        found[str(kind)] = _acting(person, body)
    return found


def _acting(person: Person, body: Organisation) -> Actor:
    path = Link.objects.get(tree=Tree.ADMINISTRATIVE, organisation=body, valid_to__isnull=True).path
    granted = Granted(PARTY_LOGIN[1], permissions_of(PARTY_LOGIN[1]), path, frozenset(Reach))
    return Actor.staff(
        Viewer(
            person_id=person.pk, person_public_id=person.public_id, name=person.display_name, organisation_id=body.pk,
            organisation_name=body.short_name, path=path, level=body.level, role=PARTY_LOGIN[1], grants=(granted,),
        )
    )  # fmt: skip


def _ballot(voting: int, agree: int) -> Ballot:
    return Ballot(666, voting, agree, Decimal(71928), Decimal(voting * 108), Decimal(agree * 108))


def _reviews(told: EstatesChapter, village: Organisation, people: dict[str, Actor]) -> None:
    """One in every state, and one whose report differs from the arithmetic."""
    owners, firm = people["owners"], people["property"]
    secretary = told.secretary(village)

    def submit(who: Actor, ago: float, kind: str, title: str, text: str, amount: int | None = None) -> Matter:
        new = prereview.NewMatter(kind, title, text, Decimal(amount) if amount else None)
        return prereview.submit(
            actor=who, at=told.ago(ago), key=told.key(), estate=told.estates[MAIN].public_id, matter=new
        )

    def do(verb: Callable[..., Matter], matter: Matter, who: Actor, ago: float, **more: Any) -> None:
        verb(actor=who, at=told.ago(ago), key=told.key(), matter=matter.public_id, **more)

    cars = submit(owners, 80, "fell_trees", "砍掉消防通道上的六棵树", "网上、电话、上门都征求过，挡住消防车。")
    do(prereview.pass_on, cars, secretary, 78, conditions="先在公告栏公示七天，砍后补种。")
    do(prereview.record_vote, cars, owners, 50, ballot=_ballot(521, 430), voted_on=told.day(-52), reported=True)
    lights = submit(firm, 60, "use_fund", "动用维修资金换电梯钢丝绳", "三台电梯年检不过，报价见附件。", 86000)
    do(prereview.pass_on, lights, secretary, 57)
    do(prereview.record_vote, lights, firm, 30, ballot=_ballot(440, 380), voted_on=told.day(-31), reported=True)
    adverts = submit(firm, 20, "change_use", "把架空层租出去做快递点", "每年租金三万元，归公共收益。", 30000)
    do(prereview.send_back, adverts, secretary, 17, reasons="没有写租期，也没有征求一楼住户的意见。")
    income = submit(owners, 14, "public_income", "用公共收益装电动车充电棚", "停车收入里出，二十四个充电位。", 42000)
    do(prereview.pass_on, income, secretary, 11, conditions="用电要另装表。")
    cameras = submit(firm, 9, "public_income", "换大门口的监控", "先自己修，不换了。", 6000)
    do(prereview.withdraw, cameras, firm, 8)
    submit(owners, 1, "choose_manager", "合同到期后续聘安居物业", "满意度问了两百户，八成满意。")


def _request(told: EstatesChapter, village: Organisation, people: dict[str, Actor]) -> Case:
    """An owner's request through the commissioner; committee and manager join, the manager promises a day."""
    estate, secretary = told.estates[MAIN], told.secretary(village)
    report = intake.Report(
        text="车位是花坛改的，边上还立着一根电线杆，停车不方便，晚上容易撞上。", title="车位边的电线杆要移走",
        service="estate", channel="staff", place_id=estate.place_id, place_text="3 幢东侧",
    )  # fmt: skip
    case = intake.receive(
        actor=told.cadre(village), at=told.ago(18), key=told.key(), mechanism=current().ref, report=report
    )
    given: dict[str, Any] = {"case": case.public_id}
    dispatching.take_on(actor=secretary, at=told.ago(18, 11), key=told.key(), **given)
    asked = Organisation.objects.filter(pk__in=[one.organisation_id for one in people.values()]).order_by("id")
    bodies.assist(
        actor=secretary, at=told.ago(17), key=told.key(), bodies=[one.public_id for one in asked],
        text="请业委会问清哪几位业主的车位，请物业围起来提醒。", **given,
    )  # fmt: skip
    firm = people["property"]
    part = Body.objects.filter(case=case, organisation__in=[firm.organisation_id or 0]).get()
    parties.promise(
        actor=firm,
        at=told.ago(16),
        key=told.key(),
        body=part.public_id,
        on=told.day(-14),
        text="先装反光条和围挡。",
        **given,
    )
    bodies.arrive(actor=firm, at=told.ago(15), key=told.key(), body=part.public_id, text="到现场装了。", **given)
    handling.contact(
        actor=secretary, at=told.ago(14), key=told.key(), text="在业主群里说了：移杆要供电立项，先装围挡。", **given
    )
    return Case.objects.get(pk=case.pk)


def _meetings(told: EstatesChapter, village: Organisation, case: Case) -> None:
    """One with a task done and one in hand, one whose task is new, one still to come."""
    housing = told.ground.departments["housing"]
    owners = Organisation.objects.get(
        code__startswith=f"{told.estates[MAIN].place.code}-", kind=OrganisationKind.OWNERS
    )
    town = told.ground.focus[0].town
    first = _hold(told, village, "春江花城停车联席会议", 12, [Item("车位边的电线杆", case.public_id), Item("电动车充电棚")],
                  [housing, town, owners], ["present", "present", "present", "excused"])  # fmt: skip
    items = list(AgendaItem.objects.filter(meeting=first).order_by("order"))
    _decide(told, village, first, 12, "协调供电公司把电线杆移到花坛外侧", housing, 20, items[0], [town])
    _decide(told, village, first, 12, "把充电棚的位置画出来，公示七天", village, 15, items[1], [])
    pole, shed = _tasks(told, first, 12)
    lead = told.ground.cast.actor(housing.pk)
    handling.accept(actor=lead, at=told.ago(11), key=told.key(), case=pole.public_id)
    _finish(told, shed, told.secretary(village), told.ground.cast.actor(town.pk, role="town_desk"))
    second = _hold(told, village, "无物业小区清零联席会议", 2, [Item("文化北区选聘物业签约"), Item("桥头小区怎么管")],
                   [town, housing], ["present", "absent", "present"])  # fmt: skip
    topic = AgendaItem.objects.filter(meeting=second).order_by("order")[1]
    _decide(told, village, second, 2, "上门问桥头小区业主，定托管还是并到文化北区", village, 25, topic, [town])
    _tasks(told, second, 2)
    _call(told, village, "三桥新村业委会换届联席会议", -2, 1, [Item("到期业委会怎么换届")], [town, housing])


def _call(
    told: EstatesChapter, village: Organisation, title: str, ago: float, called: float, items: list[Item],
    asked: list[Organisation],
) -> Meeting:  # fmt: skip
    new = calling.NewMeeting(
        village.pk, title, told.ago(ago, 14), "社区二楼会议室", items,
        [*(Asked(organisation=one.public_id) for one in asked), Asked(seat="micro_grid_head", name="王利民")],
    )  # fmt: skip
    return calling.call(actor=told.secretary(village), at=told.ago(called), key=told.key(), meeting=new)


def _hold(
    told: EstatesChapter, village: Organisation, title: str, ago: float, items: list[Item], asked: list[Organisation],
    marks: list[str],
) -> Meeting:  # fmt: skip
    meeting = _call(told, village, title, ago, ago + 3, items, asked)
    invitees = Invitee.objects.filter(meeting=meeting).order_by("id")
    return holding.hold(
        actor=told.secretary(village), at=told.ago(ago, 16), key=told.key(), meeting=meeting.public_id,
        marks={one.public_id: mark for one, mark in zip(invitees, marks, strict=True)},
        minutes="各方说了情况，议定如下，由承办单位按期办好，下次会上回头看。",
    )  # fmt: skip


def _decide(
    told: EstatesChapter, village: Organisation, meeting: Meeting, ago: float, text: str, who: Organisation, due: int,
    item: AgendaItem, helping: list[Organisation],
) -> None:  # fmt: skip
    decision = holding.NewDecision(
        text, who.public_id, told.day(due), [one.public_id for one in helping], item.public_id
    )
    holding.decide(
        actor=told.secretary(village),
        at=told.ago(ago, 16.5),
        key=told.key(),
        meeting=meeting.public_id,
        decision=decision,
    )


def _tasks(told: EstatesChapter, meeting: Meeting, ago: float) -> Iterator[Case]:
    """What the walker would do a moment later."""
    deeds = Deed.objects.filter(source_id=meeting.public_id).order_by("id")
    walking.react(actor=SYSTEM, at=told.ago(ago, 16.6), deeds=deeds)
    refs = [str(one) for one in meeting.decisions.order_by("order").values_list("public_id", flat=True)]
    found = {case.external_ref: case for case in Case.objects.filter(external_ref__in=refs)}
    return iter([found[ref] for ref in refs])


def _finish(told: EstatesChapter, case: Case, lead: Actor, town: Actor) -> None:
    """Accepted, done, checked, closed."""
    given: dict[str, Any] = {"case": case.public_id}
    handling.accept(actor=lead, at=told.ago(12, 17), key=told.key(), **given)
    handling.reply(
        actor=lead, at=told.ago(6), key=told.key(), outcome="solved", text="位置画好了，公示期满没有意见。", **given
    )
    verifying.verify(actor=town, at=told.ago(5), key=told.key(), text="看过公示栏。", **given)
    verifying.close(actor=town, at=told.ago(5, 11), key=told.key(), reason="solved", **given)


def ensure_account(*, at: datetime, opened_on: date, password_of: Callable[[str], str]) -> None:
    """A log-in for the owners' committee of the main estate; it stays as it is once there."""
    login, role = PARTY_LOGIN
    estate = Estate.objects.select_related("place").filter(place__name=MAIN).first()
    if estate is None or Account.objects.filter(login=login).exists():
        return
    body = Organisation.objects.get(code__startswith=f"{estate.place.code}-", kind=OrganisationKind.OWNERS)
    person = Person.objects.filter(display_name="业委会主任").order_by("id").first()
    if person is not None:
        rows = [NewAccount(login, person.pk, role, body.pk, password_of(login))]
        key = ids.key_of("simulation", "estate party")
        create_accounts(actor=SYSTEM, at=at, key=key, rows=rows, valid_from=opened_on, document="演示")
