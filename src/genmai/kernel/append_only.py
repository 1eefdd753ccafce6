"""Tables that only grow: a migration operation under which the database itself refuses change and loss.

Two locks, since either alone could be forgotten: the application's role loses the rights, and a trigger refuses even
the owner. `grant()` of the command line looks for triggers on `genmai_append_only`, so the rights stay closed when
roles are made or granted again.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

_FUNCTION = """
CREATE OR REPLACE FUNCTION genmai_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on % refused; correct a record by a later record', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$
"""

_TRIGGERS = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION genmai_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION genmai_append_only();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_rows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_table
"""

# Whoever holds rights on the table, under whatever name, except its owner (the trigger stops that one).
_REVOKE = """
DO $$
DECLARE holder record;
BEGIN
    FOR holder IN
        SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS name
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = '{table}'::regclass AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM %s', holder.name);
    END LOOP;
END $$
"""

_RELEASE = """
DROP TRIGGER append_only_rows ON {table};
DROP TRIGGER append_only_table ON {table}
"""


class AppendOnly(Operation):
    """Make the named table append-only. Put it in the migration that creates the table, after the CreateModel."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models are as before: this lives in the database alone."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = schema_editor.quote_name(self.table)
        # params=None: the % signs are PL/pgSQL's, not placeholders.
        schema_editor.execute(_FUNCTION, params=None)
        schema_editor.execute(_TRIGGERS.format(table=table), params=None)
        schema_editor.execute(_REVOKE.format(table=table), params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(_RELEASE.format(table=schema_editor.quote_name(self.table)), params=None)

    def describe(self) -> str:
        return f"Refuse UPDATE, DELETE and TRUNCATE on {self.table}"

    @property
    def migration_name_fragment(self) -> str:
        return f"append_only_{self.table}"
