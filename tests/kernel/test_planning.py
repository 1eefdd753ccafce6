"""What is asked again and again is planned once; what begins with a text is planned for that text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

THRESHOLD = 5


@pytest.fixture
def session(transactional_db: None) -> Iterator[BaseDatabaseWrapper]:
    """A connection as the running site has them (`settings`): values bound by the server, statements prepared."""
    own = connection.copy()
    own.settings_dict = {
        **own.settings_dict,
        "OPTIONS": {**own.settings_dict["OPTIONS"], "server_side_binding": True, "prepare_threshold": THRESHOLD},
    }
    try:
        yield own
    finally:
        own.close()


@pytest.mark.parametrize(
    ("condition", "value", "prepared"), [("tree = %s", "party", True), ("path LIKE %s", "/1/%", False)]
)
def test_only_what_compares_a_beginning_is_planned_anew(
    session: BaseDatabaseWrapper, condition: str, value: str, prepared: bool
) -> None:
    with session.cursor() as cursor:
        for _ in range(THRESHOLD + 3):
            cursor.execute(f"SELECT id FROM roster_link WHERE {condition}", [value])
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT id FROM roster_link%%'"
        )
        assert cursor.fetchone() == (int(prepared),)
