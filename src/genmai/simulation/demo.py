"""The demo: Yinzhou, a year of matters, one log-in per role. Interrupted anywhere, the next start carries on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from genmai.directory.access.commands import NewAccount, create_accounts
from genmai.directory.access.models import Account
from genmai.directory.access.roles import ROLES
from genmai.directory.roster.commands.district import Department, District, ensure_district, ensure_micro_grids
from genmai.directory.roster.commands.people import NewPerson, add_people
from genmai.directory.roster.models import Organisation, OrganisationKind, Post
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.kernel.worktime import built_in_calendar
from genmai.mechanisms.duties import Body
from genmai.processes.cases import mechanism as mechanisms
from genmai.records.deeds.models import Cursor, Deed
from genmai.simulation import (
    desk,
    emergency,
    estates,
    family,
    flowing,
    inspection,
    life,
    looks,
    members,
    procedures,
    repeats,
    standards,
    today,
    trees,
)
from genmai.simulation.cast import appoint
from genmai.simulation.story import Spot
from genmai.simulation.year import Ground, Tally, run, spots_of

YINZHOU = "330212"
OPENED = date(2020, 1, 1)
CASES = 400
DAYS = 365
SYSTEM = Actor.system("simulation")
FOCUS_TOWN = "姜山镇"  # the first three log-ins work here, in its first village and that village's first grid
# Login, role, post it holds, organisation: `village` and `grid` are found in the focus town.
LOGINS = (
    ("wangge", "grid_worker", "grid_worker", "grid"),
    ("cunshuji", "village_secretary", "village_secretary", "village"),
    ("zhuanyuan", "village_cadre", "village_cadre", "village"),
    ("zhenjie", "town_desk", "town_desk", "town"),
    ("zhenzhang", "town_leader", "town_leader", "town"),
    ("zhujianju", "department", "clerk", "housing"),
    ("quzhongxin", "district_office", "district_office", YINZHOU),
    ("qulingdao", "district_leader", "district_leader", YINZHOU),
    ("guanliyuan", "administrator", "", YINZHOU),
    ("anquanyuan", "security_administrator", "", YINZHOU),
    ("shenjiyuan", "security_auditor", "", YINZHOU),
)
FINISHED = "simulation demo"


def ensure_demo(
    *,
    at: datetime,
    seed: int,
    password_of: Callable[[str], str],
    say: Callable[[str], None],
    cases: int = CASES,
    days: int = DAYS,
) -> Iterable[tuple[str, str]]:
    """Make the demo district if it isn't all there yet; returns (role, login) of every account. Never twice."""
    district, ground = ensure_ground(at=at, seed=seed, say=say)
    _accounts(district, ground.focus[0], at, seed, password_of)
    if not _finished():
        start, end = span(at, days)
        _year(ground, seed, start, end, cases, say, at)
    estates.ensure_account(at=at, opened_on=OPENED, password_of=password_of)
    procedures.ensure_accounts(ground=ground, seed=seed, at=at, opened_on=OPENED, password_of=password_of)
    shown = logins()
    return [(ROLES[role].title, login) for login, role in shown]


def ensure_ground(*, at: datetime, seed: int, say: Callable[[str], None]) -> tuple[District, Ground]:
    """The district with people in every post: what is there stays as it is."""
    district = _with_buildings(_district(at, seed, say), at, seed)
    cast = appoint(district=district, seed=seed, at=at, opened_on=OPENED)
    spots, focus = _spots()
    departments = {b.code: district.organisations[b.code] for b in _department_bodies()}
    return district, Ground(spots, focus, cast, departments, district.root)


def logins() -> list[tuple[str, str]]:
    """Every log-in of the demo with its role."""
    party = [(login, role) for login, role, _ in procedures.LOGINS]
    return [(login, role) for login, role, _, _ in LOGINS] + [estates.PARTY_LOGIN, *party]


def span(at: datetime, days: int = DAYS) -> tuple[datetime, datetime]:
    """The year (so many days) that ends with the last local midnight, so that every start of a day makes the same figures."""
    calendar = built_in_calendar()
    today = calendar.local_date(at)
    midnight = at - timedelta(seconds=at.timestamp() % 1)
    while calendar.local_date(midnight - timedelta(hours=1)) == today:
        midnight -= timedelta(hours=1)
    end = midnight.replace(minute=0, second=0, microsecond=0)
    return end - timedelta(days=days), end


def _department_bodies() -> list[Body]:
    return [body for body in mechanisms.duties().bodies.values() if body.kind == "department"]


