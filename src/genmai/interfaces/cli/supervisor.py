"""Keeps the processes of `up` alive and, in the end, leaves none behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from genmai.interfaces.cli import children
from genmai.interfaces.cli.postgres import Cluster
from genmai.kernel.refusal import Refused

_SETTLED = 5.0  # seconds; who lived longer is restarted at once when it dies
_LONGEST_PAUSE = 30.0


@dataclass
class Keeper:
    """One process that is started again whenever it ends."""

    name: str
    command: Sequence[str | Path]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    not_before: float = 0.0

    def start(self, env: Mapping[str, str]) -> None:
        self.started = time.monotonic()
        self.process = children.spawn(self.command, log=self.log, env=env)

    def stop(self) -> None:
        if self.process is not None:
            children.stop(self.process)
            self.process = None


@dataclass
class Supervisor:
    """The database first, then whoever needs it; stopped in the opposite order. Call from the main thread only."""

    cluster: Cluster | None
    say: Callable[[str], None]
    keepers: list[Keeper] = field(default_factory=list)
    asked_to_stop: bool = False

    def listen_to_signals(self) -> None:
        """Ctrl-C, a service manager and a closed terminal all mean: stop in order."""
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def start(self, keeper: Keeper) -> None:
        """Start it and watch it from now on."""
        self.keepers.append(keeper)
        keeper.start(environment())

    def run_once(self, command: Sequence[str | Path]) -> int:
        """Run a command that ends, showing its lines, while all others are watched. Its exit code; -1 when stopped."""
        child = children.spawn(command, env=environment())
        while child.poll() is None:
            if self.asked_to_stop:
                children.stop(child)
                return -1
            self.look_after()
            time.sleep(0.2)
        children.signal_group(child.pid, signal.SIGKILL)
        return child.returncode

    def watch(self) -> None:
        """Until asked to stop."""
        while not self.asked_to_stop:
            self.look_after()
            time.sleep(0.25)

    def look_after(self) -> None:
        """Start again who died."""
        # Also when the last try to start it failed (killed while it was recovering): try until it stays.
        if self.cluster is not None and (self.cluster.process is None or self.cluster.process.poll() is not None):
            self.say("数据库进程意外结束，正在重新启动 …")
            try:
                self.cluster.restart()
            except Refused as refused:
                self.say(str(refused))
                time.sleep(2)
                return
            self.say("数据库已恢复，已提交的内容都在。")
        for keeper in self.keepers:
            self._look_after(keeper)

    def _look_after(self, keeper: Keeper) -> None:
        now = time.monotonic()
        if keeper.process is not None and keeper.process.poll() is not None:
            # Its group may still hold the port.
            children.signal_group(keeper.process.pid, signal.SIGKILL)
            settled = now - keeper.started > _SETTLED
            keeper.pause = 0.0 if settled else min(_LONGEST_PAUSE, keeper.pause * 2 or 1.0)
            keeper.not_before = now + keeper.pause
            again = f"{keeper.pause:.0f} 秒后" if keeper.pause else "马上"
            self.say(
                f"{keeper.name}进程意外结束（代码 {keeper.process.returncode}），{again}重新启动；原因见 {keeper.log}"
            )
            keeper.process = None
        if keeper.process is None and now >= keeper.not_before:
            keeper.start(environment())

    def stop(self) -> None:
        """Stop all, last started first, the database at the end."""
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, signal.SIG_IGN)
        for keeper in reversed(self.keepers):
            keeper.stop()
        if self.cluster is not None:
            self.cluster.stop()


def environment() -> dict[str, str]:
    """What children inherit: the installation's URLs are in our own environment already."""
    return {**os.environ, "GENMAI_SUPERVISED": "1", "PYTHONUNBUFFERED": "1"}


def genmai_command(*arguments: str) -> list[str]:
    """Command line of another `genmai` command, in a process of its own."""
    return [sys.executable, "-m", "genmai.interfaces.cli", *arguments]
