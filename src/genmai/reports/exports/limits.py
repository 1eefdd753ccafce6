"""The numbers of `limits.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """Each is explained in the file."""

    at_once_rows: int
    most_rows: int
    kept_days: int
    block_rows: int
    taken_over_seconds: int
    check_megabytes: int
    check_rows: int
    check_a_minute: int
    checks_waiting: int


@cache
def limits() -> Limits:
    """Read once a process. Raises TypeError for a number too many or too few."""
    return Limits(**tomllib.loads(Path(__file__).with_name("limits.toml").read_text(encoding="utf-8")))
