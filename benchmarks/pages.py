"""Lists, search, board and case pages at twenty and two hundred thousand cases, for who sees most and least."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.installation import ROOT, Standing, Up, environment
from benchmarks.many_cases import multiply
from benchmarks.visitor import Answer, Visitor
from genmai.interfaces.cli.database import DATABASE, OWNER
from genmai.interfaces.cli.postgres import Cluster

CASES = 20_000
MANY_CASES = 200_000
ROUNDS = 60
VIEWERS = {"whole district": "quzhongxin", "one town": "zhenjie", "one grid": "wangge"}
LISTS = {
    "list of cases": "/cases/",
    "list, second page of what is late": "/cases/?late=1&page=2",
    "list, search for 路灯": "/cases/?q=%E8%B7%AF%E7%81%AF",
    "my work": "/inbox/",
    "dispatch desk": "/desk/",
    "board": "/board/",
    "hot spots": "/hot-spots/",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """Milliseconds at the client over loopback, one request at a time; bytes as they travelled."""

    page: str
    viewer: str
    status: int
    p50: float
    p95: float
    queries: int
    page_bytes: int
    first_visit_bytes: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What `by_commands` compared: stories told by commands beside their copies. `unlike`: each difference in words."""

    cases: int
    rows: int
    values: int
    unlike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    cases: int
    figures: list[Figure]
    sample: Sample

    def against_most(self, figure: Figure) -> float | None:
        """Its p95 ÷ that of the same page for who sees most; None where that role hasn't the page."""
        most = next(iter(VIEWERS))
        found = [one.p95 for one in self.figures if one.page == figure.page and one.viewer == most]
        return figure.p95 / found[0] if found and figure.viewer != most else None


def run(up: Up, *, cases: int = CASES, rounds: int = ROUNDS) -> Result:
    """Each page for each viewer among so many cases. `up` must hold the finished demo."""
    told = up.data.with_suffix(".told.json")
    _by_commands(up, "tell", told)
    with psycopg.connect(Cluster(up.data).url(OWNER, DATABASE), autocommit=True) as connection:
        have = multiply(connection, cases)
        ids = {name: seen_by(connection, login) for name, login in VIEWERS.items()}
    sample = json.loads(_by_commands(up, "compare", told).splitlines()[-1])
    sample = Sample(sample["cases"], sample["rows"], sample["values"], tuple(sample["unlike"]))
    accounts = up.accounts()
    figures = []
    for viewer, login in VIEWERS.items():
        visitor = Visitor(up.port)
        visitor.sign_in(login, accounts[login])
        pages = {title: [path] for title, path in LISTS.items()} | {"one case": ids[viewer]}
        queries = queries_of(up, login, [paths[0] for paths in pages.values()])
        for title, paths in pages.items():
            if visitor.get(paths[0]).status != 404:  # a page that this role does not have
                figures.append(measure(visitor, title, viewer, paths, rounds, queries[paths[0]]))
    return Result(have, figures, sample)


def seen_by(connection: psycopg.Connection[tuple[object, ...]], login: str) -> list[str]:
    """Addresses of two hundred cases in the account's scope: what its organisation reaches."""
    rows = connection.execute(
        "SELECT c.public_id::text FROM cases_case c, access_account a JOIN access_grant g ON g.account_id = a.id "
        "WHERE a.login = %s AND c.reach @> ARRAY[g.organisation_id]",
        (login,),
    ).fetchall()
    chosen = random.Random(login).sample(sorted(str(row[0]) for row in rows), min(200, len(rows)))  # noqa: S311
    return [f"/cases/{public_id}/" for public_id in chosen]


def measure(visitor: Visitor, title: str, viewer: str, paths: list[str], rounds: int, queries: int) -> Figure:
    """Ask for the paths in turn, so many rounds, after a warm-up that isn't counted."""
    for path in paths[:3] * 4:  # both processes of the site have their templates read
        visitor.get(path)
    times: list[float] = []
    answers: list[Answer] = []
    for turn in range(rounds):
        started = time.perf_counter()
        answers.append(visitor.get(paths[turn % len(paths)]))
        times.append((time.perf_counter() - started) * 1000)
    largest = max(answers, key=lambda answer: answer.wire)
    statics = sum(visitor.statics(largest).values())
    cuts = statistics.quantiles(times, n=20)
    status = next((answer.status for answer in answers if answer.status != 200), 200)
    return Figure(title, viewer, status, cuts[9], cuts[18], queries, largest.wire, largest.wire + statics)


def visitors(up: Up | Standing, logins: Iterable[str], *, timeout: float = 30.0) -> dict[str, Visitor]:
    """By login, somebody at a browser who is signed in."""
    cookies: dict[str, dict[str, str]] = json.loads(_beside(up, "benchmarks.sessions", *logins).splitlines()[-1])
    return {login: Visitor(up.port, cookies=dict(held), timeout=timeout) for login, held in cookies.items()}


def queries_of(up: Up | Standing, login: str, paths: list[str]) -> dict[str, int]:
    """Counted in a process of its own: the same views, middleware and database."""
    found: dict[str, int] = json.loads(_beside(up, "benchmarks.queries", login, *paths).splitlines()[-1])
    return found


def _by_commands(up: Up, what: str, file: Path) -> str:
    return _beside(up, "benchmarks.by_commands", what, str(file))


def _beside(up: Up | Standing, module: str, *arguments: str) -> str:
    """What a module prints that runs on the same installation with its settings."""
    env = {**environment(), "GENMAI_DATA": str(up.data)}
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True, cwd=ROOT).stdout