def _district(at: datetime, seed: int, say: Callable[[str], None]) -> District:
    if not Organisation.objects.filter(code=YINZHOU).exists():
        say("演示区：鄞州区，21 个镇街和它们的村社、网格、部门 …")
    departments = [Department(body.code, body.zh) for body in _department_bodies()]
    key = ids.key_of("simulation", seed, "district")
    return ensure_district(actor=SYSTEM, at=at, key=key, code=YINZHOU, departments=departments, opened_on=OPENED)


def _with_buildings(district: District, at: datetime, seed: int) -> District:
    """Micro-grids under the grids of the first village of the focus town, so that the lowest rung is seen at work."""
    _, focus = _spots()
    grids = list({spot.grid.pk: spot.grid for spot in focus if spot.village.pk == focus[0].village.pk}.values())
    key = ids.key_of("simulation", seed, "micro-grids")
    made = ensure_micro_grids(actor=SYSTEM, at=at, key=key, grids=grids, each=2, opened_on=OPENED)
    return replace(district, organisations={**district.organisations, **made})


def _spots() -> tuple[list[Spot], list[Spot]]:
    towns = Organisation.objects.filter(kind=OrganisationKind.TOWN, code__startswith=YINZHOU)
    code = towns.get(place__name=FOCUS_TOWN).code
    villages = Organisation.objects.filter(kind=OrganisationKind.COMMUNITY, code__startswith=code).order_by("code")
    return spots_of(focus_towns=[code], focus_villages=[village.code for village in villages[:2]])


@transaction.atomic  # killed in it, nobody is left without an account
def _accounts(district: District, spot: Spot, at: datetime, seed: int, password_of: Callable[[str], str]) -> None:
    """One log-in per role; the first three sit in the same village and town, so that a matter can be walked through."""
    known = set(Account.objects.filter(login__in=[row[0] for row in LOGINS]).values_list("login", flat=True))
    missing = [row for row in LOGINS if row[0] not in known]
    if not missing:
        return
    key = ids.key_of("simulation", seed, "accounts")
    extra = add_people(
        actor=SYSTEM,
        at=at,
        key=key,
        rows=[NewPerson(ROLES[role].title, "", role) for _, role, post, _ in missing if not post],
    )
    spare = iter(extra)
    where = {"grid": spot.grid, "village": spot.village, "town": spot.town}
    rows = []
    for login, role, post, place in missing:
        body = where.get(place) or district.organisations[place]
        held = Post.objects.filter(organisation=body, key=post).order_by("rank", "id").first() if post else None
        person_id = held.person_id if held else next(spare).pk
        rows.append(NewAccount(login, person_id, role, body.pk, password_of(login)))
    create_accounts(actor=SYSTEM, at=at, key=key, rows=rows, valid_from=OPENED, document="演示")


def _finished() -> bool:
    return Cursor.objects.filter(name=FINISHED).exists()


def _year(
    ground: Ground, seed: int, start: datetime, end: datetime, cases: int, say: Callable[[str], None], at: datetime
) -> Tally:
    """The whole year in one transaction: killed anywhere in it, nothing of it is there and the next start begins it anew."""
    say(f"一年的事项：{cases} 件，按时间一步步走一遍 …")
    told = [0]

    def tell(done: int, whole: int) -> None:
        if done * 10 // whole > told[0]:
            told[0] = done * 10 // whole
            say(f"  已走完 {told[0]}0%")

    with transaction.atomic():
        tally = run(ground=ground, seed=seed, start=start, end=end, cases=cases, tell=tell)
        inspection.tell(ground=ground, seed=seed, end=end, findings_wanted=min(inspection.FINDINGS, cases // 5))
        inspection.tell_under_way(ground=ground, seed=seed, end=end)
        family.tell(ground=ground, seed=seed, end=end)
        desk.tell(ground=ground, seed=seed, end=end)
        repeats.tell(ground=ground, seed=seed, end=end)
        today.tell(ground=ground, seed=seed, end=end, at=at)
        estates.tell(ground=ground, seed=seed, end=end)
        emergency.tell(ground=ground, seed=seed, end=end)
        looks.tell(seed=seed, end=end)
        trees.tell(ground=ground, seed=seed, end=end)
        procedures.tell(ground=ground, seed=seed, end=end)
        members.tell(ground=ground, seed=seed, end=end)
        standards.tell(ground=ground, seed=seed, end=end)
        life.tell(ground=ground, seed=seed, end=end)
        flowing.tell(ground=ground, seed=seed, end=end)
        last = Deed.objects.order_by("-id").first()
        Cursor.objects.create(name=FINISHED, transaction=0, deed_id=last.pk if last else 0)
    say(f"  完成：{tally.stories} 件走到头，{tally.steps} 步")
    return tally
