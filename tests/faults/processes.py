"""The processes of one installation, by what they do, found in /proc."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

KINDS = ("site", "site_worker", "worker", "postmaster", "backend")


def find(data: Path, port: int) -> dict[str, list[int]]:
    """Process ids by kind. `backend`: a process of the server that serves a connection of the site or the worker."""
    found: dict[str, list[int]] = {kind: [] for kind in KINDS}
    sites: list[tuple[int, int]] = []
    postmaster = 0
    backends: list[tuple[int, int]] = []
    for entry, command, parent in _all():
        pid = int(entry.name)
        if f"\0--port\0{port}\0" in command and "granian" in command:
            sites.append((pid, parent))
        elif "genmai.interfaces.cli\0worker" in command and f"GENMAI_DATA={data}\0" in _read(entry / "environ"):
            found["worker"].append(pid)
        elif f"-D\0{data}" in command:
            postmaster = pid
        elif command.startswith("postgres: genmai_app"):
            backends.append((pid, parent))
    masters = {pid for pid, _ in sites}
    found["site"] = [pid for pid, parent in sites if parent not in masters]
    found["site_worker"] = [pid for pid, parent in sites if parent in masters]
    found["postmaster"] = [postmaster] if postmaster else []
    found["backend"] = [pid for pid, parent in backends if parent == postmaster]
    return found


def kill(pid: int) -> bool:
    """With -9; False if it was gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def _all() -> Iterator[tuple[Path, str, int]]:
    for entry in Path("/proc").glob("[0-9]*"):
        command = _read(entry / "cmdline")
        status = _read(entry / "stat").rpartition(")")[2].split()
        if command and len(status) > 1 and status[0] != "Z":
            yield entry, command, int(status[1])


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode(errors="replace")
    except OSError:
        return ""
