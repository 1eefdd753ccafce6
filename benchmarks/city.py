"""The registry of a whole city, asked by a city's, district's, town's and branch's officer.

`./genmai bench city` brings one up in a folder of its own (`up --city ningbo`) and says how long that took. On a city that
is there already, `--data FOLDER` starts its site and stops it again, `--data FOLDER --port N` asks the site that runs on it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from benchmarks.installation import Standing, Up
from benchmarks.pages import Figure, measure, queries_of, visitors
from benchmarks.visitor import Visitor
from genmai.interfaces.cli.database import DATABASE, OWNER
from genmai.interfaces.cli.postgres import Cluster

ROUNDS = 40
LIMIT = 1800.0  # seconds for the whole city; wanted are 900
VIEWERS = {"city": "shizuzhibu", "district": "quzuzhibu", "town": "dangjianban", "branch": "zhibushuji"}
AS_AT = "2025-07-31"
ROLL = {
    "members: count and first page": "/members/",
    f"members as at {AS_AT}": f"/members/?day={AS_AT}",
    "members, deep in the roll": "/members/?after={deep}.full.0&page=9000",
    "members, women past sixty": "/members/?sex=female&age=from_61",
    "members, farmers": "/members/?occupation=farmer",
    "members, minorities past sixty": "/members/?ethnicity=minority&age=from_61",
    "members, age not known": "/members/?age=unknown",
    "found by initials, wh": "/members/?q=wh",
    "found by pinyin, zhangw": "/members/?q=zhangw",
    "found by name, 王伟": "/members/?q=%E7%8E%8B%E4%BC%9F",
    "found by one character, 杰": "/members/?q=%E6%9D%B0",
    "found by the phone's end": "/members/?q=1234",
}
PAGES = ROLL | {
    "organisations": "/organisations/",
    f"organisations as at {AS_AT}": f"/organisations/?as_at={AS_AT}",
    "statistics of the whole scope": "/statistics/",
    f"statistics as at {AS_AT}": f"/statistics/?day={AS_AT}",
    "turn of the term, before and after": "/statistics/turn?on=2025-12-15",
}
_PAGE_SECONDS = 15.0
_STEP = re.compile(r"^\[\s*([\d.]+) s\]\s*(.+)$", re.M)


@dataclass(frozen=True, slots=True)
class Result:
    """`steps`: what `up` said, with the seconds since the command, none of a city that was there; `figures`: by viewer."""

    rows: int
    steps: list[tuple[float, str]]
    figures: list[Figure]

    @property
    def seconds(self) -> float:
        return self.steps[-1][0] if self.steps else 0.0

    def against_today(self, figure: Figure) -> float | None:
        """The p95 of an as-at page ÷ that of the page before it, today's, for the same viewer."""
        if not figure.page.endswith(f"as at {AS_AT}"):
            return None
        mine = [one for one in self.figures if one.viewer == figure.viewer]
        return figure.p95 / mine[mine.index(figure) - 1].p95


def run(up: Up | Standing, *, rounds: int = ROUNDS) -> Result:
    """`up` must be ready and hold the city. Pages a role does not have (404) are left out."""
    said = up.said() if "名党员" in up.said() else ""  # a second start brings nothing in
    steps = [(float(seconds), words.strip()) for seconds, words in _STEP.findall(said)]
    rows = held(up)
    figures = []
    people = visitors(up, VIEWERS.values(), timeout=120.0)
    for path in PAGES.values():  # the days that are read are asked for, so that the worker counts them
        people[VIEWERS["city"]].get(path.format(deep=0))
    settle(up)
    for viewer, login in VIEWERS.items():
        visitor, deep = people[login], deep_down(up, login)
        visitor.close()  # the site has let go of a connection that waited so long
        pages = {title: path.format(deep=deep) for title, path in PAGES.items()}
        asked = {title: path for title, path in pages.items() if visitor.get(path).status == 200}
        queries: Mapping[str, int] = queries_of(up, login, list(asked.values()))
        visitor.close()
        for title, path in asked.items():
            figures.append(measure(visitor, title, viewer, [path], _fitting(visitor, path, rounds), queries[path]))
    return Result(rows, steps, figures)


def settle(up: Up | Standing, limit: float = 300.0) -> None:
    """Until the worker keeps the figures of every day somebody asked for, as on the morning after."""
    until = time.monotonic() + limit
    with psycopg.connect(Cluster(up.data).url(OWNER, DATABASE), autocommit=True) as owner:
        while time.monotonic() < until:
            row = owner.execute("SELECT count(counted_at), count(*) FROM roster_tallybook").fetchone()
            if row and row[0] == row[1] and row[0]:
                return
            time.sleep(2)
    raise RuntimeError("the figures of the membership are not counted")


def _fitting(visitor: Visitor, path: str, rounds: int) -> int:
    """Fewer rounds of a page that takes seconds: at least five, a quarter of a minute together."""
    started = time.perf_counter()
    visitor.get(path)
    return max(5, min(rounds, int(_PAGE_SECONDS / (time.perf_counter() - started))))


def held(up: Up | Standing) -> int:
    """How many members stand in it."""
    return _one(up, "SELECT count(*) FROM roster_membership WHERE valid_to IS NULL", ())


def deep_down(up: Up | Standing, login: str) -> int:
    """A branch nine tenths down the roll of what is below the login's grant."""
    return _one(
        up,
        "SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY m.branch_id) FROM access_account a"
        " JOIN access_grant g ON g.account_id = a.id AND g.tree = 'party'"
        " JOIN roster_link t ON t.organisation_id = g.organisation_id AND t.tree = 'party' AND t.valid_to IS NULL"
        " JOIN roster_link l ON l.tree = 'party' AND l.valid_to IS NULL AND starts_with(l.path, t.path)"
        " JOIN roster_membership m ON m.branch_id = l.organisation_id AND m.valid_to IS NULL WHERE a.login = %s",
        (login,),
    )


def _one(up: Up | Standing, query: str, given: tuple[str, ...]) -> int:
    with psycopg.connect(Cluster(up.data).url(OWNER, DATABASE)) as owner:
        row = owner.execute(query, given).fetchone()
    if row is None or not row[0]:
        raise RuntimeError("there is no city in this folder")
    return int(row[0])
