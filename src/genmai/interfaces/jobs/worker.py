"""The one loop of the background: finds jobs by folder, runs what is due, remembers when."""

from __future__ import annotations

import hashlib
import importlib
import json
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

import structlog
from django.db import connection

HERE = Path(__file__).parent
PERIODS = {
    "continuous": timedelta(0),  # at every turn; each stops by itself after a few seconds
    "minutely": timedelta(minutes=1),
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
}
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """One module of a schedule folder."""

    name: str
    period: timedelta
    run: Callable[..., str]

    @property
    def lock(self) -> int:
        """Number of the database lock that only one runner of this job holds (63 bits of the name's hash)."""
        return int.from_bytes(hashlib.sha256(f"genmai job {self.name}".encode()).digest()[:8], "big") >> 1


def find_jobs(folder: Path = HERE, package: str = "genmai.interfaces.jobs") -> list[Job]:
    """All jobs, most frequent first."""
    found = []
    for schedule, period in PERIODS.items():
        for file in sorted((folder / schedule).glob("[!_]*.py")):
            module = importlib.import_module(f"{package}.{schedule}.{file.stem}")
            found.append(Job(f"{schedule}/{file.stem}", period, module.run))
    return found


class Memory:
    """When each job last ended well, in a file written whole."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self.ended: dict[str, str] = json.loads(file.read_text())
        except (OSError, ValueError):
            self.ended = {}

    def is_due(self, job: Job, at: datetime) -> bool:
        """Daily jobs are due at the first look after their day's beginning in UTC, others by the time gone by."""
        last = self.ended.get(job.name)
        if last is None:
            return True
        before = datetime.fromisoformat(last)
        return before.date() < at.date() if job.period == PERIODS["daily"] else at - before >= job.period

    def note(self, job: Job, at: datetime) -> None:
        self.ended[job.name] = at.isoformat()
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(self.ended, indent=1))
        fresh.replace(self.file)


def run_due(jobs: Iterable[Job], memory: Memory, now: Callable[[], datetime]) -> int:
    """Run what is due; how many jobs ran."""
    ran = 0
    for job in jobs:
        at = now()
        if memory.is_due(job, at) and _run_locked(job, at):
            if job.period:  # what comes at every turn needs no remembering
                memory.note(job, at)
            ran += 1
    return ran


def _run_locked(job: Job, at: datetime) -> bool:
    """Run it unless another worker is at it. An error is logged; the job stays due and is tried at the next turn."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [job.lock])
            if not cursor.fetchone()[0]:
                return False
        started = time.monotonic()
        told = job.run(at=at)
        if told:
            _log.info("job", job=job.name, told=told, seconds=round(time.monotonic() - started, 2))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [job.lock])
    except Exception:
        _log.exception("job failed", job=job.name)
        connection.close()  # which gives the lock free, too
        return False
    return True


class Loop:
    """Turns until asked to stop; a job in progress is finished first."""

    def __init__(self, memory: Memory, *, turn: float = 1.0) -> None:
        self.memory, self.turn, self.asked_to_stop = memory, turn, False

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop = True

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, self.on_signal)
        jobs = find_jobs()
        _log.info("worker started", jobs=[job.name for job in jobs])
        failures = 0
        while not self.asked_to_stop:
            before = sum(1 for job in jobs if self.memory.is_due(job, datetime.now(UTC)))
            ran = run_due(jobs, self.memory, lambda: datetime.now(UTC))
            # Failing jobs stay due: wait longer each time instead of filling the log.
            failures = failures + 1 if before > ran else 0
            self._rest(min(60.0, self.turn * 2 ** min(failures, 6)))

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.asked_to_stop:
            time.sleep(0.2)
