"""`up` killed with -9 in the middle of set-up and started again carries on, and ends where an undisturbed one ends."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest
from benchmarks.installation import FIRST_PAGE, READY, Up, folder, free_port
from tests.faults.test_kill import KILLS, SEED, evaluate

pytestmark = pytest.mark.slow

# The whole set-up with a small demo takes a minute of an idle machine: `.ci/run` does it, `./genmai test` the beginning.
WHOLE = KILLS >= 50
SMALL = {"GENMAI_DEMO_CASES": "30", "GENMAI_DEMO_DAYS": "30"}
# What `up` has just said when it is struck, and for how many seconds from then on any moment will do.
BEGINNING = (("启动数据库", 1.5), ("更新数据库结构", 3.0))
CITY = ("--city", "ningbo", "--city-share", "50")
CITY_STEPS = ("写表：党员名册", "导入 党组织信息表", "导入 党员名册")
ROUND_DONE = '"job": "hourly/seal"'  # by then the worker has said of everything that is due that it is
DEMO = (("演示区：", 3.0), ("一年的事项", 2.0))


def test_killed_while_the_database_is_made_it_is_made_by_the_next_start() -> None:
    dice = random.Random(SEED)
    with folder() as place:
        for words, span in BEGINNING:
            _start_and_kill(place / "data", words, dice.uniform(0.0, span), "--without-demo")
        assert _finish(place / "data", "--without-demo")["cases"] == 0


@pytest.mark.skipif(not WHOLE, reason="runs in .ci/run, with GENMAI_KILLS=50")
def test_killed_at_every_stage_it_ends_where_an_undisturbed_one_ends() -> None:
    dice = random.Random(SEED)
    with folder() as place:
        for words, span in (*BEGINNING, *DEMO):
            _start_and_kill(place / "data", words, dice.uniform(0.0, span))
        mended = _finish(place / "data", round_done=ROUND_DONE)
        assert mended["finished"] == 1
        assert mended["accounts"] == mended["logins"] > 5
        assert mended["cases"] > 20
        assert mended == _finish(place / "undisturbed", round_done=ROUND_DONE)


@pytest.mark.skipif(not WHOLE, reason="runs in .ci/run, with GENMAI_KILLS=50")
def test_a_city_killed_in_every_sheet_ends_at_its_figures() -> None:
    dice = random.Random(SEED)
    with folder() as place:
        for words in CITY_STEPS:
            _start_and_kill(place / "data", words, dice.uniform(0.0, 0.3), *CITY)
        up = Up(place / "data", free_port(), CITY)
        try:
            up.wait(READY)
            assert "与来源数字逐项相等" in up.said(), up.said()
            assert CITY_STEPS[1] not in up.said(), "a sheet that is in is not brought in again"
            counted = "__import__('genmai.simulation.city.bringing_in', fromlist=['counted']).counted()"
            assert json.loads(evaluate(place / "data", f"__import__('json').dumps({counted}.members)")) == 11_220
        finally:
            up.stop()


def _start_and_kill(data: Path, words: str, later: float, *options: str) -> None:
    up = Up(data, free_port(), options, SMALL)
    up.wait(words)
    time.sleep(later)
    assert up.process.poll() is None, up.said()
    up.kill()


def _finish(data: Path, *options: str, round_done: str = "") -> dict[str, object]:
    """Started once more and let finish; what there is then, if asked for, after the worker's first round."""
    up = Up(data, free_port(), options, SMALL)
    try:
        up.wait(READY)
        assert FIRST_PAGE in up.said()
        assert "没有做完" not in up.said(), up.said()
        if round_done:
            up.wait_until(lambda: round_done in (data / "worker.log").read_text(encoding="utf-8"), round_done, 90.0)
        found: dict[str, object] = json.loads(evaluate(data, "__import__('json').dumps(ground.demo_counts())"))
        return found
    finally:
        up.stop()
