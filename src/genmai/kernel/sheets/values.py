"""The values that stand in cells, and what a caller says it wants of a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Final, Literal


class Oddity(Enum):
    """A cell that holds no plain value."""

    FORMULA = "formula"
    ERROR = "error_value"


Cell = str | int | float | date | datetime | time | timedelta | Oddity
Value = str | int | bool | Decimal | date | datetime | None
Kind = Literal[
    "text",
    "multiline",
    "integer",
    "number",
    "date",
    "datetime",
    "boolean",
    "choice",
    "phone",
    "identity",
    "credit_code",
]

# Written into the file of failing rows where a value must be typed anew; never accepted as a value.
REFILL: Final = "（请重填）"


@dataclass(frozen=True, kw_only=True)
class Field:
    """A column the caller wants: `key` for the program, `label` and `aliases` as people head it.

    `max_length` in code points (0: no limit but the sheet's own), `choices` canonical value → other ways to write it.
    """

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    kind: Kind = "text"
    max_length: int = 0
    choices: Mapping[str, tuple[str, ...]] | None = None


class CellProblem(Exception):
    """A cell can't be taken; `code` is one of PROBLEMS, `allowed` says by example what can."""

    def __init__(self, code: str, allowed: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.allowed = allowed
