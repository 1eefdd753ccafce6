"""The registry of a whole city: set up by `up --city ningbo`, then asked by a city's, district's, town's and branch's officer."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.installation import Up
from benchmarks.pages import Figure, measure, queries_of
from benchmarks.visitor import Visitor

ROUNDS = 40
LIMIT = 1800.0  # seconds for the whole city; wanted are 900
VIEWERS = {"city": "shizuzhibu", "district": "quzuzhibu", "town": "dangjianban", "branch": "zhibushuji"}
AS_AT = "2025-07-31"
PAGES = {
    "members: count and first page": "/members/",
    f"members as at {AS_AT}": f"/members/?day={AS_AT}",
    "members found by initials": "/members/?q=wh",
    "organisations": "/organisations/",
    f"organisations as at {AS_AT}": f"/organisations/?as_at={AS_AT}",
    "statistics of the whole scope": "/statistics/",
    f"statistics as at {AS_AT}": f"/statistics/?day={AS_AT}",
    "turn of the term, before and after": "/statistics/turn?on=2025-12-15",
}
_PAGE_SECONDS = 30.0
_STEP = re.compile(r"^\[\s*([\d.]+) s\]\s*(.+)$", re.M)


@dataclass(frozen=True, slots=True)
class Result:
    """`steps`: what `up` said, with the seconds since the command; `figures`: pages by viewer."""

    rows: int
    steps: list[tuple[float, str]]
    figures: list[Figure]

    @property
    def seconds(self) -> float:
        return self.steps[-1][0]

    def against_today(self, figure: Figure) -> float | None:
        """The p95 of an as-at page ÷ that of the page before it, today's, for the same viewer."""
        if not figure.page.endswith(f"as at {AS_AT}"):
            return None
        mine = [one for one in self.figures if one.viewer == figure.viewer]
        return figure.p95 / mine[mine.index(figure) - 1].p95


def run(up: Up, *, rounds: int = ROUNDS) -> Result:
    """`up` must be ready and hold the city. Pages a role does not have (404) are left out."""
    steps = [(float(seconds), said.strip()) for seconds, said in _STEP.findall(up.said())]
    accounts = up.accounts()
    figures = []
    for viewer, login in VIEWERS.items():
        visitor = Visitor(up.port, timeout=120.0)
        visitor.sign_in(login, accounts[login])
        asked = {title: path for title, path in PAGES.items() if visitor.get(path).status == 200}
        queries: Mapping[str, int] = queries_of(up, login, list(asked.values()))
        visitor.close()  # the site has let go of a connection that waited so long
        for title, path in asked.items():
            fitting = _fitting(visitor, path, rounds)
            figures.append(measure(visitor, title, viewer, [path], fitting, queries[path]))
    return Result(rows_of(up.said()), steps, figures)


def _fitting(visitor: Visitor, path: str, rounds: int) -> int:
    """Fewer rounds of a page that takes seconds: at least five, about half a minute together."""
    started = time.perf_counter()
    visitor.get(path)
    return max(5, min(rounds, int(_PAGE_SECONDS / (time.perf_counter() - started))))


def rows_of(said: str) -> int:
    """How many members the sheet had, as `up` told."""
    found = re.search(r"、([\d,]+) 名党员", said)
    return int(found[1].replace(",", "")) if found else 0
