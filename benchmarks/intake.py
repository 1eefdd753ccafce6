"""Cases a second through the public report page ÷ the same rows in plain SQL, alternating in one run."""

from __future__ import annotations

import json
import os
import pickle
import re
import statistics
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import plain_rows
from benchmarks.installation import FOR_THE_HOUSE, ROOT, Up, environment
from benchmarks.visitor import Visitor
from genmai.interfaces.cli.database import APPLICATION, DATABASE
from genmai.interfaces.cli.postgres import Cluster

CONNECTIONS = 8  # as many as the site has threads: two processes of four
PROCESSES = {"http": 1, "plain": 2}  # one Python process cannot drive plain SQL to its limit
SAMPLES = 20
MATTERS = (
    "小区门口的路灯坏了三个多月，晚上一片漆黑，老人孩子出门都不方便，前几天还有人摔倒了，请尽快派人来修一修。",
    "楼下的垃圾桶满了两天没有人来收，天热味道很大，苍蝇也多，请安排清运。",
    "村口的桥面有一个大坑，骑电动车经过很危险，下雨天积水看不清。打过电话，说不归他们管，麻烦确认一下该由谁来修。" * 3,
    "广场舞音响到晚上十点还很响，孩子要中考，希望能提醒一下。",
)


@dataclass(frozen=True, slots=True)
class Result:
    """Rates in cases a second, one a phase; `values`: how many column values were found equal on both sides."""

    http: list[float]
    plain: list[float]
    values: int
    rows: dict[str, int]
    synchronous_commit: str

    @property
    def ratio(self) -> float:
        """Median of the ratios of neighbouring phases, which shared the machine's load."""
        return statistics.median(a / b for a, b in zip(self.http, self.plain, strict=True))


def run(up: Up, *, pairs: int = 3, seconds: float = 8.0) -> Result:
    """`up` must be ready and have a district. Raises Unequal when the two sides don't write the same."""
    url = Cluster(up.data).url(APPLICATION, DATABASE)
    given = reports(up.port)
    with psycopg.connect(url, autocommit=True, options=FOR_THE_HOUSE) as connection:
        captured = capture(up.port, connection, given)
        values = sum(plain_rows.check_equal(connection, rows) for rows in captured)
        row = connection.execute("SHOW synchronous_commit").fetchone()
        http_file, plain_file = up.data / "bench-http.pickle", up.data / "bench-plain.pickle"
        http_file.write_bytes(pickle.dumps(given))
        plain_file.write_bytes(pickle.dumps([plain_rows.statements(rows) for rows in captured]))
        sides = {"http": (str(up.port), http_file), "plain": (url, plain_file)}
        rates: dict[str, list[float]] = {"http": [], "plain": []}
        for side in ["http", "plain"] * pairs:
            rates[side].append(_phase(connection, side, *sides[side], seconds))
    counts = {table: len(lines) for table, lines in captured[0].items()}
    return Result(rates["http"], rates["plain"], values, counts, row[0] if row else "")


def reports(port: int) -> list[tuple[str, str, str]]:
    """Text, town and village of reports in different places, as the form offers them."""
    page = Visitor(port).get("/report").text
    villages = sorted(set(re.findall(r'<option value="(\d{12})"', page)))
    towns = set(re.findall(r'<option value="(\d{9})"', page)) | set(re.findall(r'data-in="(\d+)"', page))
    chosen = [villages[place * len(villages) // SAMPLES] for place in range(SAMPLES)]
    found = []
    for place, village in enumerate(chosen):
        town = next(code for code in towns if village.startswith(code[:9]))
        found.append((MATTERS[place % len(MATTERS)], town, village))
    return found


def capture(port: int, connection: psycopg.Connection[Any], given: list[tuple[str, str, str]]) -> list[plain_rows.Rows]:
    """Hand in one of each over HTTP and read back all it wrote."""
    visitor = Visitor(port)
    found = []
    for place, (text, town, village) in enumerate(given):
        for _ in range(plain_rows.TRIES):
            words = f"{text}（第 {place} 件，{os.urandom(4).hex()}）"
            visitor.report(words, town, village)
            with suppress(plain_rows.Incomplete):
                found.append(plain_rows.rows_of_case(connection, words))
                break
    if len(found) != len(given):
        raise plain_rows.Unequal("the background was always faster")
    return found


def _phase(connection: psycopg.Connection[Any], side: str, where: str, file: Path, seconds: float) -> float:
    before = _cases(connection)
    env = {**environment(), "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    share = CONNECTIONS // PROCESSES[side]
    command = [sys.executable, "-m", "benchmarks.load", side, where, str(share), str(seconds), str(file)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": env}
    workers = [subprocess.Popen(command, **pipes) for _ in range(PROCESSES[side])]  # type: ignore[call-overload]
    for worker in workers:
        if worker.stdout.readline().strip() != "ready":
            raise RuntimeError(f"the {side} side did not come up")
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    told = [json.loads(worker.communicate()[0]) for worker in workers]
    acknowledged, written = sum(one["acknowledged"] for one in told), _cases(connection) - before
    if acknowledged != written or any(one["faults"] for one in told):
        raise RuntimeError(f"{side}: {acknowledged} acknowledged, {written} written, {told}")
    return sum(one["counted"] for one in told) / seconds


def _cases(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM cases_case").fetchone()
    return int(row[0]) if row else 0
