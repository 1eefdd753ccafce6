"""A district with many cases: the demo's cases, made by commands, multiplied row by row and spread over the villages.

One INSERT … SELECT a table and copy. In copy number n every village stands for the one n steps further down the list:
its body, grids, town, ground and people take the place of the first ones, as if the same matter had come up there.
Serial numbers move by a fixed step, identifiers and digests are hashed with the number of the copy (the same way
everywhere, so that all references hold, and the database checks the foreign keys); every other value stays. Which
tables belong to a case is read from the foreign keys. Seals and digests of copied deeds are not made anew: this
database is for reading. `by_commands` shows that copies are what the commands would have written.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from benchmarks.spread import lay_out

Connection = psycopg.Connection[Any]
STEP = 10_000_000  # between the serial numbers of a row and of its next copy
# Tables that tell of a case by its public id alone.
BY_PUBLIC_ID = ("deeds_deed", "notices_notice")
GIVEN_BY_DATABASE = {"transaction"}
MADE_UNIQUE = {"external_ref"}
NAMED = {"path": "path", "home_path": "path", "reach": "reach", "payload": "payload"}
STANDS_FOR = {"roster_organisation": "body", "roster_person": "person", "territory_place": "ground"}


def multiply(connection: Connection, wanted: int) -> int:
    """Copies until there are about `wanted` cases; how many there are. Connection: the owner's, autocommit."""
    lay_out_rows(connection)
    (cases,) = connection.execute("SELECT count(*) FROM bench_row WHERE of = 'cases_case'").fetchone() or (0,)
    copies = max(0, round(wanted / cases) - 1)
    lay_out(connection, copies)
    with connection.transaction():  # at once: the worker beside it would suggest for a case before its suggestion comes
        for table in family(connection):
            for number in range(1, copies + 1):
                connection.execute(_copy(connection, table, number))
            connection.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))").format(
                    sql.Literal(table), sql.Identifier(table)
                )
            )
    connection.execute("VACUUM (ANALYZE)")
    (now,) = connection.execute("SELECT count(*) FROM cases_case").fetchone() or (0,)
    return int(now)


def family(connection: Connection) -> list[str]:
    """The case's table and every table that hangs on it by foreign keys, those referred to first."""
    found = ["cases_case", *BY_PUBLIC_ID]
    while True:
        rows = connection.execute(
            "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint "
            "WHERE contype = 'f' AND confrelid = ANY(%s::regclass[]) AND conrelid <> ALL(%s::regclass[])",
            (found, found),
        ).fetchall()
        if not rows:
            return _referred_to_first(connection, found)
        found += sorted(row[0] for row in rows)


def _referred_to_first(connection: Connection, tables: list[str]) -> list[str]:
    waiting = {table: {other for _, other in _references(connection, table, tables)} - {table} for table in tables}
    order: list[str] = []
    while waiting:
        ready = sorted(table for table, others in waiting.items() if others <= set(order))
        order += ready or sorted(waiting)
        waiting = {table: others for table, others in waiting.items() if table not in order}
    return order


def lay_out_rows(connection: Connection) -> None:
    """bench_row: every row that is copied, with the village its case belongs to.

    Left out: matters of a town or the district itself (a village can't stand for them), of a building (only the focus
    village has micro-grids), and what is tied to one that is left out.
    """
    connection.execute("DROP TABLE IF EXISTS bench_row")
    connection.execute(
        "CREATE TABLE bench_row AS SELECT 'cases_case'::text AS of, c.id, v.organisation_id AS village "
        "FROM cases_case c JOIN roster_link v ON v.tree = 'administrative' AND v.valid_to IS NULL "
        "  AND v.organisation_id = ANY(c.reach) AND c.home_path LIKE v.path || '%%' "
        "JOIN roster_organisation o ON o.id = v.organisation_id AND o.kind = 'community' "
        "WHERE c.id < %s AND NOT EXISTS (SELECT 1 FROM roster_organisation b WHERE b.level = 1 AND b.id = ANY(c.reach)) "
        "  AND c.channel IN ('web', 'staff', 'hotline', 'visit')",
        (STEP,),
    )
    tables = family(connection)
    for table in tables:
        for column, other in _references(connection, table, tables):
            if table == "cases_case":
                _leave_out_tied(connection, column)
            else:
                _take_in(connection, table, column, other)
    for table in BY_PUBLIC_ID:
        connection.execute(
            sql.SQL(
                "INSERT INTO bench_row SELECT {0}, t.id, b.village FROM {1} t JOIN cases_case c "
                "ON c.public_id = t.source_id JOIN bench_row b ON b.of = 'cases_case' AND b.id = c.id WHERE t.id < {2}"
            ).format(sql.Literal(table), sql.Identifier(table), sql.Literal(STEP))
        )
    for table in tables:
        for column, other in _references(connection, table, list(BY_PUBLIC_ID)):
            if table not in BY_PUBLIC_ID:
                _take_in(connection, table, column, other)
    connection.execute("CREATE UNIQUE INDEX ON bench_row (of, id)")


def _references(connection: Connection, table: str, others: list[str]) -> list[tuple[str, str]]:
    rows = connection.execute(
        "SELECT a.attname, c.confrelid::regclass::text FROM pg_constraint c JOIN pg_attribute a "
        "ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
        "WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND c.confrelid = ANY(%s::regclass[]) ORDER BY 1",
        (table, others),
    )
    return [(row[0], row[1]) for row in rows.fetchall()]


