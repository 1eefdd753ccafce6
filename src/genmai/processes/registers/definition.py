"""`registers.toml`: lists whose entries may have a procedure that is really run, and the rules of estates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from genmai.mechanisms.schema import (
    Bool,
    Code,
    Count,
    Fault,
    Frozen,
    House,
    Limit,
    Positive,
    Section,
    Text,
    bad_ref,
    out_of_order,
    unknown_keys,
    unknown_roles,
)
from genmai.processes.registers.estate_rules import EstateRules


class Step(Frozen):
    """One node of a flow: who, how long, what comes out; `decision` when the step is a vote of `decisions.toml`."""

    title: Text
    order: Positive
    role: Code
    limit: Limit | None = None
    decision: str | None = None
    output: str = ""


class Procedure(Frozen):
    title: Text
    steps: Mapping[Code, Step]


class Band(Frozen):
    """From this amount on (inclusive), this procedure."""

    from_: Count = Field(alias="from")
    use: Code


class Bands(Frozen):
    """A choice by amount, without a condition: the last band whose `from` is reached."""

    title: Text
    unit: Literal["yuan", "count"]
    steps: tuple[Band, ...]

    def use(self, amount: int) -> str:
        """The procedure for `amount` (in `unit`, not negative)."""
        return [band.use for band in self.steps if band.from_ <= amount][-1]


class EntryList(Frozen):
    """One list; `entries` is a CSV beside this file, `expected` the count that the source text states."""

    title: Text
    kind: Literal["duty", "prohibition", "power", "rule", "item"]
    entries: str
    expected: Count | None = None
    checked_by: tuple[Code, ...] = ()
    reported_to: tuple[Code, ...] = ()
    every_entry_has_procedure: Bool = False
    places: tuple[str, ...] = ()  # codes of the divisions where what is handed to these subjects must stand in it


class RegistersSection(Section):
    subjects: Mapping[Code, Text] = Field(default_factory=dict)
    lists: Mapping[Code, EntryList] = Field(default_factory=dict)
    procedures: Mapping[Code, Procedure] = Field(default_factory=dict)
    bands: Mapping[Code, Bands] = Field(default_factory=dict)
    estates: EstateRules | None = None

    def check(self, house: House) -> Iterator[Fault]:
        for key, entries in self.lists.items():
            yield from unknown_roles(house, f"lists.{key}.checked_by", entries.checked_by)
            yield from unknown_roles(house, f"lists.{key}.reported_to", entries.reported_to)
            yield from self._check_entries(house, key, entries)
        for key, procedure in self.procedures.items():
            yield from out_of_order(f"procedures.{key}.steps", procedure.steps)
            for name, step in procedure.steps.items():
                place = f"procedures.{key}.steps.{name}"
                yield from unknown_roles(house, f"{place}.role", [step.role])
                yield from bad_ref(house, f"{place}.decision", step.decision) if step.decision else ()
        for key, bands in self.bands.items():
            yield from unknown_keys(f"bands.{key}.steps", [band.use for band in bands.steps], self.procedures)
            starts = [band.from_ for band in bands.steps]
            if starts != sorted(set(starts)) or starts[:1] != [0]:
                yield Fault(f"bands.{key}.steps", starts, "bands starting at 0 and rising")
        if self.estates is not None:
            yield from self.estates.faults("estates")

    def _check_entries(self, house: House, key: str, entries: EntryList) -> Iterator[Fault]:
        rows = house.rows(entries.entries)
        place = f"lists.{key}.entries"
        if rows is None:
            yield Fault(place, entries.entries, "a CSV file of this mechanism")
            return
        missing = {"no", "title", "subjects", "status"} - set(
            rows[0] if rows else ("no", "title", "subjects", "status")
        )
        if missing:
            yield Fault(place, entries.entries, f"needs the columns {', '.join(sorted(missing))}")
            return
        if entries.expected is not None and len(rows) != entries.expected:
            yield Fault(place, len(rows), f"{entries.expected} rows, as 'expected' says")
        numbers = [row["no"] for row in rows]
        for number in sorted({n for n in numbers if numbers.count(n) > 1}):
            yield Fault(place, number, "each 'no' once")
        if entries.places and "topics" not in (rows[0] if rows else {}):
            yield Fault(
                place, entries.entries, "the column topics: a list that binds handing over names subjects of matters"
            )
        for row in rows:
            yield from unknown_keys(f"{place}[{row['no']}].subjects", row["subjects"].split(), self.subjects)
            if entries.every_entry_has_procedure:
                choices = {**self.procedures, **self.bands}
                yield from unknown_keys(f"{place}[{row['no']}].procedure", [row.get("procedure", "")], choices)
