"""What the product never does (DESIGN §2), as far as tables and settings can show it."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Field, Model
from tests.architecture.code import PACKAGE, sources

# Machinery of formalism (§2.3): no such column in any table.
FORMALISM = re.compile(
    r"last_login|login_count|sign_in_count|check_?in|clock_?in|punch|likes?\b|like_count|view_count|online|last_seen|"
    r"steps?_walked|location_track|leaderboard|streak|duration_on_page"
)
# Words of scoring a person (§2.1, §2.2).
SCORING = re.compile(r"score|tier|rating|points|credit_value|star_level|rank$")
NOT_SCORING = {"Post.rank"}  # order of call within an organisation


def _own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("genmai.")]


def _columns() -> list[tuple[type[Model], Field]]:
    return [(model, field) for model in _own_models() for field in model._meta.local_fields]


def test_no_table_has_a_place_for_formalism() -> None:
    assert not [f"{model.__name__}.{field.name}" for model, field in _columns() if FORMALISM.search(field.name)]


@pytest.mark.django_db
def test_the_database_has_no_such_column_either() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        rows = cursor.fetchall()
    assert len(rows) > 50, "the application must see its tables, or this proves nothing"
    assert not [f"{table}.{column}" for table, column in rows if FORMALISM.search(column)]


def test_residents_are_never_scored() -> None:
    """No score stands on a person's row, and none in a table that points at a person."""
    wrong = []
    for model, field in _columns():
        names = {other.related_model.__name__ for other in model._meta.local_fields if other.is_relation}
        about_a_person = model.__name__ in {"Person", "Caller", "Account"} or "Person" in names
        if about_a_person and SCORING.search(field.name):
            wrong.append(f"{model.__name__}.{field.name}")
    assert set(wrong) <= NOT_SCORING


def test_sign_ins_are_kept_in_the_security_log_alone() -> None:
    account = apps.get_model("access", "Account")
    assert "last_login" not in {field.name for field in account._meta.get_fields()}
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_language_is_the_persons_switch_not_the_browsers_guess() -> None:
    assert settings.LANGUAGE_CODE == "zh-hans"
    assert "django.middleware.locale.LocaleMiddleware" not in settings.MIDDLEWARE


def test_nothing_asks_a_browser_where_it_is_by_itself() -> None:
    """A place is given by the person's own press on a button; it is never watched."""
    scripts = [path for path in (PACKAGE / "interfaces").rglob("*.js") if "watchPosition" in path.read_text()]
    assert not scripts


def test_record_tables_are_append_only() -> None:
    """Each record table named here is closed by a migration; the list grows with the rooms."""
    text = "\n".join(source.text for source in sources(migrations=True) if "migrations" in source.path.parts)
    closed = set(re.findall(r"AppendOnly\(\s*[\"'](\w+)[\"']", text))
    assert {apps.get_model("deeds", "Deed")._meta.db_table} <= closed


def test_deeds_hold_references_never_personal_data() -> None:
    names = {field.name for field in apps.get_model("deeds", "Deed")._meta.local_fields}
    assert not names & {"name", "phone", "identity", "address", "reporter_name", "text"}
