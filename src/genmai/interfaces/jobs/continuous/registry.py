"""Sheets of the registry are checked and brought in by a process of its own: a city takes minutes, the clocks go on."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime

from genmai.directory.roster.models import RegistryImport
from genmai.directory.roster.registry.uploads import WAITING
from genmai.interfaces.cli import children

_at_work: list[tuple[subprocess.Popen[bytes], str]] = []  # at most one


def run(*, at: datetime) -> str:
    """Start the oldest that waits, unless one is at work; what was begun or has ended, in words for the log."""
    if _at_work:
        process, name = _at_work[0]
        if process.poll() is None:
            return ""
        _at_work.clear()
        return f"registry {name}: ended with {process.returncode}"
    upload = RegistryImport.objects.filter(state__in=WAITING).order_by("id").first()
    if upload is None:
        return ""
    command = [sys.executable, "-m", "genmai.interfaces.cli", "registry", "carry", str(upload.public_id)]
    _at_work.append((children.spawn(command, env=os.environ), str(upload.public_id)))
    return f"registry {upload.public_id}: {upload.state}"
