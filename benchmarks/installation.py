"""A real `up` in a temporary folder: nothing of it is shared with an installation that people use."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRST_PAGE, READY = "可以打开了", "一切就绪"
_ACCOUNT = re.compile(r"([a-z]{5,})\s+([a-z2-7]{12})$", re.M)


# For what a benchmark reads of the whole installation on a connection of its own, behind row security.
FOR_THE_HOUSE = "-c genmai.acts_for=house"


class Failed(Exception):
    """`up` did not come so far; the message holds what it said."""


class Up:
    """One `./genmai up` in a process of its own, on a folder and port of its own."""

    def __init__(
        self, data: Path, port: int, options: Sequence[str] = (), settings: Mapping[str, str] | None = None
    ) -> None:
        self.data, self.port = data, port
        self.output = data.with_suffix(f".{time.monotonic_ns()}.out")
        self.started = time.monotonic()
        command = [sys.executable, str(ROOT / "genmai"), "up", "--port", str(port), "--data", str(data), *options]
        env = {**environment(), **(settings or {})}
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(command, env=env, stdout=file, stderr=subprocess.STDOUT)

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait(self, words: str, limit: float = 300.0) -> float:
        """Until `up` has said these words; seconds since it was started. Raises Failed."""
        self.wait_until(lambda: words in self.said(), words, limit)
        return time.monotonic() - self.started

    def wait_until(self, true: Callable[[], bool], what: str, limit: float = 300.0) -> None:
        until = time.monotonic() + limit
        while not true():
            if self.process.poll() is not None or time.monotonic() > until:
                raise Failed(f"no '{what}':\n{self.said()[-3000:]}")
            time.sleep(0.05)

    def accounts(self) -> dict[str, str]:
        """Log-ins and passwords of the demo, as `up` printed them."""
        return dict(_ACCOUNT.findall(self.said()))

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(90)

    def kill(self) -> None:
        """As a power cut for this one process."""
        self.process.kill()
        self.process.wait()


def environment() -> dict[str, str]:
    """Ours without what points at an installation, a database or a test run."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("GENMAI_", "DJANGO_", "PYTHONPATH"))}


@contextmanager
def folder() -> Iterator[Path]:
    """Made, handed out, removed; other users may pass through, since run as root the database is another user."""
    made = Path(tempfile.mkdtemp(prefix="genmai-bench-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def running(data: Path, *options: str, until: str = READY, limit: float = 600.0) -> Iterator[Up]:
    """`up`, ready; stopped afterwards whatever happened."""
    up = Up(data, free_port(), options)
    try:
        up.wait(until, limit)
        yield up
    finally:
        up.stop()


class Standing:
    """An installation whose site runs already, started by somebody else: asked, never stopped."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data.resolve(), port

    def said(self) -> str:
        """Nothing: who started it was told."""
        return ""


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def genmai(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Another `./genmai` command on the same folder; it joins the running database."""
    env = {**environment(), "GENMAI_DATA": str(data)}
    command = [sys.executable, str(ROOT / "genmai"), *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
