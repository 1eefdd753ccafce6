"""The worker of a live site as `up` starts it: a process of its own on the test's database, with its children."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genmai.interfaces.cli import children, database

SOURCE = Path(__file__).resolve().parents[2] / "src"


@contextmanager
def worker(databases: Any, data: Path) -> Iterator[Path]:
    """Runs until the block ends; gives its log. `data`: the folder whose `attachments` the site uses too."""
    log = data / "worker.log"
    url = database.with_parts(databases.app_url, name=databases.name)
    more = {
        "GENMAI_DATA": str(data), database.APPLICATION_VARIABLE: url, "GENMAI_SUPERVISED": "1",
        "PYTHONPATH": str(SOURCE), "PYTHONUTF8": "1",
    }  # fmt: skip
    child = children.spawn([sys.executable, "-m", "genmai.interfaces.cli", "worker"], log=log, env=os.environ | more)
    try:
        yield log
        assert child.poll() is None, log.read_text()
    finally:
        children.stop(child)
