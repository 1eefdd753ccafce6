"""A year of matters in the order of time: stories and jobs take turns on one calendar."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from genmai.directory.roster.models import Level, Link, Organisation, OrganisationKind, Tree
from genmai.kernel.refusal import Refused
from genmai.kernel.viewer import Actor
from genmai.kernel.worktime import built_in_calendar
from genmai.processes.cases.commands import milestones, ratings
from genmai.simulation.cast import Cast
from genmai.simulation.plots import PLOTS, Plot
from genmai.simulation.story import Spot, Story
from genmai.simulation.topics import TOPICS, Topic
from genmai.simulation.waiting import WAITING

JOB_HOURS = (1, 4, 9)  # UTC: 9:00, 12:00 and 17:00 in Shanghai
FOCUS_SHARE = 0.55  # of all matters happen in the first few spots, so that small units have samples worth a rate


@dataclass
class Tally:
    """What came of it; `refused`: steps that a command refused (none, unless a rule has changed under a plot)."""

    stories: int = 0
    steps: int = 0
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Ground:
    """Where things happen and who is there."""

    spots: Sequence[Spot]
    focus: Sequence[Spot]
    cast: Cast
    departments: dict[str, Organisation]
    district: Organisation


def spots_of(*, focus_towns: Sequence[str], focus_villages: Sequence[str]) -> tuple[list[Spot], list[Spot]]:
    """Every grid (every building of those with micro-grids) with its village and town; and those with most matters."""
    links = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True).select_related(
        "organisation", "parent"
    )
    rows: dict[int | None, Link] = {link.organisation_id: link for link in links}
    grids = sorted(
        (link for link in rows.values() if link.organisation.kind == OrganisationKind.GRID),
        key=lambda link: link.organisation.code,
    )
    buildings: dict[int | None, list[Organisation | None]] = {}
    for link in grids:
        if link.organisation.level == Level.BUILDING:
            buildings.setdefault(link.parent_id, []).append(link.organisation)
    spots = []
    for link in grids:
        if link.organisation.level == Level.BUILDING:
            continue
        village = rows[link.parent_id]
        town = rows[village.parent_id]
        here = (link.organisation, village.organisation, town.organisation)
        spots += [Spot(*here, building) for building in buildings.get(link.organisation_id, [None])]
    focus = [s for s in spots if s.village.code in focus_villages]
    focus += [s for s in spots if s.town.code in focus_towns][:10]
    return spots, focus


def run(
    *,
    ground: Ground,
    seed: int,
    start: datetime,
    end: datetime,
    cases: int,
    tell: Callable[[int, int], None] | None = None,
) -> Tally:
    """Tell `cases` stories between start and end. Same seed, start and end: the same deeds, to the last figure."""
    return walk(stories(ground, seed, start, end, cases), start=start, end=end, tell=tell)


def walk(
    told: Iterable[tuple[Story, Plot]],
    *,
    start: datetime,
    end: datetime,
    tell: Callable[[int, int], None] | None = None,
) -> Tally:
    """Tell these stories in the order of time, the jobs between them."""
    tally, order = Tally(), count()
    queue: list[tuple[datetime, int, Iterator[datetime] | None]] = [
        (story.now, next(order), _told(story, plot)) for story, plot in told
    ]
    queue += [(at, next(order), None) for at in _job_times(start, end)]
    heapq.heapify(queue)
    whole = len(queue)
    while queue:
        at, _, steps = heapq.heappop(queue)
        if at >= end:
            continue
        if steps is None:
            _jobs(at)
        else:
            _advance(steps, queue, order, tally)
        if tell:
            tell(whole - len(queue), whole)
    return tally


def _advance(
    steps: Iterator[datetime],
    queue: list[tuple[datetime, int, Iterator[datetime] | None]],
    order: Iterator[int],
    tally: Tally,
) -> None:
    tally.steps += 1
    try:
        heapq.heappush(queue, (next(steps), next(order), steps))
    except StopIteration:
        tally.stories += 1
    except Refused as refused:
        tally.refused.append(f"{refused.code}: {refused}")


def _told(story: Story, plot: Plot) -> Iterator[datetime]:
    yield from plot(story)


def stories(ground: Ground, seed: int, start: datetime, end: datetime, cases: int) -> Iterator[tuple[Story, Plot]]:
    """Every story of the year with its plot, untold; the last days show every course once more, half told."""
    calendar = built_in_calendar()
    plots = [plot for plot, weight, _ in PLOTS for _ in range(weight)]
    needs = {plot: need for plot, _, need in PLOTS} | dict(WAITING)
    last = [plot for plot, _, _ in PLOTS] + [plot for plot, _ in WAITING]
    for number in range(cases):
        dice = random.Random(f"{seed} story {number}")
        recent = number >= cases - len(last)
        plot = last[number - (cases - len(last))] if recent else dice.choice(plots)
        span = timedelta(days=9) if recent else end - start
        now = (end - timedelta(hours=30) - span * dice.random()) if recent else start + span * dice.random()
        where = _where(ground, recent, dice)
        yield (
            Story(
                number=number,
                seed=seed,
                now=_waking(now, dice),
                topic=_topic(needs[plot], dice),
                spot=dice.choice(where),
                cast=ground.cast,
                calendar=calendar,
                departments=ground.departments,
                district=ground.district,
                dice=dice,
            ),
            plot,
        )


def _where(ground: Ground, recent: bool, dice: random.Random) -> Sequence[Spot]:
    """Half of the last days' matters fall in the first village, where the demo's own log-ins work."""
    if recent and dice.random() < 0.5:
        return [spot for spot in ground.focus if spot.village.pk == ground.focus[0].village.pk]
    return ground.focus if recent or dice.random() < FOCUS_SHARE else ground.spots


def _topic(need: str, dice: random.Random) -> Topic:
    fitting = [topic for topic in TOPICS if not need or (topic.handler == "department") == (need == "department")]
    return dice.choice(fitting)


def _waking(at: datetime, dice: random.Random) -> datetime:
    """People write between seven and ten in the evening, not at four in the night (Shanghai)."""
    return (
        at.replace(hour=0, minute=0, second=0, microsecond=0)
        - timedelta(hours=1)
        + timedelta(minutes=dice.randint(0, 900))
    )


def _job_times(start: datetime, end: datetime) -> Iterator[datetime]:
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while day < end:
        yield from (day.replace(hour=hour) for hour in JOB_HOURS if start <= day.replace(hour=hour) < end)
        day += timedelta(days=1)


def _jobs(at: datetime) -> None:
    """What the worker does every minute on a live site, here three times a day."""
    actor = Actor.system("simulation")
    milestones.expire_suspensions(actor=actor, at=at)
    milestones.warn(actor=actor, at=at)
    milestones.miss(actor=actor, at=at)
    if at.hour == JOB_HOURS[-1]:
        milestones.raise_overdue(actor=actor, at=at)  # a rung a working day: once a day is as often as it can be due
        ratings.open_reviews(actor=actor, at=at)
