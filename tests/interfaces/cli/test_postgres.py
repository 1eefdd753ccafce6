"""The embedded server starts on whatever an earlier one left behind, and never outlives who started it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests.architecture.code import ROOT

from genmai.interfaces.cli import postgres
from genmai.interfaces.cli.postgres import Cluster
from genmai.kernel.refusal import Refused

Make = Callable[[Path], Cluster]


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes clusters that are stopped after the test, whatever became of it."""
    made: list[Cluster] = []

    def build(home: Path) -> Cluster:
        cluster = Cluster(home, durable=False)
        made.append(cluster)
        return cluster

    yield build
    for cluster in made:
        cluster.stop()


def _run(cluster: Cluster, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_path_with_spaces_and_chinese_and_longer_than_a_socket_allows(place: Path, make: Make) -> None:
    cluster = make(place / "数 据" / ("long" * 30))
    cluster.start()
    assert _run(cluster, "SHOW server_version_num")[0][0] >= "180000"
    assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    assert _run(cluster, "SHOW synchronous_commit") == [("on",)]


def test_second_server_on_the_same_folder_is_refused_in_words(place: Path, make: Make) -> None:
    first = make(place / "data")
    first.start()
    second = make(place / "data")
    with pytest.raises(Refused, match="另一个根脉进程") as refused:
        second.start()
    assert refused.value.code == "already_running"
    assert second.is_running_elsewhere()
    assert first.answers()


@pytest.mark.parametrize(
    "content", [f"{os.getpid()}\n/x\n1\n5432\n\n*\n", "12", ""], ids=["pid-of-another", "cut", "empty"]
)
def test_stale_postmaster_pid_and_socket_marks_do_not_stop_a_start(place: Path, make: Make, content: str) -> None:
    cluster = make(place / "data")
    cluster.start()
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(content)
    (cluster.sockets / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    (cluster.sockets / ".s.PGSQL.5432").touch()
    cluster.start()
    assert cluster.answers()


def test_interrupted_initdb_is_made_again(place: Path, make: Make) -> None:
    half = place / "data" / "pg.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    cluster = make(place / "data")
    cluster.start()
    assert cluster.answers()
    assert not half.exists()


def test_server_killed_with_minus_9_comes_back_with_every_committed_row(place: Path, make: Make) -> None:
    cluster = make(place / "data")
    cluster.start()
    _run(cluster, "CREATE TABLE kept AS SELECT generate_series(1, 100) AS n")
    for _ in range(3):
        assert cluster.process is not None
        cluster.process.kill()
        cluster.restart()
        assert _run(cluster, "SELECT count(*) FROM kept") == [(100,)]


def test_server_ends_when_its_starter_is_killed_and_the_next_start_goes_on(place: Path, make: Make) -> None:
    program = (
        "import sys, time; from pathlib import Path; from genmai.interfaces.cli.postgres import Cluster\n"
        "c = Cluster(Path(sys.argv[1]), durable=False); c.start(); print(c.process.pid, flush=True); time.sleep(60)"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    starter = subprocess.Popen(
        [sys.executable, "-c", program, place / "data"], stdout=subprocess.PIPE, text=True, env=env
    )
    assert starter.stdout is not None
    server = int(starter.stdout.readline())
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    cluster = make(place / "data")
    cluster.start()  # at once, while the old one may still be ending
    assert cluster.answers()
    assert cluster.process is not None
    assert cluster.process.pid != server
    assert not _is_alive(server)


def test_one_whose_processes_only_are_left_is_ended_before_the_files_are_used(place: Path, make: Make) -> None:
    """A server nobody watches any more (its starter gone, the death signal lost) must not share its files with ours."""
    cluster = make(place / "data")
    cluster.start()
    assert cluster.process is not None
    left = cluster.process
    os.close(cluster._lock or 0)
    cluster._lock = None
    again = make(place / "data")
    again.start()
    assert left.wait(5) is not None
    assert again.answers()
    cluster.process = None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")
def test_root_with_a_closed_home_keeps_its_mode_and_puts_server_and_data_elsewhere(
    place: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = place / "root"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(postgres, "_SYSTEM_HOME", place / "system")
    monkeypatch.setattr(postgres, "_can_run", lambda program, account: False)
    cluster = make(closed / "genmai" / "data")
    cluster.start()
    assert cluster.answers()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert (place / "system") in cluster.data.parents


def test_foreign_socket_folder_is_refused(place: Path, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = make(place / "data")
    cluster.home.mkdir()
    (place / "elsewhere").mkdir()
    cluster.sockets.symlink_to(place / "elsewhere")
    with pytest.raises(Refused, match="属于别的用户"):
        cluster.start()


def _is_alive(pid: int) -> bool:
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True
