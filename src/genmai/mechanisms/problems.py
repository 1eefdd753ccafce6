"""What is wrong with a mechanism's data, told so that its writer can put it right: file, line, key, value, allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pydantic import ValidationError

HEADER = re.compile(r"^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}")
ASSIGNMENT = re.compile(r"^\s*([A-Za-z0-9_.\-\"]+)\s*=")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to put right. `file` is relative to the mechanisms folder; line 0 means that the line isn't known."""

    file: str
    line: int
    key: str
    value: str
    allowed: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        found = f" = {self.value}" if self.value else ""
        return f"{place}: {self.key or '(file)'}{found}: {self.allowed}"


class Problems(Exception):
    """Every problem found, not the first one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(p) for p in self.problems))


def shown(value: object) -> str:
    """A value as its writer would know it again; long ones cut."""
    if isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, Decimal | Fraction | int | float | bool):
        text = str(value)
    elif value is None:
        return ""
    else:
        text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def line_of(text: str, path: Sequence[str]) -> int:
    """The line on which the deepest part of a dotted path first stands in a TOML text; 0 when none does."""
    best, best_depth, prefix = 0, 0, []
    for number, line in enumerate(text.splitlines(), start=1):
        header = HEADER.match(line)
        assignment = None if header else ASSIGNMENT.match(line)
        if header:
            prefix = [part.strip('" ') for part in header.group(1).split(".")]
            here = prefix
        elif assignment:
            here = prefix + [part.strip('" ') for part in assignment.group(1).split(".")]
        else:
            continue
        depth = min(len(here), len(path))
        if depth > best_depth and list(path[:depth]) == here[:depth]:
            best, best_depth = number, depth
    return best


ALLOWED = {
    "missing": "this key is required",
    "extra_forbidden": "this key is not known here",
    "string_pattern_mismatch": "must match {pattern}",
    "literal_error": "one of: {expected}",
    "string_too_short": "must not be empty",
    "too_short": "at least {min_length} needed",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}


def from_validation(error: ValidationError, file: str, text: str) -> list[Problem]:
    """Pydantic's findings in our words, each with the line of its key."""
    found = []
    for item in error.errors(include_url=False):
        path = [str(part) for part in item["loc"] if part != "[key]"]
        allowed = ALLOWED.get(item["type"], item["msg"]).format(**item.get("ctx", {}))
        value = "" if item["type"] == "missing" else shown(item["input"])
        found.append(Problem(file, line_of(text, path), ".".join(path), value, allowed.removeprefix("Value error, ")))
    return found
