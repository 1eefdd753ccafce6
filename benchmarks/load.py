"""One process of load, started by `intake.py`: opens its connections, waits for a line on stdin, works, prints a number.

`python -m benchmarks.load http PORT CONNECTIONS SECONDS FILE` or `… plain URL CONNECTIONS SECONDS FILE`; FILE: pickled
list of what is handed in (fields) or written (statements), taken in turn.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg

from benchmarks import plain_rows
from benchmarks.installation import FOR_THE_HOUSE
from benchmarks.visitor import Visitor

Doing = Callable[[Any], object]


def http_side(port: str) -> Doing:
    """A connection of its own with its token already fetched, like a page that is open."""
    visitor = Visitor(int(port))
    visitor.ready()
    return lambda given: visitor.report(*given)


def plain_side(url: str) -> Doing:
    connection = psycopg.connect(url, autocommit=True, options=FOR_THE_HOUSE)
    return lambda given: plain_rows.write(connection, given)


SIDES: dict[str, Callable[[str], Doing]] = {"http": http_side, "plain": plain_side}


def main(side: str, where: str, connections: int, seconds: float, file: str) -> None:
    given = pickle.loads(Path(file).read_bytes())  # noqa: S301  our own file
    doers = [SIDES[side](where) for _ in range(connections)]
    for doing in doers:
        doing(given[0])  # warm: prepared statements, imported modules
    done, faults = [0] * connections, [0] * connections
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    until = time.monotonic() + seconds

    def work(place: int) -> None:
        turn = cycle(given[place:] + given[:place])
        while True:
            try:
                doers[place](next(turn))
            except Exception as fault:
                faults[place] += 1
                print(fault, file=sys.stderr)  # noqa: T201
                continue
            if time.monotonic() > until:
                return
            done[place] += 1

    threads = [Thread(target=work, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Each connection warmed up with one case and ended with one after the time: acknowledged, but not counted.
    print(json.dumps({"counted": sum(done), "acknowledged": sum(done) + 2 * connections, "faults": sum(faults)}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5])
