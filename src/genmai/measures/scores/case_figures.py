"""Figures of the case loop for every unit and month: three rates, overdue limits, share solved per level.

Each carries numerator, denominator, rule and the moment as known at which it holds; below the mechanism's small sample
it says so and takes the figure of the nearest unit above that has enough, naming it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from genmai.directory.roster.models import Link, Organisation, Tree
from genmai.kernel.refusal import BadInput, NotFound
from genmai.kernel.viewer import Reach, Viewer
from genmai.measures.scores import items
from genmai.measures.scores.formulas import FORMULAS
from genmai.measures.scores.items import Counted, Sum, Window
from genmai.measures.scores.rules import LEVEL_KEYS, RULES, THREE_RATES, Rule, Terms
from genmai.records.deeds.models import Deed

PERMISSION = "figures:view"
DEFAULT_TERMS = Terms()
LONGEST = 36  # months in one question
_PATH = re.compile(r"/([1-9]\d{0,17}/)+")
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Unit:
    """A body figures are shown for, with its place in the administrative tree."""

    organisation_id: int
    name: str
    path: str
    level: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one unit and month. `value`: ten-thousandths, None where nothing counts yet.

    `small`: too few to stand alone; then `lender` is the figure of the nearest unit above with enough, if any has.
    """

    unit: Unit
    month: str
    rule: Rule
    numerator: int
    denominator: int
    known_at: datetime
    small: bool
    lender: Figure | None = None

    @property
    def value(self) -> int | None:
        return FORMULAS[self.rule.formula](self.numerator, self.denominator)

    @property
    def shown(self) -> int | None:
        """The value to show: its own, or the lender's (to be named) for a small sample."""
        if self.small:
            return self.lender.value if self.lender else None
        return self.value


class Board:
    """All figures below one unit over some months, from one pass over the deeds."""

    def __init__(
        self, root: Unit, units: Mapping[str, Unit], months: tuple[str, ...], known_at: datetime, terms: Terms
    ) -> None:
        self.root = root
        self.months = months
        self.known_at = known_at
        self._all = units
        self._terms = terms
        self._totals: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])

    @property
    def units(self) -> tuple[Unit, ...]:
        """The unit itself and every unit below, in tree order."""
        return tuple(u for path, u in sorted(self._all.items()) if path.startswith(self.root.path))

    def add(self, rows: Iterable[Sum]) -> None:
        """Roll what counts for one body up to every body above it."""
        for row in rows:
            month = self.months[row.month]
            keys = (row.figure,) if row.figure != "solved" else ("solved", f"solved_at_{row.level}")
            for path in lines(row.path):
                for key in keys:
                    total = self._totals[path, month, key]
                    total[0] += row.numerator
                    total[1] += row.denominator

    def figure(self, path: str, month: str, key: str) -> Figure:
        """One figure; 0 of 0 where nothing counts. Raises NotFound for a unit or month not on this board."""
        if path not in self._all or not path.startswith(self.root.path) or month not in self.months:
            raise NotFound
        own = self._plain(path, month, key)
        if not own.small:
            return own
        above = (self._plain(up, month, key) for up in reversed(lines(path)[:-1]) if up in self._all)
        return replace(own, lender=next((figure for figure in above if not figure.small), None))

    def _plain(self, path: str, month: str, key: str) -> Figure:
        numerator, denominator = self._totals.get((path, month, key), (0, 0))
        if key in LEVEL_KEYS:
            denominator = self._totals.get((path, month, "solved"), (0, 0))[1]
        small = denominator < self._terms.small_sample
        return Figure(self._all[path], month, RULES[key], numerator, denominator, self.known_at, small)

    def row(self, path: str, month: str, keys: Collection[str]) -> tuple[Figure, ...]:
        return tuple(self.figure(path, month, key) for key in keys)


def board(
    viewer: Viewer, *, path: str, months: Collection[str], known_at: datetime, terms: Terms = DEFAULT_TERMS
) -> Board:
    """Figures of the unit at `path` and all below it from the first to the last of these months ("2026-03").

    As known at a moment. Three queries, however many units and months; one more where the unit above has too few to
    lend. Raises NotFound outside the viewer's scope, BadInput for bad months.
    """
    check_scope(viewer, path)
    whole = _whole(months)
    rows = _sums(path, whole, known_at, terms)
    units = _units(path, {up for row in rows if row.path.startswith(path) for up in lines(row.path)})
    made = Board(units[path], units, whole, known_at, terms)
    made.add(rows)
    return made


def _sums(path: str, months: tuple[str, ...], known_at: datetime, terms: Terms) -> list[Sum]:
    """Sums of the unit and the one above, which lends to small samples; of the whole line where that has too few."""
    line = lines(path)
    rows = items.sums(_window(line[-2:][0], months, known_at), terms, unit=path)
    counted: Counter[tuple[int, str]] = Counter()
    for row in rows:
        counted[row.month, row.figure] += row.denominator
    enough = all(counted[n, figure] >= terms.small_sample for n in range(len(months)) for figure in items.FIGURES)
    return rows if enough or len(line) < 3 else items.sums(_window(line[0], months, known_at), terms, unit=path)


def three_rates(
    viewer: Viewer, *, path: str, month: str, known_at: datetime, terms: Terms = DEFAULT_TERMS
) -> dict[str, tuple[Figure, ...]]:
    """Response, solution and satisfaction of the unit and every unit below, by path."""
    return _rows(board(viewer, path=path, months=(month,), known_at=known_at, terms=terms), month, THREE_RATES)


