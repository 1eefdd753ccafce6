"""What a row of figures holds (stages, then the buckets of every table), and the SQL that counts it from the rows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files

from genmai.directory.roster import mechanism
from genmai.directory.roster.buckets import case_of, keys_of
from genmai.directory.roster.definition import StatisticsSection, Table
from genmai.directory.roster.models import Stage
from genmai.directory.roster.queries.as_at import MEMBERS
from genmai.directory.roster.queries.membership_sql import Asked, Clause

Counts = tuple[int, ...]

# First one line for each way of being in all tables at once, which the server counts in parallel; then that is summed.
_SQL = """
WITH each AS MATERIALIZED (
    SELECT {key} AS key, {path} AS path, m.stage AS stage, {cases}, count(*) AS n {found} GROUP BY 1, 2, 3, {numbers}
)
SELECT key, path, {sums} FROM each GROUP BY key, path
"""


@dataclass(frozen=True)
class Sizes:
    """The numbers of `tally.toml`."""

    worth_from: int
    due_most: int
    anew_from: int
    kept_days: int
    books_a_run: int
    at_once: int


@cache
def sizes() -> Sizes:
    text = (files("genmai.directory.roster") / "tally.toml").read_text(encoding="utf-8")
    return Sizes(**tomllib.loads(text))


@dataclass(frozen=True)
class Layout:
    """Which figure stands where in a row."""

    rules: StatisticsSection

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """In their order."""
        tables = self.rules.tables
        return {key: tables[key] for key in sorted(tables, key=lambda key: tables[key].order)}

    @cached_property
    def cells(self) -> Mapping[tuple[str, str], int]:
        """("", stage) and (table, bucket) → place."""
        named = [("", str(stage)) for stage in Stage.values]
        named += [(key, bucket) for key, table in self.tables.items() for bucket in keys_of(table)]
        return {cell: place for place, cell in enumerate(named)}

    @cached_property
    def mark(self) -> str:
        """Changes with whatever changes a figure."""
        said = f"{Stage.values} {MEMBERS} {self.rules.model_dump_json()}"
        return sha256(said.encode()).hexdigest()

    def n(self, counts: Counts, table: str, bucket: str) -> int:
        place = self.cells.get((table, bucket))
        return 0 if place is None else counts[place]

    def total(self, counts: Counts, stages: Iterable[str] = MEMBERS) -> int:
        return sum(self.n(counts, "", str(stage)) for stage in stages)


def layout() -> Layout:
    """Of the buckets in force."""
    return _layout(mechanism.ref_of(mechanism.STATISTICS))


@cache
def _layout(ref: str) -> Layout:
    return Layout(mechanism.statistics())


def counting(found: Clause, asked: Asked, *, child: int | None = None) -> Clause:
    """(key, path, counts…) of the members found: of each branch, or, by `child`, of each body below a path so long."""
    tables = list(layout().tables.values())
    cases, values = [], []
    for number, table in enumerate(tables):
        sql, given = case_of(table, asked.day)
        cases.append(f"{sql} AS b{number}")
        values += given
    by_branch = child is None
    sql = _SQL.format(
        key="m.branch_id" if by_branch else "split_part(substr(l.path, %s), '/', 1)",
        path="l.path" if by_branch else "''::text", cases=", ".join(cases), found=found.sql,
        numbers=", ".join(str(place + 4) for place in range(len(tables))), sums=_sums(tables),
    )  # fmt: skip
    return Clause(sql, (*([] if child is None else [child + 1]), *values, *found.values))


def _sums(tables: Sequence[Table]) -> str:
    """One sum a cell, in the order of `Layout.cells`; the tables are of members alone."""
    wanted = [f"stage = '{stage}'" for stage in Stage.values]
    members = ", ".join(f"'{stage}'" for stage in MEMBERS)
    for number, table in enumerate(tables):
        places = [place if key in table.buckets else -1 for place, key in enumerate(keys_of(table))]
        wanted += [f"b{number} = {place} AND stage IN ({members})" for place in places]
    return ", ".join(f"coalesce(sum(n) FILTER (WHERE {one}), 0)::bigint" for one in wanted)


def text_of(counts: Counts) -> str:
    """As a row keeps it: "12,,3"."""
    return ",".join(str(n) if n else "" for n in counts)


def counts_of(text: str) -> Counts:
    return tuple(int(n) if n else 0 for n in text.split(","))


def plus(one: Counts, other: Counts, sign: int = 1) -> Counts:
    return tuple(a + sign * b for a, b in zip(one, other, strict=True))
