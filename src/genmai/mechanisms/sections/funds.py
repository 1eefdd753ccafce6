"""`funds.toml`: where money comes from, what it may be spent on, through which steps. Conservation is code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from genmai.mechanisms.schema import (
    Code,
    Count,
    Fault,
    Frozen,
    House,
    Limit,
    Positive,
    Section,
    Text,
    out_of_order,
    unknown_keys,
    unknown_roles,
)

COLUMNS = ("no", "department", "item", "restriction", "amount_yuan", "status")


class Sources(Frozen):
    """The items departments bring: a CSV with columns no, department, item, restriction, amount_yuan, status."""

    entries: str
    expected: Count | None = None
    expected_departments: Count | None = None


class Package(Frozen):
    """A purpose in the pool, and which restrictions of money it may take."""

    title: Text
    accepts: Annotated[tuple[Code, ...], Field(min_length=1)]


class Allotment(Frozen):
    title: Text
    package: Code
    yuan_a_year: Positive


class MoneyStep(Frozen):
    title: Text
    order: Positive
    role: Code
    limit: Limit | None = None


class FundsSection(Section):
    currency: Literal["CNY"]
    fiscal_year_starts: Annotated[str, Field(pattern=r"^[0-1][0-9]-[0-3][0-9]$")]
    announced_total_yuan: Count | None = None
    sources: Sources
    restrictions: Mapping[Code, Text]
    packages: Mapping[Code, Package]
    allotments: Mapping[Code, Allotment] = Field(default_factory=dict)
    steps: Mapping[Code, MoneyStep]

    def check(self, house: House) -> Iterator[Fault]:
        for key, package in self.packages.items():
            yield from unknown_keys(f"packages.{key}.accepts", package.accepts, self.restrictions)
        for key, allotment in self.allotments.items():
            yield from unknown_keys(f"allotments.{key}.package", [allotment.package], self.packages)
        for key, step in self.steps.items():
            yield from unknown_roles(house, f"steps.{key}.role", [step.role])
        yield from out_of_order("steps", self.steps)
        yield from self._check_sources(house)

    def _check_sources(self, house: House) -> Iterator[Fault]:
        place, rows = "sources.entries", house.rows(self.sources.entries)
        if rows is None:
            yield Fault(place, self.sources.entries, "a CSV file of this mechanism")
            return
        missing = set(COLUMNS) - set(rows[0] if rows else COLUMNS)
        if missing:
            yield Fault(place, self.sources.entries, f"needs the columns {', '.join(sorted(missing))}")
            return
        if self.sources.expected is not None and len(rows) != self.sources.expected:
            yield Fault(place, len(rows), f"{self.sources.expected} rows, as 'expected' says")
        departments = {row["department"] for row in rows}
        if self.sources.expected_departments is not None and len(departments) != self.sources.expected_departments:
            yield Fault(place, len(departments), f"{self.sources.expected_departments} departments")
        for row in rows:
            yield from unknown_keys(f"{place}[{row['no']}].restriction", [row["restriction"]], self.restrictions)
            if row["amount_yuan"] and not row["amount_yuan"].isdecimal():
                yield Fault(
                    f"{place}[{row['no']}].amount_yuan", row["amount_yuan"], "whole yuan, or empty when not known"
                )