def level_shares(
    viewer: Viewer, *, path: str, month: str, known_at: datetime, terms: Terms = DEFAULT_TERMS
) -> dict[str, tuple[Figure, ...]]:
    """Share solved at each level of the matters that arose in the unit and every unit below, by path."""
    return _rows(board(viewer, path=path, months=(month,), known_at=known_at, terms=terms), month, LEVEL_KEYS)


def _rows(made: Board, month: str, keys: Collection[str]) -> dict[str, tuple[Figure, ...]]:
    return {unit.path: made.row(unit.path, month, keys) for unit in made.units}


@dataclass(frozen=True, slots=True)
class Behind:
    """One page of the deeds a figure opens to, latest first.

    `total`: deeds in all. `items`: what they weigh together, the figure's own number; a deed may weigh more than one
    person (response). `counted`: of each deed of the page, whether it is in the numerator, and its weight.
    """

    total: int
    deeds: tuple[Deed, ...]
    items: int
    counted: tuple[Counted, ...]


def deeds_behind(
    viewer: Viewer,
    *,
    path: str,
    month: str,
    key: str,
    known_at: datetime,
    only_numerator: bool = False,
    offset: int = 0,
    limit: int = 50,
    terms: Terms = DEFAULT_TERMS,
) -> Behind:
    """The deeds counted in a figure's denominator, or only those in its numerator.

    Raises NotFound outside the viewer's scope, BadInput for an unknown figure or month.
    """
    check_scope(viewer, path)
    if key not in RULES:
        raise BadInput("unknown_figure", "没有这项统计", field="key", allowed=", ".join(RULES))
    figure, level = ("solved", int(key[-1])) if key in LEVEL_KEYS else (key, 0)
    total, weight, found = items.counted_deeds(
        _window(path, _whole((month,)), known_at),
        terms,
        figure=figure,
        level=level,
        only_numerator=only_numerator,
        offset=max(offset, 0),
        limit=min(max(limit, 1), 200),
    )
    related = ("actor", "actor_organisation", "organisation", "counterpart", "place")
    deeds = Deed.objects.select_related(*related).in_bulk([one.deed_id for one in found])
    return Behind(total, tuple(deeds[one.deed_id] for one in found), weight, tuple(found))


def check_scope(viewer: Viewer, path: str) -> None:
    """Raises NotFound unless figures may be seen at this unit: what lies outside is not told apart from nothing."""
    if not _PATH.fullmatch(path) or not viewer.may(PERMISSION, path, Reach.VIEW):
        raise NotFound


def month_of(at: datetime) -> str:
    """The month a moment falls in, in the time of the place."""
    return f"{at.astimezone(_ZONE):%Y-%m}"


def months_until(month: str, count: int) -> tuple[str, ...]:
    """`count` months up to and including `month`, oldest first."""
    first = _first_day(month)
    index = first.year * 12 + first.month - 1
    return tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(index - count + 1, index + 1))


@lru_cache(maxsize=8192)
def lines(path: str) -> tuple[str, ...]:
    """A materialised path and those of all bodies above it, top first: "/1/7/" → ("/1/", "/1/7/")."""
    parts = path.strip("/").split("/")
    return tuple("/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts)))


def _first_day(month: str) -> date:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError as wrong:
        raise BadInput("bad_month", "月份应写成 2026-03 的样子", field="month", allowed="2026-03") from wrong


def _whole(months: Collection[str]) -> tuple[str, ...]:
    """All months from the first to the last named."""
    if not months:
        raise BadInput("bad_month", "请选择月份", field="month", allowed="2026-03")
    first, last = _first_day(min(months)), _first_day(max(months))
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if count > LONGEST:
        raise BadInput("too_long", "一次最多看 36 个月", field="month", allowed="1–36")
    return months_until(f"{last:%Y-%m}", count)


def window_of(below: str, month: str, known_at: datetime) -> Window:
    """What lies below a path in one month, as known at a moment. Raises BadInput for what is no month."""
    return _window(below, _whole((month,)), known_at)


def _window(below: str, months: tuple[str, ...], known_at: datetime) -> Window:
    """Months begin at midnight in the time of the place."""
    last = _first_day(months[-1])
    starts = [_first_day(month) for month in months]
    after = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    *begins, end = (datetime(day.year, day.month, 1, tzinfo=_ZONE) for day in (*starts, after))
    return Window(below, tuple(begins), end, known_at)


def _units(path: str, counted: set[str]) -> dict[str, Unit]:
    """The bodies at and below `path` in today's tree, those that only older deeds know, and the line above."""
    links = Link.objects.filter(tree=Tree.ADMINISTRATIVE, valid_to__isnull=True, path__startswith=path)
    today = links.values_list("organisation_id", "organisation__name", "path", "organisation__level")
    units = {each: Unit(pk, name, each, level) for pk, name, each, level in today}
    # Few: the line above, and bodies since closed or moved.
    others = {up: int(up.strip("/").rpartition("/")[2]) for up in {*lines(path), *counted - units.keys()}}
    rows = Organisation.objects.filter(pk__in=set(others.values())).values_list("pk", "name", "level")
    known = {pk: (name, level) for pk, name, level in rows}
    for each, pk in others.items():
        if pk in known:
            name, level = known[pk]
            units[each] = Unit(pk, name, each, level)
    if path not in units:
        raise NotFound
    return units
