"""The two database roles: the owner migrates, the application reads and writes and cannot change what is recorded.

Docs: docs/adr/2026-11-22-two-database-roles.md. Connection URLs come in by `GENMAI_DATABASE_URL` (owner) and
`GENMAI_APP_DATABASE_URL` (application); without them the embedded server gives both.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg
from psycopg import sql

from genmai.kernel.refusal import Refused

OWNER = "genmai_owner"
APPLICATION = "genmai_app"
DATABASE = "genmai"
OWNER_VARIABLE = "GENMAI_DATABASE_URL"
APPLICATION_VARIABLE = "GENMAI_APP_DATABASE_URL"


def settings_of(url: str) -> dict[str, Any]:
    """Django's connection settings of a `postgresql://user:password@host:port/name?option=value` URL."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise Refused("bad_database_url", f"{OWNER_VARIABLE} 应写成 postgresql://用户:密码@主机:端口/库名")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or (parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }


def with_parts(url: str, *, user: str | None = None, password: str | None = None, name: str | None = None) -> str:
    """The same URL with another user, password or database name."""
    parts = urlsplit(url)
    who = quote(user, safe="") if user is not None else parts.username or ""
    if password is not None:
        who += f":{quote(password, safe='')}"
    elif user is None and parts.password:
        who += f":{parts.password}"
    where = parts.netloc.rpartition("@")[2]
    path = f"/{quote(name, safe='')}" if name is not None else parts.path
    # Put together by hand: urlunsplit drops the empty host that a socket URL needs.
    query = f"?{urlencode(dict(parse_qsl(parts.query)), safe='/')}" if parts.query else ""
    return f"{parts.scheme}://{who}@{where}{path}{query}"


def create_embedded_roles(superuser_url: str, *, database: str = DATABASE) -> None:
    """On the embedded server: both roles and the database; does nothing where they exist."""
    let_indexes_through(with_parts(superuser_url, name="template1"))
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        _create_role(connection, OWNER, "CREATEDB")
        _create_role(connection, APPLICATION, "")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER))
            )
    let_indexes_through(with_parts(superuser_url, name=database))


# Comparisons our indexes answer. Unless PostgreSQL holds them for leakproof, it first applies a table's row policy to every
# row and only then these: the index is lost. They tell nothing of a row but their answer (ADR on row security).
_COMPARISONS = (
    "arrayoverlap(anyarray, anyarray)",
    "arraycontains(anyarray, anyarray)",
    "arraycontained(anyarray, anyarray)",
    "textlike(text, text)",
    "starts_with(text, text)",
)


def let_indexes_through(url: str) -> bool:
    """Mark those comparisons leakproof where we may (a superuser); else row security is as safe, and slower."""
    with psycopg.connect(url, autocommit=True) as connection:
        marked = "SELECT proleakproof FROM pg_proc WHERE oid = %s::regprocedure"
        for one in _COMPARISONS:
            row = connection.execute(marked, (f"pg_catalog.{one}",)).fetchone()
            if row and row[0]:
                continue
            try:
                connection.execute(sql.SQL("ALTER FUNCTION pg_catalog." + one + " LEAKPROOF"))
            except psycopg.errors.InsufficientPrivilege:
                return False
    return True


def create_outside_application_role(owner_url: str, role: str, password: str) -> None:
    """On an outside server: the application's role with our password, made by the owner if its rights allow."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        _refuse_old_server(connection)
        let_indexes_through(owner_url)
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        statement = "ALTER ROLE {} PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}"
        try:
            connection.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))
        except psycopg.errors.InsufficientPrivilege:
            raise Refused(
                "cannot_create_role",
                f"数据库用户没有建立角色 {role} 的权限：请管理员执行 CREATE ROLE {role} LOGIN PASSWORD '…'，"
                f"再用 {APPLICATION_VARIABLE} 给出它的连接地址",
            ) from None


def tidy(owner_url: str) -> None:
    """After loading much at once: what the planner wants to know, and which pages everybody may see. Safe to repeat."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def grant(owner_url: str, role: str) -> None:
    """Give the application its rights in the owner's database; safe to repeat.

    Read and write on ordinary tables, now and by default later; on record tables (those with the append-only trigger)
    only read and add; on the list of migrations only read.
    """
    with psycopg.connect(owner_url) as connection:
        name = connection.info.dbname
        for statement in _GRANTS:
            connection.execute(sql.SQL(statement).format(role=sql.Identifier(role), database=sql.Identifier(name)))


_GRANTS = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    # What GRANT ... ON ALL TABLES has just opened is closed again in the same transaction.
    """DO $$
    DECLARE protected regclass;
    BEGIN
        FOR protected IN
            SELECT c.oid FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relname = 'django_migrations'
            UNION
            SELECT t.tgrelid FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'genmai_append_only'
        LOOP
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM {role}', protected);
        END LOOP;
        IF to_regclass('public.django_migrations') IS NOT NULL THEN
            REVOKE INSERT ON public.django_migrations FROM {role};
        END IF;
    END $$""",
)


def _create_role(connection: psycopg.Connection[Any], role: str, rights: str) -> None:
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN " + rights).format(sql.Identifier(role)))


def _refuse_old_server(connection: psycopg.Connection[Any]) -> None:
    if connection.info.server_version < 150000:
        raise Refused("postgres_too_old", "需要 PostgreSQL 15 或更新的版本")


@contextmanager
def as_owner(owner_url: str) -> Iterator[None]:
    """Within: Django's connection is the owner's (for migrations); after: the application's again."""
    from django.db import connection

    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings_of(owner_url))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def migrate(owner_url: str, role: str, *, verbosity: int = 1) -> None:
    """Bring the database up to the code, as owner, and the application's rights with it."""
    from django.core.management import call_command

    grant(owner_url, role)  # default rights must stand before the first table is made
    with as_owner(owner_url):
        call_command("migrate", interactive=False, verbosity=verbosity, run_syncdb=True)
    grant(owner_url, role)


def code_digest() -> str:
    """Changes with every file that can change the migrated database."""
    source = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    operations = (source / "kernel" / "append_only.py", source / "kernel" / "walled" / "policy.py", Path(__file__))
    for file in sorted([*source.rglob("migrations/*.py"), *operations]):
        digest.update(str(file.relative_to(source)).encode() + file.read_bytes())
    return digest.hexdigest()


def marked_digest(owner_url: str) -> str:
    """Digest of the code that last migrated this database; empty if none did."""
    with psycopg.connect(owner_url) as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return ((row and row[0]) or "").removeprefix("genmai ")


def mark_digest(owner_url: str, digest: str) -> None:
    """Note on the database itself (a copy of it is then checked anew) that it stands at this code."""
    with psycopg.connect(owner_url) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(f"genmai {digest}")))


def from_environment(environment: Mapping[str, str] = os.environ) -> str | None:
    """The outside owner's URL, if one is given."""
    return environment.get(OWNER_VARIABLE) or None
