"""Row security on against off: the same pages, the same site, the same database; the owner switches it between rounds.

`./genmai bench walls`. Rounds alternate on, off, on, off …; a page's ratio is that of the medians of both sides.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import psycopg
from psycopg import sql

from benchmarks.installation import Up
from benchmarks.many_cases import multiply
from benchmarks.pages import VIEWERS, _seen_by
from benchmarks.visitor import Visitor
from genmai.interfaces.cli.database import APPLICATION, DATABASE, OWNER
from genmai.interfaces.cli.postgres import Cluster
from genmai.kernel.walled import SETTINGS, Scope

CASES = 200_000
MEMBERS = 561_000
BRANCHES = 9_442
TURNS = 6  # rounds of each side
PAGES = {
    "list and its counts": "/cases/",
    "list, search for 路灯": "/cases/?q=%E8%B7%AF%E7%81%AF",
    "my work": "/inbox/",
}
MOST = 1.2


@dataclass(frozen=True, slots=True)
class Pair:
    """Milliseconds, medians of either side. `what` is a page over HTTP or a statement of members."""

    what: str
    viewer: str
    on: float
    off: float

    @property
    def ratio(self) -> float:
        return self.on / self.off


@dataclass(frozen=True, slots=True)
class Result:
    cases: int
    members: int
    pairs: list[Pair]


def run(up: Up, *, cases: int = CASES, members: int = MEMBERS, rounds: int = 20) -> Result:
    """`up` must hold the finished demo. Row security stands again afterwards, whatever happens."""
    cluster = Cluster(up.data)
    with psycopg.connect(cluster.url(OWNER, DATABASE), autocommit=True) as owner:
        have = multiply(owner, cases)
        _plant(owner, members)
        owner.execute("ANALYZE")
        tables = [row[0] for row in owner.execute("SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity")]
        try:
            pairs = _over_http(up, owner, tables, rounds)
            with psycopg.connect(cluster.url(APPLICATION, DATABASE), autocommit=True) as application:
                pairs += _members(application, owner, tables, rounds)
        finally:
            _switch(owner, tables, on=True)
    return Result(have, members, pairs)


def _switch(owner: psycopg.Connection[tuple[object, ...]], tables: Iterable[str], *, on: bool) -> None:
    how = "ENABLE" if on else "DISABLE"
    for table in tables:
        owner.execute(sql.SQL(f"ALTER TABLE {table} {how} ROW LEVEL SECURITY"))


def _over_http(up: Up, owner: psycopg.Connection[tuple[object, ...]], tables: list[str], rounds: int) -> list[Pair]:
    accounts, asked = up.accounts(), {}
    for viewer, login in VIEWERS.items():
        visitor = Visitor(up.port)
        visitor.sign_in(login, accounts[login])
        pages = {title: [path] for title, path in PAGES.items()} | {"one case": _seen_by(owner, login)[:40]}
        asked.update({(title, viewer): (visitor, paths) for title, paths in pages.items()})
    times: dict[tuple[str, str, bool], list[float]] = {}
    for turn in range(2 * TURNS):
        on = turn % 2 == 0
        _switch(owner, tables, on=on)
        for (title, viewer), (visitor, paths) in asked.items():
            for n in range(rounds + 8):  # both processes of the site have planned anew before it counts
                started = time.perf_counter()
                answer = visitor.get(paths[n % len(paths)])
                spent = (time.perf_counter() - started) * 1000
                if answer.status != 200:
                    raise RuntimeError(f"{title} for {viewer}: {answer.status}")
                if n >= 8:
                    times.setdefault((title, viewer, on), []).append(spent)
    return [_pair(title, viewer, times) for title, viewer in asked]


def _pair(title: str, viewer: str, times: dict[tuple[str, str, bool], list[float]]) -> Pair:
    on, off = (statistics.median(times[title, viewer, side]) for side in (True, False))
    return Pair(title, viewer, on, off)


_LINKED = (
    "FROM roster_membership m JOIN roster_link l ON l.organisation_id = m.branch_id AND l.tree = 'party'"
    " AND l.valid_to IS NULL WHERE m.valid_to IS NULL AND l.path LIKE %s"
)
STATEMENTS = {
    "members by stage in the subtree": f"SELECT m.stage, count(*) {_LINKED} GROUP BY 1",
    "first page of members": (
        "SELECT m.person_id, n.display_name, p.born_on FROM (SELECT m.* "  # noqa: S608
        + _LINKED
        + " ORDER BY m.branch_id, m.stage, m.id LIMIT 50) m"
        " JOIN roster_person n ON n.id = m.person_id JOIN roster_profile p ON p.person_id = m.person_id"
    ),
    "found by pinyin": (
        "SELECT p.person_id FROM roster_profile p JOIN roster_membership m ON m.person_id = p.person_id"
        " JOIN roster_link l ON l.organisation_id = m.branch_id AND l.tree = 'party' AND l.valid_to IS NULL"
        " WHERE m.valid_to IS NULL AND l.path LIKE %s AND p.letters LIKE 'name123%%' ORDER BY p.letters LIMIT 50"
    ),
}


def _members(
    application: psycopg.Connection[tuple[object, ...]],
    owner: psycopg.Connection[tuple[object, ...]],
    tables: list[str],
    rounds: int,
) -> list[Pair]:
    """The statements a member list is made of, as the application's role with the viewer's scope told."""
    times: dict[tuple[str, str, bool], list[float]] = {}
    heads = _heads(owner)
    for turn in range(2 * TURNS):
        on = turn % 2 == 0
        _switch(owner, tables, on=on)
        for viewer, path in heads.items():
            scope = Scope(paths=("/",) if viewer == "city" else (path,))
            for name, value in zip(SETTINGS, scope.settings(), strict=True):
                application.execute("SELECT set_config(%s, %s, false)", (name, value))
            for title, statement in STATEMENTS.items():
                for n in range(rounds // 4 + 2):
                    started = time.perf_counter()
                    application.execute(statement, (f"{path}%",)).fetchall()
                    if n >= 2:
                        times.setdefault((title, viewer, on), []).append((time.perf_counter() - started) * 1000)
    return [_pair(title, viewer, times) for viewer in heads for title in STATEMENTS]


def _heads(owner: psycopg.Connection[tuple[object, ...]]) -> dict[str, str]:
    """A subtree of each size, by how deep it begins in the planted tree."""
    found = {}
    for viewer, depth in (("city", 1), ("district", 2), ("town", 3), ("branch", 4)):
        row = owner.execute(
            "SELECT path FROM roster_link WHERE tree = 'party' AND document = 'bench'"
            " AND array_length(string_to_array(trim(BOTH '/' FROM path), '/'), 1) = %s ORDER BY path LIMIT 1",
            (depth,),
        ).fetchone()
        if row is None:
            raise RuntimeError("the planted tree is not there")
        found[viewer] = str(row[0])
    return found


def _plant(owner: psycopg.Connection[tuple[object, ...]], members: int) -> None:
    """A Party tree (1 city, 10 districts, 160 towns, the branches) and its members, straight into the tables."""
    owner.execute("CREATE TEMP TABLE planted (n integer, up integer, id bigint, path text)")
    ends = (1, 11, 171, 171 + BRANCHES)
    owner.execute(
        "INSERT INTO planted (n, up) SELECT n, CASE WHEN n = 0 THEN NULL WHEN n < %s THEN 0 WHEN n < %s THEN 1 + n %% 10"
        " ELSE 11 + n %% 160 END FROM generate_series(0, %s - 1) n",
        (ends[1], ends[2], ends[3]),
    )
    owner.execute(
        "WITH made AS (INSERT INTO roster_organisation"
        " (public_id, code, name, short_name, initials, kind, category, sector, level, opened_on)"
        " SELECT gen_random_uuid(), 'bench' || n, 'b' || n, 'b' || n, '', 'party', 'branch', 'other', 3, '2020-01-01'"
        " FROM planted RETURNING id, code)"
        " UPDATE planted SET id = made.id FROM made WHERE made.code = 'bench' || planted.n"
    )
    owner.execute("UPDATE planted SET path = '/' || id || '/' WHERE n = 0")
    for low, high in pairwise(ends):
        owner.execute(
            "UPDATE planted p SET path = up.path || p.id || '/' FROM planted up"
            " WHERE up.n = p.up AND p.n >= %s AND p.n < %s",
            (low, high),
        )
    owner.execute(
        "INSERT INTO roster_link (tree, organisation_id, parent_id, path, valid_from, recorded_at, document)"
        " SELECT 'party', p.id, up.id, p.path, '2020-01-01', now(), 'bench' FROM planted p"
        " LEFT JOIN planted up ON up.n = p.up"
    )
    owner.execute("CREATE TEMP TABLE folk (n integer, id bigint)")
    owner.execute(
        "WITH made AS (INSERT INTO roster_person (public_id, kind, display_name, recorded_at)"
        " SELECT gen_random_uuid(), 'member', 'bench' || n, now() FROM generate_series(1, %s) n"
        " RETURNING id, display_name)"
        " INSERT INTO folk SELECT substr(display_name, 6)::integer, id FROM made",
        (members,),
    )
    owner.execute(
        "INSERT INTO roster_profile (person_id, letters, initials, sex, ethnicity, education, degree, occupation, born_on)"
        " SELECT id, 'name' || n, 'n' || n, '1', '01', '20', '', '', '1980-01-01' FROM folk"
    )
    owner.execute(
        "INSERT INTO roster_membership (person_id, branch_id, stage, status, valid_from, recorded_at, arrived, departed,"
        " document) SELECT f.id, p.id, 'full', 'normal', '2020-01-01', now(), '', '', '' FROM folk f"
        " JOIN planted p ON p.n = 171 + f.n %% %s",
        (BRANCHES,),
    )
