"""`./genmai up` serves, mends itself when a part is killed, and leaves nothing running."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.architecture.code import ROOT
from tests.interfaces.cli.conftest import find_free_port, open_folder

from genmai.interfaces.cli.supervisor import genmai_command

pytestmark = pytest.mark.slow


class Running:
    """One `up` without the demo, in a process of its own."""

    def __init__(self, data: Path, port: int, env: dict[str, str]) -> None:
        self.data, self.port = data, port
        command = genmai_command("up", "--port", str(port), "--data", str(data), "--without-demo")
        self.output = data.with_suffix(f".{time.monotonic_ns()}.out")
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(command, env=env, stdout=file, stderr=subprocess.STDOUT)

    def status(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def wait_until(self, true: Callable[[], bool], what: str, limit: float = 60.0) -> None:
        until = time.monotonic() + limit
        while not true():
            if time.monotonic() > until:
                pytest.fail(f"{what}\n{self.said()}")
            time.sleep(0.1)

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_until_ready(self) -> None:
        self.wait_until(lambda: "一切就绪" in self.said(), "not ready", limit=150)  # a busy machine is no fault of ours

    def children(self) -> dict[str, list[int]]:
        """Process ids of what belongs to this installation, by kind."""
        found: dict[str, list[int]] = {"site": [], "worker": [], "database": []}
        words = {
            "site": f"--port\0{self.port}\0",
            "worker": "genmai.interfaces.cli\0worker",
            "database": f"-D\0{self.data}",
        }
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
                environment = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            for kind, word in words.items():
                ours = kind != "worker" or f"GENMAI_DATA={self.data}\0" in environment
                if word in command and ours and int(entry.name) != self.process.pid:
                    found[kind].append(int(entry.name))
        return found

    def nothing_left(self) -> bool:
        return not any(self.children().values())


class Starter:
    """Starts `up` in one folder on one port, unless told otherwise, and sees to it that all are stopped."""

    def __init__(self, place: Path, port: int, env: dict[str, str]) -> None:
        self.place, self.port, self.env = place, port, env
        self.started: list[Running] = []

    def __call__(self, folder: str = "data", port: int | None = None) -> Running:
        self.started.append(Running(self.place / folder, port or self.port, self.env))
        return self.started[-1]

    def stop(self) -> None:
        for running in self.started:
            if running.process.poll() is None:
                running.process.send_signal(signal.SIGTERM)
                running.process.wait(60)


@pytest.fixture(scope="module")
def module_place() -> Iterator[Path]:
    yield from open_folder()


@pytest.fixture(scope="module")
def start(module_place: Path, clean_environment: dict[str, str]) -> Iterator[Starter]:
    starter = Starter(module_place, find_free_port(), {**clean_environment, "PYTHONPATH": str(ROOT / "src")})
    yield starter
    starter.stop()


@pytest.fixture(scope="module")
def up(start: Starter) -> Running:
    """One that runs from the first test of this file; tests go on from where the one before left it."""
    running = start()
    running.wait_until_ready()
    return running


def test_a_second_up_and_a_busy_port_are_told_in_plain_words(up: Running, start: Starter) -> None:
    same_data = start(port=find_free_port())
    assert same_data.process.wait(30) == 1
    assert "已有一个 ./genmai up 在运行" in same_data.said()
    same_port = start("other")
    assert same_port.process.wait(30) == 1
    assert f"端口 {up.port} 已被别的程序占用" in same_port.said()
    assert "Traceback" not in same_data.said() + same_port.said()
    assert up.status() == 200


def test_other_commands_join_the_running_database(up: Running, clean_environment: dict[str, str]) -> None:
    env = {**clean_environment, "PYTHONPATH": str(ROOT / "src"), "GENMAI_DATA": str(up.data)}
    code = "from django.db import connection as c; print(c.cursor().execute('SELECT current_user').fetchone()[0])"
    command = genmai_command("manage", "shell", "-v", "0", "-c", code)
    answer = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert answer.stdout.strip() == "genmai_app", answer.stderr
    assert up.status() == 200


@pytest.mark.parametrize("kind", ["database", "site", "worker"])
def test_a_part_killed_with_minus_9_comes_back(up: Running, kind: str) -> None:
    victims = up.children()[kind]
    assert victims
    os.kill(min(victims), signal.SIGKILL)
    up.wait_until(lambda: bool(set(up.children()[kind]) - set(victims)) and up.status() == 200, f"{kind} stayed away")


def test_killed_with_minus_9_nothing_stays_and_the_next_start_takes_seconds(up: Running, start: Starter) -> None:
    up.process.kill()
    up.process.wait()
    again = start()  # at once: what is ending must not stand in its way
    again.wait_until_ready()
    seconds = float(re.findall(r"\[ *([\d.]+) s\] 可以打开了", again.said())[0])
    assert seconds < 30  # two on a machine with nothing else to do
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(60) == 0
    assert "已全部停下" in again.said()
    again.wait_until(again.nothing_left, "something stayed")
