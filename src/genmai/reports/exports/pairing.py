"""Which row of a file is which row of the record: unchanged ones by all their cells, changed ones by key or likeness."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from genmai.reports.exports.digests import CELL

Digests = bytes  # of a row: those of its cells one after another
LIKE = 200  # rows left over on both sides up to which each is compared with each


@dataclass(frozen=True)
class Paired:
    """Indices (recorded, in the file). `pairs`: those that differ; `moved`: out of order; the rest: new or gone."""

    pairs: list[tuple[int, int]]
    added: list[int]
    removed: list[int]
    moved: list[tuple[int, int]]


def pair(then: Sequence[Digests], now: Sequence[Digests], keys: Sequence[int]) -> Paired:
    """Recorded rows and those of the file. A row may be changed and moved at once."""
    top, bottom = _untouched(then, now)
    found = _paired(then[top : len(then) - bottom], now[top : len(now) - bottom], keys)
    return Paired(
        [(was + top, here + top) for was, here in found.pairs],
        [here + top for here in found.added],
        [was + top for was in found.removed],
        [(was + top, here + top) for was, here in found.moved],
    )


def cell(row: Digests, index: int) -> bytes:
    """One cell's digest."""
    return row[CELL * index : CELL * (index + 1)]


def _untouched(then: Sequence[Digests], now: Sequence[Digests]) -> tuple[int, int]:
    """How many rows are the same from the top on, and of the others from the end: in most files that is all of them."""
    shorter = min(len(then), len(now))
    top = next((n for n in range(shorter) if then[n] != now[n]), shorter)
    bottom = next((n for n in range(shorter - top) if then[-1 - n] != now[-1 - n]), shorter - top)
    return top, bottom


def _paired(then: Sequence[Digests], now: Sequence[Digests], keys: Sequence[int]) -> Paired:
    if not then and not now:
        return Paired([], [], [], [])
    same, left, right = _matched(then, now, range(len(then)), range(len(now)), bytes)
    by_key: list[tuple[int, int]] = []
    if keys:
        by_key, left, right = _matched(then, now, left, right, lambda row: b"".join(cell(row, key) for key in keys))
    alike, left, right = _alike(then, now, left, right)
    changed = sorted([*by_key, *alike], key=lambda each: each[1])
    return Paired(changed, list(right), list(left), _moved([*same, *changed]))


def _matched(
    then: Sequence[Digests],
    now: Sequence[Digests],
    left: Iterable[int],
    right: Iterable[int],
    mark: Callable[[Digests], Hashable],
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Rows with the same mark; among several the one in the same place, else in order."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for index in left:
        waiting[mark(then[index])].append(index)
    found: list[tuple[int, int]] = []
    rest: list[int] = []
    for here in right:
        queue = waiting.get(mark(now[here]))
        if queue:
            found.append((queue.popleft(), here))
        else:
            rest.append(here)
    return found, sorted(index for queue in waiting.values() for index in queue), rest


def _alike(
    then: Sequence[Digests], now: Sequence[Digests], left: Sequence[int], right: Sequence[int]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """A row in its old place, or with at least half of its cells as they were."""
    found: list[tuple[int, int]] = []
    open_, rest = list(left), []
    for here in right:
        best = _best(then, now[here], open_ if len(open_) * len(right) <= LIKE * LIKE else [], here)
        if best is None:
            rest.append(here)
        else:
            open_.remove(best)
            found.append((best, here))
    return found, open_, rest


def _best(then: Sequence[Digests], row: Digests, candidates: Sequence[int], here: int) -> int | None:
    cells = range(len(row) // CELL)
    scored = [(sum(cell(then[each], n) == cell(row, n) for n in cells), each == here, each) for each in candidates]
    shared, in_place, best = max(scored, default=(0, False, -1))
    if best >= 0 and (2 * shared >= len(cells) or in_place):
        return best
    return here if here in candidates else None


def _moved(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The fewest rows that must have been moved: those outside the longest run that is still in order."""
    ordered = sorted(pairs, key=lambda each: each[1])
    ends: list[int] = []  # smallest recorded index that ends a run of each length
    places: list[int] = []
    before: list[int] = [-1] * len(ordered)
    for place, (was, _) in enumerate(ordered):
        length = bisect_left(ends, was)
        if length == len(ends):
            ends.append(was)
            places.append(place)
        else:
            ends[length], places[length] = was, place
        before[place] = places[length - 1] if length else -1
    kept, place = set(), places[-1] if places else -1
    while place >= 0:
        kept.add(place)
        place = before[place]
    return [each for place, each in enumerate(ordered) if place not in kept]
