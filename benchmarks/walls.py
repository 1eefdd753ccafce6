"""Row security on against off: the same pages, the same site, the same database; the owner switches it between rounds.

`./genmai bench walls`: pages of matters on a demo multiplied to `--cases`, then pages of members in a whole city, each brought
up for it. With `--data FOLDER` (and `--port N` where its site runs already) the members are asked in the city that is there.
Each page is asked on, off, off, on, on, off … before the next, so that a machine that turns slower or faster meanwhile does so
for both sides; its ratio is that of their medians. Row security stands again afterwards, whatever happens.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from benchmarks import city, pages
from benchmarks.installation import Standing, Up
from benchmarks.many_cases import multiply
from benchmarks.visitor import Visitor
from genmai.interfaces.cli.database import DATABASE, OWNER
from genmai.interfaces.cli.postgres import Cluster

CASES = 100_000
TURNS = 4  # of each side of a page
ROUNDS = 12  # requests a page, viewer and round
WARM = 4  # both processes of the site have planned anew before it counts
PAGES = {
    "list and its counts": "/cases/",
    "list, search for 路灯": "/cases/?q=%E8%B7%AF%E7%81%AF",
    "my work": "/inbox/",
}
MOST = 1.2

Owner = psycopg.Connection[tuple[object, ...]]
Asked = Mapping[tuple[str, str], tuple[Visitor, list[str]]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Milliseconds, medians of either side."""

    what: str
    viewer: str
    on: float
    off: float

    @property
    def ratio(self) -> float:
        return self.on / self.off


@dataclass(frozen=True, slots=True)
class Result:
    """`what`: of what how many there were."""

    what: str
    pairs: list[Pair]


def of_cases(up: Up, *, cases: int = CASES, rounds: int = ROUNDS) -> Result:
    """`up` must hold the finished demo."""
    with _owner(up) as owner:
        have = multiply(owner, cases)
        owner.execute("ANALYZE")
        people = pages.visitors(up, pages.VIEWERS.values())
        asked: dict[tuple[str, str], tuple[Visitor, list[str]]] = {}
        for viewer, login in pages.VIEWERS.items():
            every = {title: [path] for title, path in PAGES.items()} | {"one case": pages.seen_by(owner, login)[:40]}
            asked |= {(title, viewer): (people[login], paths) for title, paths in every.items()}
        return Result(f"{have:,} cases", _compared(owner, asked, rounds))


def of_members(up: Up | Standing, *, rounds: int = ROUNDS) -> Result:
    """`up` must hold a whole city."""
    with _owner(up) as owner:
        have = city.held(up)
        people = pages.visitors(up, city.VIEWERS.values(), timeout=120.0)
        for path in city.ROLL.values():
            people[city.VIEWERS["city"]].get(path.format(deep=0))
        city.settle(up)
        asked: dict[tuple[str, str], tuple[Visitor, list[str]]] = {}
        for viewer, login in city.VIEWERS.items():
            deep = city.deep_down(up, login)
            every = {title: [path.format(deep=deep)] for title, path in city.ROLL.items()}
            every["one member's file"] = [f"/members/{one}/" for one in _members(owner, login)]
            asked |= {(title, viewer): (people[login], paths) for title, paths in every.items()}
        return Result(f"{have:,} members", _compared(owner, asked, rounds))


@contextmanager
def _owner(up: Up | Standing) -> Iterator[Owner]:
    with psycopg.connect(Cluster(up.data).url(OWNER, DATABASE), autocommit=True) as owner:
        yield owner


def _compared(owner: Owner, asked: Asked, rounds: int) -> list[Pair]:
    tables = [row[0] for row in owner.execute("SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity")]
    times: dict[tuple[str, str, bool], list[float]] = {}
    try:
        for (title, viewer), (visitor, paths) in asked.items():
            visitor.close()  # the site has let go of a connection that waited while others were asked
            for turn in range(2 * TURNS):
                on = turn % 4 in (0, 3)
                _switch(owner, map(str, tables), on=on)
                spent = [_timed(visitor, paths[n % len(paths)], title, viewer) for n in range(rounds + WARM)]
                times.setdefault((title, viewer, on), []).extend(spent[WARM:])
    finally:
        _switch(owner, map(str, tables), on=True)
    return [
        Pair(title, viewer, *(statistics.median(times[title, viewer, side]) for side in (True, False)))
        for title, viewer in asked
    ]


def _switch(owner: Owner, tables: Iterable[str], *, on: bool) -> None:
    how = sql.SQL("ENABLE" if on else "DISABLE")
    for table in tables:
        owner.execute(sql.SQL("ALTER TABLE {} {} ROW LEVEL SECURITY").format(sql.Identifier(table), how))


def _timed(visitor: Visitor, path: str, title: str, viewer: str) -> float:
    started = time.perf_counter()
    answer = visitor.get(path)
    spent = (time.perf_counter() - started) * 1000
    if answer.status != 200:
        raise RuntimeError(f"{title} for {viewer}: {answer.status}")
    return spent


def _members(owner: Owner, login: str) -> list[str]:
    """Twenty members below the login's grant."""
    rows = owner.execute(
        "SELECT n.public_id::text FROM access_account a JOIN access_grant g ON g.account_id = a.id AND g.tree = 'party'"
        " JOIN roster_link t ON t.organisation_id = g.organisation_id AND t.tree = 'party' AND t.valid_to IS NULL"
        " JOIN roster_link l ON l.tree = 'party' AND l.valid_to IS NULL AND l.path LIKE t.path || '%%'"
        " JOIN roster_membership m ON m.branch_id = l.organisation_id AND m.valid_to IS NULL"
        " JOIN roster_person n ON n.id = m.person_id WHERE a.login = %s ORDER BY m.id DESC LIMIT 20",
        (login,),
    ).fetchall()
    return [str(row[0]) for row in rows]
