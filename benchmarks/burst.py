"""A burst over HTTP against a real started site with its worker: ten times the day's load, and a whole day in ten minutes.

Arithmetic. A day of 13,000 contacts is 9.0 a minute on average, 0.15 a second; its busiest hour carries a tenth of the
day, 0.36 a second. Ten times that peak is 3.6 a second: the first part keeps it up (an hour of it is 13,000 contacts; a
shorter run is the same rate for fewer minutes). The second part replays the day itself in ten minutes, hour by hour as
`HOURS` has them: 21.7 a second on average, 52 in what was the busiest hour.

Open loop: contacts arrive by a seeded schedule whether or not the site keeps up, so a wait in the queue counts as the
resident's wait. One in three comes by the short form of a town in emergency, the others by the full form. What is not
acknowledged is posted again with the same key. Afterwards the database is asked for every acknowledged text.
"""

from __future__ import annotations

import http.client
import json
import os
import pickle
import random
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.installation import FOR_THE_HOUSE, ROOT, Up, environment
from benchmarks.intake import MATTERS, reports
from benchmarks.visitor import NotAcknowledged, Visitor
from genmai.interfaces.cli.database import APPLICATION, DATABASE
from genmai.interfaces.cli.postgres import Cluster

CONTACTS = 13_000
PEAK_SHARE = 0.10  # of a day's contacts in its busiest hour
MINUTES = 10.0
TIMES = 10
SEED = 20_261_122
VISITORS = 16
PATIENCE = 120.0
# Share of the day's contacts in each hour from midnight on: nights are quiet, mornings are not.
HOURS = (4, 3, 2, 2, 2, 4, 10, 30, 80, 100, 95, 75, 45, 50, 80, 85, 80, 70, 50, 42, 38, 28, 16, 9)
LEADER, DESK = "zhenzhang", "zhenjie"
NOT_YET = (OSError, http.client.HTTPException, NotAcknowledged)


@dataclass(frozen=True, slots=True)
class Contact:
    """One resident: when they come (seconds from the start), what they say, where; `short`: by the short form."""

    at: float
    words: str
    town: str
    village: str
    key: str
    short: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the burst came to. Milliseconds as the resident waits, from the moment they came."""

    name: str
    sent: int
    seconds: float
    p50: float
    p95: float
    p99: float
    worst: float
    repeated: int
    lost: int
    twice: int
    desk: tuple[int, float, float]  # pages opened, p50, p95


@dataclass(frozen=True, slots=True)
class Result:
    """Both parts, and when the guard let extras give way (seconds after the part began; None: it never had to)."""

    parts: tuple[Part, ...]
    paused_after: float | None
    back_after: float | None
    whole: bool


def run(up: Up, *, minutes: float = MINUTES) -> Result:
    """`up` must be ready, with the demo. `minutes` of either part; ten replay the whole day."""
    accounts = up.accounts()
    towns = _declare(up, accounts)
    places = [(town, village) for _, town, village in reports(up.port)] + towns * 4
    began = time.time()
    steady = CONTACTS * PEAK_SHARE / 3600 * TIMES
    parts = (
        _part(up, accounts, "ten times the busiest hour", _even(minutes * 60, steady), places, towns),
        _part(up, accounts, "a day of 13,000 contacts", _day(minutes), places, towns),
    )
    paused, back = _pauses(up, began)
    return Result(parts, paused, back, whole=minutes >= MINUTES)


# -- who comes when ----------------------------------------------------------------------------------------------------


def _even(seconds: float, rate: float) -> list[float]:
    """Arrivals at a steady rate, by chance from the seed."""
    dice, at, found = random.Random(SEED), 0.0, []  # noqa: S311  a schedule, no secret
    while (at := at + dice.expovariate(rate)) < seconds:
        found.append(at)
    return found


def _day(minutes: float) -> list[float]:
    """The day's contacts by the hour, the day pressed into ten minutes; of a shorter run the busiest stretch."""
    dice, whole = random.Random(SEED + 1), sum(HOURS)  # noqa: S311
    hour = MINUTES * 60 / 24
    found = [
        (number + dice.random()) * hour
        for number, share in enumerate(HOURS)
        for _ in range(round(CONTACTS * share / whole))
    ]
    length = minutes * 60
    start = min(max(0.0, 9.5 * hour - length / 2), MINUTES * 60 - length)
    return sorted(at - start for at in found if start <= at < start + length)


