"""Long work of the background in a process of its own, one at a time: the clocks of the site go on meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field

from genmai.interfaces.cli import children

TRIES = 3


@dataclass
class OneChild:
    """At most one child at work. `broken` counts, by name, how often a child ended badly since the worker started."""

    kind: str
    broken: Counter[str] = field(default_factory=Counter)
    last: tuple[str, int] = ("", 0)  # the one that ended last, and with what
    _at_work: tuple[subprocess.Popen[bytes], str] | None = None

    def ended(self) -> str | None:
        """None while it works; else how the last one ended, "" if there is nothing to tell."""
        if self._at_work is None:
            return ""
        process, name = self._at_work
        code = process.poll()
        if code is None:
            return None
        self._at_work, self.last = None, (name, code)
        if code:
            self.broken[name] += 1
        return f"{self.kind} {name}: ended with {code}"

    def given_up(self) -> frozenset[str]:
        """Names whose children broke so often that another try would break as well."""
        return frozenset(name for name, times in self.broken.items() if times >= TRIES)

    def start(self, name: str, *command: str) -> None:
        """Begin `genmai <command> <name>`; it dies with the worker."""
        words = [sys.executable, "-m", "genmai.interfaces.cli", *command, name]
        self._at_work = children.spawn(words, env=os.environ), name
