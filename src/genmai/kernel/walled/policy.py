"""A migration operation that puts a table behind the second wall: PostgreSQL gives a row only where the policy says so.

The owner, who migrates, is not bound; the application always is. Each setting is read once a statement (a wrapped
SELECT is an InitPlan), never once a row. Questions for yes or no stand whole inside it: the planner then takes them for
even chances, and chooses the plan it would choose without the wall; as a comparison it takes them for one in two hundred.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

HOUSE = "(SELECT current_setting('genmai.acts_for', true) = 'house')"
ORGANISATIONS = "(SELECT nullif(current_setting('genmai.organisations', true), '')::bigint[])"
PATHS = "(SELECT nullif(current_setting('genmai.paths', true), '')::text[])"
CASES = "(SELECT nullif(current_setting('genmai.cases', true), '')::bigint[])"
PERSON = "(SELECT nullif(current_setting('genmai.person', true), '')::bigint)"


class Wall(Operation):
    """Rows of `table` are given, changed and deleted where `visible` holds or for the whole house; adding is free.

    Several walls on one table add up: a row that one of them lets through is let through.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, visible: str, *, name: str = "walled") -> None:
        self.table, self.visible, self.name = table, visible, name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models are as before: this lives in the database alone."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table, name = schema_editor.quote_name(self.table), schema_editor.quote_name(self.name)
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", params=None)
        schema_editor.execute(
            f"CREATE POLICY {name} ON {table} USING ({HOUSE} OR {self.visible}) WITH CHECK (true)", params=None
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table, name = schema_editor.quote_name(self.table), schema_editor.quote_name(self.name)
        schema_editor.execute(f"DROP POLICY {name} ON {table}", params=None)
        if self.name == "walled":
            schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY", params=None)

    def describe(self) -> str:
        return f"Row security on {self.table}: {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"wall_{self.table}"
