"""One round of unannounced inspection for the demo: 78 findings on four sides, 52 departments and towns, a circular.

The three numbers are the source text's (鄞州区“三进”: 4方面78条情况，52个相关部门单位); what was found, by whom it was put
right and when is invented here. Everything goes through the commands.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from genmai.directory.roster.models import Organisation
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.kernel.worktime import built_in_calendar
from genmai.processes.cases import clocks
from genmai.processes.cases import mechanism as mechanisms
from genmai.processes.cases.commands import findings, milestones, rounds
from genmai.processes.cases.commands.findings import NewFinding
from genmai.processes.cases.models import Finding, Milestone, Round
from genmai.simulation.year import Ground

FINDINGS, BODIES = 78, 52
DAYS = 38  # how long before the last day the round began
# What is put right late, sent back once, still open and late, or promised: of 78, spread over the list.
LATE, REWORKED, STILL, PROMISED = 7, 8, 5, 3
SEEN = {
    "environment": (
        ("河边堆了三车建筑垃圾，没有遮盖", "已清运，岸坡复绿", "中塘河桥下"),
        ("集镇主街垃圾桶满溢，地面有污水", "增加清运班次，冲洗了地面", "老菜场门口"),
        ("工地裸土没有覆盖，出入口带泥上路", "裸土已覆盖，洗车台恢复使用", "环城南路工地"),
        ("背街小巷乱贴小广告，墙面破损", "墙面清洗修补完毕", "西街弄"),
        ("公厕无人保洁，洗手台漏水", "换了水阀，排了保洁班次", "公园北门"),
        ("绿化带里停着报废车", "车已拖离，补种了绿篱", "惠风路东段"),
        ("河道浮萍成片，打捞不及时", "打捞干净，改为隔天巡河", "后塘河支流"),
    ),
    "opinion": (
        ("居民反映的楼道灯，答复已修，现场仍不亮", "六盏灯全部换好，逐户告知", "南裕新村"),
        ("窗口中午没人，群众等了四十分钟", "中午轮班已排，公示上墙", "办事大厅"),
        ("公示的投诉电话打不通", "电话改接到值班室，已试打", "公示栏"),
        ("老旧小区加装电梯申请三个月没有回音", "已答复申请人并约定踏勘日期", "东柳片区"),
        ("停车收费公示牌与实际收费不一致", "收费牌已换，多收的已退", "商业街停车场"),
        ("反映的路口红绿灯配时，一直没有说法", "已调整配时并向反映人说明", "学校路口"),
    ),
    "project": (
        ("安置房三号楼外立面停工两周，没有说明", "施工单位已复工，进度已公示", "安置房工地"),
        ("道路改造围挡过长，留的人行道太窄", "围挡后移，人行道恢复两米", "宁南路改造段"),
        ("污水管网接户率低于计划，台账不全", "补齐台账，剩余户排定日期", "管网二标段"),
        ("厂房项目政策处理卡在两户，没有专人盯", "明确专人，两户已签约", "产业园地块"),
        ("学校扩建工程临边防护缺失", "防护补齐，安全员驻场", "小学扩建工地"),
        ("农田灌溉泵站年内完不成，进度表没有更新", "调整进度并报备，泵房已封顶", "泵站工地"),
    ),
    "party": (
        ("党群服务中心工作日下午锁门", "开放时间已公示，落实轮值", "党群服务中心"),
        ("党务公开栏还是去年的内容", "公开栏已更新，明确专人", "公开栏"),
        ("值班表上的人不在岗，也没有请假记录", "已谈话提醒，值班制度重新明确", "值班室"),
        ("主题党日记录与实际不符", "补开了组织生活，记录更正并注明", "支部活动室"),
        ("流动党员联系表多处空白", "逐一联系核对，表已补全", "社区党支部"),
    ),
}  # fmt: skip
UNDER_WAY_KEYS = 10_000  # keys of the second round are counted from here
TIME_LEFT = timedelta(days=2)
URGENT = {"environment": 0.2, "opinion": 0.15, "project": 0.0, "party": 0.1}


@dataclass
class Telling:
    """Keys from the seed and a count, moments in office hours: same seed, same round."""

    ground: Ground
    seed: int
    dice: random.Random
    count: int = 0
    office: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.office = self.ground.cast.actor(self.ground.district.pk, role="district_office")

    def key(self) -> UUID:
        self.count += 1
        return ids.key_of("simulation", self.seed, "inspection", self.count)

    def after(self, at: datetime, days: float) -> datetime:
        """So many days later, in office hours."""
        later = at + timedelta(days=days)
        calendar = built_in_calendar()
        if not calendar.is_open(later):
            later = calendar.next_opening(later)
        return later + timedelta(minutes=self.dice.randint(3, 120))


@dataclass(frozen=True)
class Course:
    """How one finding goes."""

    finding: Finding
    done: str
    kind: str


def tell(*, ground: Ground, seed: int, end: datetime, findings_wanted: int = FINDINGS) -> Round:
    """The round from its first finding to the circular; what is late then stays late."""
    telling = Telling(ground, seed, random.Random(f"{seed} inspection"))
    opened = telling.after(end - timedelta(days=DAYS), 0.1)
    made = rounds.open_round(
        actor=telling.office, at=opened, key=telling.key(), mechanism=mechanisms.inspection(),
        organisation=ground.district.pk, number=f"{opened.year}年第3期", title="“三进”现场暗访",
        inspected_from=opened.date(), inspected_to=(opened + timedelta(days=2)).date(),
    )  # fmt: skip
    courses = _entered(telling, made, opened, findings_wanted)
    sent = telling.after(opened, 3)
    rounds.notify(actor=telling.office, at=sent, key=telling.key(), round=made.public_id)
    moments = _put_right(telling, courses, sent)
    last = telling.after(max([sent, *moments]), 1)
    milestones.miss(actor=Actor.system("simulation"), at=last)
    findings.chase(
        actor=telling.office, at=last, key=telling.key(), round=made.public_id, text="请抓紧整改，改好就报。"
    )
    rounds.catch_up(actor=rounds.SYSTEM, at=last)
    rounds.finish_check(actor=telling.office, at=telling.after(last, 0.2), key=telling.key(), round=made.public_id)
    issued = telling.after(last, 1)
    return rounds.issue(
        actor=telling.office,
        at=issued,
        key=telling.key(),
        round=made.public_id,
        document=f"鄞督示例〔{issued.year}〕3号",
    )


def tell_under_way(*, ground: Ground, seed: int, end: datetime) -> Round:
    """The next round, still being put right on the last day: some at work on it have little time left."""
    telling = Telling(ground, seed, random.Random(f"{seed} under way"), count=UNDER_WAY_KEYS)
    limit = mechanisms.definition_of(mechanisms.inspection()).milestones["resolve"].limits["normal"]
    mornings = [telling.after(end - timedelta(days=back), 0.1) for back in range(7, 25)]
    sent = min(mornings, key=lambda morning: abs(clocks.due_after(limit, morning) - end - TIME_LEFT))
    opened = telling.after(sent - timedelta(days=1), 0)
    made = rounds.open_round(
        actor=telling.office, at=opened, key=telling.key(), mechanism=mechanisms.inspection(),
        organisation=ground.district.pk, number=f"{opened.year}年第4期", title="窗口服务回头看",
        inspected_from=opened.date(), inspected_to=opened.date(),
    )  # fmt: skip
    found = []
    for n, ((text, done, place), body) in enumerate(zip(SEEN["opinion"], bodies_of(ground)[3:], strict=False)):
        new = NewFinding(text=f"{text}。", service="opinion", body_id=body.pk, place_text=place, urgency="")
        at = opened + timedelta(minutes=10 * n)
        one = findings.enter(actor=telling.office, at=at, key=telling.key(), round=made.public_id, found=new)
        found.append(Course(one, done, "on_time"))
    rounds.notify(actor=telling.office, at=sent, key=telling.key(), round=made.public_id)
    for course in found:
        actor, at = telling.ground.cast.actor(course.finding.body_id, role=""), telling.after(sent, 0.2)
        findings.accept_all(actor=actor, at=at, key=telling.key(), round=made.public_id)
    for course in found[:2]:
        _reported(telling, course, telling.after(sent, 3))
    made.refresh_from_db()
    return made


def bodies_of(ground: Ground) -> list[Organisation]:
    """The departments of the duty list and all towns and streets: 31 and 21 make the 52 of the source text."""
    towns = {spot.town.pk: spot.town for spot in ground.spots}
    ordered = [*ground.departments.values(), *sorted(towns.values(), key=lambda town: town.code)]
    return ordered[: len(ordered) - max(0, len(ordered) - BODIES)]


def _entered(telling: Telling, made: Round, opened: datetime, wanted: int) -> list[Course]:
    """Every body has one; those left over go to some of them again."""
    bodies = bodies_of(telling.ground)
    whose = [*bodies, *telling.dice.sample(bodies, k=max(0, min(wanted - len(bodies), len(bodies))))][:wanted]
    sides = [side for side in SEEN for _ in range(-(-wanted // len(SEEN)))]
    telling.dice.shuffle(sides)
    kinds = _kinds(telling, len(whose))
    courses, at = [], opened
    for body, side, kind in zip(whose, sides, kinds, strict=False):
        at = at + timedelta(minutes=telling.dice.randint(4, 30))
        service = {"promised": "project", "late": "environment", "still": "opinion"}.get(kind, side)
        text, done, place = telling.dice.choice(SEEN[service])
        finding = findings.enter(
            actor=telling.office, at=at, key=telling.key(), round=made.public_id,
            found=NewFinding(
                text=f"{text}。", service=service, body_id=body.pk, place_text=place,
                urgency="urgent" if telling.dice.random() < URGENT[service] else "",
            ),
        )  # fmt: skip
        courses.append(Course(finding, done, kind))
    return courses


def _kinds(telling: Telling, wanted: int) -> list[str]:
    share = wanted / FINDINGS
    marked = {"late": LATE, "reworked": REWORKED, "still": STILL, "promised": PROMISED}
    kinds = [kind for kind, n in marked.items() for _ in range(round(n * share))][:wanted]
    kinds += ["on_time"] * (wanted - len(kinds))
    telling.dice.shuffle(kinds)
    return kinds


def _put_right(telling: Telling, courses: Sequence[Course], sent: datetime) -> list[datetime]:
    """Each body takes its own in hand the day after, then each finding goes its course; when each ended."""
    for body_id in sorted({course.finding.body_id for course in courses}):
        actor = telling.ground.cast.actor(body_id, role="town_desk" if _is_town(telling, body_id) else "")
        findings.accept_all(
            actor=actor, at=telling.after(sent, 0.2), key=telling.key(), round=courses[0].finding.round.public_id
        )
    return [_go(telling, course, sent) for course in courses]


def _is_town(telling: Telling, body_id: int) -> bool:
    return any(spot.town.pk == body_id for spot in telling.ground.spots)


def _go(telling: Telling, course: Course, sent: datetime) -> datetime:
    """On time, late, sent back once, promised, or not at all."""
    if course.kind == "still":
        return sent
    limit = Milestone.objects.get(case=course.finding.case, key="resolve").due_at
    urgent = course.finding.case.urgency == "urgent"
    at = telling.after(sent, telling.dice.uniform(0.8, 1.6) if urgent else telling.dice.uniform(1.5, 6))
    if course.kind == "late":
        at = telling.after(limit, telling.dice.uniform(0.3, 3))
    elif at > limit:
        at = limit - timedelta(hours=1)
    at = _reported(telling, course, at)
    if course.kind == "reworked":
        at = telling.after(at, telling.dice.uniform(0.5, 1.5))
        _looked(telling, course, at, passed=False, text="现场看还有一处没有改到位。")
        at = _reported(telling, course, telling.after(at, 0.8))
    if course.kind != "promised":
        at = telling.after(at, telling.dice.uniform(0.5, 2.5))
        on_site = telling.dice.random() < 0.7 or findings.is_drawn(course.finding)
        _looked(telling, course, at, passed=True, how="on_site" if on_site else "on_paper")
    else:
        at = telling.after(at, 1)
        _looked(telling, course, at, passed=True, closing="long_term", text="列入长期整改，按答应的日期再看。")
    return at


def _reported(telling: Telling, course: Course, at: datetime) -> datetime:
    body_id = course.finding.body_id
    more: dict[str, Any] = {}
    if course.kind == "promised":
        more = {"promised_until": (at + timedelta(days=120)).date()}
    findings.put_right(
        actor=telling.ground.cast.actor(body_id, role="town_desk" if _is_town(telling, body_id) else ""), at=at,
        key=telling.key(), case=course.finding.case.public_id, text=f"{course.done}。", **more,
    )  # fmt: skip
    return at


def _looked(telling: Telling, course: Course, at: datetime, **more: Any) -> None:
    findings.check_again(actor=telling.office, at=at, key=telling.key(), case=course.finding.case.public_id, **more)
