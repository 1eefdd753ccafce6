"""Nothing with tables is forgotten in the settings."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import call_command
from tests.architecture.code import PACKAGE


def test_every_folder_with_tables_is_installed() -> None:
    folders = {path.parent for path in PACKAGE.rglob("models.py")} | {
        path.parent for path in PACKAGE.rglob("migrations")
    }
    names = {".".join(("genmai", *folder.relative_to(PACKAGE).parts)) for folder in folders if folder.name != "models"}
    assert names
    assert names <= set(settings.INSTALLED_APPS)


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    """Models and migrations agree; otherwise the next `up` would run on tables that lack a column."""
    call_command("makemigrations", "--check", "--dry-run", verbosity=1)
