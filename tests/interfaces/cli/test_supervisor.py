"""The database is started again until it stays, even when a try to start it failed."""

from __future__ import annotations

from unittest.mock import patch

from genmai.interfaces.cli.supervisor import Supervisor
from genmai.kernel.refusal import Refused


class Dead:
    """A process that has ended."""

    def poll(self) -> int:
        return -9


class Alive:
    def poll(self) -> None:
        return None


class Stubborn:
    """A server that is killed while it recovers: the first try to start it fails, the second succeeds."""

    def __init__(self) -> None:
        self.process: Dead | Alive | None = Dead()
        self.tries = 0

    def restart(self) -> None:
        self.tries += 1
        self.process = None if self.tries == 1 else Alive()
        if self.tries == 1:
            raise Refused("postgres_failed", "数据库没有启动")


def test_a_database_that_failed_to_come_back_is_tried_again_and_then_left_alone() -> None:
    said: list[str] = []
    cluster = Stubborn()
    supervisor = Supervisor(cluster, said.append)  # type: ignore[arg-type]
    with patch("genmai.interfaces.cli.supervisor.time.sleep"):
        for _ in range(4):
            supervisor.look_after()
    assert cluster.tries == 2
    assert said[-1].startswith("数据库已恢复")
