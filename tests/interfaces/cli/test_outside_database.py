"""The same application on a server that is not ours: PostgreSQL 16 over TCP with passwords."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.architecture.code import ROOT

from genmai.interfaces.cli import database, keys
from genmai.interfaces.cli.postgres import Cluster
from genmai.interfaces.cli.supervisor import genmai_command

SMOKE = """
from django.test import Client
from django.db import connection, transaction
assert Client().get("/healthz", headers={"host": "localhost"}).status_code == 200
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user, current_setting('server_version_num')")
    print(*cursor.fetchone())
"""


@pytest.fixture
def outside(place: Path, free_port: int) -> Iterator[str]:
    """The owner's URL on a server that knows nothing of us but this one user, who may make roles and its database."""
    cluster = Cluster(place / "server", version=16, port=free_port, durable=False)
    cluster.start()
    with psycopg.connect(cluster.url(), autocommit=True) as admin:
        admin.execute("CREATE ROLE landlord LOGIN CREATEROLE PASSWORD 'p@ss/word'")
        admin.execute("CREATE DATABASE county OWNER landlord")
    yield f"postgresql://landlord:p%40ss%2Fword@127.0.0.1:{free_port}/county"
    cluster.stop()


def _genmai(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = genmai_command(*arguments)
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_migrates_as_owner_and_works_as_application_on_postgresql_16(
    outside: str, place: Path, clean_environment: dict[str, str]
) -> None:
    env = {**clean_environment, "PYTHONPATH": str(ROOT / "src"), "GENMAI_DATA": str(place / "data")}
    env["GENMAI_DATABASE_URL"] = outside
    migrated = _genmai(env, "migrate")
    assert migrated.returncode == 0, migrated.stdout + migrated.stderr
    smoke = _genmai(env, "manage", "shell", "-v", "0", "-c", SMOKE)
    assert smoke.returncode == 0, smoke.stderr
    assert smoke.stdout.split()[0] == "county_app"
    assert smoke.stdout.split()[1].startswith("16")
    password = (place / "data" / "secrets" / keys.APPLICATION_PASSWORD).read_text()
    application = database.with_parts(outside, user="county_app", password=password)
    with psycopg.connect(application) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM deeds_deed")
    with psycopg.connect(application) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (n int)")


def test_an_owner_that_may_not_make_roles_is_told_what_to_do(
    outside: str, place: Path, clean_environment: dict[str, str]
) -> None:
    with psycopg.connect(outside, autocommit=True) as owner:
        owner.execute("CREATE ROLE tenant LOGIN PASSWORD 'x'")
    env = {**clean_environment, "PYTHONPATH": str(ROOT / "src"), "GENMAI_DATA": str(place / "data")}
    env["GENMAI_DATABASE_URL"] = database.with_parts(outside, user="tenant", password="x")
    refused = _genmai(env, "migrate")
    assert refused.returncode == 1
    assert "CREATE ROLE county_app" in refused.stderr
    assert "Traceback" not in refused.stderr
