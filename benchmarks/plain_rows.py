"""The rows one report writes, captured from the database, and written again in plain SQL.

Captured by `xmin`: every row of every table that the report's transaction made or touched, so nothing is left out by
forgetting a table. Written again: one INSERT a table, psycopg as it comes (statements prepared by itself), one
transaction a case, as the application's role. Fresh identifiers of the same kind (a UUIDv7 stays in the order of time),
fresh digests of the same length, all other values as captured.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

# In the order they are written; a table that is not here stops the benchmark.
ORDER = ("cases_case", "cases_caller", "cases_milestone", "cases_words", "deeds_deed", "notices_notice")
TRIES = 10
GIVEN_BY_DATABASE = {"id", "transaction"}

Row = dict[str, Any]
Rows = dict[str, list[Row]]


class Unequal(Exception):
    """What was written in plain SQL is not what the command writes."""


class Incomplete(Unequal):
    """A row was changed before it could be read: the background has sent the notice already. Try another case."""


def rows_of_case(connection: psycopg.Connection[Any], text: str) -> Rows:
    """Everything the taking in of the matter with these words wrote."""
    row = connection.execute(
        "SELECT d.transaction::text::bigint, c.xmin::text::bigint FROM deeds_deed d "
        "JOIN cases_case c ON c.public_id = d.source_id WHERE c.text = %s AND d.ordinal = 0",
        (text,),
    ).fetchone()
    if row is None:
        raise Unequal(f"no case with the words {text}")
    return rows_of(connection, set(row))


def rows_of(connection: psycopg.Connection[Any], transactions: set[int]) -> Rows:
    """Everything these transactions wrote, by table in the order of ORDER (a savepoint has a number of its own)."""
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    found: Rows = {}
    for (table,) in tables:
        cursor = connection.execute(
            sql.SQL("SELECT * FROM {} WHERE xmin::text::bigint = ANY(%s) ORDER BY 1").format(sql.Identifier(table)),
            ([number % 2**32 for number in transactions],),
        )
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if rows:
            found[table] = rows
    unknown = found.keys() - set(ORDER)
    if unknown:
        raise Unequal(f"a report now also writes to {', '.join(sorted(unknown))}: add it to ORDER")
    missing = {"cases_case", "cases_caller", "deeds_deed", "notices_notice"} - found.keys()
    if missing:
        raise Incomplete(f"no rows in {', '.join(sorted(missing))}")
    return {table: found[table] for table in ORDER if table in found}


@dataclass(frozen=True, slots=True)
class Statement:
    """One INSERT and how its values come about: (kind, value) with kind same, id, digest or case."""

    table: str
    sql: str
    values: tuple[tuple[str, Any], ...]


def statements(rows: Rows) -> list[Statement]:
    """One INSERT a table for the captured rows."""
    made = []
    for table, lines in rows.items():
        columns = [name for name in lines[0] if name not in GIVEN_BY_DATABASE]
        line = f"({', '.join(['%s'] * len(columns))})"
        text = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([line] * len(lines))}"  # noqa: S608
        values = tuple(_kind(table, name, row[name]) for row in lines for name in columns)
        made.append(Statement(table, text + (" RETURNING id" if table == "cases_case" else ""), values))
    return made


def _kind(table: str, name: str, value: Any) -> tuple[str, Any]:
    if name == "case_id":
        return "case", None
    if isinstance(value, UUID):
        return "id", value
    if isinstance(value, bytes | memoryview):
        return "digest", len(value)
    return "same", Jsonb(value) if isinstance(value, dict) else value


def write(connection: psycopg.Connection[Any], made: list[Statement]) -> int:
    """One case, one transaction; its number."""
    ids: dict[UUID, UUID] = {}
    case_id = 0
    moment = int(time.time() * 1000).to_bytes(6, "big")
    with connection.transaction():
        for statement in made:
            cursor = connection.execute(statement.sql, _fresh(statement, ids, moment, case_id))  # type: ignore[arg-type]
            if statement.table == "cases_case":
                case_id = cursor.fetchone()[0]  # type: ignore[index]
    return case_id


def _fresh(statement: Statement, ids: dict[UUID, UUID], moment: bytes, case_id: int) -> list[Any]:
    given: list[Any] = []
    for kind, value in statement.values:
        if kind == "same":
            given.append(value)
        elif kind == "case":
            given.append(case_id)
        elif kind == "digest":
            given.append(os.urandom(value))
        else:
            if value not in ids:
                ids[value] = _fresh_id(value, moment)
            given.append(ids[value])
    return given


def _fresh_id(old: UUID, moment: bytes) -> UUID:
    """Of the same version; a UUIDv7 begins with the moment."""
    raw = bytearray(moment + os.urandom(10) if old.version == 7 else os.urandom(16))
    raw[6] = (raw[6] & 0x0F) | (old.bytes[6] & 0xF0)
    raw[8] = (raw[8] & 0x3F) | 0x80
    return UUID(bytes=bytes(raw))


def check_equal(connection: psycopg.Connection[Any], command: Rows) -> int:
    """Write the rows in plain SQL and compare with what the command wrote; how many values were compared.

    Identifiers are compared by kind and by where they recur, digests by length, serial numbers not at all (the database
    gives them), every other value exactly. Raises Unequal.
    """
    first, second = _shape(command), _shape(_written(connection, statements(command)))
    if first != second:
        different = [pair for pair in zip(first, second, strict=False) if pair[0] != pair[1]]
        raise Unequal(f"{len(first)} against {len(second)} values, first difference {different[:1]}")
    return len(first)


def _written(connection: psycopg.Connection[Any], made: list[Statement]) -> Rows:
    for _ in range(TRIES):
        case_id = write(connection, made)
        row = connection.execute("SELECT xmin::text::bigint FROM cases_case WHERE id = %s", (case_id,)).fetchone()
        with suppress(Incomplete):
            return rows_of(connection, {row[0] if row else 0})
    raise Unequal("the background was always faster")


def _shape(rows: Rows) -> list[tuple[str, str, Any]]:
    seen: dict[UUID, int] = {}
    shape: list[tuple[str, str, Any]] = []
    for table, lines in rows.items():
        for row in lines:
            for name, value in sorted(row.items()):
                if name in GIVEN_BY_DATABASE or name == "case_id":
                    continue
                shape.append((table, name, _comparable(value, seen)))
    return shape


def _comparable(value: Any, seen: dict[UUID, int]) -> Any:
    if isinstance(value, UUID):
        return f"{value.version} #{seen.setdefault(value, len(seen))}"
    return len(value) if isinstance(value, bytes | memoryview) else value
