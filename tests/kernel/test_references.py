"""What a foreign key keeps is kept by references asked once a statement, whoever writes and whoever deletes at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.state import ProjectState

from genmai.interfaces.cli import database
from genmai.kernel.references import References

OPERATION = References(
    "sample_child", {"parent_id": "sample_parent", "other_id": "sample_parent", "up_id": "sample_child"}
)


@pytest.fixture
def url(owner_url: str) -> str:
    """Two tables joined by the operation as a migration runs it; parents 1 to 9, child 1 of parent 1."""
    state: Any = ProjectState()
    with database.as_owner(owner_url), connection.schema_editor() as editor:
        editor.execute("CREATE TABLE sample_parent (id bigint PRIMARY KEY, text text)")
        editor.execute(
            "CREATE TABLE sample_child (id bigint PRIMARY KEY, parent_id bigint, other_id bigint, up_id bigint)"
        )
        OPERATION.database_forwards("sample", editor, state, state)
        editor.execute("INSERT INTO sample_parent SELECT n, 'a' FROM generate_series(1, 9) AS n")
        editor.execute("INSERT INTO sample_child VALUES (1, 1, NULL, NULL)")
    settings = connection.settings_dict
    return str(database.with_parts(owner_url, user=settings["USER"], password=settings["PASSWORD"] or ""))


@pytest.fixture
def two(url: str) -> Iterator[tuple[psycopg.Connection, psycopg.Connection]]:
    """The application's role twice, as everywhere: it may read, add, change and delete, and owns nothing."""
    with psycopg.connect(url) as one, psycopg.connect(url) as other:
        yield one, other


FOREIGN = [
    "INSERT INTO sample_child VALUES (2, 99)",
    "INSERT INTO sample_child VALUES (2, NULL, 99)",
    "INSERT INTO sample_child VALUES (2, 1, 1, 99)",
    "INSERT INTO sample_child SELECT n, n FROM generate_series(2, 10) AS n",
    "INSERT INTO sample_child VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET other_id = 99",
    "UPDATE sample_child SET parent_id = 99",
    "UPDATE sample_child SET other_id = 99",
    "DELETE FROM sample_parent WHERE id = 1",
    "DELETE FROM sample_parent",
    "UPDATE sample_parent SET id = 99 WHERE id = 1",
    "MERGE INTO sample_child AS c USING sample_parent AS p ON c.id = p.id WHEN MATCHED THEN UPDATE SET other_id = 98"
    " WHEN NOT MATCHED THEN INSERT (id, parent_id) VALUES (p.id, 97)",
]  # fmt: skip


@pytest.mark.parametrize("statement", FOREIGN)
def test_a_foreign_row_is_refused(two: tuple[psycopg.Connection, psycopg.Connection], statement: str) -> None:
    one, other = two
    with _refused():
        one.execute(statement)
        one.commit()
    one.rollback()
    assert other.execute("SELECT * FROM sample_child").fetchall() == [(1, 1, None, None)]
    assert other.execute("SELECT count(*), min(id) FROM sample_parent").fetchone() == (9, 1)


def test_also_by_copy_where_one_of_many_is_foreign(url: str) -> None:
    with psycopg.connect(url) as one:
        with one.cursor().copy("COPY sample_child (id, parent_id) FROM STDIN") as copy:
            copy.write("".join(f"{number}\t{number}\n" for number in range(2, 10)))
        with _refused() as failed, one.cursor().copy("COPY sample_child (id, parent_id) FROM STDIN") as copy:
            copy.write("20\t1\n21\t10\n")
        told = failed.value.diag
        assert str(told.message_primary).endswith("refers to what is not there: parent_id 10")
        assert (told.table_name, told.constraint_name) == ("sample_child", "sample_child_refers")


def test_what_is_right_goes_through(two: tuple[psycopg.Connection, psycopg.Connection]) -> None:
    one, _ = two
    one.execute("INSERT INTO sample_child VALUES (2, 2, 3, 1), (3, 2, NULL, 3), (4, NULL, NULL, NULL)")
    one.execute("UPDATE sample_child SET parent_id = 4, other_id = NULL WHERE id = 2")
    one.execute("UPDATE sample_parent SET text = 'b'")
    one.execute("DELETE FROM sample_parent WHERE id IN (3, 8)")
    one.execute("DELETE FROM sample_parent WHERE id = 4")  # before those who refer to it, as a deferred key lets
    one.execute("DELETE FROM sample_child WHERE id = 2")
    one.commit()
    one.execute("DELETE FROM sample_parent WHERE id = 1")
    one.execute("INSERT INTO sample_parent VALUES (1, 'anew')")
    one.commit()


def test_a_parent_that_is_being_deleted_is_waited_for_and_missed(
    two: tuple[psycopg.Connection, psycopg.Connection],
) -> None:
    adding, deleting = two
    deleting.execute("DELETE FROM sample_parent WHERE id = 5")
    told: list[BaseException | None] = []
    thread = _meanwhile(adding, "INSERT INTO sample_child VALUES (2, 5), (3, 6)", told)
    _wait_for_lock(deleting, adding)
    deleting.commit()
    thread.join(10)
    assert [type(one) for one in told] == [psycopg.errors.ForeignKeyViolation]


