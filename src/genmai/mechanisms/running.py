"""Runs the examples of a mechanism and says which came out otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from genmai.kernel.refusal import Refused
from genmai.mechanisms.examples import (
    DispatchExample,
    DueExample,
    DueOf,
    Example,
    FindExample,
    RowsExample,
    SectionExample,
    ValueExample,
)
from genmai.mechanisms.library import Mechanism
from genmai.mechanisms.schema import Limit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an example gave. `wrong` is '' when it came out as expected."""

    mechanism: str
    title: str
    wrong: str


def run_examples(mechanism: Mechanism, due_of: DueOf) -> tuple[Outcome, ...]:
    """Every example of a mechanism, run. `due_of(limit, start)` is the clock with its calendar, handed in."""
    return tuple(Outcome(mechanism.ref, e.title, run_example(mechanism, e, due_of)) for e in mechanism.examples)


def run_example(mechanism: Mechanism, example: Example, due_of: DueOf) -> str:
    """'' when the example comes out as it says, else what came instead."""
    try:
        if isinstance(example, FindExample):
            return _find(mechanism, example)
        if isinstance(example, DispatchExample):
            return _dispatch(mechanism, example)
        if isinstance(example, DueExample):
            return _due(mechanism, example, due_of)
        if isinstance(example, SectionExample):
            return _section(mechanism, example)
        if isinstance(example, ValueExample):
            return _value(mechanism, example)
        return _rows(mechanism, example)
    except KeyError as missing:
        return f"there is no {missing.args[0]}"


def look(mechanism: Mechanism, path: str) -> list[Any]:
    """All values at a path like `cases.kinds.*.urgency`. Raises KeyError at a part that isn't there."""
    section, *parts = path.split(".")
    if section not in mechanism.sections:
        raise KeyError(f"section {section}")
    found: list[Any] = [mechanism.sections[section]]
    for part in parts:
        found = [inner for value in found for inner in _step(value, part, path)]
    return found


def _step(value: Any, part: str, path: str) -> list[Any]:
    fields = dict(value) if isinstance(value, BaseModel | Mapping) else {}
    fields |= {name.removesuffix("_"): inner for name, inner in fields.items()}
    if part == "*":
        return list(value.values() if isinstance(value, Mapping) else [fields[k] for k in fields])
    if part not in fields:
        raise KeyError(f"{part} in {path}")
    return [fields[part]]


def _find(mechanism: Mechanism, example: FindExample) -> str:
    finding = mechanism.taxonomy.find(example.text, within=example.within)
    found = finding.category.code if finding.category else None
    return "" if found == example.category else f"found {found}: {finding.reason}"


def _dispatch(mechanism: Mechanism, example: DispatchExample) -> str:
    category = example.category
    if category is None:
        placed = mechanism.place([example.text or ""], on=example.on)
        if placed.row is None:
            return "" if example.undecided else f"undecided: {placed.reason}"
        category = placed.row.prefix
    elif category not in mechanism.taxonomy:
        raise KeyError(f"category {category}")
    try:
        row = mechanism.duties.check_target(category, example.to, on=example.on)
    except Refused as refused:
        return "" if example.refused else f"refused: {refused}"
    if row is None:
        why = mechanism.duties.why_undecided(category, on=example.on)
        return "" if example.undecided else f"undecided: {why}"
    return "" if row.body == example.body else f"row {row.no}: {row.body}"


def _due(mechanism: Mechanism, example: DueExample, due_of: DueOf) -> str:
    limit = look(mechanism, example.limit)[0]
    if not isinstance(limit, Limit):
        raise KeyError(f"limit at {example.limit}")
    due = due_of(limit, example.start)
    return "" if due == example.due else f"due {due.astimezone(example.due.tzinfo).isoformat()}"


def _value(mechanism: Mechanism, example: ValueExample) -> str:
    values = look(mechanism, example.of)
    if example.take == "sum":
        found: Any = sum(values)
    elif example.take == "count":
        found = len(values[0]) if len(values) == 1 and isinstance(values[0], Mapping | tuple) else len(values)
    else:
        found = list(values[0]) if isinstance(values[0], tuple | Mapping) else values[0]
    same = found == example.value or str(found) == example.value
    return "" if same else f"is {found}"


def _section(mechanism: Mechanism, example: SectionExample) -> str:
    section = mechanism.sections.get(example.section)
    if section is None:
        raise KeyError(f"section {example.section}")
    found = section.answer(example.given)
    return "" if found == example.value else f"is {found}"


def _rows(mechanism: Mechanism, example: RowsExample) -> str:
    rows = mechanism.rows(example.file)
    if rows is None:
        raise KeyError(f"file {example.file}")
    kept = [row for row in rows if all(row[column] == value for column, value in example.where.items())]
    found = len({row[example.distinct] for row in kept}) if example.distinct else len(kept)
    return "" if found == example.count else f"{found} rows"
