"""A city set up in one go: ground, sheets, the public import, centres, accounts. Killed anywhere, the next start goes on.

Each sheet is one transaction that ends with its own mark, so a sheet is in whole or not at all, and never twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Count

from genmai.coordination.registry import Brought, Progress, bring_in
from genmai.directory.roster.commands.district import ACTING
from genmai.directory.roster.commands.organisations import NewOrganisation, open_organisations
from genmai.directory.roster.commands.terms import begin_term
from genmai.directory.roster.models import Level, Membership, Organisation, OrganisationKind, Stage, Status, Tree
from genmai.directory.territory.divisions import Division, ensure_places
from genmai.kernel import ids
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import Actor
from genmai.records.deeds.models import Cursor
from genmai.simulation.city import accounts
from genmai.simulation.city.centres import centres
from genmai.simulation.city.figures import Figures, read
from genmai.simulation.city.grids import grids
from genmai.simulation.city.ground import Ground
from genmai.simulation.city.organisations import party_code
from genmai.simulation.city.sheets import FILES, GRIDS, KINDS, City, Written, write

SYSTEM = Actor.system("simulation")
OPENED = date(2016, 7, 1)
_MARK = "city"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Counted:
    """What the database holds, to be compared with the figures."""

    organisations: dict[str, int]
    members: int
    centres: int


def is_city() -> bool:
    """Whether a city was set up here, or begun."""
    return Cursor.objects.filter(name__startswith=f"{_MARK} ").exists()


def ensure_city(
    *, at: datetime, key: str, seed: int, folder: Path, password_of: Callable[[str], str], say: Say, share: int = 1
) -> list[tuple[str, str]]:
    """The city of this key, whole or a `share`-th of it; (role, login) of its accounts. Does what is missing only."""
    figures = read(key, share=share)
    if not _done(figures, "all"):
        _refuse_where_a_demo_is(figures)
        say(f"{figures.name}：{_told(figures)}")
        city = City(figures, seed)
        with transaction.atomic():
            ensure_ground(city.ground, at=at, seed=seed)
            _mark(figures, "ground")
        say("写成这个市自己的表（已写好的不再写）…")
        written = write(city, folder, say=say)
        for kind in KINDS:
            if kind == GRIDS:
                _grids(city, at=at, seed=seed)
            _bring_in(figures, kind, written, at=at, seed=seed, say=say)
        _terms(city, at=at, seed=seed, say=say)
        _centres(city, at=at, seed=seed)
        accounts.ensure(city.ground, at=at, seed=seed, password_of=password_of)
        _compare(figures)
        _mark(figures, "all")
        say(f"  完成：{_told(figures)}，与来源数字逐项相等")
    return accounts.shown()


def ensure_ground(ground: Ground, *, at: datetime, seed: int) -> None:
    """Divisions as places, the bodies that act on them, and the Party's committees of city and districts."""
    places = ensure_places(ground.divisions, valid_from=OPENED)
    rows = [_body(division, places[division.code].pk) for division in ground.divisions]
    rows += [_committee(division) for division in (ground.city, *ground.districts)]
    key = ids.key_of("simulation", seed, "city ground")
    open_organisations(actor=SYSTEM, at=at, key=key, rows=rows, opened_on=OPENED)


def _body(division: Division, place: int) -> NewOrganisation:
    kind, level = ACTING[division.kind]
    return NewOrganisation(
        code=division.code, name=division.committee, short_name=division.name, kind=kind, level=level,
        parent_code=division.parent_code, place_id=place,
    )  # fmt: skip


def _committee(division: Division) -> NewOrganisation:
    return NewOrganisation(
        code=party_code(division.code), name=f"{division.name}委", short_name=f"{division.name}委",
        kind=OrganisationKind.PARTY, level=ACTING[division.kind][1],
        parent_code=party_code(division.parent_code) if division.parent_code else "", tree=Tree.PARTY,
    )  # fmt: skip


def _bring_in(figures: Figures, kind: str, written: Written, *, at: datetime, seed: int, say: Say) -> None:
    """One sheet by the import anyone uses; every row of it must be good, for it was made from the definitions."""
    if _done(figures, kind):
        return
    say(f"导入 {FILES[kind]}：{written.rows[kind]:,} 行，逐行检查 …")
    with transaction.atomic(), written.files[kind].open("rb") as file:
        brought = bring_in(
            actor=SYSTEM, at=at, key=ids.key_of("simulation", seed, "city", kind), kind=kind, file=file,
            on=figures.as_at, progress=_telling(say, written.rows[kind]),
        )  # fmt: skip
        if brought.failed or brought.rows != written.rows[kind]:
            told = "；".join(f"第 {one.row} 行 {one.column_name}：{one.shown}" for one in brought.problems[:3])
            raise Refused("city_sheet_wrong", "{file} 有 {failed} 行没有通过检查：{told}", file=FILES[kind],
                          failed=brought.failed, told=told)  # fmt: skip
        _mark(figures, kind)
    say(f"  {FILES[kind]}：新增 {brought.new:,}，有变 {brought.changed:,}，相同 {brought.same:,}")


