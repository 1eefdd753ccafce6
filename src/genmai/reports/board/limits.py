"""The numbers of `board.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """Each is explained in the file."""

    weeks: int
    least_open: int
    some_late: float
    many_late: float
    hot_hours: float
    hot_days: float
    hot_shown: int
    hot_kept_seconds: int
    refresh_seconds: int
    stale_seconds: int
    rates_kept_seconds: int


@cache
def limits() -> Limits:
    """Read once a process. Raises TypeError for a number too many or too few."""
    return Limits(**tomllib.loads(Path(__file__).with_name("board.toml").read_text(encoding="utf-8")))
