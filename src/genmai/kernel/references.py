"""References checked once a statement: a migration operation that keeps what a foreign key keeps, for many rows at once.

PostgreSQL checks a foreign key row by row and column by column, empty ones too: of half a million rows with a dozen
references that was a third of the server's work. Here one trigger a statement asks for all rows it referred to together.

As a foreign key it refuses a row whose referred row is not there, holds that row against deletion until its own
transaction ends (FOR KEY SHARE), and refuses at the end of a transaction that a row has gone to which others refer. It is
stricter in three ways: a referring row may not come before the referred one, a referred row is deleted only where the
latest state is seen (READ COMMITTED, the default), and no referred table is emptied by TRUNCATE, the referring one with it or not.
The fields say `db_constraint=False`; `tests/kernel/test_references.py` finds one that was forgotten here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.migrations.operations.base import Operation

# As the owner: who may refer needs no right to lock what is referred to. The plan is made when the trigger first fires
# and kept: in a registry that is still empty it would be to read the whole table, and then for every slice of a city.
_AS_OWNER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off"

_ADDED = """
CREATE FUNCTION {name}() RETURNS trigger {as_owner} AS $$
DECLARE
    told text;
BEGIN
    PERFORM FROM fresh WHERE {missing} LIMIT 1;
    IF FOUND THEN
        SELECT concat_ws(', ', {tells}) INTO told FROM fresh WHERE {missing} LIMIT 1;
        RAISE foreign_key_violation USING
            MESSAGE = format('a row added to {table} refers to what is not there: %s', told),
            TABLE = '{table}', CONSTRAINT = '{name}';
    END IF;
    RETURN NULL;
END $$
"""
_MISSING = "{column} IS NOT NULL AND NOT EXISTS (SELECT FROM {parent} WHERE id = {column} FOR KEY SHARE)"
_TELL = "CASE WHEN {missing} THEN '{name} ' || {column} END"
_ADDED_TRIGGER = """
CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION {name}()
"""

_CHANGED = """
CREATE FUNCTION {name}() RETURNS trigger {as_owner} AS $$
BEGIN{checks}
    RETURN NULL;
END $$
"""
_CHANGE = """
    IF NEW.{column} IS DISTINCT FROM OLD.{column} AND NEW.{column} IS NOT NULL THEN
        PERFORM FROM {parent} WHERE id = NEW.{column} FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE foreign_key_violation USING
                MESSAGE = format('%s is no row of {parent} that {table}.{column} could refer to', NEW.{column}),
                TABLE = '{table}', CONSTRAINT = '{name}';
        END IF;
    END IF;"""
_CHANGED_TRIGGER = """
CREATE TRIGGER {name} AFTER UPDATE ON {table}
    FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {name}()
"""

_GONE = """
CREATE FUNCTION {name}() RETURNS trigger {as_owner} AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE foreign_key_violation USING MESSAGE = '{parent} is not emptied: {table} refers to it', TABLE = '{parent}';
    ELSIF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'rows of {parent} are deleted in READ COMMITTED only: an older state does not show who refers to them';
    ELSIF NOT EXISTS (SELECT FROM {parent} WHERE id = OLD.id) AND ({referred}) THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('row %s of {parent} is referred to by {table}', OLD.id),
            TABLE = '{table}', CONSTRAINT = '{name}';
    END IF;
    RETURN NULL;
END $$
"""
# As a foreign key's own: judged when the transaction ends, so that both sides may go in either order.
_GONE_TRIGGERS = (
    "CREATE CONSTRAINT TRIGGER {name} AFTER DELETE ON {parent} DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION {name}()",
    "CREATE CONSTRAINT TRIGGER {name}_renumbered AFTER UPDATE OF id ON {parent} DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id) EXECUTE FUNCTION {name}()",
    "CREATE TRIGGER {name}_emptied BEFORE TRUNCATE ON {parent} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
)


class References(Operation):
    """Columns of `table` and the table whose `id` each refers to. Put it after the AlterField that drops the foreign keys."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, columns: Mapping[str, str]) -> None:
        self.table, self.columns = table, dict(columns)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The fields are as before: this lives in the database alone."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in (*self._added(), *self._changed(), *self._gone()):
            schema_editor.execute(statement, params=None)  # the % signs are PL/pgSQL's

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        names = [f"{self.table}_refers", f"{self.table}_refers_anew", *map(self._gone_name, self._parents())]
        for name in names:
            schema_editor.execute(f"DROP FUNCTION {name}() CASCADE", params=None)  # with its triggers

    def describe(self) -> str:
        return f"Check what {self.table} refers to once a statement: {', '.join(self.columns)}"

    @property
    def migration_name_fragment(self) -> str:
        return f"references_{self.table}"

    def _parents(self) -> dict[str, Sequence[str]]:
        """Columns by the table they refer to."""
        parents = sorted(set(self.columns.values()))
        return {parent: [one for one in self.columns if self.columns[one] == parent] for parent in parents}

    def _added(self) -> Iterator[str]:
        name, table = f"{self.table}_refers", self.table
        missing = {one: _MISSING.format(column=f"fresh.{one}", parent=parent) for one, parent in self.columns.items()}
        tells = [_TELL.format(missing=said, name=one, column=f"fresh.{one}") for one, said in missing.items()]
        yield _ADDED.format(
            name=name, as_owner=_AS_OWNER, table=table, missing=" OR ".join(missing.values()), tells=", ".join(tells)
        )
        yield _ADDED_TRIGGER.format(name=name, table=table)

    def _changed(self) -> Iterator[str]:
        name, table = f"{self.table}_refers_anew", self.table
        checks = [
            _CHANGE.format(name=name, table=table, parent=parent, column=column)
            for column, parent in self.columns.items()
        ]
        changed = " OR ".join(f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in self.columns)
        yield _CHANGED.format(name=name, as_owner=_AS_OWNER, checks="".join(checks))
        yield _CHANGED_TRIGGER.format(name=name, table=table, changed=changed)

    def _gone(self) -> Iterator[str]:
        for parent, columns in self._parents().items():
            name = self._gone_name(parent)
            referred = " OR ".join(f"EXISTS (SELECT FROM {self.table} WHERE {one} = OLD.id)" for one in columns)
            yield _GONE.format(name=name, as_owner=_AS_OWNER, table=self.table, parent=parent, referred=referred)
            for trigger in _GONE_TRIGGERS:
                yield trigger.format(name=name, parent=parent)

    def _gone_name(self, parent: str) -> str:
        return f"{self.table}_held_by_{parent}"
