"""Django's PostgreSQL backend that tells the server how far the coming statements reach, when that has changed.

Told with session-wide settings, so that a page in autocommit needs no transaction of its own. Kept connections are safe:
what was told last is compared before every cursor, and forgotten whenever the server may have taken it back (a rollback,
a new connection). A pooler that changes server sessions under one connection is found out and refused.
"""

from __future__ import annotations

from typing import Any

from django.db import OperationalError
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from genmai.kernel.walled import SETTINGS, Scope, current

_TELL = f"SELECT pg_backend_pid(), {', '.join(f'set_config({name!r}, %s, false)' for name in SETTINGS)}"


class PlanningCursor(base.ServerBindingCursor):
    """Statements are prepared, and after some rounds planned once for whatever value; but not those that compare how a
    text begins. Only a plan for the very text finds its range of an index: planned for any, a subtree of a city's tree
    was every row of it, seconds instead of milliseconds.
    """

    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = None, binary: bool | None = None
    ) -> Any:
        if prepare is None and isinstance(query, str) and " LIKE " in query:
            prepare = False
        return super().execute(query, params, prepare=prepare, binary=binary)  # type: ignore[misc]  # untyped


class DatabaseWrapper(base.DatabaseWrapper):
    """The backend of settings.DATABASES."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._told: Scope | None = None
        self._session: int | None = None

    def get_connection_params(self) -> dict[str, Any]:
        """As Django's, with our cursor where the server binds the values."""
        params: dict[str, Any] = super().get_connection_params()
        if params["cursor_factory"] is base.ServerBindingCursor:
            params["cursor_factory"] = PlanningCursor
        return params

    def get_new_connection(self, conn_params: Any) -> Any:
        """A new session knows nothing yet."""
        self._told = self._session = None
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: Any = None) -> Any:
        """As Django's, after the server knows the scope."""
        self._tell()
        return super().create_cursor(name)

    def _tell(self) -> None:
        wanted = current()  # may ask the database who is asking; then the server was told "nothing" for that
        if wanted == self._told or self.connection.info.transaction_status == TransactionStatus.INERROR:
            return  # in a failed transaction nothing is given and nothing but its rollback goes through
        self._told = None
        row = self.connection.execute(_TELL, wanted.settings()).fetchone()
        if self._session not in (None, row[0]):
            raise OperationalError(
                "the server session changed under one connection: a pooler in transaction mode can't carry row security"
            )
        self._session, self._told = row[0], wanted

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]  # of the backend, untyped
        finally:
            self._told = None

    def _savepoint_rollback(self, sid: Any) -> Any:
        try:
            return super()._savepoint_rollback(sid)  # type: ignore[misc]
        finally:
            self._told = None
