"""Background work: due by its folder, once at a time, and one failing job does not stop the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from genmai.interfaces.cli import database
from genmai.interfaces.jobs.worker import PERIODS, Job, Memory, find_jobs, run_due

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Recorder:
    def __init__(self, *, fails: bool = False) -> None:
        self.seen: list[datetime] = []
        self.fails = fails

    def __call__(self, *, at: datetime) -> str:
        self.seen.append(at)
        if self.fails:
            raise RuntimeError("broken on purpose")
        return "done"


def _job(recorder: Recorder, schedule: str = "minutely") -> Job:
    return Job(f"{schedule}/sample", PERIODS[schedule], recorder)


def test_every_module_of_the_schedule_folders_is_a_job() -> None:
    for job in find_jobs():
        assert callable(job.run), job.name


@pytest.mark.parametrize(
    ("schedule", "later", "due"),
    [
        ("continuous", timedelta(0), True),
        ("minutely", timedelta(seconds=59), False),
        ("minutely", timedelta(seconds=60), True),
        ("hourly", timedelta(minutes=59), False),
        ("hourly", timedelta(minutes=60), True),
        ("daily", timedelta(hours=11), False),
        ("daily", timedelta(hours=12), True),  # past midnight UTC
    ],
)
def test_a_job_is_due_by_its_folder(tmp_path: Path, schedule: str, later: timedelta, due: bool) -> None:
    memory, job = Memory(tmp_path / "jobs.json"), _job(Recorder(), schedule)
    assert memory.is_due(job, NOON)
    memory.note(job, NOON)
    assert Memory(tmp_path / "jobs.json").is_due(job, NOON + later) is due


def test_a_cut_off_memory_runs_everything_rather_than_nothing(tmp_path: Path) -> None:
    (tmp_path / "jobs.json").write_text('{"minutely/sample": "2026')
    assert Memory(tmp_path / "jobs.json").is_due(_job(Recorder()), NOON)


@pytest.mark.django_db(transaction=True)
def test_a_failing_job_stays_due_and_the_others_run(tmp_path: Path) -> None:
    bad, good = Recorder(fails=True), Recorder()
    jobs = [_job(bad), Job("hourly/good", PERIODS["hourly"], good)]
    memory = Memory(tmp_path / "jobs.json")
    assert run_due(jobs, memory, lambda: NOON) == 1
    assert run_due(jobs, memory, lambda: NOON) == 0
    assert len(bad.seen) == 2
    assert good.seen == [NOON]


@pytest.mark.django_db(transaction=True)
def test_a_job_another_worker_is_at_is_left_to_it(tmp_path: Path, owner_url: str) -> None:
    recorder = Recorder()
    job = _job(recorder)
    with psycopg.connect(owner_url) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (job.lock,))
        assert run_due([job], Memory(tmp_path / "jobs.json"), lambda: NOON) == 0
        # Said aloud: a closed connection gives its locks free a moment later than `close` returns.
        other.execute("SELECT pg_advisory_unlock(%s)", (job.lock,))
    assert recorder.seen == []
    assert run_due([job], Memory(tmp_path / "jobs.json"), lambda: NOON) == 1
    assert database.settings_of(owner_url)["NAME"] == connection.settings_dict["NAME"]