def _leave_out_tied(connection: Connection, column: str) -> None:
    """A case that refers to one that is not copied is not copied either (until nothing changes)."""
    query = sql.SQL(
        "DELETE FROM bench_row b USING cases_case c WHERE b.id = c.id AND c.{0} IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM bench_row o WHERE o.id = c.{0})"
    ).format(sql.Identifier(column))
    while connection.execute(query).rowcount:
        pass


def _take_in(connection: Connection, table: str, column: str, other: str) -> None:
    """Rows whose reference is copied; a row with one reference that isn't is dropped again by the next one."""
    connection.execute(
        sql.SQL(
            "INSERT INTO bench_row SELECT {0}, t.id, b.village FROM {1} t JOIN bench_row b ON b.of = {3} AND b.id = t.{2} "
            "WHERE t.id < {4} AND NOT EXISTS (SELECT 1 FROM bench_row s WHERE s.of = {0} AND s.id = t.id)"
        ).format(*_named(table, column, other), sql.Literal(STEP))
    )
    connection.execute(
        sql.SQL(
            "DELETE FROM bench_row b USING {1} t WHERE b.of = {0} AND t.id = b.id AND t.{2} IS NOT NULL "
            "AND NOT EXISTS (SELECT 1 FROM bench_row o WHERE o.of = {3} AND o.id = t.{2})"
        ).format(*_named(table, column, other))
    )


def _named(table: str, column: str, other: str) -> tuple[sql.Composable, ...]:
    return sql.Literal(table), sql.Identifier(table), sql.Identifier(column), sql.Literal(other)


def _copy(connection: Connection, table: str, number: int) -> sql.Composed:
    columns = columns_of(connection, table)
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    values = sql.SQL(", ").join(_changed(name, how, number) for name, how in columns.items())
    return sql.SQL(
        "INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE "
        "SELECT {2} FROM {0} t JOIN bench_row b ON b.of = {3} AND b.id = t.id"
    ).format(sql.Identifier(table), names, values, sql.Literal(table))


def columns_of(connection: Connection, table: str) -> dict[str, str]:
    """Column → how it is copied: number, uuid, digest, unique, body, person, ground, path, reach, payload, same."""
    rows = connection.execute(
        "SELECT a.attname, format_type(a.atttypid, NULL), "
        "  (SELECT confrelid::regclass::text FROM pg_constraint c "
        "   WHERE c.contype = 'f' AND c.conrelid = a.attrelid AND c.conkey = ARRAY[a.attnum] LIMIT 1) "
        "FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped "
        "AND a.attgenerated = ''",
        (table,),
    ).fetchall()
    kin = set(family(connection))
    return {name: _how(name, kind, to, kin) for name, kind, to in rows if name not in GIVEN_BY_DATABASE}


def _how(name: str, kind: str, refers_to: str | None, kin: set[str]) -> str:
    if name == "id" or refers_to in kin:
        return "number"
    if refers_to in STANDS_FOR:
        return STANDS_FOR[refers_to]
    if kind in ("uuid", "bytea"):
        return {"uuid": "uuid", "bytea": "digest"}[kind]
    if name in NAMED:
        return NAMED[name]
    return "unique" if name in MADE_UNIQUE else "same"


_SAID_BY = {
    "number": "t.{0} + {2}",
    "uuid": "md5(t.{0}::text || '/' || {1}::text)::uuid",
    "digest": "sha256(t.{0} || int4send({1}::int))",
    "unique": "CASE WHEN t.{0} = '' THEN '' ELSE t.{0} || '-' || {1}::text END",
    "same": "t.{0}",
    "payload": "CASE WHEN t.{0} ? 'owner' THEN jsonb_set(t.{0}, '{{owner}}', coalesce((SELECT to_jsonb(s.new) "
    "FROM bench_spread s WHERE s.copy = {1} AND s.village = b.village AND s.kind = 'body' "
    "AND s.old = (t.{0} ->> 'owner')::bigint), t.{0} -> 'owner')) ELSE t.{0} END",
    "path": "coalesce((SELECT s.new_path FROM bench_spread s WHERE s.copy = {1} AND s.village = b.village "
    "AND s.old_path = t.{0}), t.{0})",
    "reach": "(SELECT array_agg(DISTINCT r.one ORDER BY r.one) FROM (SELECT coalesce((SELECT s.new FROM bench_spread s "
    "WHERE s.copy = {1} AND s.village = b.village AND s.kind = 'body' AND s.old = m.one), m.one) AS one "
    "FROM unnest(t.{0}) AS m(one)) AS r)",
}
_STANDS = (
    "coalesce((SELECT s.new FROM bench_spread s WHERE s.copy = {1} AND s.village = b.village AND s.kind = {3} "
    "AND s.old = t.{0}), t.{0})"
)


def _changed(name: str, how: str, number: int) -> sql.Composed:
    said = sql.SQL(_SAID_BY.get(how, _STANDS))
    return said.format(sql.Identifier(name), sql.Literal(number), sql.Literal(number * STEP), sql.Literal(how))
