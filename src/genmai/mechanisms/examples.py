"""Examples: a situation and what must come of it, written as data by people of the field, run as tests.

Each file under `examples/` is a list. `ask` says what is asked of the mechanism:
`find` (text or label → subject), `dispatch` (subject or text, day, target → body, refused or undecided),
`due` (limit, start → due moment), `value` (a path into a section), `rows` (counts in a CSV file),
`section` (what a section itself makes of a question: the dues of an income, the bucket of an age).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import yaml
from pydantic import Field, TypeAdapter, ValidationError, model_validator

from genmai.mechanisms.problems import Problem, from_validation
from genmai.mechanisms.schema import Count, Frozen, Limit


class _Example(Frozen):
    title: Annotated[str, Field(min_length=1)]


class FindExample(_Example):
    ask: Literal["find"]
    text: str
    within: str = ""
    category: str | None  # null: undecided


class DispatchExample(_Example):
    """Exactly one of `category` and `text`; expects a body, or that it is refused, or undecided."""

    ask: Literal["dispatch"]
    category: str | None = None
    text: str | None = None
    on: date
    to: Literal["base", "department"] = "department"
    body: str | None = None
    refused: bool = False
    undecided: bool = False

    @model_validator(mode="after")
    def _clear(self) -> DispatchExample:
        if (self.category is None) == (self.text is None):
            raise ValueError("give either 'category' or 'text'")
        if [self.body is not None, self.refused, self.undecided].count(True) != 1:
            raise ValueError("expect exactly one of 'body', 'refused: true', 'undecided: true'")
        return self


class DueExample(_Example):
    """`limit` is a path to a limit, like cases.milestones.resolve.limits.normal."""

    ask: Literal["due"]
    limit: str
    start: datetime
    due: datetime

    @model_validator(mode="after")
    def _with_zone(self) -> DueExample:
        if self.start.tzinfo is None or self.due.tzinfo is None:
            raise ValueError("write moments with their zone, like 2026-03-02T09:00:00+08:00, in quotation marks")
        return self


class ValueExample(_Example):
    """`of` is a path; `*` stands for every key at that place. `take`: the value itself, their sum, or how many."""

    ask: Literal["value"]
    of: str
    take: Literal["it", "sum", "count"] = "it"
    value: bool | int | str | list[str]


class RowsExample(_Example):
    """Rows of `file` where each column of `where` has that value; `distinct`: different values of this column."""

    ask: Literal["rows"]
    file: str
    where: Mapping[str, str] = Field(default_factory=dict)
    distinct: str | None = None
    count: Count


class SectionExample(_Example):
    """`given` goes to the section's own `answer`."""

    ask: Literal["section"]
    section: str
    given: Mapping[str, Any]
    value: str


Example: TypeAlias = FindExample | DispatchExample | DueExample | ValueExample | RowsExample | SectionExample


class _Words(yaml.SafeLoader):
    """YAML in which only true and false are truth values: `on`, `no` and `yes` are words people use as keys."""


_Words.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Words.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_EXAMPLES: TypeAdapter[list[Example]] = TypeAdapter(list[Annotated[Example, Field(discriminator="ask")]])
DueOf: TypeAlias = Callable[[Limit, datetime], datetime]


def read_examples(folder: Path, label: str, problems: list[Problem]) -> tuple[Example, ...]:
    """The examples of a mechanism; what is wrong with them goes to `problems`."""
    found: list[Example] = []
    before = len(problems)
    for path in sorted((folder / "examples").glob("*.yaml")):
        file = f"{label}/examples/{path.name}"
        try:
            raw: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_Words)  # noqa: S506 - a safe loader
            found += _EXAMPLES.validate_python(raw)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            problems.append(Problem(file, mark.line + 1 if mark else 0, "", "", f"is not YAML: {error}"))
        except ValidationError as error:
            problems.extend(from_validation(error, file, ""))
    if not found and len(problems) == before:
        problems.append(Problem(f"{label}/examples", 0, "", "", "a mechanism has at least one example"))
    return tuple(found)