def _contacts(
    name: str, arrivals: list[float], places: list[tuple[str, str]], towns: list[tuple[str, str]]
) -> list[Contact]:
    dice, found = random.Random(SEED + 2), []  # noqa: S311
    for number, at in enumerate(arrivals):
        short = number % 3 == 0
        town, village = dice.choice(towns if short else places)
        words = f"{dice.choice(MATTERS)[:120]}（{name} {number}）"
        found.append(Contact(at, words, town, village, str(UUID(int=dice.getrandbits(128), version=4)), short))
    return found


def _declare(up: Up, accounts: dict[str, str]) -> list[tuple[str, str]]:
    """A leader puts the focus town into emergency; its code and villages as the forms offer them."""
    leader = Visitor(up.port)
    leader.sign_in(LEADER, accounts[LEADER])
    fields = leader.form("/emergency/")
    page = leader.get("/emergency/").text
    body = page.split('name="place"')[1].split("</select>")[0]
    place = body.split('value="')[1].split('"')[0]
    leader.post(
        "/emergency/declare",
        {
            **fields,
            "place": place,
            "kind": "typhoon",
            "level": "two",
            "hours": "24",
            "text": "台风登陆，低处的人请转移。",
        },
    )
    time.sleep(3)  # each process of the site keeps what stands for two seconds
    named = re.search(r"/report/now/(\d+)", Visitor(up.port).get("/").text)
    if named is None:
        raise RuntimeError("the emergency was not declared")
    return [(town, village) for town, village in _villages(up.port) if town == named[1]] or [(named[1], "")]


def _villages(port: int) -> list[tuple[str, str]]:
    page = Visitor(port).get("/report?full=1").text
    return [(village[:9], village) for village in sorted(set(re.findall(r'<option value="(\d{12})"', page)))]


# -- one part ----------------------------------------------------------------------------------------------------------


