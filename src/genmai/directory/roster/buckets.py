"""Where a member stands in a table of the statistics, as an expression of the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from genmai.directory.roster.definition import UNKNOWN, Bucket, Table

COLUMNS = {
    "age": "p.born_on",
    "education": "p.education",
    "occupation": "p.occupation",
    "joined": "m.joined_on",
    "sex": "p.sex",
    "ethnicity": "p.ethnicity",
}


def years_before(day: date, years: int) -> date:
    """The day so many years earlier; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def whole_years(since: date, day: date) -> int:
    """How many years have gone by in full."""
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def born_within(bucket: Bucket, on: date) -> tuple[date | None, date | None]:
    """(born after, born on or before) of an age bucket on a day: who turns 31 today is 31."""
    after = years_before(on, bucket.most + 1) if bucket.most is not None else None
    upto = years_before(on, bucket.least) if bucket.least is not None else None
    return after, upto


def condition(table: Table, key: str, on: date) -> tuple[str, list[Any]]:
    """SQL that is true for who stands in this bucket on a day; `p` is the profile, `m` the membership."""
    column = COLUMNS[table.by]
    unknown = f"({column} IS NULL)" if table.by in ("age", "joined") else f"({column} IS NULL OR {column} = '')"
    if key == UNKNOWN:
        return unknown, []
    bucket = table.buckets[key]
    if table.by == "age":
        return _within(column, *born_within(bucket, on), open_below=True)
    if table.by == "joined":
        return _within(column, bucket.first, bucket.last, open_below=False)
    if bucket.rest:
        named = [code for other in table.buckets.values() for code in other.codes]
        return f"(NOT {unknown} AND {column} <> ALL(%s))", [named]
    return f"{column} = ANY(%s)", [list(bucket.codes)]


def _within(column: str, low: date | None, high: date | None, *, open_below: bool) -> tuple[str, list[Any]]:
    parts, values = [f"{column} IS NOT NULL"], []
    if low is not None:
        parts.append(f"{column} {'>' if open_below else '>='} %s")
        values.append(low)
    if high is not None:
        parts.append(f"{column} <= %s")
        values.append(high)
    return f"({' AND '.join(parts)})", values


def case_of(table: Table, on: date) -> tuple[str, list[Any]]:
    """An expression that gives the number of the bucket (0, 1, …; -1 unknown), in the order of the table."""
    whens, values = [], []
    for number, key in enumerate(keys_of(table)):
        test, given = condition(table, key, on)
        whens.append(f"WHEN {test} THEN {number if key != UNKNOWN else -1}")
        values += given
    return f"CASE {' '.join(whens)} ELSE -1 END", values


def keys_of(table: Table) -> Iterator[str]:
    """The buckets in order, `unknown` last."""
    yield from table.buckets
    yield UNKNOWN
