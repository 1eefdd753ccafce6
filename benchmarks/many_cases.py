"""A district with twenty thousand cases: the demo's cases, made by commands, multiplied row by row.

One INSERT … SELECT a table and copy. Serial numbers move by a fixed step, identifiers and digests are hashed with the
number of the copy (the same way everywhere, so that all references hold, and the database checks the foreign keys),
every other value is copied as it is. A sample of copies is compared with its originals afterwards. The seals and
digests of the copied deeds are not made anew: this database is for reading only.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

FAMILY = (
    "cases_case", "cases_caller", "cases_entry", "cases_attachment", "cases_body", "cases_request", "cases_milestone",
    "cases_suspension", "deeds_deed", "notices_notice", "notices_attempt",
)  # fmt: skip
STEP = 10_000_000  # between the serial numbers of a row and of its next copy
GIVEN_BY_DATABASE = {"transaction"}
MADE_UNIQUE = {"external_ref"}


class Unlike(Exception):
    """A copy differs from its original where it should not."""


def multiply(connection: psycopg.Connection[Any], wanted: int) -> int:
    """Copies until there are about `wanted` cases; how many there are. Connection: the owner's, autocommit."""
    (cases,) = connection.execute("SELECT count(*) FROM cases_case").fetchone() or (0,)
    copies = max(0, round(wanted / cases) - 1)
    for table in FAMILY:
        for number in range(1, copies + 1):
            connection.execute(_copy(connection, table, number))
        connection.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))").format(
                sql.Literal(table), sql.Identifier(table)
            )
        )
    connection.execute("VACUUM (ANALYZE)")
    _compare(connection, copies)
    (now,) = connection.execute("SELECT count(*) FROM cases_case").fetchone() or (0,)
    return int(now)


def _copy(connection: psycopg.Connection[Any], table: str, number: int) -> sql.Composed:
    columns = _columns(connection, table)
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    values = sql.SQL(", ").join(_changed(name, how, number) for name, how in columns.items())
    return sql.SQL("INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {2} FROM {0} WHERE id < {3}").format(
        sql.Identifier(table), names, values, sql.Literal(STEP)
    )


def _columns(connection: psycopg.Connection[Any], table: str) -> dict[str, str]:
    """Column → how it is copied: number, uuid, digest, unique or same."""
    rows = connection.execute(
        "SELECT a.attname, format_type(a.atttypid, NULL), "
        "  (SELECT confrelid::regclass::text FROM pg_constraint c "
        "   WHERE c.contype = 'f' AND c.conrelid = a.attrelid AND c.conkey = ARRAY[a.attnum] LIMIT 1) "
        "FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped",
        (table,),
    ).fetchall()
    return {name: _how(name, kind, to) for name, kind, to in rows if name not in GIVEN_BY_DATABASE}


def _how(name: str, kind: str, refers_to: str | None) -> str:
    if name == "id" or refers_to in FAMILY:
        return "number"
    if kind == "uuid":
        return "uuid"
    if kind == "bytea":
        return "digest"
    return "unique" if name in MADE_UNIQUE else "same"


def _changed(name: str, how: str, number: int) -> sql.Composed:
    column, n = sql.Identifier(name), sql.Literal(number)
    if how == "number":
        return sql.SQL("{} + {}").format(column, sql.Literal(number * STEP))
    if how == "uuid":
        return sql.SQL("md5({}::text || '/' || {}::text)::uuid").format(column, n)
    if how == "digest":
        return sql.SQL("sha256({} || int4send({}::int))").format(column, n)
    if how == "unique":
        return sql.SQL("CASE WHEN {0} = '' THEN '' ELSE {0} || '-' || {1}::text END").format(column, n)
    return sql.SQL("{}").format(column)


def _compare(connection: psycopg.Connection[Any], copies: int) -> None:
    """Every row of the last copy beside its original, in all columns that are copied as they are."""
    if not copies:
        return
    for table in FAMILY:
        same = [name for name, how in _columns(connection, table).items() if how == "same"]
        names = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in same)
        query = sql.SQL(
            "SELECT count(*) FROM (SELECT id, {1} FROM {0} WHERE id < {2} "
            "EXCEPT SELECT id - {3}, {1} FROM {0} WHERE id >= {3}) AS unlike"
        ).format(sql.Identifier(table), names, sql.Literal(STEP), sql.Literal(copies * STEP))
        (unlike,) = connection.execute(query).fetchone() or (0,)
        if unlike:
            raise Unlike(f"{table}: {unlike} rows of copy {copies} are not like their originals")
