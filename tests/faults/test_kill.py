"""Kill -9 of site, worker and database during intake: every acknowledged case is there, none twice, each whole."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.installation import Up, folder, free_port, genmai
from tests.faults import processes
from tests.faults.clients import Crowd, Reporter

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("GENMAI_KILLS", "6"))
SEED = int(os.environ.get("GENMAI_KILL_SEED", "20261122"))
CLIENTS = 4
# How often each is struck: each kind at least once in a short run, those that hold people's words most often.
WEIGHTS = {"site_worker": 4, "backend": 3, "postmaster": 2, "site": 2, "worker": 1}


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    """Running, with a small district."""
    with folder() as place:
        running = Up(place / "data", free_port(), ["--without-demo"])
        try:
            running.wait("一切就绪")
            evaluate(running.data, "ground.lay()")
            yield running
        finally:
            running.stop()


def evaluate(data: Path, expression: str) -> str:
    """Evaluate in a process of the installation, as the application."""
    code = f"import sys; sys.path.insert(0, '.'); from tests.faults import ground; print({expression})"
    answer = genmai(data, "manage", "shell", "-v", "0", "-c", code)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def _victims(dice: random.Random) -> list[str]:
    """Kinds in the order they are struck: the same for the same seed."""
    first = list(WEIGHTS)[:KILLS]
    rest = dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=max(0, KILLS - len(first)))
    order = first + rest
    dice.shuffle(order)
    return order


def test_what_was_acknowledged_is_there_once_after_any_kill(up: Up) -> None:
    dice = random.Random(SEED)
    reporters = [Reporter(f"客户 {n}", up.port, "330299001", "330299001201", short="330299001") for n in range(CLIENTS)]
    struck: Counter[str] = Counter()
    with Crowd(reporters) as crowd:
        crowd.wait_for_one_more()
        for kind in _victims(dice):
            time.sleep(dice.uniform(0.0, 0.7))  # anywhere within the work on a post
            struck[kind] += _strike(up, kind, dice)
            _goes_on(up, crowd, kind)
    assert sum(struck.values()) == KILLS, struck
    _nothing_lost_nothing_twice(up, crowd)


def _goes_on(up: Up, crowd: Crowd, kind: str) -> None:
    try:
        crowd.wait_for_one_more()
    except AssertionError as stuck:
        log = (up.data / "site.log").read_text(errors="replace")[-6000:]
        raise AssertionError(f"after a kill of {kind}: {stuck}\n{up.said()[-1500:]}\n{log}") from stuck


def _strike(up: Up, kind: str, dice: random.Random) -> int:
    """Kill one process of the kind; wait for one if it is only coming up."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        alive = processes.find(up.data, up.port)[kind]
        if alive and processes.kill(dice.choice(sorted(alive))):
            return 1
        time.sleep(0.05)
    raise AssertionError(f"no {kind} to kill\n{up.said()[-2000:]}")


def _nothing_lost_nothing_twice(up: Up, crowd: Crowd) -> None:
    assert not [one.gave_up for one in crowd.reporters if one.gave_up]
    found = json.loads(evaluate(up.data, "__import__('json').dumps(ground.counts())"))
    times = Counter(found["texts"])
    assert not [words for words in crowd.acknowledged if times[words] == 0], "acknowledged, yet lost"
    assert not [words for words, n in times.items() if n > 1], "there twice"
    assert set(times) <= set(crowd.sent)
    assert found["torn"] == 0
    assert found["short"] > 0, "nobody came by the short form"
    assert found["received"] == found["received_of"] == found["told"] == len(times) >= KILLS
    assert any(one.repeated for one in crowd.reporters), "no kill was ever felt: the test proves nothing"
    sealed = genmai(up.data, "records", "seal")
    verified = genmai(up.data, "records", "verify")
    assert sealed.returncode == 0, sealed.stderr
    assert verified.returncode == 0, verified.stdout
    sys.stdout.write(
        f"{len(times)} cases, {sum(one.repeated for one in crowd.reporters)} posts repeated, {KILLS} kills\n"
    )