def _part(
    up: Up, accounts: dict[str, str], name: str, arrivals: list[float], places: list[tuple[str, str]],
    towns: list[tuple[str, str]],
) -> Part:  # fmt: skip
    contacts = _contacts(name, arrivals, places, towns)
    began = datetime.now(UTC)
    file = up.data / "burst.pickle"
    file.write_bytes(pickle.dumps(contacts))
    env = {**environment(), "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    command = [sys.executable, "-m", "benchmarks.burst", str(up.port), str(file)]
    done = Event()
    opened: list[float] = []
    desk = Thread(target=_at_the_desk, args=(up.port, accounts[DESK], done, opened))
    desk.start()
    try:
        told = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    finally:
        done.set()
        desk.join()
    found = json.loads(told.stdout)
    for fault in sorted(set(told.stderr.splitlines())):
        print(f"posted again: {fault}", file=sys.stderr)  # noqa: T201
    lost, twice = _missing(up, [contact.words for contact in contacts], began)
    waits = sorted(1000 * wait for wait in found["waits"])
    return Part(
        name, len(contacts), found["seconds"], _at(waits, 0.50), _at(waits, 0.95), _at(waits, 0.99), waits[-1],
        found["repeated"], lost + found["gave_up"], twice,
        (len(opened), _at(sorted(opened), 0.50), _at(sorted(opened), 0.95)),
    )  # fmt: skip


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def _at_the_desk(port: int, password: str, done: Event, opened: list[float]) -> None:
    """A town's clerk opens the dispatch desk every second or so, and a matter from it."""
    visitor = Visitor(port)
    visitor.sign_in(DESK, password)
    while not done.wait(1.0):
        started = time.monotonic()
        answer = visitor.get("/desk/")
        opened.append(1000 * (time.monotonic() - started))
        if answer.status != 200:
            raise RuntimeError(f"the desk answered {answer.status}")


def _missing(up: Up, words: list[str], began: datetime) -> tuple[int, int]:
    """How many texts are not in the database, and how many twice; each case whole, with its caller and its limit."""
    with psycopg.connect(
        Cluster(up.data).url(APPLICATION, DATABASE), autocommit=True, options=FOR_THE_HOUSE
    ) as connection:
        found = Counter(row[0] for row in connection.execute("SELECT text FROM cases_case").fetchall())
        torn = connection.execute(
            "SELECT count(*) FROM cases_case c WHERE received_at >= %s AND channel = 'web'"
            " AND (NOT EXISTS (SELECT FROM cases_caller WHERE case_id = c.id)"
            " OR NOT EXISTS (SELECT FROM deeds_deed WHERE source_id = c.public_id AND kind = 'case.received'))",
            [began],
        ).fetchone()
    if torn and torn[0]:
        raise RuntimeError(f"{torn[0]} cases are not whole")
    return sum(found[text] == 0 for text in words), sum(found[text] > 1 for text in words)


def _pauses(up: Up, began: float) -> tuple[float | None, float | None]:
    with psycopg.connect(
        Cluster(up.data).url(APPLICATION, DATABASE), autocommit=True, options=FOR_THE_HOUSE
    ) as connection:
        row = connection.execute(
            "SELECT extract(epoch FROM min(since)), extract(epoch FROM max(ended_at)) FROM cases_pausedextra"
            " WHERE emergency_id IS NULL AND since >= to_timestamp(%s)",
            [began],
        ).fetchone()
    since, ended = row or (None, None)
    return (float(since) - began if since else None, float(ended) - began if ended else None)


# -- the crowd, in a process of its own --------------------------------------------------------------------------------


def crowd(port: int, file: Path) -> dict[str, Any]:
    """Each contact at its moment by whichever visitor is free; posted again until acknowledged."""
    contacts: list[Contact] = pickle.loads(file.read_bytes())  # noqa: S301  our own file
    queue: Queue[Contact] = Queue()
    waits: list[float] = []
    repeated, gave_up = [0], [0]
    over = Event()
    visitors = [Visitor(port, timeout=30) for _ in range(VISITORS)]
    for visitor in visitors:
        visitor.ready()
    began = time.monotonic()

    def serve(visitor: Visitor) -> None:
        while True:
            try:
                contact = queue.get(timeout=0.2)
            except Empty:
                if over.is_set():
                    return
                continue
            _hand_in(visitor, contact, began, waits, repeated, gave_up)

    threads = [Thread(target=serve, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for contact in contacts:
        time.sleep(max(0.0, began + contact.at - time.monotonic()))
        queue.put(contact)
    over.set()
    for thread in threads:
        thread.join()
    return {
        "waits": waits, "repeated": repeated[0], "gave_up": gave_up[0], "seconds": time.monotonic() - began,
    }  # fmt: skip


def _hand_in(
    visitor: Visitor, contact: Contact, began: float, waits: list[float], repeated: list[int], gave_up: list[int]
) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if contact.short:
                visitor.report_now(contact.words, contact.town, "村口", contact.key)
            else:
                visitor.report(contact.words, contact.town, contact.village, contact.key)
        except NOT_YET as fault:
            repeated[0] += 1
            print(fault, file=sys.stderr)  # noqa: T201
            if time.monotonic() > until:
                gave_up[0] += 1
                return
            time.sleep(0.2)
            continue
        waits.append(time.monotonic() - began - contact.at)
        return


def mean_rate(part: Part) -> float:
    """Contacts a second, as they came."""
    return part.sent / part.seconds if part.seconds else statistics.nan


if __name__ == "__main__":
    print(json.dumps(crowd(int(sys.argv[1]), Path(sys.argv[2]))))  # noqa: T201
