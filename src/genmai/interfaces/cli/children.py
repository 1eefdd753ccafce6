"""Child processes that never outlive us: started in a group of their own and told to stop when their parent dies."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec the child must not import or allocate much.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def die_with_parent(parent: int, sig: int = signal.SIGTERM) -> None:
    """Ask the kernel to send us `sig` when process `parent` is gone; leave at once if it already is (Linux only)."""
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def give_way() -> None:
    """Long work leaves the processors to the database, which has as much to do with it, and to the site. Once is enough."""
    os.nice(max(0, 10 - os.nice(0)))


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    death_signal: int = signal.SIGTERM,
    user: int | None = None,
    group: int | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in its own process group.

    A group of its own keeps Ctrl-C at the terminal ours to hand on in the right order. Must be called from the main
    thread: the kernel ties the death signal to the thread that forked.
    """
    parent = os.getpid()
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
            preexec_fn=_prepare(parent, death_signal),
        )
    finally:
        if output:
            output.close()


def _prepare(parent: int, death_signal: int) -> Callable[[], None]:
    def prepare() -> None:
        die_with_parent(parent, death_signal)

    return prepare


def stop(child: subprocess.Popen[bytes], *, first: int = signal.SIGTERM, patience: float = 10.0) -> None:
    """Stop the child and whatever its group still holds: politely, and after `patience` seconds by force."""
    signal_group(child.pid, first)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        signal_group(child.pid, signal.SIGQUIT)
        time.sleep(0.5)
    signal_group(child.pid, signal.SIGKILL)
    child.wait()


def signal_group(pid: int, sig: int) -> None:
    """Send `sig` to the process group led by `pid`; a group that is gone is fine."""
    try:
        os.killpg(pid, sig)
    except (ProcessLookupError, PermissionError):
        return