def _telling(say: Say, rows: int) -> Progress:
    told = [0]

    def progress(done: int, about: int, brought: Brought) -> bool:
        if done * 10 // rows > told[0]:
            told[0] = done * 10 // rows
            say(f"  已导入 {done:,} 行（{told[0]}0%）")
        return True

    return progress


_NUMBERS = (11, 12)  # which terms of the villages they are: the former and the present


def _terms(city: City, *, at: datetime, seed: int, say: Say) -> None:
    """The two terms of every village's organisation, by the command anyone uses; who sat in them came with the posts."""
    if _done(city.figures, "terms"):
        return
    say("登记村社换届：两届 …")
    officers = city.figures.officers
    codes = [party_code(village.code) for village in city.ground.villages]
    bodies = Organisation.objects.filter(code__in=codes).order_by("code")
    with transaction.atomic():
        for number, began in zip(_NUMBERS, (officers.former_began, officers.began), strict=True):
            ends = began.replace(year=began.year + officers.term_years)
            for body in bodies:
                begin_term(
                    actor=SYSTEM, at=at, key=ids.key_of("simulation", seed, "term", number, body.code),
                    organisation=body, number=number, on=began, planned_end=ends, document="模拟数据", chosen=(),
                )  # fmt: skip
        _mark(city.figures, "terms")


@transaction.atomic
def _grids(city: City, *, at: datetime, seed: int) -> None:
    """The grids themselves, below the villages; a sheet then says which branch is built on which."""
    rows = [
        NewOrganisation(
            code=grid.code, name=grid.name, kind=OrganisationKind.GRID, level=Level.GRID, parent_code=grid.village
        )
        for grid in grids(city.bodies, city.ground)
    ]
    key = ids.key_of("simulation", seed, "city grids")
    open_organisations(actor=SYSTEM, at=at, key=key, rows=rows, opened_on=OPENED)


@transaction.atomic
def _centres(city: City, *, at: datetime, seed: int) -> None:
    levels = {6: Level.DISTRICT, 9: Level.TOWN, 12: Level.COMMUNITY}
    rows = [
        NewOrganisation(
            code=centre.code, name=centre.name, kind=OrganisationKind.CENTRE, level=levels[len(centre.division)],
            parent_code=centre.division,
        )
        for centre in centres(city.figures, city.ground)
    ]  # fmt: skip
    key = ids.key_of("simulation", seed, "city centres")
    open_organisations(actor=SYSTEM, at=at, key=key, rows=rows, opened_on=OPENED)


def counted() -> Counted:
    """Organisations by sector, members, centres: those that stand today. Three queries."""
    bodies = Organisation.objects.filter(kind=OrganisationKind.PARTY, closed_on__isnull=True).exclude(sector="")
    members = Membership.objects.filter(
        valid_to__isnull=True, stage__in=(Stage.FULL, Stage.PROBATIONARY), status=Status.NORMAL
    )
    return Counted(
        organisations=dict(bodies.values_list("sector").annotate(Count("id")).order_by("sector")),
        members=members.count(),
        centres=Organisation.objects.filter(kind=OrganisationKind.CENTRE, closed_on__isnull=True).count(),
    )


def _compare(figures: Figures) -> None:
    """Raises Refused where the database holds other figures than the city was made to."""
    found = counted()
    wanted = Counted(dict(figures.organisations), figures.members, figures.centres)
    if (sorted(found.organisations.items()), found.members, found.centres) != (
        sorted(wanted.organisations.items()), wanted.members, wanted.centres,
    ):  # fmt: skip
        raise Refused(
            "city_figures", "导入后的数字和来源不一致：{found}，应为 {wanted}", found=str(found), wanted=str(wanted)
        )


def _told(figures: Figures) -> str:
    return f"{sum(figures.organisations.values()):,} 个党组织、{figures.members:,} 名党员、{figures.centres:,} 个党群服务中心"


def _refuse_where_a_demo_is(figures: Figures) -> None:
    begun = Cursor.objects.filter(name__in=list(_names(figures))).exists()
    if Organisation.objects.exists() and not begun:
        raise Refused("demo_is_here", "这个数据目录里已有别的数据（演示区或另一种规模）：请用 --data 换一个目录")


def _names(figures: Figures) -> Iterator[str]:
    yield from (_name(figures, step) for step in ("ground", *KINDS, "terms", "all"))


def _name(figures: Figures, step: str) -> str:
    return f"{_MARK} {figures.key}/{figures.share} {step}"


def _done(figures: Figures, step: str) -> bool:
    return Cursor.objects.filter(name=_name(figures, step)).exists()


def _mark(figures: Figures, step: str) -> None:
    Cursor.objects.get_or_create(name=_name(figures, step), defaults={"transaction": 0, "deed_id": 0})