@pytest.mark.parametrize(
    "way", ["INSERT INTO sample_child VALUES (2, 5), (3, 6)", "UPDATE sample_child SET other_id = 5"]
)
def test_a_parent_that_is_just_referred_to_is_not_deleted(
    two: tuple[psycopg.Connection, psycopg.Connection], way: str
) -> None:
    adding, deleting = two
    adding.execute(way)
    told: list[BaseException | None] = []
    thread = _meanwhile(deleting, "DELETE FROM sample_parent WHERE id = 5", told)
    _wait_for_lock(adding, deleting)
    adding.commit()
    thread.join(10)
    assert [type(one) for one in told] == [psycopg.errors.ForeignKeyViolation]
    with psycopg.connect(deleting.info.dsn) as other:
        assert other.execute("SELECT count(*) FROM sample_parent").fetchone() == (9,)


def test_it_is_deleted_when_the_one_who_referred_gave_up(two: tuple[psycopg.Connection, psycopg.Connection]) -> None:
    adding, deleting = two
    adding.execute("INSERT INTO sample_child VALUES (2, 5)")
    told: list[BaseException | None] = []
    thread = _meanwhile(deleting, "DELETE FROM sample_parent WHERE id = 5", told)
    _wait_for_lock(adding, deleting)
    adding.rollback()
    thread.join(10)
    assert told == [None]


def test_nothing_is_deleted_in_an_older_state(two: tuple[psycopg.Connection, psycopg.Connection]) -> None:
    """There a child that came since is not seen: a foreign key looks beyond the state, a trigger can't."""
    adding, deleting = two
    deleting.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    deleting.execute("SELECT count(*) FROM sample_child")
    adding.execute("INSERT INTO sample_child VALUES (2, 5)")
    adding.commit()
    with _refused():
        deleting.execute("DELETE FROM sample_parent WHERE id = 5")
        deleting.commit()


def test_the_owner_neither_and_no_table_is_emptied(owner_url: str, url: str) -> None:
    with psycopg.connect(owner_url) as owner:
        for statement in (
            "DELETE FROM sample_parent",
            "TRUNCATE sample_parent",
            "TRUNCATE sample_parent, sample_child",
        ):
            with _refused():
                owner.execute(statement)
                owner.commit()
            owner.rollback()


def test_the_operation_can_be_taken_back(owner_url: str, url: str) -> None:
    state: Any = ProjectState()
    with database.as_owner(owner_url), connection.schema_editor() as editor:
        OPERATION.database_backwards("sample", editor, state, state)
    with psycopg.connect(owner_url) as owner:
        owner.execute("INSERT INTO sample_child VALUES (2, 99)")
        owner.execute("TRUNCATE sample_parent")


@pytest.mark.django_db
def test_every_field_without_a_foreign_key_is_kept_so() -> None:
    """Of the real tables: what says `db_constraint=False` stands in a trigger's function, and the other way about."""
    local: list[Any] = [one for model in apps.get_models() for one in model._meta.local_fields]
    fields = {
        (field.model._meta.db_table, field.column, field.related_model._meta.db_table)
        for field in local
        if isinstance(field, models.ForeignKey) and not field.db_constraint  # type: ignore[attr-defined]
    }
    assert ("deeds_deed", "person_id", "roster_person") in fields
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgrelid::regclass::text, p.proname, pg_get_functiondef(p.oid) FROM pg_trigger AS t"
            " JOIN pg_proc AS p ON p.oid = t.tgfoid WHERE p.proname ~ '_(refers|refers_anew|held_by_.*)$'"
        )
        bodies = {(table, name): body for table, name, body in cursor.fetchall()}
    for table, column, parent in fields:
        asked = f"SELECT FROM {parent} WHERE id = fresh.{column} FOR KEY SHARE"
        assert asked in bodies[table, f"{table}_refers"]
        assert f"PERFORM FROM {parent} WHERE id = NEW.{column}" in bodies[table, f"{table}_refers_anew"]
        assert f"FROM {table} WHERE {column} = OLD.id" in bodies[parent, f"{table}_held_by_{parent}"]
    assert {table for table, name in bodies if name.endswith("_refers")} == {table for table, _, _ in fields}


def _refused() -> Any:
    return pytest.raises(psycopg.errors.ForeignKeyViolation)


def _meanwhile(on: psycopg.Connection, statement: str, told: list[BaseException | None]) -> threading.Thread:
    def run() -> None:
        try:
            on.execute(statement)
            on.commit()
            told.append(None)
        except psycopg.Error as failed:
            told.append(failed)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def _wait_for_lock(asking: psycopg.Connection, waiting: psycopg.Connection) -> None:
    """Until the other stands before a lock: the test would show nothing if it had come first."""
    for _ in range(1000):
        found = asking.execute("SELECT cardinality(pg_blocking_pids(%s))", [waiting.info.backend_pid]).fetchone()
        if found and found[0]:
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not wait")
