"""From the command to the first page: on a fresh clone, on an empty data folder, and the second time."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.installation import ROOT, Failed, environment, folder, free_port

LIMIT = 600.0
_INSTALLED = re.compile(r"安装完成，用时 (\d+) 秒")


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds. `fresh`: nothing there, caches of the installers empty; `environment` of them went into packages."""

    fresh: float
    environment: float
    empty_data: float
    second: float


def run() -> Result:
    """Clones the repository as committed; leaves nothing behind."""
    with folder() as place:
        clone = place / "clone"
        subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{ROOT}", clone], check=True)
        env = {**environment(), "UV_CACHE_DIR": str(place / "uv"), "PIP_CACHE_DIR": str(place / "pip")}
        fresh, said = first_page(clone, place / "one", env)
        installed = _INSTALLED.search(said)
        if installed is None:
            raise Failed(said)
        empty_data, _ = first_page(clone, place / "two", env)
        second, _ = first_page(clone, place / "two", env)
        return Result(fresh, float(installed.group(1)), empty_data, second)


def first_page(root: Path, data: Path, env: dict[str, str]) -> tuple[float, str]:
    """Seconds until `/` answers with 200, and what the command said; it is stopped in order afterwards."""
    port, output = free_port(), data.with_suffix(f".{time.monotonic_ns()}.out")
    command = [sys.executable, str(root / "genmai"), "up", "--port", str(port), "--data", str(data)]
    started = time.monotonic()
    with output.open("wb") as file:
        process = subprocess.Popen(command, cwd=root, env=env, stdout=file, stderr=subprocess.STDOUT)
    try:
        while not _answers(port):
            if process.poll() is not None or time.monotonic() - started > LIMIT:
                raise Failed(output.read_text(errors="replace")[-3000:])
            time.sleep(0.05)
        return time.monotonic() - started, output.read_text(errors="replace")
    finally:
        process.terminate()
        process.wait(120)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def load() -> str:
    """What else the machine was doing."""
    one, five, _ = os.getloadavg()
    return f"{one:.1f} over one minute, {five:.1f} over five, on {os.cpu_count()} cores"
