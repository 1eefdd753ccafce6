"""A record table cannot be changed: not by the application, not by its owner, not after rights are granted again."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.migrations.state import ProjectState

from genmai.interfaces.cli import database
from genmai.kernel.append_only import AppendOnly


@pytest.fixture
def record_table(owner_url: str) -> str:
    """A table made append-only by the migration operation itself, run as owner; one row in it."""
    state: Any = ProjectState()
    with database.as_owner(owner_url), connection.schema_editor() as editor:
        editor.execute("CREATE TABLE sample_record (id bigserial PRIMARY KEY, text text)")
        AppendOnly("sample_record").database_forwards("sample", editor, state, state)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO sample_record (text) VALUES ('一')")
    return owner_url


CHANGES = ["UPDATE sample_record SET text = '二'", "DELETE FROM sample_record", "TRUNCATE sample_record"]


@pytest.mark.parametrize("change", CHANGES)
def test_the_application_has_no_right_to_change_a_record(record_table: str, change: str) -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute(change)


@pytest.mark.parametrize("change", CHANGES)
def test_the_trigger_refuses_even_the_owner(record_table: str, change: str) -> None:
    with (
        psycopg.connect(record_table) as owner,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="later record"),
    ):
        owner.execute(change)


def test_granting_rights_again_leaves_records_closed(record_table: str) -> None:
    database.grant(record_table, connection.settings_dict["USER"])
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute(CHANGES[0])


def test_ordinary_tables_made_later_can_be_changed_by_the_application(owner_url: str) -> None:
    with psycopg.connect(owner_url) as owner:
        owner.execute("CREATE TABLE sample_plain (id bigserial PRIMARY KEY, text text)")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO sample_plain (text) VALUES ('一')")
        cursor.execute("UPDATE sample_plain SET text = '二'")
        cursor.execute("DELETE FROM sample_plain")
        assert cursor.rowcount == 1


def test_the_operation_can_be_taken_back(record_table: str) -> None:
    state: Any = ProjectState()
    with database.as_owner(record_table), connection.schema_editor() as editor:
        AppendOnly("sample_record").database_backwards("sample", editor, state, state)
    with psycopg.connect(record_table) as owner:
        assert owner.execute(CHANGES[0]).rowcount == 1
