"""The registry's demo: branches on grids with a few gaps, sizes and staff of grids, one merge, one rename taken back."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from genmai.coordination import restructuring
from genmai.coordination.restructuring import Wanted
from genmai.directory.roster.commands import (
    NewPost,
    add_posts,
    cover,
    cover_all,
    record_grid_size,
    record_grid_sizes,
    uncover,
    undo_grid_change,
)
from genmai.directory.roster.models import ChangeKind, Cover, Level, Organisation, OrganisationKind, Post
from genmai.directory.territory.days import day_of
from genmai.kernel import ids
from genmai.kernel.viewer import Actor
from genmai.simulation.year import Ground

SYSTEM = Actor.system("simulation")
BARE, SHARED, KNOWN = 17, 23, 5  # every 17th grid has no branch, every 23rd its neighbour's; of 5 grids 3 are counted
DOCUMENT = "网格党组织设置表（演示）"


def tell(*, ground: Ground, seed: int, end: datetime) -> None:
    """Written once, a while before the last day."""
    if Cover.objects.exists():
        return
    at = end - timedelta(days=200)
    grids = list(
        Organisation.objects.filter(kind=OrganisationKind.GRID, level=Level.GRID, closed_on=None).order_by("code")
    )
    branches = dict(Organisation.objects.filter(code__startswith="party-").values_list("code", "id"))
    dice = random.Random(f"{seed} trees")
    _cover(grids, branches, seed, at)
    _measure(grids, dice, seed, at)
    _staff(ground, grids, seed, at)
    _entries(ground, seed, end)
    _restructure(ground, seed, end)


def _cover(grids: list[Organisation], branches: dict[str, int], seed: int, at: datetime) -> None:
    pairs = []
    for number, grid in enumerate(grids):
        own, beside = branches.get(f"party-{grid.code}"), branches.get(f"party-{grids[number - 1].code}")
        if number % BARE == BARE - 1 or own is None:
            continue
        pairs.append((beside if number % SHARED == SHARED - 1 and beside is not None else own, grid.pk))
    key = ids.key_of("simulation", seed, "covers")
    cover_all(actor=SYSTEM, at=at, key=key, pairs=pairs, on=day_of(at), document=DOCUMENT)


def _measure(grids: list[Organisation], dice: random.Random, seed: int, at: datetime) -> None:
    """Three grids of five have their households counted; of the others it is not known."""
    sizes = [
        (grid.pk, dice.randint(180, 560), number % 11 == 0) for number, grid in enumerate(grids) if number % KNOWN < 3
    ]
    key = ids.key_of("simulation", seed, "sizes")
    record_grid_sizes(actor=SYSTEM, at=at, key=key, sizes=sizes, on=day_of(at), document="网格台账（演示）")


def _entries(ground: Ground, seed: int, end: datetime) -> None:
    """In a focus village a branch takes in a second grid and leaves it, and a number with a nought too many is taken back."""
    village = ground.focus[0].village
    grids = list(
        Organisation.objects.filter(kind=OrganisationKind.GRID, code__startswith=village.code).order_by("code")
    )
    held = Cover.objects.select_related("branch").filter(grid__in=grids[:1], valid_to=None).first()
    if held is None or len(grids) < 2:
        return

    def key(word: str) -> UUID:
        return ids.key_of("simulation", seed, "grid entry", word)

    began, over, wrong = (end - timedelta(days=days) for days in (120, 60, 58))
    pair = {"branch": held.branch, "grid": grids[1]}
    if not Cover.objects.filter(**pair, valid_to=None).exists():
        cover(actor=SYSTEM, at=began, key=key("on"), on=day_of(began), document="网格调整方案（演示）", **pair)
        uncover(actor=SYSTEM, at=over, key=key("off"), on=day_of(over), document="网格调整方案（演示）", **pair)
    typed = record_grid_size(
        actor=SYSTEM,
        at=wrong,
        key=key("size"),
        grid=grids[0],
        households=3120,
        on=day_of(wrong),
        document="网格台账（演示）",
    )
    undo_grid_change(
        actor=SYSTEM, at=wrong + timedelta(hours=2), key=key("undo"), change=typed, reason="多写了一个零，是 312 户"
    )
    record_grid_size(
        actor=SYSTEM, at=wrong + timedelta(hours=2), key=key("right"), grid=grids[0], households=312, on=day_of(wrong),
        document="网格台账（演示）",
    )  # fmt: skip


def _staff(ground: Ground, grids: list[Organisation], seed: int, at: datetime) -> None:
    """In the focus villages the head of a grid is a village cadre; part-time workers and guides in some."""
    posts = []
    for village in {spot.village.pk: spot.village for spot in ground.focus}.values():
        cadres = list(Post.objects.filter(organisation=village, valid_to=None).order_by("rank", "id"))
        inside = [grid for grid in grids if grid.code.startswith(village.code)]
        for number, grid in enumerate(inside if cadres else []):
            person = cadres[number % len(cadres)].person_id
            posts.append(NewPost(person, grid.pk, "grid_head", "网格长", 0))
            if number % 2:
                posts.append(NewPost(person, grid.pk, "grid_guide", "网格指导员", 1))
            if number % 3 == 0:
                posts.append(NewPost(person, grid.pk, "grid_worker_part_time", "兼职网格员", 2))
    key = ids.key_of("simulation", seed, "grid staff")
    add_posts(actor=SYSTEM, at=at, key=key, rows=posts, valid_from=day_of(at), document=DOCUMENT)


def _restructure(ground: Ground, seed: int, end: datetime) -> None:
    """Two branches of a village become one; a name entered by mistake is taken back the next day."""
    village = ground.focus[-1].village
    two = list(Organisation.objects.filter(code__startswith=f"party-{village.code}", closed_on=None).order_by("code"))[
        1:3
    ]
    if len(two) == 2:
        at = end - timedelta(days=90)
        wanted = Wanted(
            kind=ChangeKind.MERGE, organisation=two[1], other=two[0], on=day_of(at), document="姜委〔演示〕12 号"
        )
        restructuring.carry_out(actor=SYSTEM, at=at, key=ids.key_of("simulation", seed, "merge"), wanted=wanted)
    named = Organisation.objects.get(code=f"party-{ground.focus[0].village.code}")
    at = end - timedelta(days=30)
    wanted = Wanted(
        kind=ChangeKind.RENAME, organisation=named, on=day_of(at), document="姜委〔演示〕15 号",
        name=named.name.removesuffix("党委").removesuffix("大") + "党总支",
    )  # fmt: skip
    done = restructuring.carry_out(actor=SYSTEM, at=at, key=ids.key_of("simulation", seed, "rename"), wanted=wanted)
    restructuring.undo(
        actor=SYSTEM, at=at + timedelta(days=1), key=ids.key_of("simulation", seed, "undo"),
        change=done.change.public_id,
    )  # fmt: skip
