"""Year-end tables: one pass over the memberships gives every bucket of every table, for a body and each one below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from genmai.directory.roster import mechanism
from genmai.directory.roster.buckets import case_of, keys_of
from genmai.directory.roster.definition import Table
from genmai.directory.roster.models import Organisation
from genmai.directory.roster.queries.membership_sql import Asked, members_of
from genmai.kernel.viewer import Viewer

# First one line for each way of being in all tables at once (some ten thousand for half a million members), which the
# server counts in parallel; then that little table is summed for each table.
_SQL = """
WITH each AS MATERIALIZED (
    SELECT split_part(substr(l.path, %s), '/', 1) AS child, m.stage AS stage, {cases}, count(*) AS n
    {found} GROUP BY 1, 2, {numbers}
)
SELECT child, {names}, stage, sum(n)::bigint, grouping({names}) FROM each
GROUP BY GROUPING SETS ({sets}, (child, stage))
"""


@dataclass(frozen=True)
class Counted:
    """The figures of one body: how many in all, by stage, and by table and bucket."""

    total: int
    stages: Mapping[str, int]
    tables: Mapping[str, Mapping[str, int]]

    def n(self, table: str, bucket: str) -> int:
        return self.tables.get(table, {}).get(bucket, 0)


@dataclass(frozen=True)
class Part:
    """A body directly below, with its figures; None: who stands in the body itself."""

    organisation: Organisation | None
    counted: Counted


@dataclass(frozen=True)
class YearEnd:
    """What a page or a sheet shows; `ref` names the buckets' mechanism."""

    whole: Counted
    parts: Sequence[Part]
    ref: str


def year_end(viewer: Viewer, *, asked: Asked) -> YearEnd:
    """Every table for what stands below `asked.path` on a day, within the viewer's scope. Two queries."""
    tables = ordered()
    rows = _rows(viewer, asked, list(tables.values()))
    folded: dict[str, dict[str, dict[str, int]]] = {}
    stages: dict[str, dict[str, int]] = {}
    for child, table, bucket, stage, n in _read(rows, list(tables)):
        if table:
            cells = folded.setdefault(child, {}).setdefault(table, {})
            cells[bucket] = cells.get(bucket, 0) + n
        else:
            stages.setdefault(child, {})[stage] = n
    bodies = Organisation.objects.in_bulk([int(child) for child in stages if child])
    parts = [
        Part(bodies.get(int(child)) if child else None, _counted(stages[child], folded.get(child, {})))
        for child in stages
    ]
    parts.sort(key=lambda part: part.organisation.code if part.organisation else "")
    return YearEnd(_sum([part.counted for part in parts]), parts, mechanism.ref_of(mechanism.STATISTICS))


def ordered() -> dict[str, Table]:
    """The tables in their order."""
    tables = mechanism.statistics().tables
    return {key: tables[key] for key in sorted(tables, key=lambda key: tables[key].order)}


def last_year_end(day: date) -> date:
    """The last day on which the yearly tables were cut off, before or on this day."""
    month, of_month = (int(part) for part in mechanism.statistics().year_end.split("-"))
    this = day.replace(month=month, day=of_month)
    return this if this <= day else this.replace(year=day.year - 1)


def _rows(viewer: Viewer, asked: Asked, tables: list[Table]) -> list[tuple[object, ...]]:
    found = members_of(viewer, asked)
    cases, values = [], [len(asked.path) + 1]
    for number, table in enumerate(tables):
        sql, given = case_of(table, asked.day)
        cases.append(f"{sql} AS b{number}")
        values += given
    names = [f"b{number}" for number in range(len(tables))]
    sql = _SQL.format(
        cases=", ".join(cases), found=found.sql, numbers=", ".join(str(n + 3) for n in range(len(tables))),
        names=", ".join(names), sets=", ".join(f"(child, {name})" for name in names),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *found.values])
        return list(cursor.fetchall())


def _read(rows: list[tuple[object, ...]], keys: list[str]) -> list[tuple[str, str, str, str, int]]:
    """(child, table or "", bucket, stage, n) of each row: which table it sums stands in the bits of `grouping`."""
    tables = ordered()
    names = [list(keys_of(tables[key])) for key in keys]
    found = []
    for row in rows:
        child, numbers, stage, n, mask = (
            str(row[0]),
            row[1 : len(keys) + 1],
            row[-3],
            int(str(row[-2])),
            int(str(row[-1])),
        )
        given = [place for place in range(len(keys)) if not mask >> (len(keys) - 1 - place) & 1]
        if given:
            number = int(str(numbers[given[0]]))
            found.append((child, keys[given[0]], names[given[0]][number], "", n))
        else:
            found.append((child, "", "", str(stage), n))
    return found


def _counted(stages: Mapping[str, int], tables: Mapping[str, Mapping[str, int]]) -> Counted:
    return Counted(sum(stages.values()), stages, tables)


def _sum(parts: Sequence[Counted]) -> Counted:
    stages: dict[str, int] = {}
    tables: dict[str, dict[str, int]] = {}
    for part in parts:
        for stage, n in part.stages.items():
            stages[stage] = stages.get(stage, 0) + n
        for table, cells in part.tables.items():
            for bucket, n in cells.items():
                whole = tables.setdefault(table, {})
                whole[bucket] = whole.get(bucket, 0) + n
    return _counted(stages, tables)
